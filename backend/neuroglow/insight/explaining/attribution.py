"""What in a sample speaks for an answer: gradients, the path from a baseline, covered parts, weighed maps.

Tokens have no gradient: the answers of the embeddings that look them up stand in, and a token's share is the sum over
their units. x (inputs,) and those answers, (places, units), are the leaves of a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.insight.explaining.scores import chosen, score
from neuroglow.nets.losses import Head
from neuroglow.nets.model import Network
from neuroglow.spec.layers import Flow

_Leaves = tuple[Array, ...]


class Question(NamedTuple):
    x: Array
    """f32 (inputs,)"""
    baseline: Array
    """f32 (), in place of every number that is taken away"""
    output: Array
    """i32 (), or `scores.LARGEST`"""
    step: Array
    """i32 ()"""


class Scores(NamedTuple):
    """Of the answer that is explained, f32 () but for its number."""

    output: Array
    at_sample: Array
    at_baseline: Array


class _Asked(NamedTuple):
    """The question put to one network: its leaves, those of the baseline, the score as a function of leaves."""

    leaves: _Leaves
    start: _Leaves
    score: Callable[[_Leaves], Array]
    scores: Scores


def _ask(head: Head, model: Network, question: Question) -> _Asked:
    looking_up = [
        number
        for number, block in enumerate(model.blocks)
        if block.shape.layer.layer.type == "embedding" and block.shape.sources == (-1,)
    ]
    leaves = (question.x, *(model.inside(question.x, number)["a"] for number in looking_up))
    start = tuple(jnp.full_like(leaf, question.baseline) for leaf in leaves)

    def z(leaves: _Leaves) -> Array:
        return model.onward(leaves[0], dict(zip(looking_up, leaves[1:], strict=True)))

    output = chosen(head, z(leaves), question.output, question.step)

    def of_output(leaves: _Leaves) -> Array:
        return score(head, z(leaves), output, question.step)

    return _Asked(leaves, start, of_output, Scores(output, of_output(leaves), of_output(start)))


def _by_input(parts: _Leaves) -> Array:
    """Shares of leaves -> (inputs,)."""
    own, *looked_up = parts
    return own + sum((jnp.sum(part, axis=-1) for part in looked_up), jnp.zeros_like(own))


def by_gradient(head: Head, times_input: bool, model: Network, question: Question) -> tuple[Array, Scores]:
    """f32 (inputs,): the slope of the score with respect to every input, or that times the input."""
    asked = _ask(head, model, question)
    slopes = jax.grad(asked.score)(asked.leaves)
    parts = jax.tree.map(jnp.multiply, slopes, asked.leaves) if times_input else slopes
    return _by_input(parts), asked.scores


def path_places(steps: int) -> NDArray[np.float32]:
    """f32 (steps + 1,) from 0 to 1, closer together near the baseline: normalisation turns about within a thousandth of
    a way that begins where all inputs are equal."""
    return (np.linspace(0.0, 1.0, steps + 1) ** 3).astype(np.float32)


def along_path(head: Head, model: Network, question: Question, places: Array) -> tuple[Array, Scores]:
    """f32 (inputs,): the integral of slope · (input − baseline) along the straight line from the baseline, 0, to the
    sample, 1, between the first and the last of `places` (points,), which rise.

    The slope between two places is a mean of those at both, weighed so that the shares sum to what the score changes
    in between, as far as such a mean can: exact where the slope jumps once, as it does with rectifiers.
    """
    asked = _ask(head, model, question)
    way = jax.tree.map(jnp.subtract, asked.leaves, asked.start)

    def at(place: Array) -> tuple[Array, _Leaves]:
        here = jax.tree.map(lambda start, step: start + place * step, asked.start, way)
        value, slopes = jax.value_and_grad(asked.score)(here)
        return value, jax.tree.map(jnp.multiply, slopes, way)

    values, rates = jax.vmap(at)(places)
    lengths = jnp.diff(places)
    total = sum((jnp.sum(rate, axis=tuple(range(1, rate.ndim))) for rate in rates), jnp.zeros_like(values))
    early, late = total[:-1] * lengths, total[1:] * lengths
    apart = late - early
    is_bent = jnp.abs(apart) > 0.0
    share = jnp.where(is_bent, (jnp.diff(values) - early) / jnp.where(is_bent, apart, 1.0), 0.5)
    share = jnp.clip(share, 0.0, 1.0)

    def summed(rate: Array) -> Array:
        return jnp.tensordot(lengths * (1.0 - share), rate[:-1], 1) + jnp.tensordot(lengths * share, rate[1:], 1)

    return _by_input(jax.tree.map(summed, rates)), asked.scores


def covered(
    head: Head, entrance: Flow, model: Network, question: Question, corners: Array, window: Array
) -> tuple[Array, Scores]:
    """f32 (windows,): by how much the score falls when a window is covered with the baseline.

    `corners` i32 (windows, axes), the first places that are covered, `window` i32 () places on a side.
    """
    asked = _ask(head, model, question)
    axes = place_axes(entrance)

    def fall(corner: Array) -> Array:
        hidden = jnp.ones(tuple(1 if axis not in axes else side for axis, side in enumerate(entrance.shape)), bool)
        for number, axis in enumerate(axes):
            places = jax.lax.broadcasted_iota(jnp.int32, hidden.shape, axis)
            hidden &= (places >= corner[number]) & (places < corner[number] + window)
        hidden = jnp.broadcast_to(hidden, entrance.shape).ravel()
        masks = (hidden, *(jnp.broadcast_to(hidden[:, None], leaf.shape) for leaf in asked.leaves[1:]))
        left = tuple(map(jnp.where, masks, asked.start, asked.leaves))
        return asked.scores.at_sample - asked.score(left)

    return jax.vmap(fall)(corners), asked.scores


def place_axes(flow: Flow) -> tuple[int, ...]:
    """The axes along which parts lie: height and width, steps, a length; all others are covered together."""
    if flow.kind == "picture":
        return 1, 2
    return (1,) if flow.kind == "signal" else (0,)


def corners(flow: Flow, window: int, stride: int) -> NDArray[np.int32]:
    """i32 (windows, axes): every `stride` places, and one more where the end would stay uncovered."""
    starts = []
    for axis in place_axes(flow):
        last = max(0, flow.shape[axis] - window)
        starts.append(np.unique([*range(0, last + 1, stride), last]))
    grid = np.meshgrid(*starts, indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1).astype(np.int32)


def spread(falls: NDArray[np.float32], at: NDArray[np.int32], window: int, flow: Flow) -> NDArray[np.float32]:
    """f32 of the shape of `flow`: for every number the mean over the windows that cover it; 0 where none does."""
    total, count = np.zeros(flow.shape, np.float64), np.zeros(flow.shape, np.float64)
    for fall, corner in zip(falls, at, strict=True):
        part = [slice(None)] * len(flow.shape)
        for axis, start in zip(place_axes(flow), corner, strict=True):
            part[axis] = slice(start, start + window)
        total[tuple(part)] += fall
        count[tuple(part)] += 1
    return (total / np.maximum(count, 1)).astype(np.float32)


def weighed_maps(head: Head, number: int, model: Network, question: Question) -> tuple[Array, Scores]:
    """f32 (height, width), none below 0: the maps of block `number`, each weighed with the mean slope of the score over
    its places (Selvaraju et al. 2017)."""
    asked = _ask(head, model, question)
    maps = model.inside(question.x, number)["a"]

    def of_maps(maps: Array) -> Array:
        z = model.onward(question.x, {number: maps})
        return score(head, z, asked.scores.output, question.step)

    weights = jnp.mean(jax.grad(of_maps)(maps), axis=(1, 2))
    return jax.nn.relu(jnp.einsum("c,chw->hw", weights, maps)), asked.scores
