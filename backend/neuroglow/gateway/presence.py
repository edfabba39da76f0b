"""Whether anybody watches a session: one that nobody watches rests after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Presence:
    """`rests` from the moment `on_rest` was called until somebody arrives; also before anybody ever came."""

    def __init__(self, patience_secs: float, on_rest: Callable[[], None]) -> None:
        self.rests = True
        self._patience_secs = patience_secs
        self._on_rest = on_rest
        self._timer: asyncio.TimerHandle | None = None

    def left_alone(self) -> None:
        """Nobody watches any more, or nobody yet a session that was just made."""
        self.rests = False
        self.end()
        self._timer = asyncio.get_running_loop().call_later(self._patience_secs, self._rest)

    def arrived(self) -> bool:
        """Somebody watches; True if that ends a rest."""
        self.end()
        rested, self.rests = self.rests, False
        return rested

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rest(self) -> None:
        self.rests = True
        self._on_rest()
