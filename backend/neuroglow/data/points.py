"""What every generator on the plane hands over, and the small moves they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Rows before the split, float64; large ones float32.

    `raw` (rows, columns): x1, x2 on the plane. `targets` (rows,): the class index, or the number of a regression.
    """

    raw: NDArray[np.floating[Any]]
    targets: Array


def polar(radius: Array, angle: Array) -> Array:
    """(rows, 2) points at that distance from the origin, the angle clockwise from the x2 axis as in the playground."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def shaken(random: Generator, rows: int, reach: float) -> Array:
    """(rows, 2) displacements, each coordinate uniform in [-reach, reach]."""
    return random.uniform(-1.0, 1.0, (rows, 2)) * reach


def class_sizes(rows: int, classes: int) -> list[int]:
    """Rows of each class, as equal as can be, the first ones larger."""
    return [rows // classes + (index < rows % classes) for index in range(classes)]
