"""The `backward` stream: slopes of one sample's loss are what nudging says, and the update is the optimizer's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.errors import InvalidInputError
from neuroglow.nets.shape import STACK_FROM
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import dense, experiment, twin_net

SGD = {"optimizer": {"type": "sgd", "learning_rate": 0.1}}
SPEC = experiment(network=dense(4, 3), training=SGD)
CONVOLVED = experiment(
    data={"source": "bundled", "name": "digits"},
    network={"layers": [{"type": "conv2d", "channels": 3, "activation": "tanh"}, {"type": "max_pool2d"}]},
    training=SGD,
)


def seen(watched: Watched, layer: str) -> dict[str, Any]:
    return {name.removeprefix(f"{layer}."): array.astype(float) for name, array in watched.tensors.items()}


def test_slopes_of_a_dense_network_are_the_twins() -> None:
    sample = {"split": "train", "index": 2}
    split = watch(SPEC, stream="backward", layer="output", sample=sample).subject.dataset.train
    x, label = split.inputs[2:3].astype(float), split.labels[2:3].astype(float)
    for number, layer in enumerate(("dense_1", "dense_2", "output")):
        watched = watch(SPEC, stream="backward", layer=layer, sample=sample)
        parts, net = seen(watched, layer), twin_net(watched.layers, SPEC)
        weight, bias = twin.gradients("sigmoid", net, x, label)[number]
        np.testing.assert_allclose(parts["weight.slope"], weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(parts["bias.slope"], bias, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(parts["z.slope"], bias, rtol=1e-4, atol=1e-6)
        held = watched.layers[layer]
        np.testing.assert_allclose(parts["weight.after"], held["weight"] - 0.1 * weight, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(parts["bias.after"], held["bias"] - 0.1 * bias, rtol=1e-5, atol=1e-6)
        z = twin.forward(net, x)[-1][0][0, 0]
        assert parts["target"] == label
        assert parts["loss"] == pytest.approx([np.logaddexp(0.0, z) - label[0] * z], rel=1e-5)


def test_slopes_of_feature_maps_lead_to_those_of_the_kernel() -> None:
    sample = {"split": "train", "index": 0}
    parts = seen(watch(CONVOLVED, stream="backward", layer="conv2d_1", sample=sample), "conv2d_1")
    made = seen(watch(CONVOLVED, stream="inside", layer="conv2d_1", sample=sample), "conv2d_1")
    np.testing.assert_allclose(parts["z.slope"], parts["a.slope"] * (1 - made["a"] ** 2), rtol=1e-4, atol=1e-6)
    for row in range(3):
        for column in range(3):
            under = made["read"][0, row : row + 6, column : column + 6]
            slope = (parts["z.slope"] * under[None]).sum((1, 2))
            np.testing.assert_allclose(parts["weight.slope"][:, 0, row, column], slope, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(parts["bias.slope"], parts["z.slope"].sum((1, 2)), rtol=1e-4, atol=1e-6)


def test_pooling_has_a_slope_and_nothing_to_update() -> None:
    watched = watch(CONVOLVED, stream="backward", layer="max_pool2d_1", sample={"split": "test", "index": 1})
    assert {name.partition(".")[2] for name in watched.tensors} == {"target", "loss", "a.slope"}
    assert watched.probe.frame_bytes == sum(array.nbytes for array in watched.tensors.values())


def test_a_layer_of_a_stack_shows_its_own_parameters() -> None:
    spec = experiment(network=dense(*[3] * (STACK_FROM + 2)), training=SGD)
    for layer in ("dense_2", f"dense_{STACK_FROM}"):
        watched = watch(spec, stream="backward", layer=layer, sample={"split": "train", "index": 0})
        parts = seen(watched, layer)
        expected = watched.layers[layer]["weight"] - 0.1 * parts["weight.slope"]
        np.testing.assert_allclose(parts["weight.after"], expected, rtol=1e-5, atol=1e-7)


def test_slopes_of_the_answers_of_a_stack_are_the_twins() -> None:
    spec = experiment(network=dense(*[3] * (STACK_FROM + 2)), training=SGD)
    sample = {"split": "train", "index": 4}
    for number in (1, 2, STACK_FROM + 1):
        layer = f"dense_{number + 1}"
        watched = watch(spec, stream="backward", layer=layer, sample=sample)
        assert watched.subject.shape.blocks[watched.subject.place(layer)[0]].is_stack
        parts, net = seen(watched, layer), twin_net(watched.layers, spec)
        split = watched.subject.dataset.train
        x, label = split.inputs[4:5].astype(float), split.labels[4:5].astype(float)
        _, by_z = twin.gradients("sigmoid", net, x, label)[number]
        a = twin.forward(net, x)[number][1][0]
        np.testing.assert_allclose(parts["z.slope"], by_z, rtol=1e-3, atol=1e-7)
        np.testing.assert_allclose(parts["a.slope"] * (1 - a**2), by_z, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(("ask", "field"), [
    ({"layer": "nobody"}, "/layer"), ({"layer": "dense_1", "sample": {"split": "test", "index": 99}}, "/sample/index"),
])  # fmt: skip
def test_what_is_not_there_is_refused(ask: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        watch(SPEC, stream="backward", **ask)
    assert caught.value.field == field


def test_running_figures_have_no_slope_and_stay() -> None:
    spec = experiment(network={"layers": [{"units": 3}, {"type": "batch_norm"}]}, training=SGD)
    watched = watch(spec, stream="backward", layer="batch_norm_1", sample={"split": "train", "index": 0})
    assert {name.partition(".")[2] for name in watched.tensors} == {
        "target", "loss", "a.slope", "gain.slope", "bias.slope", "gain.after", "bias.after",
    }  # fmt: skip
