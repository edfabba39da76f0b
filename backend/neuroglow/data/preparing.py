"""Recipes of uploaded columns, with their figures taken on the training rows: from raw cells to inputs.

Raw cells are numbers, days since 1970 or codes of words; NaN is a cell without a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.encoding import Standardise, Units, as_they_are, overall
from neuroglow.data.uploaded import column_of
from neuroglow.spec.uploaded import Missing, Preparation, Scale, SheetColumn, UploadedData, image_shape, natural_order

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Cells = NDArray[np.floating[Any]]
STEPS_PER_DAY = 288
"""Five minutes: a float32 holds days since 1970 to a minute and a half; a full hour must not become the one before."""


@dataclass(frozen=True)
class Scaled:
    """(x − shift) / width, `fill` where there is no value."""

    fill: float
    shift: float
    width: float
    order: NDArray[np.float64] | None = None
    """From codes of words to their place in the alphabet."""

    inputs = 1

    def __call__(self, cells: Cells) -> Floats:
        """(rows,) -> (rows, 1)."""
        values = _filled(_placed(cells, self.order), self.fill)
        return ((values - self.shift) / self.width).astype(np.float32)[:, None]

    def units(self) -> Units:
        return np.array([self.shift]), np.array([self.width])


@dataclass(frozen=True)
class OneHot:
    """One input per value; `other` for further ones, `missing` as the last, where there is one."""

    values: NDArray[np.float64]
    """Raw cells of the values, in the order of the inputs."""
    has_other: bool
    has_missing: bool
    fill: float
    """What stands in for a missing cell where missing is no input."""

    @property
    def inputs(self) -> int:
        return len(self.values) + self.has_other + self.has_missing

    def __call__(self, cells: Cells) -> Floats:
        """(rows,) -> (rows, inputs)."""
        given = cells.astype(np.float64)
        absent = np.isnan(given)
        if not self.has_missing:
            given, absent = _filled(given, self.fill), np.zeros(len(given), np.bool_)
        hot = np.zeros((len(given), self.inputs), np.float32)
        hot[:, : len(self.values)] = given[:, None] == self.values
        if self.has_other:
            hot[:, len(self.values)] = ~absent & ~hot[:, : len(self.values)].any(axis=1)
        if self.has_missing:
            hot[:, -1] = absent
        return hot

    def units(self) -> Units:
        return as_they_are(self.inputs)


@dataclass(frozen=True)
class DateParts:
    """Year, month, day, weekday (Monday 0) and hour, each scaled like a number of its own."""

    parts: tuple[Scaled, ...]
    inputs = 5

    def __call__(self, cells: Cells) -> Floats:
        """(rows,) -> (rows, 5)."""
        split = date_parts(cells.astype(np.float64))
        return np.concatenate([scaled(part) for scaled, part in zip(self.parts, split, strict=True)], axis=1)

    def units(self) -> Units:
        return _side_by_side(part.units() for part in self.parts)


ColumnRecipe = Scaled | OneHot | DateParts


@dataclass(frozen=True)
class Prepared:
    """One recipe per raw column, side by side."""

    recipes: tuple[ColumnRecipe, ...]

    @property
    def words(self) -> frozenset[int]:
        """Places of the columns whose cells are read as words: what lies between two of them means nothing."""
        return frozenset(
            place
            for place, recipe in enumerate(self.recipes)
            if isinstance(recipe, OneHot) or (isinstance(recipe, Scaled) and recipe.order is not None)
        )

    def __call__(self, raw: Floats) -> Floats:
        """(rows, columns) -> (rows, inputs)."""
        inputs = np.empty((len(raw), sum(recipe.inputs for recipe in self.recipes)), np.float32)
        start = 0
        for place, recipe in enumerate(self.recipes):
            inputs[:, start : start + recipe.inputs] = recipe(raw[:, place])
            start += recipe.inputs
        return inputs

    def units(self, columns: int) -> Units:
        return _side_by_side(recipe.units() for recipe in self.recipes)


def _side_by_side(units: Iterable[Units]) -> Units:
    shifts, widths = zip(*units, strict=True)
    return np.concatenate(shifts), np.concatenate(widths)


def prepare(data: UploadedData, train: Floats) -> Prepared | Standardise:
    """The recipes of the chosen columns, their figures from the raw training rows (rows, columns)."""
    if image_shape(data) is not None:
        scale = data.preparation[data.inputs[0]].scale
        return overall(train) if scale == "standard" else Standardise(np.zeros(()), np.array(_PIXEL_WIDTH[scale]))
    return Prepared(
        tuple(
            _recipe(column_of(data, name), data.preparation[name], train[:, place])
            for place, name in enumerate(data.inputs)
        )
    )


_PIXEL_WIDTH: dict[Scale, float] = {"minmax": 255.0, "robust": 255.0, "none": 1.0}


def _recipe(column: SheetColumn, recipe: Preparation, train: Floats) -> ColumnRecipe:
    if recipe.encode == "category":
        fill = _stand_in(train.astype(np.float64), recipe.missing)
        return OneHot(_cells(column), column.more, recipe.missing == "category", fill)
    if recipe.encode == "date_parts":
        parts = date_parts(train.astype(np.float64))
        return DateParts(tuple(_scaled(part, recipe.missing, recipe.scale) for part in parts))
    order = None
    if recipe.encode == "ordinal":
        sorted_words = natural_order(column.categories, numbers=False)
        # What is beyond the categories comes after them all.
        order = np.full(256, float(len(sorted_words)))
        order[: len(column.categories)] = [sorted_words.index(value) for value in column.categories]
    return _scaled(_placed(train, order), recipe.missing, recipe.scale, order)


def _cells(column: SheetColumn) -> Doubles:
    """The raw cell of each category: the number itself, or the code of the word."""
    if column.type == "number":
        return np.array([np.float32(value) for value in column.categories], np.float64)
    return np.arange(len(column.categories), dtype=np.float64)


def _placed(cells: Cells, order: Doubles | None) -> Doubles:
    values = cells.astype(np.float64)
    if order is None:
        return values
    places = order[np.nan_to_num(values, nan=0.0).clip(0, len(order) - 1).astype(np.intp)]
    return np.where(np.isnan(values), np.nan, places)


def _scaled(values: Doubles, missing: Missing, scale: Scale, order: Doubles | None = None) -> Scaled:
    present = values[~np.isnan(values)]
    fill = _stand_in(values, missing)
    # The figures are those of what the network reads, stand-ins included.
    shift, width = SCALES[scale](_filled(values, fill)) if len(present) else (0.0, 1.0)
    return Scaled(fill, shift, width if width > 0.0 and math.isfinite(width) else 1.0, order)


def _stand_in(values: Doubles, missing: Missing) -> float:
    present = values[~np.isnan(values)]
    if missing == "zero" or not len(present):
        return 0.0
    if missing == "median":
        return float(np.median(present))
    if missing == "most_frequent":
        different, counts = np.unique(present, return_counts=True)
        return float(different[counts.argmax()])
    # Dropped rows are gone; a person who asks about a row of their own may still leave the cell empty.
    return float(present.mean())


def _filled(values: Doubles, fill: float) -> Doubles:
    return np.where(np.isnan(values), fill, values)


def _standard(values: Doubles) -> tuple[float, float]:
    # Exactly equal values can have a deviation of a few ulps instead of 0.
    return float(values.mean()), 0.0 if np.ptp(values) == 0.0 else float(values.std())


def _minmax(values: Doubles) -> tuple[float, float]:
    return float(values.min()), float(np.ptp(values))


def _robust(values: Doubles) -> tuple[float, float]:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return float(middle), float(high - low)


SCALES: dict[Scale, Callable[[Doubles], tuple[float, float]]] = {
    "standard": _standard,
    "minmax": _minmax,
    "robust": _robust,
    "none": lambda values: (0.0, 1.0),
}
"""Training values -> (shift, width)."""


def date_parts(days: Doubles) -> tuple[Doubles, ...]:
    """Days since 1970 -> (year, month, day of the month, weekday with Monday 0, hour); NaN stays NaN."""
    absent = np.isnan(days)
    steps = (np.where(absent, 0.0, days) * STEPS_PER_DAY).round().astype(np.int64)
    moments = (steps * (86_400 // STEPS_PER_DAY)).astype("datetime64[s]")
    whole = moments.astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    years = moments.astype("datetime64[Y]")
    parts = (
        years.astype(np.int64) + 1970,
        (months - years).astype(np.int64) + 1,
        (whole - months).astype(np.int64) + 1,
        # 1970 began on a Thursday.
        (whole.astype(np.int64) + 3) % 7,
        (moments - whole).astype(np.int64) // 3600,
    )
    return tuple(np.where(absent, np.nan, part.astype(np.float64)) for part in parts)
