"""One socket that has said hello: what waits for it, and the task that sends it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

from neuroglow.gateway.counters import Counters
from neuroglow.gateway.mailbox import Frame, FrameMailbox, MessageQueue
from neuroglow.spec.limits import Limits
from neuroglow.wire.messages import CloseCode, Role, ServerMessage

QUEUE_MESSAGES = 1024
QUEUE_BYTES = 4 << 20
AWAKE_SECS = 1.0
"""A viewer that has used up its credits and acknowledged nothing for this long counts as asleep."""


class Sender(Protocol):
    """What a viewer needs of a websocket."""

    async def send_text(self, data: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...


@dataclass(frozen=True)
class Goodbye:
    """How a socket is to be closed. `flush`: after everything that waits; otherwise at once."""

    code: int
    reason: str
    flush: bool = True


class Viewer:
    """Bounded whatever the other side does: messages overflow into a close, frames into newer frames."""

    def __init__(self, role: Role, limits: Limits, counters: Counters) -> None:
        self.role = role
        self.channels: dict[str, float] = {}
        """What it looks at: channel to max_fps."""
        self.goodbye: asyncio.Future[Goodbye] = asyncio.get_running_loop().create_future()
        """Set when the socket is to be closed."""
        self._stall_secs = limits.viewer_stall_secs
        self._frames = FrameMailbox(limits.frames_in_flight)
        self._messages = MessageQueue(max_messages=QUEUE_MESSAGES, max_bytes=QUEUE_BYTES)
        self._counters = counters
        self._wake = asyncio.Event()
        self._progress_at = time.monotonic()

    def post(self, message: ServerMessage | str) -> None:
        """Queue a message that must be delivered. `str`: already encoded, shared with other viewers."""
        text = message if isinstance(message, str) else message.text()
        if self.goodbye.done():
            return
        if not self._messages.put(text):
            self.close(CloseCode.TOO_SLOW, "Too many messages wait for this viewer", flush=False)
        self._wake.set()

    def offer(self, frame: Frame) -> None:
        """A newer frame: it is sent, or superseded by one that is newer still."""
        self._counters.frames_superseded += self._frames.offer(frame)
        self._wake.set()

    def acknowledge(self, seq: int) -> None:
        self._frames.acknowledge(seq)
        self._progress_at = time.monotonic()
        self._wake.set()

    def is_awake(self, now: float) -> bool:
        return self._frames.has_credit or now - self._progress_at < AWAKE_SECS

    def is_stalled(self, now: float) -> bool:
        """Frames wait, and none was acknowledged for longer than the limit."""
        return self._frames.waiting > 0 and not self._frames.has_credit and now - self._progress_at > self._stall_secs

    def close(self, code: int, reason: str, *, flush: bool = True) -> None:
        if not self.goodbye.done():
            self.goodbye.set_result(Goodbye(code, reason, flush))
            self._wake.set()

    async def send_all(self, sender: Sender) -> None:
        """Send what waits until a flushing goodbye, messages before frames."""
        while True:
            self._wake.clear()
            while (text := self._messages.take()) is not None:
                await sender.send_text(text)
                self._counters.messages_sent += 1
            if self.goodbye.done():
                return
            frame = self._frames.take()
            if frame is not None:
                if self._frames.in_flight == 1:
                    # The clock of a stall starts when something is there to be acknowledged.
                    self._progress_at = time.monotonic()
                await sender.send_bytes(frame.data)
                self._counters.frames_sent += 1
            else:
                await self._wake.wait()
