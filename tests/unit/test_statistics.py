"""The six figures and the histogram of every layer, recomputed in NumPy."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

from neuroglow.engine.layers import to_model
from neuroglow.insight.statistics import BINS, COLUMNS
from neuroglow.nets.shape import STACK_FROM, layer_names, net_shape
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import dense, experiment, numbers_of, twin_net

SGD = {"training": {"optimizer": {"type": "sgd", "learning_rate": 0.05}}}
TINY = experiment(**SGD)
DEEP = experiment(**SGD, network=dense(*[3] * (STACK_FROM + 2)))
DIGITS = experiment(**SGD, data={"source": "bundled", "name": "digits"}, network=dense(6, activation="relu"))


def rows_of(watched: Watched) -> tuple[Any, Any]:
    rows = watched.subject.dataset.train
    return rows.inputs[:256].astype(np.float64), rows.labels[:256].astype(np.float64)


def figures(watched: Watched, layer: str) -> dict[str, float]:
    assert watched.tensors[layer].dtype == np.float32
    return dict(zip(COLUMNS, watched.tensors[layer].tolist(), strict=True))


def spread(spec: Any, watched: Watched) -> list[tuple[Any, Any]]:
    x, _ = rows_of(watched)
    seen = twin.forward(twin_net(watched.layers, spec), x)
    return [*seen[:-1], (seen[-1][0], twin.answer(watched.head, seen[-1][0]))]


@pytest.mark.parametrize("spec", [TINY, DEEP, DIGITS], ids=["tiny", "deep", "digits"])
def test_mean_spread_and_histogram_are_those_of_the_activations(spec: Any) -> None:
    watched = watch(spec, stream="statistics")
    for layer, (_, a) in zip(watched.layers, spread(spec, watched), strict=True):
        six = figures(watched, layer)
        assert six["mean"] == pytest.approx(a.mean(), rel=1e-3, abs=1e-4)
        assert six["std"] == pytest.approx(a.std(), rel=1e-3, abs=1e-4)
        low, high = watched.tensors[f"{layer}.range"]
        assert low == pytest.approx(a.min(), rel=1e-3, abs=1e-4)
        assert high == pytest.approx(a.max(), rel=1e-3, abs=1e-4)
        histogram = watched.tensors[f"{layer}.histogram"]
        assert histogram.dtype == np.uint32
        assert histogram.shape == (BINS,)
        assert int(histogram.sum()) == a.size
        expected, _ = np.histogram(a, bins=BINS, range=(float(low), float(high)))
        # A value on an edge may fall either way in single precision.
        assert np.abs(histogram.astype(int) - expected).sum() <= max(4, a.size // 50)


@pytest.mark.parametrize("spec", [TINY, DEEP, DIGITS], ids=["tiny", "deep", "digits"])
def test_gradient_norm_and_update_to_weight_are_those_of_the_next_update(spec: Any) -> None:
    watched = watch(spec, stream="statistics")
    x, labels = rows_of(watched)
    for layer, (weight, _) in zip(
        watched.layers, twin.gradients(watched.head, twin_net(watched.layers, spec), x, labels), strict=True
    ):
        six = figures(watched, layer)
        norm = float(np.linalg.norm(weight))
        assert six["gradient_norm"] == pytest.approx(norm, rel=5e-3, abs=1e-6)
        held = float(np.linalg.norm(watched.layers[layer]["weight"]))
        assert six["update_to_weight"] == pytest.approx(0.05 * norm / held, rel=1e-2, abs=1e-6)


def test_the_ratio_is_of_the_optimizers_update_not_of_the_gradient() -> None:
    spec = experiment(training={"optimizer": {"type": "momentum", "learning_rate": 0.05, "momentum": 0.9}})
    watched = watch(spec, stream="statistics")
    x, labels = rows_of(watched)
    velocity = watched.moments[0]
    slopes = twin.gradients(watched.head, twin_net(watched.layers, spec), x, labels)
    rate = float(np.asarray(numbers_of(spec).learning_rate))
    for layer, (weight, _) in zip(watched.layers, slopes, strict=True):
        update = rate * np.linalg.norm(weight + 0.9 * velocity[layer]["weight"])
        expected = update / np.linalg.norm(watched.layers[layer]["weight"])
        assert figures(watched, layer)["update_to_weight"] == pytest.approx(expected, rel=1e-2)


def test_units_that_say_the_same_of_every_row_are_dead() -> None:
    spec = experiment(network=dense(4, 3, activation="relu"))
    watched = watch(spec, stream="statistics", fill=0.0)
    assert figures(watched, "dense_1")["dead"] == 1.0
    alive = watch(experiment(network=dense(4, activation="tanh")), stream="statistics")
    assert figures(alive, "dense_1")["dead"] == 0.0


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "leaky_relu", "linear", "sine"])
def test_saturated_counts_slopes_below_a_twentieth(activation: str) -> None:
    spec = experiment(network=dense(4, 3, activation=activation), data={"features": ["x1^2", "x2^2"]})
    watched = watch(spec, stream="statistics")
    x, _ = rows_of(watched)
    for layer, (z, _) in list(zip(watched.layers, twin.forward(twin_net(watched.layers, spec), x), strict=True))[:-1]:
        flat = np.abs(twin.ACTIVATIONS[activation][1](z)) < 0.05
        if activation in ("relu", "leaky_relu"):
            # Their flat side is not saturation: units that are always there count as dead.
            flat = flat & (z > 0)
        assert figures(watched, layer)["saturated"] == pytest.approx(flat.mean(), abs=0.01)


def test_the_input_has_figures_and_no_gradient() -> None:
    watched = watch(TINY, stream="statistics", layers=["x", "dense_1"])
    x, _ = rows_of(watched)
    six = figures(watched, "x")
    assert six["mean"] == pytest.approx(x.mean(), rel=1e-4, abs=1e-5)
    assert six["std"] == pytest.approx(x.std(), rel=1e-4)
    assert (six["saturated"], six["gradient_norm"], six["update_to_weight"]) == (0.0, 0.0, 0.0)
    assert int(watched.tensors["x.histogram"].sum()) == x.size


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_diverged_state_gives_finite_figures(value: float) -> None:
    watched = watch(TINY, stream="statistics", fill=value)
    for name, array in watched.tensors.items():
        assert np.isfinite(array.astype(np.float64)).all(), name


def test_frame_bytes_count_what_is_sent() -> None:
    watched = watch(TINY, stream="statistics")
    assert watched.probe.frame_bytes == sum(array.nbytes for array in watched.tensors.values())


def test_layers_of_a_stack_over_sequences_have_figures_of_their_own() -> None:
    layers = [
        {"units": 8}, {"type": "reshape", "shape": [4, 2]}, {"type": "rnn", "units": 3, "return_sequences": True},
        *[{"units": 3}] * (STACK_FROM + 1),
    ]  # fmt: skip
    spec = experiment(network={"layers": layers})
    watched = watch(spec, stream="statistics")
    names, shape = layer_names(spec), net_shape(spec)
    assert any(block.is_stack and block.layer.output.kind == "sequence" for block in shape.blocks)
    model = jax.tree.map(jax.numpy.asarray, to_model(watched.layers, shape, names))
    rows = watched.subject.probe_rows
    answers = jax.jit(lambda m, x: jax.vmap(m.outputs)(x))(model, rows.inputs[: int(rows.valid)])
    for name in (names[4], names[9]):
        block, position = shape.place(names.index(name))
        a = np.asarray(answers[block])[:, position]
        assert watched.tensors[name][:2] == pytest.approx([a.mean(), a.std()], rel=1e-3, abs=1e-5)
        assert watched.tensors[f"{name}.range"] == pytest.approx([a.min(), a.max()], rel=1e-5)
