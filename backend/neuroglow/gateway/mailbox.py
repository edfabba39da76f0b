"""What waits for one viewer. Pure.

Frames: the latest wins, few are unacknowledged at a time. Messages: all of them, in order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

CROWDED = 4
"""More waiting frames than this are thinned to those that are still needed for some channel."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded moment. `data` is shared between all viewers it goes to."""

    seq: int
    channels: frozenset[str]
    data: bytes


class FrameMailbox:
    """Frames that were not sent yet, and those that were sent and not acknowledged.

    A waiting frame is superseded by a newer one that carries at least the same channels. They leave in order of `seq`.
    """

    def __init__(self, max_in_flight: int) -> None:
        self._max_in_flight = max_in_flight
        self._waiting: list[Frame] = []
        self._in_flight: deque[int] = deque()
        self._last_seq = -1

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    @property
    def has_credit(self) -> bool:
        return len(self._in_flight) < self._max_in_flight

    def offer(self, frame: Frame) -> int:
        """Take in a newer frame (an older one is ignored). Returns how many frames will now never be sent."""
        if frame.seq <= self._last_seq:
            return 1
        self._last_seq = frame.seq
        before = len(self._waiting) + 1
        self._waiting = [waiting for waiting in self._waiting if not waiting.channels <= frame.channels]
        self._waiting.append(frame)
        if len(self._waiting) > CROWDED:
            self._waiting = _still_needed(self._waiting)
        return before - len(self._waiting)

    def take(self) -> Frame | None:
        """The next frame to send, if there is one and a credit for it."""
        if not self._waiting or not self.has_credit:
            return None
        frame = self._waiting.pop(0)
        self._in_flight.append(frame.seq)
        return frame

    def acknowledge(self, seq: int) -> None:
        """The viewer painted `seq`, and with it all before."""
        while self._in_flight and self._in_flight[0] <= seq:
            self._in_flight.popleft()


def _still_needed(frames: list[Frame]) -> list[Frame]:
    """Those that are the newest for at least one channel: no more of them than there are channels."""
    carried: set[str] = set()
    needed: list[Frame] = []
    for frame in reversed(frames):
        if not frame.channels <= carried:
            needed.append(frame)
            carried |= frame.channels
    return needed[::-1]


class MessageQueue:
    """Messages that must be delivered, in order. Bounded: who lets it overflow is too slow to be served."""

    def __init__(self, *, max_messages: int, max_bytes: int) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._texts: deque[str] = deque()
        self._size_bytes = 0

    def __len__(self) -> int:
        return len(self._texts)

    def put(self, text: str) -> bool:
        """False if it does not fit: then nothing more may be sent, for the order would have a hole."""
        # Length in characters: the texts are nearly pure ASCII, and the bound guards memory, not the network.
        if len(self._texts) >= self._max_messages or self._size_bytes + len(text) > self._max_bytes:
            return False
        self._texts.append(text)
        self._size_bytes += len(text)
        return True

    def take(self) -> str | None:
        if not self._texts:
            return None
        text = self._texts.popleft()
        self._size_bytes -= len(text)
        return text
