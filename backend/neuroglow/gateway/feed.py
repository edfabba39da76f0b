"""Live points of the curve on their way to the viewers: at once to a few, gathered for a moment for a crowd."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from neuroglow.wire.messages import Point

CROWD = 8
"""Viewers from which on a message costs more time than a moment's delay is worth."""
GATHER_SECS = 0.2


class Feed:
    """`send` is called with the gathered points, in order. Whoever says something else flushes first, so that what is
    must-deliver stays in order."""

    def __init__(self, send: Callable[[list[Point]], None]) -> None:
        self._send = send
        self._points: list[Point] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, points: list[Point], *, viewers: int) -> None:
        self._points += points
        if viewers < CROWD:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECS, self.flush)

    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        points, self._points = self._points, []
        if points:
            self._send(points)
