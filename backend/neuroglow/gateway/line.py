"""Where a session stands on its line of history: the run, the update, the curve so far. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from neuroglow.gateway.history import History
from neuroglow.wire.messages import Point


class Line:
    """`run` is the one that clients know; `update` and `epoch` are the newest the engine told."""

    def __init__(self, *, run: str, update: int, epoch: int, max_points: int) -> None:
        self.run = run
        self.update = update
        self.epoch = epoch
        self.history = History(max_points)
        self._saved_update: int | None = None

    @property
    def is_saved(self) -> bool:
        """Whether the last snapshot stands exactly here."""
        return self._saved_update == self.update

    def reach(self, update: int, epoch: int) -> None:
        self.update, self.epoch = update, epoch

    def begin(self, run: str, from_update: int | None) -> None:
        """A new run: what came after `from_update` is void; None voids everything."""
        self.run = run
        self._saved_update = None
        self.history.cut(from_update)

    def add(self, run: str, points: Sequence[Point]) -> bool:
        """Take in points; False if they are of another run, or none."""
        if run != self.run or not points:
            return False
        self.reach(points[-1].update, points[-1].epoch)
        self.history.add(points)
        return True

    def saved(self, run: str, update: int) -> None:
        """A snapshot was written."""
        self._saved_update = update if run == self.run else None
