"""A column as it is stored: typed values, what is missing, and the first cells as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.spec.limits import MAX_CATEGORIES
from neuroglow.spec.sheet import ColumnType

MISSING_CODE = 255
OTHER_CODE = 254
"""Of a category beyond the `MAX_CATEGORIES` most frequent ones."""
SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True)
class Column:
    """`values`: f32 (rows,) for numbers, f64 (rows,) days since 1970 for dates, both NaN where missing; u8 (rows,)
    codes into `categories` for words; u8 (rows, height, width, channels) for images."""

    name: str
    type: ColumnType
    values: NDArray[Any]
    preview: Sequence[str | None]
    categories: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    distinct: int | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def missing(self) -> NDArray[np.bool_]:
        if self.type in ("number", "date"):
            return np.asarray(np.isnan(self.values))
        if self.type == "image":
            return np.zeros(len(self.values), np.bool_)
        return np.asarray(self.values == MISSING_CODE)


def number_column(
    name: str, values: NDArray[Any], preview: Sequence[str | None], notes: tuple[str, ...] = ()
) -> Column:
    """Numbers beyond the range of a float32 count as missing, and a note says how many."""
    with np.errstate(over="ignore"):
        stored = np.asarray(values).astype(np.float32)
    beyond = np.isinf(stored)
    if beyond.any():
        stored[beyond] = np.nan
        cells = counted(int(beyond.sum()), "cell")
        notes = (*notes, f"Beyond the range of numbers and so taken as missing: {cells} of '{name}'")
    present = stored[~np.isnan(stored)]
    different, counts = np.unique(present, return_counts=True)
    categories: tuple[str, ...] = ()
    tallies: tuple[int, ...] = ()
    if len(different) <= MAX_CATEGORIES:
        order = np.argsort(-counts, kind="stable")
        categories = tuple(number_text(float(different[place])) for place in order)
        tallies = tuple(int(counts[place]) for place in order)
    return Column(name, "number", stored, preview, categories, tallies, len(different), notes)


def category_column(
    name: str, values: Sequence[str], counts: Sequence[int], codes: NDArray[np.uint8], preview: Sequence[str | None],
    *, distinct: int, type_: ColumnType = "category", notes: tuple[str, ...] = (),
) -> Column:  # fmt: skip
    """`values` are the most frequent ones, in that order; `codes` index them."""
    return Column(name, type_, codes, preview, tuple(values), tuple(counts), distinct, notes)


def words_column(name: str, words: Sequence[str], preview: Sequence[str | None] | None = None) -> Column:
    """A category column of words that are at hand, such as the folders of images."""
    different, inverse, counts = np.unique(np.asarray(words, np.str_), return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    rank = np.full(len(different), OTHER_CODE, np.uint8)
    kept = order[:MAX_CATEGORIES]
    rank[kept] = np.arange(len(kept), dtype=np.uint8)
    return category_column(
        name,
        [str(different[place])[:MAX_WORD] for place in kept],
        [int(counts[place]) for place in kept],
        rank[inverse],
        list(words[:PREVIEW_MOST]) if preview is None else preview,
        distinct=len(different),
    )


MAX_WORD = 64
"""Characters of a category or a name that are kept."""
PREVIEW_MOST = 100
"""Rows of the preview at most."""
PREVIEW_CELLS = 6_000
PREVIEW_TEXT = 100
"""Characters of a cell of the preview."""


def preview_rows(columns: int) -> int:
    return min(PREVIEW_MOST, max(5, PREVIEW_CELLS // max(1, columns)))


def number_text(value: float) -> str:
    """As people write it: 3 rather than 3.0."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.9g}"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
