"""Snapshots on disk, written off the dispatch thread: a whole old file or a whole new one, never half of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError

from neuroglow.engine.snapshot import Snapshot, decode_snapshot, encode_snapshot
from neuroglow.errors import InvalidInputError, UploadRejectedError

T = TypeVar("T")
FILE_NAME = "snapshot.safetensors"


class Keeper:
    """One background thread for everything that must not make the device wait."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keeper")

    def save(self, directory: Path, snapshot: Snapshot, *, durable: bool = False) -> Future[None]:
        """Encode and write; `durable` also survives a power cut, not only a crash."""
        return self._thread.submit(_write, directory, snapshot, durable)

    def run(self, job: Callable[[], T]) -> Future[T]:
        return self._thread.submit(job)

    def close(self) -> None:
        self._thread.shutdown(wait=True)


def _write(directory: Path, snapshot: Snapshot, durable: bool) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    temporary = directory / f"{FILE_NAME}.tmp"
    with temporary.open("wb") as file:
        file.write(encode_snapshot(snapshot))
        if durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(directory / FILE_NAME)


_UNREADABLE = (OSError, ValueError, KeyError, SafetensorError, InvalidInputError)


def read(directory: Path) -> Snapshot | None:
    """The snapshot of a session's folder; None if there is none or it cannot be read."""
    try:
        return decode_snapshot((directory / FILE_NAME).read_bytes())
    except _UNREADABLE:
        return None


def read_uploaded(path: Path) -> Snapshot:
    """The snapshot in a file that somebody sent; `UploadRejectedError` for what nothing can go on from."""
    try:
        snapshot = decode_snapshot(path.read_bytes())
    except _UNREADABLE as error:
        raise UploadRejectedError(f"The weights cannot be read: {str(error)[:100]}") from None
    if not snapshot.is_finite():
        raise UploadRejectedError("The weights hold numbers that are not finite; nothing can go on from there")
    return snapshot
