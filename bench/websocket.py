"""The least websocket client: enough to watch a session without taking part in the race for the processor.

A client library takes several times longer per message than the server that is measured.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable
from typing import Any, cast

_UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_HEADER_END = b"\r\n\r\n"
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
_FINAL, _MASKED = 0x80, 0x80


class Socket(asyncio.Protocol):
    """`on_text` and `on_binary` get whole messages; the server sends none in pieces."""

    def __init__(self, on_text: Callable[[dict[str, Any]], None], on_binary: Callable[[bytes], None]) -> None:
        self._on_text, self._on_binary = on_text, on_binary
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not inherit from asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("The server refused the socket"))
        self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open and not self._upgraded():
            return
        while (message := self._next()) is not None:
            self._take(*message)

    def send(self, document: dict[str, Any]) -> None:
        self._write(_TEXT, json.dumps(document).encode())

    def send_text(self, text: bytes) -> None:
        self._write(_TEXT, text)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
        await self.closed

    def _upgraded(self) -> bool:
        end = self._buffer.find(_HEADER_END)
        if end < 0:
            return False
        status = bytes(self._buffer[: self._buffer.index(b"\r\n")])
        del self._buffer[: end + len(_HEADER_END)]
        if b" 101 " not in status:
            self.opened.set_exception(ConnectionError(f"The server answered {status.decode()}"))
            return False
        self._is_open = True
        self.opened.set_result(None)
        return True

    def _next(self) -> tuple[int, bytes] | None:
        """Opcode and payload of the next whole message in the buffer."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        opcode, payload = buffer[0] & 0x0F, bytes(buffer[start : start + length])
        del buffer[: start + length]
        return opcode, payload

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _BINARY:
            self._on_binary(payload)
        elif opcode == _TEXT:
            self._on_text(json.loads(payload))
        elif opcode == _PING:
            self._write(_PONG, payload)
        elif opcode == _CLOSE and self._transport is not None:
            self._transport.close()

    def _write(self, opcode: int, payload: bytes) -> None:
        # Clients must mask; a mask of zeros leaves the payload as it is.
        size = len(payload)
        length = bytes([_MASKED | size]) if size < 126 else bytes([_MASKED | 126]) + size.to_bytes(2, "big")
        if self._transport is not None:
            self._transport.write(bytes([_FINAL | opcode]) + length + bytes(4) + payload)


async def connect(
    port: int, path: str, on_text: Callable[[dict[str, Any]], None], on_binary: Callable[[bytes], None]
) -> Socket:
    host = "127.0.0.1"
    loop = asyncio.get_running_loop()
    transport, socket = await loop.create_connection(lambda: Socket(on_text, on_binary), host, port)
    key = base64.b64encode(os.urandom(16)).decode()
    transport.write(_UPGRADE.format(path=path, host=host, port=port, key=key).encode())
    await socket.opened
    return socket
