"""IDX, the format of the MNIST files: a magic number, the dimensions, the values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.errors import UploadRejectedError

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_DIMENSIONS = 4


def is_idx(start: bytes) -> bool:
    """Two zero bytes, a known type, and some dimensions."""
    return len(start) > 4 and start[:2] == b"\0\0" and start[2] in _TYPES and 1 <= start[3] <= MAX_DIMENSIONS


def read_array(data: bytes | memoryview) -> NDArray[Any]:
    """One file's array, in the machine's byte order."""
    if not is_idx(bytes(data[:8])):
        raise UploadRejectedError("The file does not begin as an IDX file does")
    kind, dimensions = np.dtype(_TYPES[data[2]]), data[3]
    head = 4 + 4 * dimensions
    shape = [int.from_bytes(data[place : place + 4], "big") for place in range(4, head, 4)]
    wanted = math.prod(shape) * kind.itemsize
    if not wanted or len(data) - head != wanted:
        told = " × ".join(f"{size:,}" for size in shape)
        raise UploadRejectedError(
            f"The IDX file says it holds {told} values, which is not what is in it; it is cut off or damaged"
        )
    return np.frombuffer(data, kind, offset=head).reshape(shape).astype(kind.newbyteorder("="))
