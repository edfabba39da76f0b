"""Explanations by their own axioms, and against recomputations that know nothing of how they are made."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neuroglow.errors import InvalidInputError
from neuroglow.insight.explaining.attribution import Question, along_path, path_places
from neuroglow.nets.losses import head_of
from neuroglow.nets.model import Network
from neuroglow.nets.shape import layer_names, net_shape
from neuroglow.spec import Experiment
from unit.explaining import (
    ATTENDING,
    CONV,
    DEEP,
    DENSE,
    DIGITS,
    GATED,
    IRIS,
    MAPS,
    NETWORKS,
    ROW,
    TOKENS,
    Floats,
    answer,
    answers,
    convolved,
    model_of,
    sample,
)
from unit.probing import Watched, watch
from unit.rig import dense, experiment


def explained(spec: Experiment, method: str, **ask: Any) -> tuple[Watched, Floats]:
    watched = watch(spec, stream="explanation", method=method, sample=ROW, **ask)
    return watched, watched.tensors["x"].astype(np.float64)


# --- integrated gradients ---------------------------------------------------------------------------------------------


@cache
def path_program(name: str) -> Callable[..., Any]:
    head = head_of(NETWORKS[name])
    return jax.jit(lambda *arguments: along_path(head, *arguments))


def drawn(spec: Experiment, seed: int) -> Network:
    """A network as it may be after some training: weights of every size, biases, statistics."""
    random = np.random.default_rng(seed)

    def array(shape: tuple[int, ...], role: str) -> Floats:
        values = random.normal(0.0, 1.5 / np.sqrt(max(1, shape[-1] if len(shape) < 4 else 9)), shape)
        return {"gain": 1.0 + 0.1 * values, "variance": 1.0 + values**2, "mask": np.ones(shape)}.get(role, values)

    shapes = zip(layer_names(spec), net_shape(spec).layers, strict=True)
    layers = {
        name: {part: array(each.shape, each.role).astype(np.float32) for part, each in shape.parameters.items()}
        for name, shape in shapes
    }
    return model_of(spec, layers)


@pytest.mark.parametrize("name", NETWORKS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**20), output=st.integers(0, 2), baseline=st.sampled_from([0.0, -0.5]))
def test_integrated_gradients_sum_to_the_difference_of_the_output(
    name: str, seed: int, output: int, baseline: float
) -> None:
    spec, steps = NETWORKS[name], 128
    model = drawn(spec, seed)
    random = np.random.default_rng(seed)
    x = random.normal(0.0, 1.0, net_shape(spec).inputs).astype(np.float32)
    if name == "tokens":
        x = random.integers(0, 5, x.shape).astype(np.float32)
    question = Question(*(jnp.asarray(part) for part in (x, np.float32(baseline), np.int32(output), np.int32(0))))
    shares, scores = path_program(name)(model, question, path_places(steps))
    shares = np.asarray(shares, np.float64)
    assert shares.shape == x.shape
    difference = float(scores.at_sample) - float(scores.at_baseline)
    # Where nearly all shares cancel, one per cent of what is left is less than the numbers hold.
    assume(abs(difference) > 0.02 * np.abs(shares).sum())
    assert shares.sum() == pytest.approx(difference, rel=0.01)
    at_sample, at_baseline = np.asarray(answer(model, jnp.stack([x, np.full_like(x, baseline)])))[:, output]
    assert float(scores.at_sample) == pytest.approx(at_sample, rel=1e-4, abs=1e-4)
    if name != "tokens":
        assert float(scores.at_baseline) == pytest.approx(at_baseline, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(("spec", "steps"), [(DENSE, 64), (DENSE, 7), (CONV, 300), (TOKENS, 64)])
def test_the_stream_tells_how_far_the_sum_is_off(spec: Experiment, steps: int) -> None:
    watched, shares = explained(spec, "integrated_gradients", steps=steps, output=2, baseline=0.25)
    at_sample, at_baseline = watched.tensors["score"].astype(float)
    assert at_sample == pytest.approx(answers(watched, sample(watched)[None])[0, 2], rel=1e-5)
    assert watched.tensors["gap"][0] == pytest.approx(shares.sum() - (at_sample - at_baseline), abs=1e-5)
    assert abs(watched.tensors["gap"][0]) < 0.01 * np.abs(shares).sum()


# --- gradients --------------------------------------------------------------------------------------------------------


def slopes(function: Callable[[Floats], Floats], at: Floats, step: float = 1e-5) -> Floats:
    """Central differences, one number after the other."""
    shifts = np.eye(at.size).reshape(at.size, *at.shape) * step
    return np.array([(function(at + by) - function(at - by)) / (2 * step) for by in shifts]).reshape(at.shape)


def test_saliency_of_attention_is_its_slope_as_far_as_single_precision_tells() -> None:
    watched, shares = explained(ATTENDING, "saliency", output=3)
    shifted, x = np.eye(64) * 1e-2, sample(watched)
    expected = (answers(watched, x + shifted) - answers(watched, x - shifted))[:, 3] / 2e-2
    np.testing.assert_allclose(shares.ravel(), expected, rtol=5e-3, atol=5e-4 * np.abs(expected).max() + 1e-4)


@pytest.mark.parametrize("spec", [DENSE, DEEP, MAPS, GATED], ids=["dense", "deep", "conv", "gru"])
def test_saliency_is_the_slope_by_finite_differences(spec: Experiment) -> None:
    watched, shares = explained(spec, "saliency", output=3)
    assert shares.shape == net_shape(spec).entrance.shape
    with jax.enable_x64(True):
        wide: Network = jax.tree.map(lambda array: jnp.asarray(np.float64(array)), model_of(spec, watched.layers))
        shifted = np.eye(64) * 1e-5
        x = sample(watched)
        above, below = (np.asarray(answer(wide, jnp.asarray(x + by)))[:, 3] for by in (shifted, -shifted))
        expected = (above - below) / 2e-5
    np.testing.assert_allclose(shares.ravel(), expected, rtol=1e-3, atol=1e-5)
    assert watched.tensors["output"].tolist() == [3]
    _, times_input = explained(spec, "gradient_x_input", output=3)
    np.testing.assert_allclose(times_input.ravel(), expected * sample(watched), rtol=1e-3, atol=1e-5)


def test_a_tokens_share_is_that_of_all_units_of_its_embedding() -> None:
    watched, shares = explained(TOKENS, "saliency", output=1)
    layers = watched.layers
    tokens = np.clip(np.round(sample(watched)), 0, 4).astype(int)
    looked_up = layers["embedding_1"]["weight"][tokens].astype(np.float64)

    def z(embedded: Floats) -> Any:
        hidden = np.tanh(layers["dense_1"]["weight"] @ embedded.ravel() + layers["dense_1"]["bias"])
        return (layers["output"]["weight"] @ hidden + layers["output"]["bias"])[1]

    expected = slopes(z, looked_up)
    np.testing.assert_allclose(shares, expected.sum(axis=1), rtol=1e-3, atol=1e-5)
    _, times_input = explained(TOKENS, "gradient_x_input", output=1)
    np.testing.assert_allclose(times_input, (expected * looked_up).sum(axis=1), rtol=1e-3, atol=1e-5)
    _, covered = explained(TOKENS, "occlusion", output=1, window=2)
    hidden = [(np.arange(4) >= at) & (np.arange(4) < at + 2) for at in range(3)]
    falls = [z(looked_up) - z(np.where(each[:, None], 0.0, looked_up)) for each in hidden]
    expected_falls = [falls[0], (falls[0] + falls[1]) / 2, (falls[1] + falls[2]) / 2, falls[2]]
    np.testing.assert_allclose(covered, expected_falls, rtol=1e-3, atol=1e-5)


def test_unless_asked_otherwise_the_likeliestanswer_is_explained() -> None:
    watched, shares = explained(DENSE, "saliency")
    z = answers(watched, sample(watched)[None])[0]
    assert watched.tensors["output"].tolist() == [z.argmax()]
    assert watched.tensors["score"][0] == pytest.approx(z.max(), rel=1e-5)
    np.testing.assert_array_equal(shares, explained(DENSE, "saliency", output=int(z.argmax()))[1])


def test_of_two_classes_on_one_logit_each_has_its_own_side() -> None:
    first, against = explained(experiment(), "saliency", output=0)
    second, towards = explained(experiment(), "saliency", output=1)
    np.testing.assert_array_equal(against, -towards)
    assert first.tensors["score"][0] == -second.tensors["score"][0]
    either = explained(experiment(), "saliency")[0].tensors
    assert either["score"][0] > 0
    assert either["output"][0] == (second.tensors["score"][0] > 0)


# --- occlusion --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "sides", "window", "stride"),
    [
        (CONV, (1, 8, 8), 3, 2),
        (CONV, (1, 8, 8), 1, 1),
        (MAPS, (1, 8, 8), 20, 5),
        (experiment(network=dense(5), data=IRIS), (4,), 2, 3),
        (experiment(network=dense(5), data=IRIS), (4,), 1, 1),
    ],
)
def test_occlusion_is_the_mean_fall_over_all_windows(
    spec: Experiment, sides: tuple[int, ...], window: int, stride: int
) -> None:
    watched, shares = explained(spec, "occlusion", window=window, stride=stride, output=1, baseline=-0.75)
    x = sample(watched).reshape(sides)
    places = sides[-2:] if len(sides) == 3 else sides

    def starts(side: int) -> list[int]:
        found, at = [], 0
        while at + window <= side:
            found.append(at)
            at += stride
        if not found:
            return [0]
        return found if found[-1] + window == side else [*found, side - window]

    total, count = np.zeros(places), np.zeros(places)
    whole = answers(watched, x.reshape(1, -1))[0, 1]
    for corner in product(*(starts(side) for side in places)):
        hidden = x.copy()
        part: Any = tuple(slice(at, at + window) for at in corner)
        hidden[..., *part] = -0.75
        total[part] += whole - answers(watched, hidden.reshape(1, -1))[0, 1]
        count[part] += 1
    assert (count > 0).all()
    np.testing.assert_allclose(shares, np.broadcast_to(total / count, sides), rtol=1e-3, atol=1e-5)


# --- Grad-CAM ---------------------------------------------------------------------------------------------------------


def enlarged(small: Floats, side: int) -> Floats:
    """Bilinear, from centre to centre of the pixels."""
    at = np.clip((np.arange(side) + 0.5) * len(small) / side - 0.5, 0, len(small) - 1)
    low = np.minimum(at.astype(int), len(small) - 2)
    share = at - low
    mix = np.zeros((side, len(small)))
    mix[np.arange(side), low] = 1 - share
    mix[np.arange(side), low + 1] += share
    return mix @ small @ mix.T


def test_grad_cam_weighs_maps_with_their_mean_slopes() -> None:
    watched, shares = explained(MAPS, "grad_cam", output=2)
    layers = watched.layers
    kernels = layers["conv2d_1"]
    maps = np.tanh(convolved(sample(watched).reshape(1, 8, 8), kernels["weight"], kernels["bias"]))
    # The output reads the maps side by side, so its weights are the slopes.
    weights = layers["output"]["weight"][2].reshape(maps.shape).mean(axis=(1, 2))
    expected = np.maximum((weights[:, None, None] * maps).sum(axis=0), 0.0)
    np.testing.assert_allclose(watched.tensors["conv2d_1"], expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(shares, enlarged(expected, 8)[None], rtol=1e-4, atol=1e-5)


def test_grad_cam_takes_the_last_pictures_unless_told_otherwise() -> None:
    last, _ = explained(CONV, "grad_cam")
    first, _ = explained(CONV, "grad_cam", layer="conv2d_1")
    assert last.probe.facts["layer"] == "max_pool2d_1"
    assert last.tensors["max_pool2d_1"].shape == (3, 3)
    assert first.tensors["conv2d_1"].shape == (6, 6)


# --- what is refused --------------------------------------------------------------------------------------------------

LARGE = experiment(data={**DIGITS, "size": 32}, network=dense(1024, 1024))


@pytest.mark.parametrize(
    ("spec", "ask", "field"),
    [
        (DENSE, {"stream": "explanation", "method": "saliency", "output": 10}, "/output"),
        (experiment(), {"stream": "explanation", "method": "saliency", "output": 2}, "/output"),
        (DENSE, {"stream": "explanation", "method": "saliency", "step": 1}, "/step"),
        (DENSE, {"stream": "explanation", "method": "grad_cam"}, "/method"),
        (CONV, {"stream": "explanation", "method": "grad_cam", "layer": "dense_1"}, "/layer"),
        (CONV, {"stream": "explanation", "method": "grad_cam", "layer": "gone"}, "/layer"),
        (DENSE, {"stream": "importance", "layers": ["gone"]}, "/layers/0"),
        (LARGE, {"stream": "importance"}, "/count"),
        (experiment(data=IRIS, network=dense(*[1024] * 5)), {"stream": "importance"}, "/layers"),
        (DENSE, {"stream": "excites", "layer": "gone", "unit": 0}, "/layer"),
        (DENSE, {"stream": "excites", "layer": "dense_1", "unit": 12}, "/unit"),
        (DENSE, {"stream": "ideal", "layer": "dense_1", "unit": 12}, "/unit"),
        (DENSE, {"stream": "influence", "layer": "dense_2", "unit": 0, "source": 12}, "/source"),
        (CONV, {"stream": "influence", "layer": "max_pool2d_1", "unit": 0}, "/source"),
        (experiment(data=IRIS, training={"loss": "hinge"}), {"stream": "mislabelled"}, "/stream"),
        (experiment(data={**IRIS, "goal": "reconstruct"}), {"stream": "mislabelled"}, "/stream"),
    ],
)
def test_what_the_network_lacks_or_takes_too_long_is_refused_before_it_is_compiled(
    spec: Experiment, ask: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        watch(spec, **ask)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "ask",
    [
        {"stream": "explanation", "method": "saliency"},
        {"stream": "explanation", "method": "integrated_gradients", "steps": 5},
        {"stream": "explanation", "method": "occlusion", "window": 2},
        {"stream": "explanation", "method": "grad_cam"},
        {"stream": "importance", "count": 3},
        {"stream": "excites", "layer": "conv2d_1", "unit": 0},
        {"stream": "ideal", "layer": "conv2d_1", "unit": 0, "steps": 2},
        {"stream": "influence", "layer": "conv2d_1", "unit": 0, "count": 9},
        {"stream": "mislabelled"},
    ],
)
def test_a_frame_is_about_as_long_as_it_was_said_to_be(ask: dict[str, Any]) -> None:
    watched = watch(CONV, **ask)
    assert sum(array.nbytes for array in watched.tensors.values()) <= watched.probe.frame_bytes
