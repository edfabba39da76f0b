"""What the functions of all layers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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

    @property
    def x(self) -> Array:
        """What a layer reads that reads one other."""
        return self.reads[0]


Forward = Callable[[Call], Arrays]
