"""The backward pass against the NumPy twin and against finite differences in float64."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from neuroglow.engine.snapshot import initial_snapshot, to_model
from neuroglow.engine.train import batch_loss, gradient
from neuroglow.nets.losses import head_of, loss
from neuroglow.nets.model import Dense, Network
from neuroglow.nets.shape import STACK_FROM, layer_names, net_shape
from neuroglow.spec.network import ACTIVATIONS
from unit import numpy_twin as twin
from unit.rig import dense, experiment, twin_net

Array = NDArray[Any]
HEADS = [("sigmoid", 1), ("softmax", 3), ("tanh", 1), ("tanh", 3), ("linear", 1)]
STEP = 1e-6


def some_net(activation: str, outputs: int, seed: int = 0) -> twin.Net:
    random = np.random.default_rng(seed)

    def layer(fan_in: int, units: int, name: str) -> twin.Layer:
        return random.normal(0.0, 0.8, (units, fan_in)), random.normal(0.0, 0.5, units), name

    return [layer(3, 5, activation), layer(5, 4, activation), layer(4, outputs, "linear")]


def some_rows(head: str, outputs: int, rows: int = 11) -> tuple[Array, Array]:
    random = np.random.default_rng(7)
    labels = random.normal(size=rows) if head == "linear" else random.integers(0, max(2, outputs), rows)
    return random.normal(size=(rows, 3)), labels.astype(np.float64)


def engine_gradients(head: Any, net: twin.Net, x: Array, labels: Array) -> twin.Slopes:
    """Through the model and the losses in float64; the mean over rows is taken here."""
    with jax.enable_x64(True):
        model = Network(tuple(Dense(jnp.asarray(w), jnp.asarray(b), name) for w, b, name in net))

        def mean(model: Network) -> jax.Array:
            return jnp.mean(jax.vmap(lambda xi, yi: loss(head, model(xi), yi))(jnp.asarray(x), jnp.asarray(labels)))

        slopes = jax.jit(jax.grad(mean))(model)
        return [(np.asarray(block.weight), np.asarray(block.bias)) for block in slopes.blocks]


def finite_differences(head: str, net: twin.Net, x: Array, labels: Array) -> list[Array]:
    """Central differences of the twin's mean loss with respect to every number, flat."""
    arrays = twin.flat(net)
    slopes = [np.zeros_like(array) for array in arrays]
    for array, slope in zip(arrays, slopes, strict=True):
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + STEP
            above = twin.mean_loss(head, twin.rebuilt(net, arrays), x, labels)
            array[index] = kept - STEP
            below = twin.mean_loss(head, twin.rebuilt(net, arrays), x, labels)
            array[index] = kept
            slope[index] = (above - below) / (2 * STEP)
    return slopes


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_of_every_activation_matches_finite_differences(activation: str) -> None:
    net, (x, labels) = some_net(activation, 1), some_rows("sigmoid", 1)
    numeric = finite_differences("sigmoid", net, x, labels)
    for index, (weight, bias) in enumerate(engine_gradients("sigmoid", net, x, labels)):
        np.testing.assert_allclose(weight, numeric[2 * index], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(bias, numeric[2 * index + 1], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("head", "outputs"), HEADS)
def test_gradient_of_every_head_matches_finite_differences(head: str, outputs: int) -> None:
    net, (x, labels) = some_net("tanh", outputs), some_rows(head, outputs)
    numeric = finite_differences(head, net, x, labels)
    for index, (weight, bias) in enumerate(engine_gradients(head, net, x, labels)):
        np.testing.assert_allclose(weight, numeric[2 * index], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(bias, numeric[2 * index + 1], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("head", "outputs"), HEADS)
def test_backpropagation_of_the_twin_agrees_to_the_last_digits(head: str, outputs: int) -> None:
    net, (x, labels) = some_net("gelu", outputs, seed=3), some_rows(head, outputs)
    expected = twin.gradients(head, net, x, labels)
    for (weight, bias), (twin_weight, twin_bias) in zip(engine_gradients(head, net, x, labels), expected, strict=True):
        np.testing.assert_allclose(weight, twin_weight, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(bias, twin_bias, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("head", "outputs"), HEADS)
def test_float32_engine_gradient_with_a_masked_batch_matches_the_twin(head: Any, outputs: int) -> None:
    net, (x, labels) = some_net("tanh", outputs), some_rows(head, outputs)
    model = Network(tuple(Dense(jnp.asarray(w, jnp.float32), jnp.asarray(b, jnp.float32), n) for w, b, n in net))
    mask = np.zeros(11, np.float32)
    mask[:6] = 1.0
    (mean, sums), slopes = jax.jit(gradient, static_argnums=0)(
        head, model, jnp.asarray(x, jnp.float32), jnp.asarray(labels, jnp.float32), jnp.asarray(mask)
    )
    np.testing.assert_allclose(mean, twin.mean_loss(head, net, x[:6], labels[:6]), rtol=1e-5)
    assert float(sums.examples) == 6.0
    for block, (weight, bias) in zip(slopes.blocks, twin.gradients(head, net, x[:6], labels[:6]), strict=True):
        np.testing.assert_allclose(block.weight, weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(block.bias, bias, rtol=1e-4, atol=1e-6)


def test_gradient_flows_through_a_scanned_stack_as_through_its_layers() -> None:
    spec = experiment(network=dense(*[4] * (STACK_FROM + 2)))
    snapshot = initial_snapshot(spec)
    shape, names = net_shape(spec), layer_names(spec)
    model = jax.tree.map(jnp.asarray, to_model(snapshot.layers, shape, names))
    head = head_of(spec)
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(8, 2)), random.integers(0, 2, 8).astype(np.float64)
    _, slopes = jax.jit(gradient, static_argnums=0)(
        head, model, jnp.asarray(x, jnp.float32), jnp.asarray(labels, jnp.float32), jnp.ones(8, jnp.float32)
    )
    expected = twin.gradients(head, twin_net(snapshot.layers, spec), x, labels)
    first, stack, output = slopes.blocks
    np.testing.assert_allclose(first.weight, expected[0][0], rtol=2e-3, atol=1e-6)
    for index in range(STACK_FROM + 1):
        np.testing.assert_allclose(stack.weight[index], expected[1 + index][0], rtol=2e-3, atol=1e-6)
        np.testing.assert_allclose(stack.bias[index], expected[1 + index][1], rtol=2e-3, atol=1e-6)
    np.testing.assert_allclose(output.weight, expected[-1][0], rtol=2e-3, atol=1e-6)


def test_masked_rows_do_not_count_whatever_they_hold() -> None:
    """Zero times infinity is no number: a row that is left out must not reach the sums even when it overflows."""
    net = some_net("linear", 1)
    model = Network(tuple(Dense(jnp.asarray(w, jnp.float32), jnp.asarray(b, jnp.float32), n) for w, b, n in net))
    x, labels = some_rows("linear", 1, rows=4)
    mask = jnp.asarray([1.0, 1.0, 0.0, 0.0], jnp.float32)
    poisoned_x, poisoned_labels = x.copy(), labels.copy()
    poisoned_x[2], poisoned_labels[2] = 3e38, 0.0
    poisoned_x[3], poisoned_labels[3] = np.nan, np.nan
    compiled = jax.jit(batch_loss, static_argnums=0)
    plain = compiled("linear", model, jnp.asarray(x, jnp.float32), jnp.asarray(labels, jnp.float32), mask)
    with np.errstate(all="ignore"):
        poisoned = compiled(
            "linear", model, jnp.asarray(poisoned_x, jnp.float32), jnp.asarray(poisoned_labels, jnp.float32), mask
        )
    for left, right in zip(jax.tree.leaves(plain), jax.tree.leaves(poisoned), strict=True):
        assert float(left) == float(right)
