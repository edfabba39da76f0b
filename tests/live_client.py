"""A small client of the live socket for tests: typed requests, messages and frames kept apart, nothing guessed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import urllib.request
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from neuroglow.wire.frames import FrameHeader, decode_frame

WAIT_SECS = 60.0

Message = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    header: FrameHeader
    tensors: dict[str, NDArray[np.generic]]
    size_bytes: int


@dataclass(frozen=True)
class Created:
    """What `POST /api/sessions` answered."""

    id: str
    owner_token: str
    viewer_token: str
    document: Message


def create_session(url: str, body: Message | None = None) -> Created:
    request = urllib.request.Request(f"{url}/api/sessions", json.dumps(body or {}).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=30.0) as answer:
        assert answer.status == 201
        document = json.load(answer)
    return Created(document["id"], document["owner_token"], document["viewer_token"], document)


class LiveClient:
    """Reads everything as it comes; `acks` says whether it acknowledges frames by itself."""

    def __init__(self, socket: ClientConnection, *, acks: bool = True) -> None:
        self.socket = socket
        self.acks = acks
        self.messages: list[Message] = []
        self.frames: list[Frame] = []
        self._requests = 0
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for received in self.socket:
                async with self._changed:
                    if isinstance(received, str):
                        self.messages.append(json.loads(received))
                    else:
                        header, tensors = decode_frame(received)
                        self.frames.append(Frame(header, tensors, len(received)))
                    self._changed.notify_all()
                if self.acks and isinstance(received, bytes):
                    await self.ack(self.frames[-1].header.seq)
        async with self._changed:
            self._changed.notify_all()

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    async def closed(self) -> int:
        """The close code, once the server has closed."""
        async with asyncio.timeout(WAIT_SECS):
            await self.socket.wait_closed()
            await self._reader
        assert self.socket.close_code is not None
        return self.socket.close_code

    async def wait(self, condition: Callable[[], bool], why: str = "", secs: float = WAIT_SECS) -> None:
        """Until the condition holds; it is looked at after everything that arrives."""
        try:
            async with asyncio.timeout(secs), self._changed:
                while not condition():
                    assert not self._reader.done(), f"closed with {self.socket.close_code} while waiting {why}"
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"Waited {secs} s in vain {why}; last messages: {self.messages[-5:]}") from None

    async def message(self, kind: str, *, after: int = 0, where: Callable[[Message], bool] = lambda _: True) -> Message:
        """The first message of this type at or after position `after` that fits."""

        def found() -> Message | None:
            return next((m for m in self.messages[after:] if m["type"] == kind and where(m)), None)

        await self.wait(lambda: found() is not None, f"for a {kind} message")
        message = found()
        assert message is not None
        return message

    async def state(self, *states: str, after: int = 0) -> Message:
        """The first `state` message with one of these states."""
        return await self.message("state", after=after, where=lambda m: m["state"] in states)

    async def send(self, message: Message) -> None:
        await self.socket.send(json.dumps(message))

    async def ack(self, seq: int) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self.socket.send(f'{{"type":"ack","seq":{seq}}}')

    async def request(self, message: Message) -> Message:
        """Send a request; its `done` or `error`."""
        self._requests += 1
        number = self._requests
        await self.send(message | {"request": number})
        await self.wait(lambda: self._answer(number) is not None, f"for the answer to {message}")
        answer = self._answer(number)
        assert answer is not None
        return answer

    def _answer(self, number: int) -> Message | None:
        return next((m for m in self.messages if m["type"] in ("done", "error") and m["request"] == number), None)

    async def control(self, action: str, **members: Any) -> Message:
        return await self.request({"type": "control", "action": action, **members})

    async def edit(self, base: int, *patch: Message) -> Message:
        return await self.request({"type": "edit", "base": base, "patch": list(patch)})

    async def subscribe(self, stream: str, **members: Any) -> Message:
        return await self.request({"type": "subscribe", "stream": stream, **members})

    async def frame(self, *, after: int = 0, where: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """The first frame at or after position `after` that fits."""

        def found() -> Frame | None:
            return next((f for f in self.frames[after:] if where(f)), None)

        await self.wait(lambda: found() is not None, "for a frame")
        frame = found()
        assert frame is not None
        return frame


@contextlib.asynccontextmanager
async def raw_socket(url: str, session_id: str, **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket that has not said hello."""
    address = f"{url.replace('http', 'ws', 1)}/api/sessions/{session_id}/live"
    async with connect(address, max_size=None, compression=None, **options) as socket:
        yield socket


@contextlib.asynccontextmanager
async def live(url: str, session_id: str, token: str, *, acks: bool = True) -> AsyncIterator[LiveClient]:
    """A client that was welcomed; the welcome is its first message."""
    async with raw_socket(url, session_id) as socket:
        await socket.send(json.dumps({"type": "hello", "protocol": 1, "token": token}))
        client = LiveClient(socket, acks=acks)
        try:
            await client.wait(lambda: bool(client.messages), "for the welcome")
            assert client.messages[0]["type"] == "welcome", client.messages[0]
            yield client
        finally:
            await client.close()
