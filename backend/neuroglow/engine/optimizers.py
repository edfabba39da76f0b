"""The update rule: gradient -> new parameters, with every number traced.

Optax transformations are built inside the traced function from traced coefficients, so moving a slider changes an
argument, never the program. Only the optimizer's type is static.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from neuroglow.engine.hyper import Hyper, Leaf
from neuroglow.engine.rule import Rule
from neuroglow.engine.schedules import factor_at
from neuroglow.nets.model import Block, Network, is_weight


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
    """The optimizer's state before the first update of a bare model; its structure depends on the type and the model's
    shape only."""
    numbers: dict[str, Leaf] = dict.fromkeys(set(Hyper._fields) - set(Hyper._field_defaults), np.float32(0.0))
    return _rule(optimizer, Hyper(**numbers)).init(model)


_LEAST_NUMBER = np.float32(np.finfo(np.float32).tiny)


def bounded(rule: Rule, hyper: Hyper, gradient: Network) -> Network:
    """What the optimizer gets to see of a gradient: nothing where parameters are held, the rest clipped."""
    if rule.holds:
        gradient = jax.tree.map(lambda g, held: jnp.where(held, 0.0, g), gradient, hyper.held)
    if rule.clipping == "none":
        return gradient
    limit = jnp.asarray(hyper.clip_limit)
    if rule.clipping == "value":
        clipped: Network = jax.tree.map(lambda g: jnp.clip(g, -limit, limit), gradient)
        return clipped
    # By the largest number first: squares overflow long before the gradient does.
    numbers = jnp.concatenate([jnp.ravel(g) for g in jax.tree.leaves(gradient)])
    largest = jnp.maximum(jnp.max(jnp.abs(numbers)), _LEAST_NUMBER)
    shrink = jnp.minimum(1.0, limit / largest / jnp.linalg.norm(numbers / largest))
    shrunk: Network = jax.tree.map(lambda g: g * shrink, gradient)
    return shrunk


def apply_update(rule: Rule, hyper: Hyper, model: Network, moments: Any, gradient: Network) -> tuple[Network, Any]:
    """One optimizer step along a gradient that is `bounded`.

    L2 joins the gradient: g + rate·w. L1 acts after the step, w − lr·rate·sign(w), and stops at zero instead of
    crossing it, so weights that are not needed become exactly 0 (TensorFlow Playground). Biases are never regularised.
    What is held moves neither itself nor its moments.
    """
    bare = model.bare
    weights, l1, l2 = is_weight(bare), _spread(hyper.l1, bare), _spread(hyper.l2, bare)
    gradient = jax.tree.map(lambda g, w, rate, on: g + rate * w if on else g, gradient, bare, l2, weights)
    updates, moved = _rule(rule.optimizer, hyper).update(gradient, moments, bare)
    learning_rate = rate_now(rule, hyper)

    def step(weight: Array, update: Array, rate: Array, regularised: bool) -> Array:
        moved: Array = weight - learning_rate * update
        if not regularised:
            return moved
        shrunk = moved - learning_rate * rate * jnp.sign(weight)
        stopped = jnp.where(moved * shrunk < 0, 0.0, shrunk)
        return jnp.asarray(jnp.where(rate > 0, stopped, moved))

    stepped: Network = jax.tree.map(step, bare, updates, l1, weights)
    after = stepped.clamped_like(model)
    if not rule.holds:
        return after, moved
    return kept(hyper.held, model, after), jax.tree.map(
        lambda old, new: kept(hyper.held, old, new) if _is_network(old) else new, moments, moved, is_leaf=_is_network
    )


def rate_now(rule: Rule, hyper: Hyper) -> Leaf:
    """The learning rate of the next update, as its schedule has it: f32 ()."""
    if rule.schedule is None:
        return hyper.learning_rate
    assert hyper.schedule is not None
    assert hyper.update is not None
    return hyper.learning_rate * factor_at(rule.schedule, hyper.schedule, jnp.asarray(hyper.update))


def _spread(rate: Leaf | tuple[Leaf, ...], model: Network) -> Network:
    """A rate for every parameter, shaped to go with it: one for all, or one per layer."""
    rates = rate if isinstance(rate, tuple) else (rate,) * len(model.blocks)

    def spread(block: Block, rate: Leaf) -> Block:
        def along(array: Array) -> Leaf:
            return jnp.asarray(rate).reshape((-1,) + (1,) * (array.ndim - 1)) if jnp.ndim(rate) else rate

        return Block({name: along(array) for name, array in block.parameters.items()}, block.shape)

    return Network(tuple(spread(block, rate) for block, rate in zip(model.blocks, rates, strict=True)))


def kept(held: Any, old: Network, new: Network) -> Network:
    """The old numbers where they are held, else the new ones."""
    moved: Network = jax.tree.map(jnp.where, held, old.bare, new.bare)
    return moved.clamped_like(new)


def _is_network(node: object) -> bool:
    return isinstance(node, Network)
