"""From raw columns to what the network reads: the source's own inputs, then formulas, then noise columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.formula import FormulaColumns
from neuroglow.spec.data import Feature

Array = NDArray[np.float64]
Units = tuple[Array, Array]
"""Shift and width (inputs,) each: what was scaled is shift + width × input, in its own units; 0 and 1 elsewhere."""

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

    def units(self, columns: int) -> Units:
        return as_they_are(len(self.features))


@dataclass(frozen=True)
class Standardise:
    """(raw - mean) / deviation. Both broadcast over columns: one figure each, or one per column."""

    mean: Array
    deviation: Array

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Same shape out as in."""
        return ((np.asarray(raw, np.float64) - self.mean) / self.deviation).astype(np.float32)

    def units(self, columns: int) -> Units:
        return np.broadcast_to(self.mean, columns), np.broadcast_to(self.deviation, columns)


@dataclass(frozen=True)
class AsTheyAre:
    """Values that are of order one already, and tokens, which are names."""

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Same shape out as in."""
        return np.array(raw, np.float32)

    def units(self, columns: int) -> Units:
        return as_they_are(columns)


class OwnInputs(Protocol):
    def __call__(self, raw: NDArray[np.float32], /) -> NDArray[np.float32]:
        """Raw columns (rows, columns) -> (rows, inputs)."""
        ...

    def units(self, columns: int, /) -> Units:
        """Of each input, for so many raw columns."""
        ...


@dataclass(frozen=True)
class ScaledFormulas:
    """Formulas of the raw columns, standardised where the columns are (`scale`)."""

    formulas: FormulaColumns
    scale: Standardise | None

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows, columns) -> (rows, formulas)."""
        values = self.formulas(raw).astype(np.float32)
        return values if self.scale is None else self.scale(values)


@dataclass(frozen=True)
class Encoder:
    """The source's own inputs, then formulas, then noise columns, without what is switched off.

    Raw rows have the source's columns, then the noise columns. The latter may be missing: nobody who asks about a point
    of their own knows them, and their mean, 0, stands in.
    """

    own: OwnInputs
    columns: int
    """Of the source, without noise columns."""
    formulas: ScaledFormulas | None = None
    noise_columns: int = 0
    kept: tuple[int, ...] | None = None
    """Places of the inputs that are fed; None is all of them."""

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows, columns) or (rows, columns + noise columns) -> (rows, inputs)."""
        given = raw[:, : self.columns]
        parts = [self.own(given)]
        if self.formulas is not None:
            parts.append(self.formulas(given))
        if self.noise_columns:
            noise = raw[:, self.columns :]
            parts.append(noise if noise.shape[1] else np.zeros((len(raw), self.noise_columns), np.float32))
        inputs = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        return inputs if self.kept is None else np.ascontiguousarray(inputs[:, self.kept])

    def units(self) -> Units:
        """Of the inputs that are fed."""
        parts = [self.own.units(self.columns)]
        if self.formulas is not None:
            count, scale = len(self.formulas.formulas.trees), self.formulas.scale
            parts.append(as_they_are(count) if scale is None else scale.units(count))
        parts.append(as_they_are(self.noise_columns))
        shift, width = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
        fed = slice(None) if self.kept is None else list(self.kept)
        return shift[fed], width[fed]


def as_they_are(inputs: int) -> Units:
    """Of inputs that are not scaled."""
    return np.zeros(inputs), np.ones(inputs)


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
