"""Initial weights: a function of seed, layer name and unit; each initialiser has the spread it promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.nets.initial import initial_parameters
from neuroglow.session.edits import carry_over
from neuroglow.spec import Dense
from neuroglow.spec.layers import Flow
from neuroglow.spec.layers.base import INITIALIZERS
from unit.rig import as_bytes, dense, experiment, trained, trainer_of

Float32 = NDArray[np.float32]

# Rules whose spread depends on nothing but the fan-in, so that a wider layer draws the very same numbers.
BY_FAN_IN = ["he_uniform", "he_normal", "lecun_normal", "playground", "zeros"]


def initial_layer(seed: int, layer: str, fan_in: int, units: int, initializer: str) -> tuple[Float32, Float32]:
    """Weight and bias of a fresh dense layer."""
    parameters = Dense(units=units).parameters(Flow((fan_in,), "vector"))
    drawn = initial_parameters(seed, layer, parameters, lambda _: initializer)
    return drawn["weight"], drawn["bias"]


@pytest.mark.parametrize(("initializer", "deviation"), [
    ("glorot_uniform", np.sqrt(2.0 / (200 + 300))), ("glorot_normal", np.sqrt(2.0 / (200 + 300))),
    ("he_uniform", np.sqrt(2.0 / 200)), ("he_normal", np.sqrt(2.0 / 200)), ("lecun_normal", np.sqrt(1.0 / 200)),
    ("playground", 1.0 / np.sqrt(12.0)), ("zeros", 0.0),
])  # fmt: skip
def test_spread_is_the_published_one(initializer: str, deviation: float) -> None:
    weight, bias = initial_layer(0, "dense_1", 200, 300, initializer)
    assert weight.shape == (300, 200)
    assert weight.dtype == bias.dtype == np.float32
    assert weight.std() == pytest.approx(deviation, rel=0.02)
    assert abs(weight.mean()) <= 0.01
    assert (bias == (np.float32(0.1) if initializer == "playground" else 0.0)).all()


def test_uniform_rules_stay_inside_their_bounds() -> None:
    weight, _ = initial_layer(0, "a", 20, 30, "playground")
    assert np.abs(weight).max() <= 0.5
    weight, _ = initial_layer(0, "a", 20, 30, "glorot_uniform")
    assert np.abs(weight).max() <= np.sqrt(6.0 / 50)


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_a_unit_more_moves_no_other_draw(initializer: str) -> None:
    few, _ = initial_layer(3, "a", 5, 6, initializer)
    more, _ = initial_layer(3, "a", 5, 7, initializer)
    if initializer in BY_FAN_IN:
        assert more[:6].tobytes() == few.tobytes()
    else:
        # Glorot's rule scales with the number of units; the draw behind the scale stays.
        np.testing.assert_allclose(more[:6] / np.abs(more[:6]).max(), few / np.abs(few).max(), rtol=1e-6)


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_an_input_more_moves_no_other_draw(initializer: str) -> None:
    narrow, _ = initial_layer(3, "a", 5, 6, initializer)
    wide, _ = initial_layer(3, "a", 6, 6, initializer)
    if initializer in ("zeros", "playground"):
        assert np.array_equal(wide[:, :5], narrow)
    else:
        np.testing.assert_allclose(wide[:, :5] / np.abs(wide[:, :5]).max(), narrow / np.abs(narrow).max(), rtol=1e-6)


def test_layers_and_seeds_draw_for_themselves() -> None:
    drawn = {initial_layer(seed, name, 4, 4, "he_normal")[0].tobytes() for seed in (0, 1, 2) for name in ("a", "b")}
    assert len(drawn) == 6


@settings(max_examples=20)
@given(position=st.integers(0, 3))
def test_a_layer_more_moves_no_other_draw(position: int) -> None:
    layers: list[dict[str, Any]] = [{"name": name, "units": 4} for name in "abc"]
    before = initial_snapshot(experiment(network={"layers": layers}))
    with_more = [*layers[:position], {"name": "new", "units": 4}, *layers[position:]]
    after = initial_snapshot(experiment(network={"layers": with_more}))
    for name in "abc":
        if after.layers[name]["weight"].shape == before.layers[name]["weight"].shape:
            assert after.layers[name]["weight"].tobytes() == before.layers[name]["weight"].tobytes()


def test_initial_weights_are_the_same_on_every_machine() -> None:
    """Frozen: a link made by one release opens to the same numbers in the next."""
    weight, _ = initial_layer(42, "dense_1", 2, 2, "he_uniform")
    np.testing.assert_allclose(weight, [[-0.065032005, -1.0600572], [0.94304597, 1.1884212]], rtol=1e-6)
    weight, _ = initial_layer(42, "dense_1", 2, 2, "lecun_normal")
    np.testing.assert_allclose(weight, [[-0.49545759, -0.4888559], [-1.2970011, -0.052843831]], rtol=1e-6)


def test_a_reset_after_edits_equals_opening_the_edited_experiment() -> None:
    """Edit while running, reset, run: the bits of a fresh session of the edited experiment."""
    spec = experiment()
    edited = experiment(network=dense(5, 3), training={"seed": 8})
    trainer = trainer_of(edited, carry_over(trained(trainer_of(spec), 15), edited))
    trained(trainer, 5)
    trainer.restore(initial_snapshot(trainer.experiment))
    assert as_bytes(trained(trainer, 25)) == as_bytes(trained(trainer_of(edited), 25))


@settings(max_examples=25)
@given(
    fan_in=st.integers(1, 3_200), further=st.integers(1, 1_500), units=st.integers(1, 4),
    initializer=st.sampled_from(BY_FAN_IN), seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_wide_layers_draw_beyond_a_panel_without_moving_what_is_in_it(
    fan_in: int, further: int, units: int, initializer: str, seed: int
) -> None:
    few, _ = initial_layer(seed, "a", fan_in, units, initializer)
    more, _ = initial_layer(seed, "a", fan_in + further, units + 1, initializer)
    # He's and LeCun's spread is by fan-in; the draw behind it stays.
    scale = 1.0 if initializer in ("zeros", "playground") else np.sqrt((fan_in + further) / fan_in)
    np.testing.assert_allclose(more[:units, :fan_in] * scale, few, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("initializer", ["he_uniform", "lecun_normal", "glorot_normal"])
def test_panels_of_a_wide_layer_are_independent_and_of_one_spread(initializer: str) -> None:
    weight, _ = initial_layer(0, "a", 3_072, 64, initializer)
    panels = np.split(weight, 3, axis=1)
    assert [panel.std() for panel in panels] == pytest.approx([weight.std()] * 3, rel=0.02)
    assert np.abs(np.corrcoef([panel.ravel() for panel in panels]) - np.eye(3)).max() < 0.02
