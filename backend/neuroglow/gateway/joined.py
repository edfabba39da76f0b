"""Work that several requests ask for at once is done once: they wait for it together, and the last to leave ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Running(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Joined(Generic[T]):
    """Keyed by what makes two requests the same."""

    def __init__(self) -> None:
        self._running: dict[str, _Running[T]] = {}

    async def run(self, key: str, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of what runs under this key, begun if nothing does. Cancel the call when nobody waits any more."""
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = _Running(asyncio.create_task(begin()))
        running.waiting += 1
        try:
            return await asyncio.shield(running.task)
        finally:
            running.waiting -= 1
            if running.waiting == 0:
                running.task.cancel()
                self._running.pop(key, None)
