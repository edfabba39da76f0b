"""NPZ: a zip of NumPy arrays. Headers are parsed within a size limit, sizes are checked, nothing is unpickled."""

from __future__ import annotations

import io
import math
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.archive import Archive
from neuroglow.intake.arrays import columns_of
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.column import Column
from neuroglow.intake.names import tidy

MAX_ARRAYS = 1_000
MAX_HEADER_BYTES = 10_000


def read_npz(path: Path, bounds: Bounds) -> tuple[list[Column], list[str]]:
    arrays: dict[str, NDArray[Any]] = {}
    with Archive(path, bounds) as archive:
        if len(archive.members) > MAX_ARRAYS:
            raise UploadRejectedError(f"The file holds more than {MAX_ARRAYS:,} arrays")
        for member in archive.members:
            if "/" in member.filename or not member.filename.endswith(".npy"):
                name = tidy(member.filename, 40)
                raise UploadRejectedError(f"'{name}' is no array; an NPZ file holds NumPy arrays only")
            arrays[member.filename.removesuffix(".npy")] = _array(archive.content(member))
    return columns_of(arrays, bounds)


def _array(data: bytes) -> NDArray[Any]:
    """One `.npy` file."""
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        length_bytes = 2 if version == (1, 0) else 4
        length = int.from_bytes(data[8 : 8 + length_bytes], "little")
        if version not in ((1, 0), (2, 0)) or length > MAX_HEADER_BYTES:
            raise UploadRejectedError("An array's header is larger than any honest one; save the arrays again")
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, in_columns, kind = read(file, max_header_size=MAX_HEADER_BYTES)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, EOFError, TokenError) as error:
        if isinstance(error, UploadRejectedError):
            raise
        raise UploadRejectedError("An array's header cannot be read; save the arrays again") from None
    if kind.hasobject:
        raise UploadRejectedError("An array holds Python objects, which are never read; save numbers or words")
    content = memoryview(data)[file.tell() :]
    if math.prod(shape) * kind.itemsize != len(content):
        raise UploadRejectedError("An array's header does not fit its data; save the arrays again")
    if not kind.itemsize or not len(content):
        raise UploadRejectedError("An array is empty")
    return np.frombuffer(content, kind).reshape(shape, order="F" if in_columns else "C")
