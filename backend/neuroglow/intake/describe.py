"""From columns to the data sheet: ranges, histograms, and what might be learned from what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.intake.column import Column, counted
from neuroglow.spec.limits import MAX_CATEGORIES
from neuroglow.spec.sheet import ColumnSheet, DataSheet, Histogram, SheetTask
from neuroglow.spec.uploaded import usual_task

BINS = 24
_TARGET_NAMES = ("target", "label", "class", "y", "species", "outcome", "category", "labels", "digit", "diagnosis")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def column_sheet(column: Column) -> ColumnSheet:
    missing = int(column.missing.sum())
    if column.type == "image":
        height, width, channels = column.values.shape[1:]
        return ColumnSheet(
            name=column.name, type="image", image_shape=(height, width, channels), low=0.0, high=255.0,
            histogram=_bytes_histogram(column.values),
        )  # fmt: skip
    about: dict[str, Any] = {
        "name": column.name, "type": column.type, "missing": missing, "distinct": column.distinct,
        "categories": column.categories, "counts": column.counts,
    }  # fmt: skip
    if column.type in ("number", "date"):
        present = column.values[~column.missing].astype(np.float64)
        if len(present):
            low, high = float(present.min()), float(present.max())
            about |= {
                "low": low, "high": high, "mean": float(present.mean()), "std": float(present.std()),
                "histogram": _histogram(present, low, high),
            }  # fmt: skip
            if column.type == "date":
                about |= {"earliest": date_text(low), "latest": date_text(high)}
    else:
        about["others"] = len(column.values) - missing - sum(column.counts)
    return ColumnSheet(**about)


def date_text(days: float) -> str:
    moment = _EPOCH + timedelta(days=days)
    return f"{moment:%Y-%m-%d}" if days == int(days) else f"{moment:%Y-%m-%d %H:%M}"


def _histogram(values: NDArray[np.float64], low: float, high: float) -> Histogram:
    if low == high:
        return Histogram(low=low, high=high, counts=(len(values),))
    counts, _ = np.histogram(values, BINS, (low, high))
    return Histogram(low=low, high=high, counts=tuple(int(count) for count in counts))


def _bytes_histogram(pixels: NDArray[np.uint8]) -> Histogram:
    counts = np.zeros(256, np.int64)
    for start in range(0, len(pixels), 4096):
        counts += np.bincount(pixels[start : start + 4096].ravel(), minlength=256)
    return Histogram(low=0.0, high=255.0, counts=tuple(int(count) for count in counts.reshape(32, 8).sum(axis=1)))


def data_sheet(
    columns: list[Column], *, title: str, form: str, stored_bytes: int, notes: list[str], data_id: str
) -> DataSheet:
    sheets = [column_sheet(column) for column in columns]
    target, task = _target(sheets)
    inputs = tuple(sheet.name for sheet in sheets if sheet.name != target and _is_input(sheet))
    rows = len(columns[0].values)
    shown = max(len(column.preview) for column in columns)
    preview = tuple(
        tuple(column.preview[row] if row < len(column.preview) else None for column in columns) for row in range(shown)
    )
    missing = sum(sheet.missing for sheet in sheets)
    said = [*notes, *(note for column in columns for note in column.notes)]
    if missing:
        gaps = counted(sum(sheet.missing > 0 for sheet in sheets), "column")
        said.append(f"Missing: {counted(missing, 'cell')} in {gaps}")
    return DataSheet(
        id=data_id, title=title, format=form, rows=rows, stored_bytes=stored_bytes, columns=tuple(sheets),
        preview=preview, task=task, target=target, inputs=inputs, notes=tuple(said[:50]),
    )  # fmt: skip


def _is_input(sheet: ColumnSheet) -> bool:
    """Free text says nothing in its raw form, and neither does what is the same in every row."""
    return sheet.type == "image" or (sheet.type != "text" and (sheet.distinct or 0) > 1)


def _target(sheets: list[ColumnSheet]) -> tuple[str | None, SheetTask | None]:
    """The column most likely to be predicted: by its name, else the last one with classes, else the last number."""
    tasks = {sheet.name: task for sheet in sheets if (task := task_of(sheet)) is not None}
    if not tasks or len(sheets) == 1:
        return None, None
    named = [name for wanted in _TARGET_NAMES for name in tasks if name.lower() == wanted]
    with_words = [sheet.name for sheet in sheets if sheet.name in tasks and sheet.type != "number"]
    names = list(tasks)
    chosen = named[0] if named else names[-1] if names[-1] == sheets[-1].name else (with_words or names)[-1]
    return chosen, tasks[chosen]


def task_of(sheet: ColumnSheet) -> SheetTask | None:
    """What predicting this column would be; None where it cannot be predicted."""
    different = sheet.distinct or 0
    if different < 2:
        return None
    if sheet.type in ("category", "boolean"):
        return "classification" if different <= MAX_CATEGORIES else None
    return usual_task(sheet) if sheet.type == "number" else None
