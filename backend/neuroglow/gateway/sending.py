"""A file as an answer, piece by piece, so that its size costs no memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import BinaryIO

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from neuroglow.gateway.logs import Log

MEDIA_TYPE = "application/octet-stream"
CHUNK_BYTES = 1 << 18
CHUNK_SECS = 30.0
"""Who has not taken a piece by then does not want the file."""

log = Log("sending")


class FileAnswer(StreamingResponse):
    """The file as it was opened, whatever is written in its place meanwhile.

    It and what else is `held` for it are let go when it was sent, and when the client leaves or takes nothing more.
    """

    def __init__(self, file: BinaryIO, name: str, held: AsyncExitStack) -> None:
        super().__init__(
            _pieces(file),
            media_type=MEDIA_TYPE,
            headers={
                "content-length": str(os.fstat(file.fileno()).st_size),
                "content-disposition": f'attachment; filename="{name}"',
            },
        )
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(CHUNK_SECS):
                await send(message)

        async with self._held:
            try:
                await super().__call__(scope, receive, send_in_time)
            except (TimeoutError, ClientDisconnect):
                # The answer stays unfinished, and the server closes its connection.
                log.info("client_stalled", path=scope["path"])


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield piece
