"""The backward pass against the NumPy twin and against finite differences in float64."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.layers import to_model
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.engine.train import Batch, batch_loss, gradient
from neuroglow.nets.losses import Objective, loss, objective_of
from neuroglow.nets.model import Network
from neuroglow.nets.shape import STACK_FROM, layer_names, net_shape
from neuroglow.spec.layers.base import ACTIVATIONS
from unit import numpy_twin as twin
from unit.rig import as_model, dense, experiment, twin_net

Array = NDArray[Any]
BY_NUMBERS = ("squared_error", "absolute_error", "huber", "log_cosh")
OBJECTIVES = [
    *((Objective("sigmoid", kind), 1) for kind in ("cross_entropy", "focal")),
    *((Objective("softmax", kind), 3) for kind in ("cross_entropy", "focal", "hinge")),
    (Objective("tanh", "hinge"), 1),
    *((Objective("tanh", kind), outputs) for kind in BY_NUMBERS for outputs in (1, 3)),
    *((Objective("linear", kind), 1) for kind in BY_NUMBERS),
    *((Objective("linear", kind, reads_vectors=True), 3) for kind in BY_NUMBERS),
]
LOGISTIC, SQUARES = Objective("sigmoid", "cross_entropy"), Objective("linear", "squared_error")
PARAMETER = 0.8
STEP = 1e-6


def some_net(activation: str, outputs: int, seed: int = 0) -> twin.Net:
    random = np.random.default_rng(seed)

    def layer(fan_in: int, units: int, name: str) -> twin.Layer:
        return random.normal(0.0, 0.8, (units, fan_in)), random.normal(0.0, 0.5, units), name

    return [layer(3, 5, activation), layer(5, 4, activation), layer(4, outputs, "linear")]


def some_rows(objective: Objective, outputs: int, rows: int = 11) -> tuple[Array, Array]:
    random = np.random.default_rng(7)
    if objective.head == "linear":
        labels = random.normal(size=(rows, outputs) if objective.reads_vectors else rows)
    else:
        labels = random.integers(0, max(2, outputs), rows).astype(np.float64)
    return random.normal(size=(rows, 3)), labels


def goal_of(objective: Objective) -> twin.Goal:
    return twin.Goal(objective.head, objective.loss, PARAMETER)


def as_batch(x: Array, labels: Array, mask: Array | None = None) -> Batch:
    seen = np.ones(len(x)) if mask is None else mask
    return Batch(jnp.asarray(x, jnp.float32), jnp.asarray(labels, jnp.float32), jnp.asarray(seen, jnp.float32))


def numbers(**given: Any) -> Hyper:
    """Only what a loss reads matters here."""
    plain: dict[str, Any] = dict.fromkeys(set(Hyper._fields) - set(Hyper._field_defaults), np.float32(0.0))
    return Hyper(**plain, **{"loss_parameter": np.float32(PARAMETER), **given})


def engine_gradients(objective: Objective, net: twin.Net, x: Array, labels: Array) -> twin.Slopes:
    """Through the model and the losses in float64; the mean over rows is taken here."""
    with jax.enable_x64(True):
        model = as_model(net, jnp.float64)

        def mean(model: Network) -> jax.Array:
            z = jax.vmap(model)(jnp.asarray(x))
            return jnp.mean(jax.vmap(lambda zi, yi: loss(objective, zi, yi, PARAMETER))(z, jnp.asarray(labels)))

        slopes = jax.jit(jax.grad(mean))(model)
        parts = [jax.tree.map(np.asarray, block.parameters) for block in slopes.blocks]
        return [(part["weight"], part["bias"]) for part in parts]


def finite_differences(head: str | twin.Goal, net: twin.Net, x: Array, labels: Array) -> list[Array]:
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
    net, (x, labels) = some_net(activation, 1), some_rows(LOGISTIC, 1)
    numeric = finite_differences("sigmoid", net, x, labels)
    for index, (weight, bias) in enumerate(engine_gradients(LOGISTIC, net, x, labels)):
        np.testing.assert_allclose(weight, numeric[2 * index], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(bias, numeric[2 * index + 1], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("objective", "outputs"), OBJECTIVES)
def test_gradient_of_every_loss_matches_finite_differences_and_the_twin(objective: Objective, outputs: int) -> None:
    net, (x, labels) = some_net("gelu", outputs, seed=3), some_rows(objective, outputs)
    engine = engine_gradients(objective, net, x, labels)
    for (weight, bias), (twin_weight, twin_bias) in zip(
        engine, twin.gradients(goal_of(objective), net, x, labels), strict=True
    ):
        np.testing.assert_allclose(weight, twin_weight, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(bias, twin_bias, rtol=1e-10, atol=1e-13)
    numeric = finite_differences(goal_of(objective), net, x, labels)
    for index, (weight, bias) in enumerate(engine):
        np.testing.assert_allclose(weight, numeric[2 * index], rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(bias, numeric[2 * index + 1], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("objective", "outputs"), [
    (LOGISTIC, 1), (Objective("softmax", "cross_entropy"), 3), (Objective("tanh", "squared_error"), 3), (SQUARES, 1),
    (Objective("linear", "huber", reads_vectors=True), 3),
])  # fmt: skip
def test_float32_engine_gradient_with_a_masked_batch_matches_the_twin(objective: Objective, outputs: int) -> None:
    net, (x, labels) = some_net("tanh", outputs), some_rows(objective, outputs)
    batch = as_batch(x, labels, (np.arange(11) < 6).astype(float))
    (mean, (sums, _)), slopes = jax.jit(gradient, static_argnums=0)(objective, as_model(net), numbers(), batch)
    goal = goal_of(objective)
    np.testing.assert_allclose(mean, twin.mean_loss(goal, net, x[:6], labels[:6]), rtol=1e-5)
    assert float(sums.examples) == 6.0
    np.testing.assert_allclose(sums.label, labels[:6].sum(axis=0), rtol=1e-4, atol=1e-5)
    for block, (weight, bias) in zip(slopes.blocks, twin.gradients(goal, net, x[:6], labels[:6]), strict=True):
        np.testing.assert_allclose(block.parameters["weight"], weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(block.parameters["bias"], bias, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("objective", "outputs"), [(LOGISTIC, 1), (Objective("softmax", "hinge"), 3)])
def test_class_weights_multiply_losses_and_leave_the_count_of_rows_alone(objective: Objective, outputs: int) -> None:
    net, (x, labels) = some_net("tanh", outputs), some_rows(objective, outputs)
    weights = np.array([0.5, 2.0, 1.25][: max(2, outputs)])
    goal = twin.Goal(objective.head, objective.loss, PARAMETER, weights)
    hyper = numbers(class_weights=jnp.asarray(weights, jnp.float32))
    (mean, _), slopes = jax.jit(gradient, static_argnums=0)(objective, as_model(net), hyper, as_batch(x, labels))
    plain = twin.losses(twin.Goal(objective.head, objective.loss, PARAMETER), twin.forward(net, x)[-1][0], labels)
    assert float(mean) == pytest.approx((plain * weights[labels.astype(int)]).sum() / len(labels), rel=1e-5)
    for block, (weight, bias) in zip(slopes.blocks, twin.gradients(goal, net, x, labels), strict=True):
        np.testing.assert_allclose(block.parameters["weight"], weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(block.parameters["bias"], bias, rtol=1e-4, atol=1e-6)


def test_gradient_passes_only_through_units_that_speak() -> None:
    net, (x, labels) = some_net("tanh", 1), some_rows(LOGISTIC, 1)
    random = np.random.default_rng(5)
    factors: twin.Factors = [(random.random((11, 5)) < 0.6) / 0.6, None, None]
    given = tuple(None if each is None else jnp.asarray(each, jnp.float32) for each in factors)
    (mean, _), slopes = jax.jit(gradient, static_argnums=0)(
        LOGISTIC, as_model(net), numbers(), as_batch(x, labels), given
    )
    assert float(mean) == pytest.approx(twin.mean_loss("sigmoid", net, x, labels, factors), rel=1e-5)
    for block, (weight, bias) in zip(slopes.blocks, twin.gradients("sigmoid", net, x, labels, factors), strict=True):
        np.testing.assert_allclose(block.parameters["weight"], weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(block.parameters["bias"], bias, rtol=1e-4, atol=1e-6)


def test_gradient_flows_through_a_scanned_stack_as_through_its_layers() -> None:
    spec = experiment(network=dense(*[4] * (STACK_FROM + 2)))
    snapshot = initial_snapshot(spec)
    shape, names = net_shape(spec), layer_names(spec)
    model = jax.tree.map(jnp.asarray, to_model(snapshot.layers, shape, names))
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(8, 2)), random.integers(0, 2, 8).astype(np.float64)
    silenced: twin.Factors = [(random.random((8, 4)) < 0.8) / 0.8 for _ in range(STACK_FROM + 2)]
    stacked = np.stack([np.asarray(each) for each in silenced[1:]], axis=1)
    given = (jnp.asarray(silenced[0], jnp.float32), jnp.asarray(stacked, jnp.float32), None)
    for factors, theirs in (((), None), (given, [*silenced, None])):
        _, slopes = jax.jit(gradient, static_argnums=0)(
            objective_of(spec), model, numbers(loss_parameter=None), as_batch(x, labels), factors
        )
        expected = twin.gradients("sigmoid", twin_net(snapshot.layers, spec), x, labels, theirs)
        first, stack, output = slopes.blocks
        np.testing.assert_allclose(first.parameters["weight"], expected[0][0], rtol=2e-3, atol=1e-6)
        for index in range(STACK_FROM + 1):
            np.testing.assert_allclose(stack.parameters["weight"][index], expected[1 + index][0], rtol=2e-3, atol=1e-6)
            np.testing.assert_allclose(stack.parameters["bias"][index], expected[1 + index][1], rtol=2e-3, atol=1e-6)
        np.testing.assert_allclose(output.parameters["weight"], expected[-1][0], rtol=2e-3, atol=1e-6)


def test_masked_rows_do_not_count_whatever_they_hold() -> None:
    """Zero times infinity is no number: a row that is left out must not reach the sums even when it overflows."""
    model = as_model(some_net("linear", 1))
    x, labels = some_rows(SQUARES, 1, rows=4)
    mask = np.array([1.0, 1.0, 0.0, 0.0])
    poisoned_x, poisoned_labels = x.copy(), labels.copy()
    poisoned_x[2], poisoned_labels[2] = 3e38, 0.0
    poisoned_x[3], poisoned_labels[3] = np.nan, np.nan
    compiled = jax.jit(batch_loss, static_argnums=0)
    plain = compiled(SQUARES, model, numbers(), as_batch(x, labels, mask))
    with np.errstate(all="ignore"):
        poisoned = compiled(SQUARES, model, numbers(), as_batch(poisoned_x, poisoned_labels, mask))
    for left, right in zip(jax.tree.leaves(plain), jax.tree.leaves(poisoned), strict=True):
        assert float(left) == float(right)
