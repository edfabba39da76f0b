"""HTTP and websockets by hand: what no proper client would ever send."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from dataclasses import dataclass
from typing import Self

import httpx

from live_client import Created
from serving import ServerProcess

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 0x1, 0x2, 0x8, 0x9, 0xA, 0x0
WAIT_SECS = 30.0


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    declared: int | None = None,
) -> bytes:
    """One websocket frame, right or wrong. `declared` is the length it claims to have, `reserved` the RSV bits 0..7."""
    length = len(payload) if declared is None else declared
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, mask_bit | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, mask_bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, length)
    # A mask of zeros is a legal one.
    return head + (bytes(4) if masked else b"") + payload


@dataclass(frozen=True)
class Received:
    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int:
        return int(struct.unpack("!H", self.payload[:2])[0]) if len(self.payload) >= 2 else 1005


class RawWire:
    """A TCP connection to the server. Blocking; every wait is bounded."""

    def __init__(self, server: ServerProcess, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(WAIT_SECS)
        self.socket.connect(("127.0.0.1", server.port))
        self.host = f"127.0.0.1:{server.port}"
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def cut(self) -> None:
        """Reset the connection: no goodbye, nothing that waits is delivered."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    # --- HTTP

    def request(self, head: str, body: bytes = b"") -> None:
        """A request's head as given, with a line for the host, and its body."""
        self.send(head.replace("\n", "\r\n").encode("latin-1") + f"\r\nHost: {self.host}\r\n\r\n".encode() + body)

    def answer(self) -> httpx.Response:
        """The answer to one request, however it is framed; an empty one where the server only hung up."""
        head = self._until(b"\r\n\r\n")
        if not head:
            return httpx.Response(599)
        lines = head.decode("latin-1").split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:] if line)]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        return httpx.Response(int(lines[0].split()[1]), headers=headers, content=self._exactly(length))

    # --- websocket

    def upgrade(self, path: str, *lines: str) -> httpx.Response:
        key = base64.b64encode(os.urandom(16)).decode()
        usual = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
        self.request("\n".join((f"GET {path} HTTP/1.1", *(lines or usual))))
        return self.answer()

    def open(self, created: Created, token: str | None = None) -> None:
        """Shake hands and say hello."""
        answer = self.upgrade(f"/api/sessions/{created.id}/live")
        assert answer.status_code == 101, answer.text
        hello = {"type": "hello", "protocol": 1, "token": token or created.owner_token}
        self.send(frame(TEXT, json.dumps(hello).encode()))

    def receive(self) -> Received | None:
        """The next frame; None when the connection has ended."""
        head = self._exactly(2)
        if len(head) < 2:
            return None
        length = head[1] & 0x7F
        if length >= 126:
            wide = self._exactly(2 if length == 126 else 8)
            length = int.from_bytes(wide, "big")
        return Received(head[0] & 0x0F, self._exactly(length))

    def ending(self) -> int | None:
        """Read to the end; the code of the close frame, None where the connection was simply cut."""
        code = None
        while (received := self.receive()) is not None:
            if received.opcode == CLOSE:
                code = received.close_code
                self.send(frame(CLOSE, received.payload[:2]))
        return code

    # --- bytes

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65_536)
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count and self._more():
            pass
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer and self._more():
            pass
        head, found, rest = self._buffer.partition(mark)
        self._buffer = rest if found else b""
        return head if found else b""
