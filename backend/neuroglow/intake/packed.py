"""What is packed: gzip, and the many things a zip archive may be."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.archive import Archive
from neuroglow.intake.arrays import columns_of
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.column import Column
from neuroglow.intake.idx import is_idx, read_array
from neuroglow.intake.images import ENDINGS, read_images
from neuroglow.intake.names import tidy
from neuroglow.intake.npz import read_npz

PIECE_BYTES = 1 << 18
_TABLES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".parquet")
_DAMAGED = "The gzip file is damaged or cut off; pack it again"
Read = tuple[str, list[Column], list[str]]


def gunzipped(path: Path, target: Path, bounds: Bounds) -> Path:
    """The unpacked file, at `target`; counted while it is unpacked."""
    size = 0
    try:
        with gzip.open(path) as source, target.open("wb") as file:
            while piece := source.read(PIECE_BYTES):
                size += len(piece)
                bounds.require_unpacked(size)
                file.write(piece)
    except (OSError, EOFError, zlib.error):
        raise UploadRejectedError(_DAMAGED) from None
    return target


def read_zip(path: Path, target: Path, bounds: Bounds) -> Read | Path:
    """Columns, or the one table inside, unpacked to `target` and to be read as a file of its own."""
    with Archive(path, bounds) as archive:
        names = [member.filename for member in archive.members]
        if "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names:
            from neuroglow.intake.frames import read_excel, require_honest_workbook

            require_honest_workbook(path, bounds)
            return "excel", *read_excel(path, bounds)
        if names and all(name.endswith(".npy") for name in names):
            return "npz", *read_npz(path, bounds)
        if any(name.lower().endswith(ENDINGS) for name in names):
            return "images", *read_images(archive, bounds)
        if len(names) == 1 and names[0].lower().endswith(_TABLES):
            archive.extract(archive.members[0], target)
            return target
        return "idx", *_idx_files(archive, bounds)


def _idx_files(archive: Archive, bounds: Bounds) -> tuple[list[Column], list[str]]:
    """Images and labels side by side, as MNIST comes; `train-…` and `t10k-…` are put together."""
    arrays: dict[str, NDArray[Any]] = {}
    for member in archive.members:
        data = archive.content(member)
        if data[:2] == b"\x1f\x8b":
            data = _gunzip(data, bounds)
        if not is_idx(data[:8]):
            raise UploadRejectedError(
                f"'{tidy(member.filename, 60)}' is neither an image, an array nor an IDX file; a zip may hold PNG, "
                "JPEG or WebP images in one folder per class, IDX files, or one table"
            )
        array = read_array(data)
        part = "test" if "t10k" in member.filename or "test" in member.filename else "train"
        name = f"{'x' if array.ndim > 1 else 'y'}_{part}"
        if name in arrays:
            raise UploadRejectedError("There is more than one IDX file of the same kind; pack images and labels only")
        arrays[name] = array
    told = {"x": "image", "y": "label"}
    if not any(name.endswith("_test") for name in arrays):
        arrays = {told[name[0]]: array for name, array in arrays.items()}
    return columns_of(arrays, bounds)


def _gunzip(data: bytes, bounds: Bounds) -> bytes:
    unpacking = zlib.decompressobj(31)
    try:
        content = unpacking.decompress(data, bounds.unpacked_bytes + 1)
    except zlib.error:
        raise UploadRejectedError(_DAMAGED) from None
    bounds.require_unpacked(len(content))
    if not unpacking.eof:
        raise UploadRejectedError(_DAMAGED)
    return content
