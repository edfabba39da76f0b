"""The errand that reads an upload: `python -m neuroglow.intake.read`.

Request: `path` of the file, `folder` (new and empty) for the data set, `id`, `title`, `bounds`. Result: the sheet's
essentials; the sheet itself is in the folder. Every file that cannot be used is an `UploadRejectedError` that says why.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroglow import errand
from neuroglow.errors import UploadRejectedError

if TYPE_CHECKING:
    from neuroglow.intake.bounds import Bounds
    from neuroglow.intake.column import Column


def read(request: dict[str, Any]) -> dict[str, Any]:
    from neuroglow.intake.bounds import Bounds
    from neuroglow.intake.describe import data_sheet
    from neuroglow.intake.files import write_columns, write_sheet
    from neuroglow.intake.names import tidy

    path, folder = Path(request["path"]), Path(request["folder"])
    form, columns, notes = _columns(path, folder, Bounds.of(request["bounds"]))
    if not columns or not len(columns[0].values):
        raise UploadRejectedError("There are no rows in the file")
    if len(columns[0].values) < 2:
        raise UploadRejectedError("One row is not enough to learn from; bring at least two")
    for scratch in folder.iterdir():
        scratch.unlink()
    written = write_columns(folder, columns)
    title = tidy(request["title"]) or "Data"
    sheet = data_sheet(columns, title=title, form=form, stored_bytes=written, notes=notes, data_id=request["id"])
    write_sheet(folder, sheet)
    return {"rows": sheet.rows, "stored_bytes": written}


def _columns(path: Path, folder: Path, bounds: Bounds) -> tuple[str, list[Column], list[str]]:
    """(format, columns, notes) by what the first bytes say; a name's ending says nothing that could be relied on."""
    with path.open("rb") as file:
        start = file.read(1 << 10)
    if not start:
        raise UploadRejectedError("The file is empty; there has to be a table in it")
    from neuroglow.intake.text import read_text

    return "csv", *read_text(path, folder, bounds)


if __name__ == "__main__":
    errand.carry_out(read)
