"""A form with one file, written to disk as it arrives: never as a whole in memory, never on the event loop's time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from neuroglow.errors import InvalidInputError, TooLargeError

IDLE_SECS = 30.0
"""An upload that sends nothing for so long has broken off."""
WRITE_BYTES = 1 << 20
MAX_HEADER_BYTES = 8 << 10
MAX_NAME = 255
PART = "file"


@dataclass(frozen=True)
class Received:
    """What a file was called where it came from, and its size."""

    name: str
    size_bytes: int


async def pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes in, or `InvalidInputError` if it breaks off."""
    while True:
        try:
            async with asyncio.timeout(IDLE_SECS):
                message = await request.receive()
        except TimeoutError:
            raise InvalidInputError(f"Nothing more of the upload came for {IDLE_SECS:.0f} s; try again") from None
        if message["type"] == "http.disconnect":
            raise InvalidInputError("The client went away before its upload was complete")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def receive_file(
    request: Request, path: Path, max_bytes: int, before_write: Callable[[int], Awaitable[None]]
) -> Received:
    """Write the part `file` of a multipart body to `path`.

    `before_write` is told how many bytes are about to be on disk and may raise. Raises `TooLargeError` as soon as there
    are more than `max_bytes`, `InvalidInputError` for a body that is no such form.
    """
    form = _Form(_boundary(request), max_bytes)
    written = 0
    file = await asyncio.to_thread(path.open, "xb")
    try:
        async for piece in pieces(request):
            form.feed(piece)
            if len(form.waiting) >= WRITE_BYTES:
                written += await _flush(form, file, written, before_write)
        form.require_complete()
        written += await _flush(form, file, written, before_write)
    finally:
        await asyncio.to_thread(file.close)
    return Received(form.file_name, written)


async def _flush(form: _Form, file: BinaryIO, written: int, before_write: Callable[[int], Awaitable[None]]) -> int:
    data, form.waiting = form.waiting, bytearray()
    await before_write(written + len(data))
    await asyncio.to_thread(file.write, data)
    return len(data)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise InvalidInputError("Send the file as multipart/form-data in a part named 'file', or a table as JSON")
    return boundary


class _Form:
    """Takes pieces of a body; `waiting` holds what of the file came since it was last emptied."""

    def __init__(self, boundary: bytes, max_bytes: int) -> None:
        self.waiting = bytearray()
        self.file_name = ""
        self._max_bytes = max_bytes
        self._size = 0
        self._files = 0
        self._complete = False
        self._header_bytes = 0
        self._headers: dict[bytes, bytes] = {}
        self._field, self._value = bytearray(), bytearray()
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._data,
                    "on_end": self._end,
                },
            )
        except MultipartParseError as error:
            raise InvalidInputError(_told(error)) from None

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except MultipartParseError as error:
            raise InvalidInputError(_told(error)) from None

    def require_complete(self) -> None:
        if not self._complete:
            raise InvalidInputError("The form ends before its closing boundary; the upload broke off")
        if not self._files:
            raise InvalidInputError("The form has no part named 'file'", field=f"/{PART}")

    def _begin_part(self) -> None:
        self._headers.clear()
        self._header_bytes = 0
        if self._files:
            raise InvalidInputError("Send one file, in one part named 'file'", field=f"/{PART}")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._value += data[start:end]

    def _count_header(self, size_bytes: int) -> None:
        self._header_bytes += size_bytes
        if self._header_bytes > MAX_HEADER_BYTES:
            raise InvalidInputError(f"The headers of a part may have at most {MAX_HEADER_BYTES} bytes")

    def _end_header(self) -> None:
        self._headers[bytes(self._field).lower()] = bytes(self._value)
        self._field, self._value = bytearray(), bytearray()

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode(errors="replace")
        if name != PART:
            raise InvalidInputError(f"The form has a part '{name[:64]}'; send one part, named 'file'", field=f"/{PART}")
        self._files += 1
        # Only to be shown: it never becomes a path.
        shown = options.get(b"filename", b"").decode(errors="replace")
        self.file_name = re.split(r"[/\\]", shown)[-1][:MAX_NAME]

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._size > self._max_bytes:
            raise too_large(self._max_bytes)
        self.waiting += memoryview(data)[start:end]

    def _end(self) -> None:
        self._complete = True


def too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError(f"A file may have at most {max_bytes >> 20:,} MiB; upload a part of it, or Parquet")


def _told(error: MultipartParseError) -> str:
    return f"The form cannot be read: {str(error)[:100].rstrip('.')}"
