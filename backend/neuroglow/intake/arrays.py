"""From NumPy arrays to columns: lists of numbers or words, tables, stacks of images. Shared by NPZ and IDX."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.column import Column, number_column, number_text, preview_rows, words_column
from neuroglow.intake.images import image_column
from neuroglow.intake.names import column_names, tidy

Array = NDArray[Any]
_PARTS = (("x_train", "x_test"), ("y_train", "y_test"), ("X_train", "X_test"), ("train_images", "test_images"),
          ("train_labels", "test_labels"))  # fmt: skip


def columns_of(arrays: dict[str, Array], bounds: Bounds) -> tuple[list[Column], list[str]]:
    """Arrays of one length side by side; what was split into training and test comes together again."""
    joined, notes = _joined(arrays)
    lengths = {len(array) for array in joined.values() if array.ndim}
    if len(lengths) != 1 or any(not array.ndim for array in joined.values()):
        told = ", ".join(f"'{tidy(name, 30)}' {array.shape}" for name, array in list(joined.items())[:6])
        raise UploadRejectedError(f"The arrays have to have as many rows as each other; these have {told}")
    # Labels last, as in a table.
    ordered = sorted(joined.items(), key=lambda entry: -entry[1].ndim)
    widths = {name: array.shape[1] if array.ndim == 2 else 1 for name, array in ordered}
    bounds.require_table(lengths.pop(), sum(widths.values()))
    shown = preview_rows(sum(widths.values()))
    columns: list[Column] = []
    for name, array in ordered:
        columns += _columns(name, array, shown, bounds)
    names = column_names(column.name for column in columns)
    return [_renamed(column, name) for column, name in zip(columns, names, strict=True)], notes


def _joined(arrays: dict[str, Array]) -> tuple[dict[str, Array], list[str]]:
    joined, notes = dict(arrays), list[str]()
    for train, test in _PARTS:
        if train in joined and test in joined:
            first, second = joined.pop(train), joined.pop(test)
            if first.shape[1:] != second.shape[1:]:
                raise UploadRejectedError(f"'{train}' and '{test}' have rows of different shapes")
            name = {"x": "image" if first.ndim > 2 else "x", "y": "label"}.get(train[0].lower(), train[6:])
            joined[name] = np.concatenate([first, second])
            notes.append(f"'{train}' and '{test}' were put together; the split is chosen here")
    return joined, notes


def _columns(name: str, array: Array, shown: int, bounds: Bounds) -> list[Column]:
    if array.dtype.kind not in "biufUSM":
        raise UploadRejectedError(f"'{tidy(name, 40)}' holds {array.dtype}; numbers, words and dates can be read")
    if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
        return [_one(name, array.reshape(-1), shown)]
    if array.ndim == 2:
        return [_one(f"{name} {place + 1}", array[:, place], shown) for place in range(array.shape[1])]
    if array.ndim in (3, 4) and array.dtype.kind in "biuf":
        return [image_column(name, array, bounds)]
    raise UploadRejectedError(f"'{tidy(name, 40)}' has the shape {array.shape}; rows of numbers or images can be read")


def _one(name: str, values: Array, shown: int) -> Column:
    if values.dtype.kind in "US":
        words = np.char.decode(values, "utf-8", "replace") if values.dtype.kind == "S" else values
        return words_column(name, [tidy(str(word)) for word in words], [tidy(str(word)) for word in words[:shown]])
    if values.dtype.kind == "M":
        days = values.astype("datetime64[s]").astype(np.float64) / 86_400.0
        days[np.isnat(values)] = np.nan
        return Column(name, "date", days, [str(day) for day in values[:shown]], distinct=len(np.unique(values)))
    return number_column(name, values, [number_text(float(value)) for value in values[:shown]])


def _renamed(column: Column, name: str) -> Column:
    return Column(name, column.type, column.values, column.preview, column.categories, column.counts, column.distinct,
                  column.notes)  # fmt: skip
