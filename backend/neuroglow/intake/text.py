"""Text tables: CSV, TSV and their relatives. What the file does not say (coding, separator, header) is found out."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.column import Column, preview_rows
from neuroglow.intake.names import column_names
from neuroglow.intake.words import typed

SAMPLE_BYTES = 1 << 20
SEPARATORS = (",", ";", "\t", "|")
SNIFFED_LINES = 100
PIECE_BYTES = 1 << 20
GROUP_BYTES = 128 << 20
"""Of the file, whose cells are in memory at once: as text they take about twice as much."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_NUMBER = re.compile(r"\s*[+-]?(\d[\d.,]*|\.\d+)([eE][+-]?\d+)?\s*")


@dataclass(frozen=True)
class Dialect:
    separator: str
    line_end: str
    header: list[str] | None
    width: int
    """Columns."""


def read_text(path: Path, scratch: Path, bounds: Bounds) -> tuple[list[Column], list[str]]:
    """(columns, notes). `scratch` is a folder for a copy in UTF-8, if one is needed."""
    notes: list[str] = []
    text = _as_utf8(path, scratch, notes)
    dialect = _dialect(text, bounds)
    names = column_names(dialect.header or [None] * dialect.width)
    if dialect.header is None:
        notes.append("No line of names was found at the top; the columns are numbered")
    columns: list[Column] = []
    for group in _groups(dialect.width, text.stat().st_size):
        frame = _cells(text, dialect, group)
        if not columns:
            _check_size(frame.height, dialect, bounds)
            if _is_ragged(text, frame.height, dialect):
                notes.append("Some rows have more or fewer cells than there are columns: absent ones count as missing")
        for place in group:
            # One at a time, each let go when it is typed: the cells as text are the largest thing here.
            cells = frame.drop_in_place(frame.columns[0])
            shown, is_decimal = preview_rows(dialect.width), dialect.separator != ","
            columns.append(typed(names[place], cells, rows_shown=shown, comma_is_decimal=is_decimal))
    return columns, notes


def _groups(width: int, size_bytes: int) -> list[range]:
    """Columns that are read together: the file is gone through again for each group, so that memory stays bounded."""
    passes = min(width, -(-size_bytes // GROUP_BYTES))
    each = -(-width // max(1, passes))
    return [range(start, min(start + each, width)) for start in range(0, width, each)]


def _check_size(rows: int, dialect: Dialect, bounds: Bounds) -> None:
    bounds.require_table(rows, dialect.width)
    if not rows:
        raise UploadRejectedError("The table has a header but no rows below it")


# --- coding -----------------------------------------------------------------------------------------------------------


def _as_utf8(path: Path, scratch: Path, notes: list[str]) -> Path:
    with path.open("rb") as file:
        start = file.read(PIECE_BYTES)
    coding = _coding(start)
    if coding == "utf-8":
        if _decodes(path, coding):
            return path
        coding = "cp1252"
        notes.append("The file is not Unicode; it was read as Western European text (Windows-1252)")
    copy = scratch / "text"
    decoder = codecs.getincrementaldecoder(coding)(errors="replace" if coding == "cp1252" else "strict")
    try:
        with path.open("rb") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while piece := source.read(PIECE_BYTES):
                target.write(_without_nul(decoder.decode(piece)))
            target.write(decoder.decode(b"", final=True))
    except UnicodeError:
        raise UploadRejectedError("The text breaks off or is damaged: it is not what its first bytes promise") from None
    return copy


def _coding(start: bytes) -> str:
    for mark, coding in _MARKS:
        if start.startswith(mark):
            return coding
    # Western text in UTF-16 has a zero in every second byte, on the side its byte order says.
    half = max(1, len(start) // 2)
    if start[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) > 0.4 * half else "utf-8"


def _decodes(path: Path, coding: str) -> bool:
    decoder = codecs.getincrementaldecoder(coding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                if b"\0" in piece:
                    raise UploadRejectedError(
                        "The file is neither a table in text nor any other format that can be read here (CSV, TSV, "
                        "Parquet, Excel, NPZ, IDX, a zip of images)"
                    )
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise UploadRejectedError("The text holds NUL characters; export the table again as plain CSV")
    return text


# --- form -------------------------------------------------------------------------------------------------------------


def _dialect(path: Path, bounds: Bounds) -> Dialect:
    with path.open(encoding="utf-8", newline="") as file:
        sample = file.read(SAMPLE_BYTES)
    sample = sample.lstrip("\ufeff")
    if not sample.strip():
        raise UploadRejectedError("The file is empty; there has to be a table in it")
    line_end = "\r" if "\r" in sample and "\n" not in sample else "\n"
    if len(sample) == SAMPLE_BYTES and line_end not in sample:
        raise UploadRejectedError(f"The first line is longer than {SAMPLE_BYTES >> 20} MiB; a table has lines of rows")
    lines = sample.split(line_end)[: SNIFFED_LINES + 1]
    if len(lines) > 1 and (len(lines) > SNIFFED_LINES or len(sample) == SAMPLE_BYTES):
        lines.pop()
    separator = max(SEPARATORS, key=lambda candidate: _evenness(lines, candidate))
    rows = [row for row in _parsed(lines, separator) if row]
    if not rows:
        raise UploadRejectedError("The file is empty; there has to be a table in it")
    header = rows[0] if _is_header(rows) else None
    width = len(header) if header is not None else max(len(row) for row in rows)
    bounds.require_table(0, width)
    return Dialect(separator, line_end, header, width)


def _parsed(lines: list[str], separator: str) -> list[list[str]]:
    csv.field_size_limit(2 * SAMPLE_BYTES)
    try:
        return list(csv.reader((f"{line}\n" for line in lines), delimiter=separator))
    except csv.Error:
        return []


def _evenness(lines: list[str], separator: str) -> tuple[float, int]:
    """How well a separator explains the lines: the share of lines of the commonest width, and that width."""
    widths = [len(row) for row in _parsed(lines, separator) if row]
    if not widths:
        return 0.0, 0
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    return (0.0, 0) if common == 1 else (widths.count(common) / len(widths), common)


def _is_header(rows: list[list[str]]) -> bool:
    """The first row names the columns if no cell of it is a number, or a name stands above numbers throughout."""
    first, rest = rows[0], rows[1:]
    if not any(cell.strip() for cell in first):
        return False
    if not any(_NUMBER.fullmatch(cell) for cell in first):
        return True
    below = [[row[place] for row in rest if place < len(row)] for place in range(len(first))]
    return any(
        not _NUMBER.fullmatch(cell) and cell.strip() and cells and all(_NUMBER.fullmatch(other) for other in cells)
        for cell, cells in zip(first, below, strict=True)
    )


# --- cells ------------------------------------------------------------------------------------------------------------


def _cells(path: Path, dialect: Dialect, group: range) -> pl.DataFrame:
    """The cells of these columns as text, null where there is none."""
    try:
        return pl.read_csv(
            path,
            has_header=False,
            skip_rows=int(dialect.header is not None),
            separator=dialect.separator,
            eol_char=dialect.line_end,
            schema={f"c{place}": pl.String for place in range(dialect.width)},
            columns=list(group),
            truncate_ragged_lines=True,
            missing_columns="insert",
            raise_if_empty=False,
            glob=False,
        )
    except pl.exceptions.PolarsError:
        raise UploadRejectedError(
            "The table cannot be read: most likely a quotation mark is opened and never closed; export it again as CSV"
        ) from None


def _is_ragged(path: Path, rows: int, dialect: Dialect) -> bool:
    """Whether the number of separators is not what so many full rows have. Quoted ones are not told apart: then no."""
    separator, quote, found = dialect.separator.encode(), b'"', 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            if quote in piece:
                return False
            found += piece.count(separator)
    return found != (rows + (dialect.header is not None)) * (dialect.width - 1)
