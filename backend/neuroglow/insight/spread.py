"""How a layer's weights, their gradients and its activations are spread.

The device picks, the host sorts: of many numbers some are drawn, once and for all, and only these are fetched; the
least and the largest are of all of them. What is no number of the layer (a padded row, a connection that a sparse layer
lacks) is NaN on the way.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.engine.hyper import Leaf
from neuroglow.nets.model import Block
from neuroglow.nets.shape import Block as BlockShape

KINDS = ("weights", "gradients", "activations")
QUANTILES = (0.0, 0.01, *(percent / 100 for percent in range(5, 100, 5)), 0.99, 1.0)
DRAWN = 4096
"""Numbers of a layer that are sorted, at most."""


class Drawn(NamedTuple):
    """Some numbers of a layer, f32 (numbers,), and the least and largest of all, f32 (2,); for a stack with a leading
    axis for the layers."""

    some: Leaf
    ends: Leaf


class BlockDrawn(NamedTuple):
    """`weights` and `gradients` are None where a layer has none."""

    weights: Drawn | None
    gradients: Drawn | None
    activations: Drawn


def picked(count: int) -> NDArray[np.int64]:
    """Places of the numbers that are drawn of so many: all of them, or `DRAWN`, always the same."""
    if count <= DRAWN:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, DRAWN, replace=False, shuffle=False))


def block_drawn(block: Block, slopes: Block, answers: Array, used: Array) -> BlockDrawn:
    """`slopes` are the block's gradients; answers (rows, *shape), for a stack (rows, layers, *shape), of which the
    rows that are `used` (rows,) count."""
    has_weights = any(role.role == "weight" for role in block.shape.layer.parameters.values())
    return BlockDrawn(
        _of_weights(block, block) if has_weights else None,
        _of_weights(block, slopes) if has_weights else None,
        _of_answers(block.shape, answers, used),
    )


def _of_weights(block: Block, numbers: Block) -> Drawn:
    """What `numbers`, shaped like `block`, holds at the block's weights."""
    ahead = 1 if block.shape.is_stack else 0
    names = sorted(name for name, role in block.shape.layer.parameters.items() if role.role == "weight")
    sizes = [block.shape.layer.parameters[name].size for name in names]
    places, starts = picked(sum(sizes)), np.cumsum([0, *sizes])
    some: list[Array] = []
    ends: list[tuple[Array, Array]] = []
    for name, start, size in zip(names, starts, sizes, strict=False):
        mine = (places[(places >= start) & (places < start + size)] - start).astype(np.int32)
        values = _flat(numbers.parameters[name], ahead)
        # Of `weight` it is `mask`, of a layer within a block `NAME.mask`.
        mask = block.parameters.get(f"{name.removesuffix('weight')}mask") if name.endswith("weight") else None
        there = jnp.ones((), bool) if mask is None else _flat(mask, ahead) > 0
        some.append(jnp.where(there, values, jnp.nan)[..., mine])
        ends.append(_ends(values, there))
    lows, highs = jnp.stack([low for low, _ in ends]), jnp.stack([high for _, high in ends])
    return Drawn(jnp.concatenate(some, axis=-1), jnp.stack([lows.min(axis=0), highs.max(axis=0)], axis=-1))


def _ends(values: Array, there: Array) -> tuple[Array, Array]:
    """The least and the largest over the last axis of those that are there."""
    low = jnp.min(jnp.where(there, values, jnp.inf), axis=-1)
    return low, jnp.max(jnp.where(there, values, -jnp.inf), axis=-1)


def _flat(array: Array, ahead: int) -> Array:
    return array.reshape(*array.shape[:ahead], -1)


def _of_answers(shape: BlockShape, answers: Array, used: Array) -> Drawn:
    rows = answers.shape[0]
    by_layer = jnp.moveaxis(answers, 1, 0) if shape.is_stack else answers[None]
    values = by_layer.reshape(by_layer.shape[0], rows, -1)
    row, place, there = _picked_answers(rows, values.shape[2], used)
    some = jnp.where(there[None], values[:, row, place], jnp.nan)
    low = jnp.min(jnp.where(used[None, :, None], values, jnp.inf), axis=(1, 2))
    high = jnp.max(jnp.where(used[None, :, None], values, -jnp.inf), axis=(1, 2))
    drawn = Drawn(some, jnp.stack([low, high], axis=-1))
    return drawn if shape.is_stack else Drawn(drawn.some[0], drawn.ends[0])


def _picked_answers(rows: int, size: int, used: Array) -> tuple[Array, Array, Array]:
    """(row, number of its answer, whether it is there) of those that are drawn, each (drawn,).

    How many rows are used is traced: they are the first ones. Of more numbers than are drawn each has a stretch of its
    own, in which it lies anywhere.
    """
    drawn = min(rows * size, DRAWN)
    order = np.arange(drawn, dtype=np.int32)
    total = jnp.sum(used, dtype=jnp.int32) * size
    within = (order + np.random.default_rng(0).uniform(size=drawn)).astype(np.float32) / np.float32(drawn)
    scattered = jnp.minimum((within * total.astype(jnp.float32)).astype(jnp.int32), total - 1)
    at = jnp.where(total > drawn, scattered, order)
    return at // size, at % size, (total > drawn) | (order < total)


def quantiles(drawn: Drawn | None) -> NDArray[np.float32]:
    """f32 (quantiles,) of one layer's numbers on the host, NaN where there are none; between two of them linear."""
    known = np.zeros(0, np.float32) if drawn is None else np.sort(drawn.some[np.isfinite(drawn.some)])
    if drawn is None or len(known) == 0:
        return np.full(len(QUANTILES), np.nan, np.float32)
    places = np.multiply(QUANTILES, len(known) - 1)
    found = np.asarray(np.interp(places, np.arange(len(known)), known), np.float32)
    found[0], found[-1] = drawn.ends
    finite: NDArray[np.float32] = np.nan_to_num(found)
    return finite
