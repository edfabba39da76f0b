"""What flows from layer to layer: the shape of one example's numbers, and how it is to be read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

Shape = tuple[int, ...]
FlowKind = Literal["vector", "picture", "sequence", "signal", "tokens"]


@dataclass(frozen=True)
class Flow:
    """A shape and its kind:

    - `vector`    (features,)
    - `picture`   (channels, height, width)
    - `sequence`  (steps, features)
    - `signal`    (channels, length): what a reshape to two axes gives
    - `tokens`    (steps,) whole numbers from 0 to below `vocabulary`
    """

    shape: Shape
    kind: FlowKind
    vocabulary: int | None = field(default=None)

    @classmethod
    def of(cls, shape: Shape) -> Flow:
        """As its number of axes says."""
        return cls(shape, {1: "vector", 2: "signal", 3: "picture"}[len(shape)])  # type: ignore[arg-type]

    @property
    def size(self) -> int:
        """Numbers of one example."""
        return math.prod(self.shape)

    @property
    def flat(self) -> Flow:
        """The same numbers as one vector."""
        return Flow((self.size,), "vector")

    @property
    def units(self) -> int:
        """What is looked at as one: channels, features of a step, or single numbers."""
        return self.shape[-1] if self.kind == "sequence" else self.shape[0]

    @property
    def unit_axis(self) -> int:
        return 1 if self.kind == "sequence" else 0

    def __str__(self) -> str:
        """As people say it: "a picture of 8 × 24 × 24"."""
        size = " × ".join(str(side) for side in self.shape)
        match self.kind:
            case "vector":
                return f"{size} numbers" if self.size > 1 else "1 number"
            case "picture":
                return f"a picture of {size} (channels, height, width)"
            case "sequence":
                return f"a sequence of {size} (steps, features)"
            case "signal":
                return f"a signal of {size} (channels, length)"
            case "tokens":
                return f"{size} tokens"
