"""Rows that people ask about: from the numbers and words they write to raw cells, as the data set has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.uploaded import OTHER_CODE, column_of
from neuroglow.errors import InvalidInputError
from neuroglow.spec.base import pointer
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import facts
from neuroglow.spec.text import OTHER as OTHER_TOKEN
from neuroglow.spec.uploaded import SheetColumn, UploadedData, image_shape

Cell = float | str | bool | None
AskedRow = Sequence[Cell] | Mapping[str, Cell]
Reader = Callable[[Cell], float]
"""A cell as the raw number; raises `_UnfitError`."""


class _UnfitError(Exception):
    """A cell that its column cannot hold; says why."""


MISSING = float("nan")
SHOWN = 5
"""Values that a sentence names."""
_NUMBERS = frozenset({int, float})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECS_PER_DAY = 86_400.0


def raw_rows(data: AnyData, rows: Sequence[AskedRow], *, at: str) -> NDArray[np.float32]:
    """(rows, columns), without noise columns. A row has one cell per raw column, in their order or by their names.

    Raises `InvalidInputError`, below `at`, that points at the first cell that does not fit.
    """
    columns = facts(data).columns
    ordered = [_in_order(columns, row, number, at) for number, row in enumerate(rows)]
    if all(_NUMBERS.issuperset(map(type, row)) for row in ordered) and not _has_words(data):
        return np.array(ordered, np.float32)
    raw = np.empty((len(ordered), len(columns)), np.float32)
    readers = _readers(data, columns)
    for number, row in enumerate(ordered):
        for place, (reader, cell) in enumerate(zip(readers, row, strict=True)):
            try:
                raw[number, place] = reader(cell)
            except _UnfitError as error:
                step = columns[place] if isinstance(rows[number], Mapping) else place
                raise InvalidInputError(f"{columns[place]}: {error}", field=_field(at, number, step)) from None
    return raw


def _in_order(columns: Sequence[str], row: AskedRow, number: int, at: str) -> Sequence[Cell]:
    if not isinstance(row, Mapping):
        if len(row) != len(columns):
            raise InvalidInputError(
                f"A row has {len(columns)} values, one per column; {len(row)} were sent", field=_field(at, number)
            )
        return row
    strangers = row.keys() - set(columns)
    if strangers:
        name = min(strangers)
        raise InvalidInputError(f"There is no column named '{name[:80]}'", field=_field(at, number, name))
    try:
        return [row[name] for name in columns]
    except KeyError as error:
        name = error.args[0]
        raise InvalidInputError(f"The row says nothing of '{name}'", field=_field(at, number, name)) from None


def _field(at: str, number: int, *step: str | int) -> str:
    return f"{at}/{number}{pointer({}, step)}"


# --- cells of each kind -----------------------------------------------------------------------------------------------


def _has_words(data: AnyData) -> bool:
    """Whether some column is not read as the number it is."""
    return facts(data).vocabulary is not None or (
        isinstance(data, UploadedData)
        and image_shape(data) is None
        and any(column_of(data, name).type != "number" or _classes(data, name) for name in data.inputs)
    )


def _readers(data: AnyData, columns: Sequence[str]) -> list[Reader]:
    about = facts(data)
    if about.vocabulary is not None:
        return [_token(about.classes)] * len(columns)
    if not isinstance(data, UploadedData) or image_shape(data) is not None:
        return [_number] * len(columns)
    return [_reader(data, name) for name in columns]


def _reader(data: UploadedData, name: str) -> Reader:
    column = column_of(data, name)
    if column.type == "number":
        return _or_missing(_one_of(column) if _classes(data, name) else _number)
    return _or_missing(_days if column.type == "date" else _word(column))


def _classes(data: UploadedData, name: str) -> bool:
    """Whether these numbers are told apart one by one, and there were no others."""
    return data.preparation[name].encode == "category" and not column_of(data, name).more


def _or_missing(reader: Reader) -> Reader:
    return lambda cell: MISSING if cell is None else reader(cell)


def _number(cell: Cell) -> float:
    if cell is None:
        raise _UnfitError("a number is missing")
    if isinstance(cell, str | bool):
        raise _UnfitError("this has to be a number")
    return cell


def _one_of(column: SheetColumn) -> Reader:
    known = {float(np.float32(value)) for value in column.categories}

    def read(cell: Cell) -> float:
        value = float(np.float32(_number(cell)))
        if value not in known:
            raise _UnfitError(_unknown(column))
        return value

    return read


def _word(column: SheetColumn) -> Reader:
    codes = {value: float(code) for code, value in enumerate(column.categories)}
    answers = {value.lower(): code for value, code in codes.items()}

    def read(cell: Cell) -> float:
        if isinstance(cell, bool):
            code = answers.get(str(cell).lower())
        else:
            code = codes.get(cell.strip() if isinstance(cell, str) else f"{cell:.9g}")
        if code is None and not column.more:
            raise _UnfitError(_unknown(column))
        return float(OTHER_CODE) if code is None else code

    return read


def _token(names: Sequence[str]) -> Reader:
    """A token by its name or by its number."""
    numbers = {name: float(number) for number, name in enumerate(names)}
    rare = numbers.get(OTHER_TOKEN)

    def read(cell: Cell) -> float:
        number = numbers.get(cell, rare) if isinstance(cell, str) else _number(cell)
        if number is None or number not in range(len(names)):
            raise _UnfitError(f"this has to be a token: its name, or a whole number from 0 to {len(names) - 1}")
        return number

    return read


def _unknown(column: SheetColumn) -> str:
    some = ", ".join(f"'{value}'" for value in column.categories[:SHOWN])
    return f"no such value was there to learn from; there are {some}{' …' if len(column.categories) > SHOWN else ''}"


def _days(cell: Cell) -> float:
    """Days since 1970, or a date such as 2024-05-01 or 2024-05-01T10:30."""
    if not isinstance(cell, str):
        return _number(cell)
    try:
        moment = datetime.fromisoformat(cell.strip())
    except ValueError:
        raise _UnfitError("this has to be a date such as 2024-05-01 or 2024-05-01T10:30") from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH).total_seconds() / _SECS_PER_DAY
