"""Every optimizer for many updates against the twin's formulas, and how regularisation acts."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.optimizers import apply_update, initial_moments
from neuroglow.engine.rule import Rule
from neuroglow.nets.losses import Objective
from neuroglow.nets.model import Network
from neuroglow.spec.catalog import OPTIMIZERS
from unit import numpy_twin as twin
from unit.rig import as_model, experiment, numbers_of

UPDATES = 60
SETTINGS: dict[str, dict[str, float]] = {
    "sgd": {"learning_rate": 0.05},
    "momentum": {"learning_rate": 0.02, "momentum": 0.8},
    "nesterov": {"learning_rate": 0.02, "momentum": 0.8},
    "adam": {"learning_rate": 0.03, "b1": 0.85, "b2": 0.99, "eps": 1e-6},
    "adamw": {"learning_rate": 0.03, "b1": 0.85, "b2": 0.99, "eps": 1e-6, "weight_decay": 0.2},
    "rmsprop": {"learning_rate": 0.01, "decay": 0.85, "eps": 1e-6},
    "adagrad": {"learning_rate": 0.1, "eps": 1e-6},
}
STEP = jax.jit(apply_update, static_argnums=0)


def start() -> twin.Net:
    random = np.random.default_rng(0)
    return [
        (random.normal(size=(3, 2)), random.normal(size=3), "tanh"),
        (random.normal(size=(1, 3)), random.normal(size=1), "linear"),
    ]


def hyper(kind: str, regularization: dict[str, Any] | None = None) -> Hyper:
    spec = experiment(
        training={
            "optimizer": {"type": kind, **SETTINGS[kind]},
            "regularization": regularization or {"type": "none", "rate": 0.0},
        }
    )
    return numbers_of(spec)


def rule(kind: str) -> Rule:
    return Rule(Objective("sigmoid", "cross_entropy"), kind)


def slopes_of_update(number: int, net: twin.Net) -> list[np.ndarray[Any, Any]]:
    """Gradients that turn and fade, so that every moment matters; the same for both sides."""
    random = np.random.default_rng(number)
    return [random.normal(size=array.shape) / (1.0 + 0.05 * number) for array in twin.flat(net)]


def race(kind: str, numbers: Hyper, theirs: twin.Optimizer) -> tuple[Network, twin.Net]:
    """Both sides after the same gradients."""
    net = start()
    model = as_model(net)
    moments = initial_moments(kind, model)
    for number in range(UPDATES):
        slopes = slopes_of_update(number, net)
        model, moments = STEP(rule(kind), numbers, model, moments, as_model(twin.rebuilt(net, slopes)))
        net = twin.rebuilt(net, theirs.step(twin.flat(net), slopes))
    return model, net


def assert_equal(model: Network, net: twin.Net) -> None:
    for block, (weight, bias, _) in zip(model.blocks, net, strict=True):
        np.testing.assert_allclose(block.parameters["weight"], weight, rtol=2e-4, atol=2e-5)
        np.testing.assert_allclose(block.parameters["bias"], bias, rtol=2e-4, atol=2e-5)


def test_every_optimizer_of_the_catalog_is_tried() -> None:
    assert set(SETTINGS) == set(OPTIMIZERS)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_many_updates_match_the_published_rule(kind: str) -> None:
    model, net = race(kind, hyper(kind), twin.Optimizer(kind, SETTINGS[kind]))
    assert_equal(model, net)


@pytest.mark.parametrize("kind", ["sgd", "adam", "nesterov"])
def test_l2_joins_the_gradient_of_weights_only(kind: str) -> None:
    numbers = hyper(kind, {"type": "l2", "rate": 0.3})
    model, net = race(kind, numbers, twin.Optimizer(kind, SETTINGS[kind], l2=0.3))
    assert_equal(model, net)


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_l1_pulls_after_the_step_by_a_fixed_amount(kind: str) -> None:
    numbers = hyper(kind, {"type": "l1", "rate": 0.3})
    model, net = race(kind, numbers, twin.Optimizer(kind, SETTINGS[kind], l1=0.3))
    assert_equal(model, net)


def test_l1_stops_at_zero_and_stays_there_without_a_gradient() -> None:
    numbers = hyper("sgd", {"type": "l1", "rate": 1.0})
    model = as_model(start())
    zero = jax.tree.map(jnp.zeros_like, model)
    seen: list[float] = []
    for _ in range(80):
        model, _ = STEP(rule("sgd"), numbers, model, initial_moments("sgd", model), zero)
        seen.append(float(model.blocks[0].parameters["weight"][0, 0]))
    steps = np.diff(seen)
    sign = np.sign(seen[0])
    assert (sign * np.array(seen) >= 0.0).all(), "a weight crossed zero"
    assert all(float(jnp.abs(block.parameters["weight"]).max()) == 0.0 for block in model.blocks)
    assert np.allclose(sign * steps[0], -0.05, atol=1e-6)


@pytest.mark.parametrize("regularization", [{"type": "l1", "rate": 0.5}, {"type": "l2", "rate": 0.5}])
def test_biases_are_never_regularised(regularization: dict[str, Any]) -> None:
    model = as_model(start())
    zero = jax.tree.map(jnp.zeros_like, model)
    after, _ = STEP(rule("sgd"), hyper("sgd", regularization), model, initial_moments("sgd", model), zero)
    for block, before in zip(after.blocks, model.blocks, strict=True):
        assert np.asarray(block.parameters["bias"]).tobytes() == np.asarray(before.parameters["bias"]).tobytes()
        assert (np.abs(np.asarray(block.parameters["weight"])) < np.abs(np.asarray(before.parameters["weight"]))).all()


def test_weight_decay_leaves_biases_alone() -> None:
    model = as_model(start())
    zero = jax.tree.map(jnp.zeros_like, model)
    after, _ = STEP(rule("adamw"), hyper("adamw"), model, initial_moments("adamw", model), zero)
    for block, before in zip(after.blocks, model.blocks, strict=True):
        decayed = np.asarray(before.parameters["weight"]) * (1.0 - 0.03 * 0.2)
        np.testing.assert_allclose(block.parameters["weight"], decayed, rtol=1e-6)
        assert np.asarray(block.parameters["bias"]).tobytes() == np.asarray(before.parameters["bias"]).tobytes()


def test_what_an_optimizer_does_not_use_is_zero() -> None:
    numbers = hyper("sgd")
    assert float(numbers.learning_rate) == pytest.approx(0.05)
    given = [float(np.asarray(value)) for value in numbers if value is not None]
    assert given[1:] == [0.0] * (len(given) - 1)
    assert given[1:], "the numbers of the other optimizers are there all the same"


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_most_extreme_legal_coefficients_give_finite_updates(kind: str) -> None:
    """A coefficient below 1 in double precision must not become 1, nor an epsilon 0, in single precision."""
    almost_one = 0.99999999999
    extreme = {**dict.fromkeys(("momentum", "b1", "b2", "decay"), almost_one), "eps": 1e-300}
    optimizer = {"type": kind, **{name: extreme.get(name, value) for name, value in SETTINGS[kind].items()}}
    numbers = numbers_of(experiment(training={"optimizer": optimizer}))
    model = as_model(start())
    slopes = as_model(twin.rebuilt(start(), slopes_of_update(0, start())))
    quiet = jax.tree.map(jnp.zeros_like, model)
    moments = initial_moments(kind, model)
    for slope in (quiet, slopes, slopes):
        model, moments = STEP(rule(kind), numbers, model, moments, slope)
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(model))
