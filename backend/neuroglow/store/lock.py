"""One server per data folder: an advisory lock that the system releases however the server ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from neuroglow.errors import StartupError


class DataFolderLock:
    """Held from `acquire` until `release` or the end of the process. Makes the folder (mode 0700) if it is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Raises `StartupError` if another server holds the folder or it cannot be written."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Not inherited by workers: a worker that outlives the server for a moment must not hold the folder.
            descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartupError(
                f"The data folder {self._folder} cannot be used ({error.strerror}); choose another with --data-dir"
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise StartupError(
                f"Another server uses the data folder {self._folder}; stop it or choose another with --data-dir"
            ) from None
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
