"""How a layer's weights, their gradients and its activations are spread.

The device hands over what is little as it is, and picks from what is much: each operation here is one more to compile
with every edit. The host sorts. The least and the largest are of all numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.engine.hyper import Leaf
from neuroglow.nets.model import Block
from neuroglow.nets.shape import Block as BlockShape
from neuroglow.nets.shape import NetShape

KINDS = ("weights", "gradients", "activations")
QUANTILES = (0.0, 0.01, *(percent / 100 for percent in range(5, 100, 5)), 0.99, 1.0)
DRAWN = 4096
"""Numbers of a layer that are sorted, at most."""

Picks = dict[int, tuple[Leaf, Leaf]]
"""Where a layer answers with so many numbers that not all are handed over: i32 (DRAWN,) rows, and numbers of their
answers."""


class Drawn(NamedTuple):
    """Numbers of a layer in parts of any shape, for a stack with a leading axis for the layers; NaN is none of them.
    `ends` (2,) are the least and the largest of all, None where all are there."""

    parts: tuple[Leaf, ...]
    ends: Leaf | None


class BlockDrawn(NamedTuple):
    """`weights` and `gradients` are None where a layer has none."""

    weights: Drawn | None
    gradients: Drawn | None
    answers: Leaf
    """f32 (rows, ...), or (DRAWN,) where they are picked; for a stack the layers are the second axis"""


def picked(count: int) -> NDArray[np.int64]:
    """Places of the numbers that are drawn of so many: all of them, or `DRAWN`, always the same."""
    if count <= DRAWN:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, DRAWN, replace=False, shuffle=False))


def picks_of(shape: NetShape, bucket: int, rows: int) -> Picks:
    """For so many `rows` that are padded to `bucket`."""
    sizes = {block.layer.output.size for block in shape.blocks}
    return {size: _pick(size, rows) for size in sorted(sizes) if bucket * size > DRAWN}


def _pick(size: int, rows: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Padded with the first number where there are fewer than are drawn."""
    places = np.zeros(DRAWN, np.int64)
    drawn = picked(rows * size)
    places[: len(drawn)] = drawn
    row, number = np.divmod(places, size)
    return row.astype(np.int32), number.astype(np.int32)


def block_drawn(block: Block, slopes: Block, answers: Array, picks: Picks) -> BlockDrawn:
    """`slopes` are the block's gradients; answers (rows, *shape), for a stack (rows, layers, *shape)."""
    has_weights = any(role.role == "weight" for role in block.shape.layer.parameters.values())
    return BlockDrawn(
        _of_weights(block, block) if has_weights else None,
        _of_weights(block, slopes) if has_weights else None,
        _of_answers(block.shape, answers, picks),
    )


def _of_weights(block: Block, numbers: Block) -> Drawn:
    """What `numbers`, shaped like `block`, holds at the block's weights."""
    shapes = {name: role for name, role in block.shape.layer.parameters.items() if role.role == "weight"}
    values = [_where_there(block, name, numbers.parameters[name]) for name in shapes]
    sizes = [role.size for role in shapes.values()]
    if sum(sizes) <= DRAWN:
        # Copied: an argument that is returned as it is would be gone with the state that the next chunk takes over.
        return Drawn(tuple(jnp.copy(array) for array in values), None)
    ahead = 1 if block.shape.is_stack else 0
    flat = [array.reshape(*array.shape[:ahead], -1) for array in values]
    places, starts = picked(sum(sizes)), np.cumsum([0, *sizes])
    parts = [
        array[..., (places[(places >= start) & (places < start + size)] - start).astype(np.int32)]
        for array, start, size in zip(flat, starts, sizes, strict=False)
    ]
    lows = jnp.stack([jnp.min(jnp.nan_to_num(array, nan=jnp.inf), axis=-1) for array in flat])
    highs = jnp.stack([jnp.max(jnp.nan_to_num(array, nan=-jnp.inf), axis=-1) for array in flat])
    return Drawn(tuple(parts), jnp.stack([lows.min(axis=0), highs.max(axis=0)], axis=-1))


def _where_there(block: Block, name: str, values: Array) -> Array:
    """NaN where a sparse layer has no connection."""
    # Of `weight` it is `mask`, of a layer within a block `NAME.mask`.
    mask = block.parameters.get(f"{name.removesuffix('weight')}mask") if name.endswith("weight") else None
    return values if mask is None else jnp.where(mask > 0, values, jnp.nan)


def _of_answers(shape: BlockShape, answers: Array, picks: Picks) -> Array:
    pick = picks.get(shape.layer.output.size)
    if pick is None:
        return answers
    ahead = answers.shape[: 2 if shape.is_stack else 1]
    flat = answers.reshape(*ahead, -1)
    return flat[pick[0], ..., pick[1]]


def weight_quantiles(drawn: Drawn | None, position: int | None) -> NDArray[np.float32]:
    """f32 (quantiles,) of one layer's weights or gradients on the host, NaN where there are none; `position` is its
    place in a stack."""
    if drawn is None:
        return np.full(len(QUANTILES), np.nan, np.float32)
    at = ... if position is None else position
    numbers = np.concatenate([part[at].ravel() for part in drawn.parts])
    return quantiles(numbers, None if drawn.ends is None else drawn.ends[at])


def answer_quantiles(
    answers: NDArray[np.float32], position: int | None, known: int, ends: Sequence[float]
) -> NDArray[np.float32]:
    """f32 (quantiles,) of one layer's activations on the host: the first `known` along the first axis, what follows is
    padding. `ends` are the least and the largest of all."""
    of_layer = answers if position is None else answers[:, position]
    return quantiles(of_layer[:known], ends)


def quantiles(numbers: NDArray[np.float32], ends: Sequence[float] | None) -> NDArray[np.float32]:
    """f32 (quantiles,), between two numbers linear; NaN where there are none."""
    known = np.sort(numbers[np.isfinite(numbers)], axis=None)
    if len(known) == 0:
        return np.full(len(QUANTILES), np.nan, np.float32)
    places = np.multiply(QUANTILES, len(known) - 1)
    found = np.asarray(np.interp(places, np.arange(len(known)), known), np.float32)
    if ends is not None:
        found[0], found[-1] = ends
    finite: NDArray[np.float32] = np.nan_to_num(found)
    return finite
