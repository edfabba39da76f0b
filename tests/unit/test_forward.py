"""The forward pass against the NumPy twin: every activation, every head, scanned stacks, any depth and width."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from neuroglow.nets.activations import ACTIVATIONS
from neuroglow.nets.losses import answer
from neuroglow.nets.model import Block, Network
from neuroglow.nets.shape import STACK_FROM, net_shape
from neuroglow.nets.shape import Block as BlockShape
from neuroglow.spec.layers.base import ACTIVATIONS as SPEC_ACTIVATIONS
from unit import numpy_twin as twin
from unit.rig import as_model, dense, dense_shape, experiment

Array = NDArray[Any]


def random_net(widths: list[int], activation: str, seed: int = 0) -> twin.Net:
    random = np.random.default_rng(seed)
    layers = [
        (random.normal(0.0, 1.0 / np.sqrt(fan_in), (units, fan_in)), random.normal(0.0, 0.3, units), activation)
        for fan_in, units in pairwise(widths)
    ]
    weight, bias, _ = layers[-1]
    return [*layers[:-1], (weight, bias, "linear")]


def test_every_activation_of_the_spec_exists_and_only_those() -> None:
    assert set(ACTIVATIONS) == set(SPEC_ACTIVATIONS) == set(twin.ACTIVATIONS)


@pytest.mark.parametrize("name", SPEC_ACTIVATIONS)
def test_activation_and_its_slope_match_the_formula(name: str) -> None:
    z = np.concatenate([np.linspace(-30.0, 30.0, 601), np.linspace(-1e-3, 1e-3, 7)])
    z = z[z != 0.0]
    with jax.enable_x64(True):
        function = ACTIVATIONS[name]
        values, slopes = jax.jit(jax.vmap(jax.value_and_grad(function)))(jax.numpy.asarray(z))
    np.testing.assert_allclose(values, twin.ACTIVATIONS[name][0](z), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slopes, twin.ACTIVATIONS[name][1](z), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("activation", SPEC_ACTIVATIONS)
def test_network_matches_the_twin_layer_by_layer(activation: str) -> None:
    net = random_net([3, 5, 4, 2], activation)
    x = np.random.default_rng(1).normal(size=(9, 3))
    with jax.enable_x64(True):
        model = as_model(net, np.float64)
        captured = jax.jit(jax.vmap(model.capture))(jax.numpy.asarray(x))
        out = jax.jit(jax.vmap(model))(jax.numpy.asarray(x))
    expected = twin.forward(net, x)
    for (z, a), (twin_z, twin_a) in zip(captured, expected, strict=True):
        np.testing.assert_allclose(z, twin_z, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(a, twin_a, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(out, expected[-1][0], rtol=1e-12, atol=1e-13)
    single = jax.jit(jax.vmap(as_model(net)))(jax.numpy.asarray(x, np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected[-1][0], rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("widths", [[1, 1], [2, 9, 1], [7, 1, 3], [3, 4, 1, 6, 5, 2]])
def test_any_width_and_depth_matches_the_twin(widths: list[int]) -> None:
    net = random_net(widths, "tanh")
    x = np.random.default_rng(4).normal(size=widths[0])
    model = as_model(net)
    out = jax.jit(jax.vmap(model))(jax.numpy.asarray(x[None], np.float32))
    np.testing.assert_allclose(out, twin.forward(net, x[None])[-1][0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("head", "outputs"), [("sigmoid", 1), ("softmax", 4), ("tanh", 1), ("tanh", 3), ("linear", 1)])
def test_answer_is_the_output_activation(head: Any, outputs: int) -> None:
    z = np.random.default_rng(2).normal(0.0, 4.0, (6, outputs))
    np.testing.assert_allclose(
        answer(head, jax.numpy.asarray(z, np.float32)), twin.answer(head, z), rtol=1e-5, atol=1e-6
    )


def test_scanned_stack_equals_the_unrolled_layers() -> None:
    net = random_net([6] * (STACK_FROM + 4) + [1], "tanh")
    x = jax.numpy.asarray(np.random.default_rng(3).normal(size=(5, 6)), np.float32)
    unrolled = as_model(net)
    hidden, output = unrolled.blocks[:-1], unrolled.blocks[-1]
    stacked = jax.tree.map(lambda *arrays: jax.numpy.stack(arrays), *(block.parameters for block in hidden))
    stack = Block(stacked, BlockShape(hidden[0].shape.layer, len(hidden)))
    scanned = Network((stack, Block(output.parameters, BlockShape(output.shape.layer, sources=(0,)))))
    out, expected = jax.jit(jax.vmap(scanned))(x), jax.jit(jax.vmap(unrolled))(x)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
    stack_z, stack_a = jax.jit(jax.vmap(scanned.capture))(x)[0]
    for index, (z, a) in enumerate(jax.jit(jax.vmap(unrolled.capture))(x)[:-1]):
        np.testing.assert_allclose(stack_z[:, index], z, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(stack_a[:, index], a, rtol=1e-5, atol=1e-6)


def test_equal_layers_become_a_stack_from_a_dozen_on() -> None:
    few = net_shape(experiment(network=dense(*[5] * STACK_FROM)))
    many = net_shape(experiment(network=dense(*[5] * (STACK_FROM + 1))))
    # The first layer reads two inputs, so one fewer is equal.
    assert not any(block.is_stack for block in few.blocks)
    assert [block.count for block in many.blocks] == [1, STACK_FROM, 1]
    hidden = [dense_shape(5, 5, "tanh")] * STACK_FROM
    assert many.layers == (dense_shape(2, 5, "tanh"), *hidden, dense_shape(5, 1, "linear"))


def test_another_activation_breaks_a_stack_in_two() -> None:
    layers = [*[{"units": 3}] * 14, {"units": 3, "activation": "relu"}, *[{"units": 3}] * 13]
    shape = net_shape(experiment(network={"layers": layers}))
    assert [block.count for block in shape.blocks] == [1, 13, 1, 13, 1]
    assert shape.place(0) == (0, 0)
    assert shape.place(13) == (1, 12)
    assert shape.place(14) == (2, 0)
    assert shape.place(28) == (4, 0)
    with pytest.raises(IndexError):
        shape.place(29)


@pytest.mark.parametrize(("data", "inputs", "outputs"), [
    ({"source": "synthetic", "name": "circle", "features": ["x1", "x2^2", "sin(x2)"]}, 3, 1),
    ({"source": "synthetic", "name": "blobs", "classes": 2}, 2, 1),
    ({"source": "synthetic", "name": "blobs", "classes": 7}, 2, 7),
    ({"source": "bundled", "name": "digits"}, 64, 10),
    ({"source": "bundled", "name": "breast_cancer"}, 30, 1),
    ({"source": "bundled", "name": "diabetes"}, 10, 1),
])  # fmt: skip
def test_input_and_output_follow_the_data(data: dict[str, Any], inputs: int, outputs: int) -> None:
    shape = net_shape(experiment(data=data, network={"layers": []}))
    assert (shape.inputs, shape.outputs) == (inputs, outputs)
    assert [layer.parameters["weight"].shape for layer in shape.layers] == [(outputs, inputs)]
    assert shape.parameters == outputs * (inputs + 1)
