"""What the functions of all layers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from neuroglow.nets.shape import LayerShape

Arrays = dict[str, Array]
ROWS_AXIS = "rows"
"""The name of the batch's axis: normalisation over the batch sums along it."""


@dataclass(frozen=True)
class Mode:
    """How a network runs: as it is used, or as it trains, which makes a difference to normalisation over the batch."""

    is_training: bool = False
    counts: Array | None = None
    """f32 (), 1 where this example is one, 0 where it pads the batch; only while training."""
    is_whole: bool = False
    """What repeated blocks make on the way is wanted; it is kept for every turn."""


INFERENCE = Mode()


class Clamp(NamedTuple):
    """Units of a layer that are held; f32 (units,), for a stack with a leading axis for the layers."""

    held: Array
    """1 where a unit is held, else 0."""
    value: Array
    """What it then answers."""


@dataclass(frozen=True)
class Call:
    """One layer at work on one example; `reads` in the shapes of `shape.reads`."""

    shape: LayerShape
    parameters: Arrays
    reads: tuple[Array, ...]
    mode: Mode = INFERENCE
    chance: Array | None = None
    """What was drawn for this example and layer, of the shape of its answer: factors that silence a part of it, or the
    noise of a layer that samples. None: nothing is left to chance."""
    clamp: Clamp | None = None
    """Units that are held, of one layer; None: none are."""

    @property
    def x(self) -> Array:
        """What a layer reads that reads one other."""
        return self.reads[0]


Forward = Callable[[Call], Arrays]


def clamped(clamp: Clamp | None, unit_axis: int, a: Array) -> Array:
    """The answer of one layer with its held units at their values. No slope leads past them."""
    if clamp is None:
        return a
    along = tuple(-1 if axis == unit_axis else 1 for axis in range(a.ndim))
    return jnp.where(clamp.held.reshape(along) > 0, clamp.value.reshape(along), a)
