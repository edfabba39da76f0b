"""Tables that say what their columns hold: Parquet and Excel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.archive import Archive
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.column import Column, number_column, preview_rows
from neuroglow.intake.names import column_names
from neuroglow.intake.words import date_column, preview_of, typed

_NESTED = (pl.List, pl.Array, pl.Struct, pl.Binary, pl.Object, pl.Null)


def read_parquet(path: Path, bounds: Bounds) -> tuple[list[Column], list[str]]:
    """Column by column, so that only one is in memory unpacked."""
    try:
        schema = pl.read_parquet_schema(path)
        rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        bounds.require_table(rows, len(schema))
        series = (pl.read_parquet(path, columns=[name], glob=False).to_series() for name in schema)
        return _columns(series, list(schema), preview_rows(len(schema)))
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _unreadable("Parquet", error) from None


def read_excel(path: Path, bounds: Bounds) -> tuple[list[Column], list[str]]:
    """The first sheet that has rows."""
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        for name in book.sheet_names:
            sheet = book.load_sheet(name)
            bounds.require_table(sheet.total_height, sheet.width)
            frame = sheet.to_polars()
            if frame.height:
                columns, notes = _columns(iter(frame), frame.columns, preview_rows(frame.width))
                if len(book.sheet_names) > 1:
                    notes.append(f"The workbook has {len(book.sheet_names)} sheets; '{name}' was read")
                return columns, notes
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _unreadable("Excel", error) from None
    raise UploadRejectedError("No sheet of the workbook has rows below a line of names")


def require_honest_workbook(path: Path, bounds: Bounds) -> None:
    """Workbooks are zip archives: unpack all of it once, counting, before anything else does."""
    with Archive(path, bounds) as archive:
        for member in archive.members:
            archive.measure(member)


def _unreadable(kind: str, error: Exception) -> UploadRejectedError:
    if isinstance(error, UploadRejectedError):
        return error
    return UploadRejectedError(f"The {kind} file cannot be read; it is damaged, or uses what is not known here")


def _columns(series: Iterator[pl.Series], headers: list[str], shown: int) -> tuple[list[Column], list[str]]:
    columns: list[Column] = []
    notes: list[str] = []
    for name, cells in zip(column_names(headers), series, strict=True):
        column = _column(name, cells, shown)
        if column is None:
            notes.append(f"Left out: '{name}', whose cells are no single values")
        else:
            columns.append(column)
    return columns, notes


def _column(name: str, cells: pl.Series, shown: int) -> Column | None:
    """None for what holds no single values."""
    kind = cells.dtype
    if isinstance(kind, _NESTED) or kind in _NESTED:
        return None
    if kind in (pl.Date, pl.Datetime) or isinstance(kind, pl.Datetime):
        moments = cells.cast(pl.Datetime("ms"))
        return date_column(name, moments, preview_of(moments.cast(pl.String), shown))
    if kind == pl.Boolean:
        words = cells.replace_strict([True, False], ["true", "false"], return_dtype=pl.String)
        return typed(name, words, rows_shown=shown, comma_is_decimal=False)
    if kind.is_numeric():
        values = cells.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return number_column(name, values, preview_of(cells.head(shown).cast(pl.String), shown))
    if kind in (pl.Duration, pl.Time):
        cells = cells.cast(pl.Int64).cast(pl.Float64) / 1e9
        return number_column(name, cells.fill_null(float("nan")).to_numpy(), preview_of(cells.cast(pl.String), shown))
    return typed(name, cells.cast(pl.String), rows_shown=shown, comma_is_decimal=False)
