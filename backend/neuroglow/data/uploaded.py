"""Uploaded data sets as the engine reads them: the chosen raw columns, memory-mapped from the server's data folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.points import Array, Points
from neuroglow.errors import UnknownDataSetError
from neuroglow.spec.uploaded import SheetColumn, UploadedData, class_names, image_shape

MISSING_CODE = 255
"""Of a word; what is written is described in `intake.column`."""
OTHER_CODE = 254
"""Of a word beyond those that are told apart."""
_GONE = "This data set is not on this server (any more); upload the file again"


class _Folder:
    """Where this process finds data sets; set once, when it starts."""

    path: Path | None = None


def use_folder(path: Path) -> None:
    """Read uploaded data sets from there from now on."""
    _Folder.path = path


def read(data: UploadedData) -> Points:
    """Rows that are kept, in file order: raw columns (NaN where missing) and targets; 0 where there is no target.

    Raises `UnknownDataSetError` if the data set is not here.
    """
    store = _Stored(data)
    recipes = data.preparation
    dropped = [name for name in data.inputs if recipes[name].missing == "drop"]
    needed = [*dropped, *([data.target] if data.target is not None else [])]
    kept = _drawn(store.kept_rows(needed), data)
    raw = _pixels(store.values(data.inputs[0])[kept]) if image_shape(data) is not None else None
    if raw is None:
        raw = np.empty((len(kept), len(data.inputs)), np.float32)
        for place, name in enumerate(data.inputs):
            raw[:, place] = store.numbers(name)[kept]
    if data.target is None:
        return Points(raw, np.zeros(len(raw)))
    return Points(raw, _targets(data, store.numbers(data.target)[kept]))


def _drawn(rows: NDArray[np.intp], data: UploadedData) -> NDArray[np.intp]:
    """As many of the rows as are wanted, in file order."""
    if data.max_rows is None or data.max_rows >= len(rows):
        return rows
    random = np.random.default_rng((data.seed, len(rows)))
    return np.sort(random.choice(rows, data.max_rows, replace=False))


def _pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(rows, height, width, channels) -> (rows, pixels), channels first as convolutions read them."""
    return np.moveaxis(images, -1, 1).reshape(len(images), -1).astype(np.float32)


def _targets(data: UploadedData, values: NDArray[Any]) -> Array:
    if data.task != "classification":
        return values.astype(np.float64)
    column = data.known.column(data.target or "")
    assert column is not None, "the target is in the sheet"
    names = class_names(data)
    if column.type == "number":
        return np.searchsorted(np.array([float(name) for name in names], np.float32), values).astype(np.float64)
    return np.array([names.index(value) for value in column.categories], np.float64)[values.astype(np.intp)]


class _Stored:
    """The columns of one data set on disk, by name."""

    def __init__(self, data: UploadedData) -> None:
        if _Folder.path is None:
            raise UnknownDataSetError(_GONE, field="/data/dataset")
        self._folder = _Folder.path / data.dataset
        try:
            sheet = json.loads((self._folder / "sheet.json").read_bytes())
        except FileNotFoundError:
            raise UnknownDataSetError(_GONE, field="/data/dataset") from None
        self._places = {column["name"]: place for place, column in enumerate(sheet["columns"])}
        self.rows: int = sheet["rows"]

    def values(self, name: str) -> NDArray[Any]:
        """As they are stored, mapped and not read."""
        try:
            found: NDArray[Any] = np.load(self._path(name, "npy"), mmap_mode="r", allow_pickle=False)
        except FileNotFoundError:
            raise UnknownDataSetError(_GONE, field="/data/dataset") from None
        return found

    def numbers(self, name: str) -> NDArray[Any]:
        """Numbers, days or codes of words; NaN where missing."""
        values = self.values(name)
        if values.dtype != np.uint8:
            return values
        return np.where(values == MISSING_CODE, np.float32(np.nan), values.astype(np.float32))

    def kept_rows(self, needed: list[str]) -> NDArray[np.intp]:
        """Rows in which none of the columns is missing."""
        missing = np.zeros(self.rows, np.bool_)
        for name in needed:
            path = self._path(name, "bits")
            if path.exists():
                bits = np.frombuffer(path.read_bytes(), np.uint8)
                missing |= np.unpackbits(bits, count=self.rows, bitorder="little").astype(np.bool_)
        return np.flatnonzero(~missing)

    def _path(self, name: str, ending: str) -> Path:
        if name not in self._places:
            raise UnknownDataSetError(_GONE, field="/data/dataset")
        return self._folder / f"c{self._places[name]}.{ending}"


def column_of(data: UploadedData, name: str) -> SheetColumn:
    column = data.known.column(name)
    assert column is not None, "every input is in the sheet"
    return column
