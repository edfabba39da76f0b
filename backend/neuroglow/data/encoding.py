"""From raw columns to what the network reads: the seven playground features, or standardised columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglow.spec.data import Feature

Array = NDArray[np.float64]

FEATURES: dict[Feature, Callable[[Array, Array], Array]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}


@dataclass(frozen=True)
class PlaneFeatures:
    """The chosen features of (x1, x2), not standardised, as in TensorFlow Playground."""

    features: tuple[Feature, ...]

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows, 2) -> (rows, features)."""
        x1, x2 = np.asarray(raw, np.float64).T
        return np.stack([FEATURES[name](x1, x2) for name in self.features], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Standardise:
    """(raw - mean) / deviation. Both broadcast over columns: one figure each, or one per column."""

    mean: Array
    deviation: Array

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Same shape out as in."""
        return ((np.asarray(raw, np.float64) - self.mean) / self.deviation).astype(np.float32)


Encoder = PlaneFeatures | Standardise


def per_column(train: NDArray[np.float32]) -> Standardise:
    """Columns in different units: each by its own training statistics. A constant column becomes zeros."""
    return _standardise(train, axis=0)


def overall(train: NDArray[np.float32]) -> Standardise:
    """Columns that share a unit, as pixels do: one mean and one deviation keep their contrast (and any target)."""
    return _standardise(train, axis=None)


def _standardise(train: NDArray[np.float32], axis: int | None) -> Standardise:
    values = np.asarray(train, np.float64)
    deviation = np.asarray(values.std(axis=axis))
    # Exactly equal values can have a deviation of a few ulps instead of 0.
    constant = np.asarray(np.ptp(values, axis=axis)) == 0.0
    return Standardise(np.asarray(values.mean(axis=axis)), np.where(constant, 1.0, deviation))
