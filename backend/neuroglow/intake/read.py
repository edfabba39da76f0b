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

    Read = tuple[str, list[Column], list[str]]

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"%!PS", b"SIMPLE  =")
"""PNG, JPEG, GIF, TIFF, ICO, PSD, PostScript, FITS."""
MARKUP = (b"<?xml", b"<!doctype", b"<svg", b"<html")


def read(request: dict[str, Any]) -> dict[str, Any]:
    from neuroglow.intake.bounds import Bounds
    from neuroglow.intake.files import write_data_set
    from neuroglow.intake.names import tidy

    path, folder = Path(request["path"]), Path(request["folder"])
    form, columns, notes = _columns(path, folder, Bounds.of(request["bounds"]))
    if not columns or not len(columns[0].values):
        raise UploadRejectedError("There are no rows in the file")
    if len(columns[0].values) < 2:
        raise UploadRejectedError("One row is not enough to learn from; bring at least two")
    for scratch in folder.iterdir():
        scratch.unlink()
    title = tidy(request["title"]) or "Data"
    return write_data_set(folder, columns, title=title, form=form, notes=notes, data_id=request["id"])


def _columns(path: Path, folder: Path, bounds: Bounds, *, unpacked: bool = False) -> Read:
    """(format, columns, notes) by what the first bytes say; a name's ending says nothing that could be relied on."""
    with path.open("rb") as file:
        start = file.read(1 << 10)
    if not start:
        raise UploadRejectedError("The file is empty; there has to be a table in it")
    if start.startswith(GZIP) and not unpacked:
        from neuroglow.intake.packed import gunzipped

        return _columns(gunzipped(path, folder / "unpacked", bounds), folder, bounds, unpacked=True)
    if start.startswith((GZIP, *ZIP)) and unpacked:
        raise UploadRejectedError("The file is packed more than once; unpack it and upload what is inside")
    if start.startswith(ZIP):
        from neuroglow.intake.packed import read_zip

        read = read_zip(path, folder / "unpacked", bounds)
        return _columns(read, folder, bounds, unpacked=True) if isinstance(read, Path) else read
    return _plain(path, start, folder, bounds)


def _plain(path: Path, start: bytes, folder: Path, bounds: Bounds) -> Read:
    """Of a file that is not packed."""
    if start.startswith(b"PAR1"):
        from neuroglow.intake.frames import read_parquet

        return "parquet", *read_parquet(path, bounds)
    if start.startswith(OLD_OFFICE):
        from neuroglow.intake.frames import read_excel

        return "excel", *read_excel(path, bounds)
    if any(start.startswith(magic) for magic in PICTURES) or start[8:12] == b"WEBP":
        raise UploadRejectedError(
            "One image is no data set; upload a zip with PNG, JPEG or WebP images in one folder per class"
        )
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(MARKUP):
        raise UploadRejectedError("The file is a page or a drawing (HTML, SVG or XML), not a table; export it as CSV")
    from neuroglow.intake.idx import is_idx, read_array

    if is_idx(start):
        from neuroglow.intake.arrays import columns_of

        bounds.require_unpacked(path.stat().st_size)
        return "idx", *columns_of({"image" if start[3] > 2 else "value": read_array(path.read_bytes())}, bounds)
    from neuroglow.intake.text import read_text

    return "csv", *read_text(path, folder, bounds)


if __name__ == "__main__":
    errand.carry_out(read)
