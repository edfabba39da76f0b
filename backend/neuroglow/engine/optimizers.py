"""The update rule: gradient -> new parameters, with every number traced.

Optax transformations are built inside the traced function from traced coefficients, so moving a slider changes an
argument, never the program. Only the optimizer's type is static.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from neuroglow.nets.model import Network, is_weight
from neuroglow.spec.training import Training

Leaf = Any
"""A device array, a host array, or its `ShapeDtypeStruct` for compiling."""


class Hyper(NamedTuple):
    """Every live number of training, f32 scalars. What an optimizer or regularisation does not use is 0."""

    learning_rate: Leaf
    momentum: Leaf
    b1: Leaf
    b2: Leaf
    eps: Leaf
    decay: Leaf
    weight_decay: Leaf
    l1: Leaf
    l2: Leaf


_BELOW_ONE = ("momentum", "b1", "b2", "decay")
_MOST_BELOW_ONE = np.nextafter(np.float32(1.0), np.float32(0.0))
_LEAST_EPS = np.float32(1e-30)
"""Far below the root of any second moment, and still a normal number after the compiler multiplies it by 1 - decay."""


def hyper_of(training: Training) -> Hyper:
    """The traced numbers of a training spec, in single precision and still within their bounds.

    A double just below 1 would round to 1, and a tiny epsilon to 0: both divide by zero.
    """
    optimizer = training.optimizer.model_dump()
    rate = training.regularization.rate
    numbers = {field: np.float32(optimizer.get(field, 0.0)) for field in Hyper._fields}
    numbers |= {field: min(numbers[field], _MOST_BELOW_ONE) for field in _BELOW_ONE}
    if "eps" in optimizer:
        numbers["eps"] = max(numbers["eps"], _LEAST_EPS)
    numbers["l1"] = np.float32(rate if training.regularization.type == "l1" else 0.0)
    numbers["l2"] = np.float32(rate if training.regularization.type == "l2" else 0.0)
    return Hyper(**numbers)


def _adagrad(eps: Leaf) -> optax.GradientTransformation:
    """g / (√s + ε) with s the sum of squares from 0 (Duchi et al. 2011); optax puts ε under the root."""

    def init(parameters: optax.Params) -> Any:
        return jax.tree.map(jnp.zeros_like, parameters)

    def update(gradient: optax.Updates, sums: Any, _: Any = None) -> tuple[optax.Updates, Any]:
        sums = jax.tree.map(lambda s, g: s + g * g, sums, gradient)
        return jax.tree.map(lambda g, s: g / (jnp.sqrt(s) + eps), gradient, sums), sums

    return optax.GradientTransformation(init, update)


_MOST_COUNTED = np.iinfo(np.int32).max
"""Updates Adam counts; by then its bias correction has long been 1."""


def _adam(b1: Leaf, b2: Leaf, eps: Leaf) -> optax.GradientTransformation:
    """Kingma & Ba 2015. optax takes 1 − βᵗ by a power, which in single precision is 0 for β near 1; this does not."""

    def init(parameters: optax.Params) -> Any:
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        return jnp.zeros((), jnp.int32), zeros, zeros

    def update(gradient: optax.Updates, state: Any, _: Any = None) -> tuple[optax.Updates, Any]:
        count, first, second = state
        count = jnp.minimum(count, _MOST_COUNTED - 1) + 1
        first = jax.tree.map(lambda m, g: b1 * m + (1.0 - b1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: b2 * v + (1.0 - b2) * g * g, second, gradient)
        by_first, by_second = _bias_left(b1, count), _bias_left(b2, count)
        updates = jax.tree.map(lambda m, v: m / by_first / (jnp.sqrt(v / by_second) + eps), first, second)
        return updates, (count, first, second)

    return optax.GradientTransformation(init, update)


def _bias_left(decay: Leaf, count: Array) -> Array:
    """1 − decayᵗ, to the last digits even where decay is the number next to 1."""
    return -jnp.expm1(count.astype(jnp.float32) * jnp.log(decay))


def _rule(optimizer: str, hyper: Hyper) -> optax.GradientTransformation:
    # Traced scalars stand where optax's signatures say float.
    h: Any = hyper
    if optimizer == "sgd":
        return optax.identity()
    if optimizer == "momentum":
        return optax.trace(decay=h.momentum)
    if optimizer == "nesterov":
        return optax.trace(decay=h.momentum, nesterov=True)
    if optimizer == "adam":
        return _adam(h.b1, h.b2, h.eps)
    if optimizer == "adamw":
        return optax.chain(_adam(h.b1, h.b2, h.eps), optax.add_decayed_weights(h.weight_decay, mask=is_weight))
    if optimizer == "rmsprop":
        return optax.scale_by_rms(h.decay, h.eps, eps_in_sqrt=False)
    if optimizer == "adagrad":
        return _adagrad(h.eps)
    raise ValueError(f"no optimizer '{optimizer}'")


def initial_moments(optimizer: str, model: Network) -> Any:
    """The optimizer's state before the first update; its structure depends on the type and the model's shape only."""
    zero = Hyper(*(np.float32(0.0) for _ in Hyper._fields))
    return _rule(optimizer, zero).init(model)


def apply_update(optimizer: str, hyper: Hyper, model: Network, moments: Any, gradient: Network) -> tuple[Network, Any]:
    """One optimizer step.

    L2 joins the gradient: g + rate·w. L1 acts after the step, w − lr·rate·sign(w), and stops at zero instead of
    crossing it, so weights that are not needed become exactly 0 (TensorFlow Playground). Biases are never regularised.
    """
    weights = is_weight(model)
    gradient = jax.tree.map(lambda g, w, on: g + hyper.l2 * w if on else g, gradient, model, weights)
    updates, moments = _rule(optimizer, hyper).update(gradient, moments, model)

    def step(weight: Array, update: Array, regularised: bool) -> Array:
        moved: Array = weight - hyper.learning_rate * update
        if not regularised:
            return moved
        shrunk = moved - hyper.learning_rate * hyper.l1 * jnp.sign(weight)
        stopped = jnp.where(moved * shrunk < 0, 0.0, shrunk)
        return jnp.asarray(jnp.where(hyper.l1 > 0, stopped, moved))

    return jax.tree.map(step, model, updates, weights), moments
