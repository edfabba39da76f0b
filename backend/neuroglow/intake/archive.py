"""Zip archives that strangers made: what they say is checked before it is believed, and counted while unpacking."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from neuroglow.errors import UploadRejectedError
from neuroglow.intake.bounds import Bounds
from neuroglow.intake.names import tidy

PIECE_BYTES = 1 << 18
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
DAMAGED = "The archive is damaged; pack it again"


class Archive:
    """Members that hold something, in the order of the archive. Nothing is ever written under a member's name."""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self._bounds = bounds
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
            raise UploadRejectedError(DAMAGED) from None
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        _check(members, path.stat().st_size)
        bounds.require_unpacked(sum(member.file_size for member in members))
        self.members = [member for member in members if not any(junk in member.filename for junk in _JUNK)]
        self._unpacked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def content(self, member: zipfile.ZipInfo) -> bytes:
        """Unpacked; not more than the member says, and not more than the bounds let all members have together."""
        pieces: list[bytes] = []
        self._unpack(member, pieces.append)
        return b"".join(pieces)

    def extract(self, member: zipfile.ZipInfo, target: Path) -> None:
        """Into a file whose name is ours."""
        with target.open("wb") as file:
            self._unpack(member, file.write)

    def measure(self, member: zipfile.ZipInfo) -> None:
        """Unpack and forget: whether the member is what it says."""
        self._unpack(member, len)

    def _unpack(self, member: zipfile.ZipInfo, take: Callable[[bytes], object]) -> None:
        size = 0
        try:
            with self._zip.open(member) as stream:
                while piece := stream.read(PIECE_BYTES):
                    size += len(piece)
                    self._unpacked += len(piece)
                    if size > member.file_size:
                        raise UploadRejectedError(DAMAGED)
                    self._bounds.require_unpacked(self._unpacked)
                    take(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
            raise UploadRejectedError(DAMAGED) from None
        if size != member.file_size:
            raise UploadRejectedError(DAMAGED)


def _check(members: list[zipfile.ZipInfo], archive_bytes: int) -> None:
    """Raise for whatever no honest archive of data has."""
    if not members:
        raise UploadRejectedError("The archive is empty")
    seen: set[str] = set()
    for member in members:
        name = tidy(member.filename, 60)
        if member.flag_bits & 0x1:
            raise UploadRejectedError("The archive is encrypted; pack it without a password")
        if member.compress_type not in _PLAIN:
            raise UploadRejectedError(f"'{name}' is packed in a way that is not read here; use plain zip (deflate)")
        if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            raise UploadRejectedError(f"'{name}' is a link or a device, not a file; pack the files themselves")
        if ".." in member.filename.split("/") or member.filename.startswith("/") or "\\" in member.filename:
            raise UploadRejectedError(f"'{name}' leads out of the archive; pack the folder itself")
        if member.filename in seen:
            raise UploadRejectedError(f"'{name}' is in the archive twice; pack it again")
        seen.add(member.filename)
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [*(member.header_offset for member in ordered[1:]), archive_bytes]
    for member, end in zip(ordered, ends, strict=True):
        if member.header_offset + member.compress_size > end:
            raise UploadRejectedError("Members of the archive overlap; pack it again")
