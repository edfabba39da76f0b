"""How a data set lies on disk: one NumPy file per column, one of bits where cells are missing, and the sheet, last.

    c0.npy, c1.npy, ...     values as `intake.column` describes them, memory-mappable, never pickled
    c0.bits, ...            one bit per row, the first row the lowest, 1 where the cell is missing; only where some are
    sheet.json              the data sheet
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from neuroglow.intake.column import Column
from neuroglow.intake.describe import data_sheet
from neuroglow.spec.sheet import DataSheet


def write_data_set(
    folder: Path, columns: list[Column], *, title: str, form: str, notes: list[str], data_id: str
) -> dict[str, Any]:
    """All of it; the answer is the essentials of the sheet."""
    written = _write_columns(folder, columns)
    sheet = data_sheet(columns, title=title, form=form, stored_bytes=written, notes=notes, data_id=data_id)
    _write_sheet(folder, sheet)
    return {"rows": sheet.rows, "stored_bytes": written}


def _write_columns(folder: Path, columns: list[Column]) -> int:
    """Bytes written."""
    written = 0
    for place, column in enumerate(columns):
        path = folder / f"c{place}.npy"
        with path.open("wb") as file:
            np.save(file, np.ascontiguousarray(column.values), allow_pickle=False)
        written += path.stat().st_size
        missing = column.missing
        if missing.any():
            (folder / f"c{place}.bits").write_bytes(np.packbits(missing, bitorder="little").tobytes())
    return written


def _write_sheet(folder: Path, sheet: DataSheet) -> None:
    """After everything else, and all of it durable."""
    (folder / "sheet.json").write_text(sheet.model_dump_json(), encoding="utf-8")
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
