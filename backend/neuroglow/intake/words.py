"""From cells of text to typed columns: numbers, dates, yes and no, categories, free text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from neuroglow.intake.column import (
    MAX_WORD,
    MISSING_CODE,
    OTHER_CODE,
    PREVIEW_TEXT,
    Column,
    category_column,
    counted,
    number_column,
)
from neuroglow.intake.names import tidy
from neuroglow.spec.limits import MAX_CATEGORIES
from neuroglow.spec.sheet import ColumnType

MISSING_WORDS = ("", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "--", "#n/a", "missing", "unknown")
STRAY_SHARE = 0.05
"""A column of numbers or dates may hold this share of other words; they count as missing."""
DATE_SAMPLE = 500
DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%Y %H:%M",
    "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y",
)  # fmt: skip
_TWO_ANSWERS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"})
_DECIMAL_COMMA = r"^\s*[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+\s*$"
_THOUSANDS = r"^\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*$"


def typed(name: str, cells: pl.Series, *, rows_shown: int, comma_is_decimal: bool) -> Column:
    """A column of text cells (null is an absent one) as what it seems to hold."""
    preview = preview_of(cells, rows_shown)
    numbers = _numbers(name, cells, preview, comma_is_decimal=comma_is_decimal)
    if numbers is not None:
        return numbers
    words = _present(cells)
    dates = _dates(name, words, preview)
    return dates if dates is not None else _words(name, words, preview)


def preview_of(cells: pl.Series, rows: int) -> list[str | None]:
    return [None if cell is None else tidy(cell, PREVIEW_TEXT) or None for cell in cells.head(rows).to_list()]


def _present(cells: pl.Series) -> pl.Series:
    """The words, trimmed; null where one stands for nothing."""
    words = cells.str.strip_chars()
    return words.set(words.str.to_lowercase().is_in(MISSING_WORDS), None)


def _numbers(name: str, cells: pl.Series, preview: Sequence[str | None], *, comma_is_decimal: bool) -> Column | None:
    values = cells.cast(pl.Float64, strict=False)
    unread = values.is_null() & cells.is_not_null()
    if unread.any():
        rest = cells.filter(unread).str.strip_chars()
        if comma_is_decimal and rest.str.contains(_DECIMAL_COMMA).any():
            with_point = rest.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
            rest = _where(rest, _DECIMAL_COMMA, with_point)
        elif rest.str.contains(_THOUSANDS).any():
            rest = _where(rest, _THOUSANDS, rest.str.replace_all(",", "", literal=True))
        read = rest.cast(pl.Float64, strict=False)
        values = values.scatter(unread.arg_true(), read)
        stray = rest.filter(read.is_null() & ~rest.str.to_lowercase().is_in(MISSING_WORDS))
    else:
        stray = cells.clear()
    present = len(values) - int((values.is_null() | values.is_nan().fill_null(value=False)).sum())
    if present == 0 or len(stray) > STRAY_SHARE * (present + len(stray)):
        return None
    notes = _stray_note(name, stray, "numbers")
    return number_column(name, values.fill_null(float("nan")).to_numpy(), preview, notes)


def _where(words: pl.Series, pattern: str, other: pl.Series) -> pl.Series:
    return other.zip_with(words.str.contains(pattern), words)


def _stray_note(name: str, stray: pl.Series, kind: str) -> tuple[str, ...]:
    if not len(stray):
        return ()
    example = tidy(str(stray[0]), 20)
    return (f"No {kind} and so taken as missing: {counted(len(stray), 'cell')} of '{name}', such as '{example}'",)


def _dates(name: str, words: pl.Series, preview: Sequence[str | None]) -> Column | None:
    sample = words.drop_nulls().head(DATE_SAMPLE)
    if not len(sample) or not re.search(r"\d", str(sample[0])):
        return None
    for form in DATE_FORMATS:
        found = sample.str.to_datetime(form, strict=False, time_unit="ms")
        if found.is_null().sum() > STRAY_SHARE * len(sample):
            continue
        dates = words.str.to_datetime(form, strict=False, time_unit="ms")
        stray = words.filter(dates.is_null() & words.is_not_null())
        if len(stray) <= STRAY_SHARE * (len(words) - words.null_count()):
            return date_column(name, dates, preview, _stray_note(name, stray, "dates"))
    return None


def date_column(name: str, dates: pl.Series, preview: Sequence[str | None], notes: tuple[str, ...] = ()) -> Column:
    """`dates` of type Datetime in milliseconds."""
    days = dates.cast(pl.Int64).cast(pl.Float64).fill_null(float("nan")).to_numpy() / 86_400_000.0
    return Column(name, "date", days, preview, distinct=int(dates.drop_nulls().n_unique()), notes=notes)


def _words(name: str, words: pl.Series, preview: Sequence[str | None]) -> Column:
    tally = words.drop_nulls().value_counts(sort=True)
    values, counts = tally.to_series(0), tally.to_series(1)
    distinct = len(values)
    kept = values.head(MAX_CATEGORIES).to_list()
    return category_column(
        name,
        _distinct([tidy(value) or "(blank)" for value in kept]),
        counts.head(MAX_CATEGORIES).to_list(),
        _codes(words, kept),
        preview,
        distinct=distinct,
        type_=_kind(kept, distinct, len(words) - words.null_count()),
    )


def _kind(values: list[str], distinct: int, present: int) -> ColumnType:
    lowered = {value.lower() for value in values}
    if distinct <= 2 and any(lowered and lowered <= answers for answers in _TWO_ANSWERS):
        return "boolean"
    few = distinct <= MAX_CATEGORIES and distinct <= max(2, present // 2)
    return "category" if few and max(map(len, values), default=0) <= MAX_WORD else "text"


def _codes(words: pl.Series, kept: list[str]) -> NDArray[np.uint8]:
    if not kept:
        return np.full(len(words), MISSING_CODE, np.uint8)
    codes = words.replace_strict(kept, list(range(len(kept))), default=OTHER_CODE, return_dtype=pl.UInt8)
    known: NDArray[np.uint8] = codes.set(words.is_null(), MISSING_CODE).to_numpy().astype(np.uint8)
    return known


def _distinct(values: list[str]) -> list[str]:
    """Two long words may be equal once they are cut."""
    seen: dict[str, int] = {}
    for place, value in enumerate(values):
        seen[value] = seen.get(value, 0) + 1
        if seen[value] > 1:
            values[place] = f"{value[: MAX_WORD - 6]} ({seen[value]})"
    return values
