"""Who writes at a session: one text at a time, so that many readers do not take the engine's time from training."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from neuroglow.errors import AtCapacityError


class Desk:
    """A queue of at most `waiting` texts behind the one under way."""

    def __init__(self, waiting: int) -> None:
        self._room = 1 + waiting
        self._lock = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def seat(self) -> AsyncIterator[None]:
        """Waits for its turn; raises `AtCapacityError` where too many do already."""
        if self._room == 0:
            raise AtCapacityError("Too many texts are being written by this network; try again in a moment")
        self._room -= 1
        try:
            async with self._lock:
                yield
        finally:
            self._room += 1
