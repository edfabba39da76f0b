"""How many updates the next chunk takes: slices of about ten milliseconds, the speed dial, single steps.

Clock readings come in as arguments (monotonic seconds); nothing here reads a clock.
"""

from __future__ import annotations

SLICE_SECS = 0.010
"""Long enough to hide the cost of a dispatch, short enough that an edit or a pause is felt at once."""
GROWTH = 4
"""A chunk is at most this many times the last one, so one odd measurement cannot make a long slice."""
SMOOTHING = 0.3
MOST_BACKLOG_SECS = 0.25
"""A dial that fell behind catches up this much and forgets the rest."""


class Pace:
    def __init__(self) -> None:
        self.updates_per_second: float | None = None
        """The dial; None is full speed."""
        self.steps_left = 0
        self._secs_per_update: float | None = None
        self._last_chunk = 0
        self._paid_until = 0.0

    @property
    def secs_per_update(self) -> float | None:
        """As measured lately; None before anything was."""
        return self._secs_per_update

    def set_dial(self, updates_per_second: float | None, now: float) -> None:
        self.updates_per_second = updates_per_second
        # The first update of a slow dial comes at once.
        self._paid_until = now - (1.0 / updates_per_second if updates_per_second else 0.0)

    def new_program(self) -> None:
        """What was measured does not hold any more."""
        self._secs_per_update, self._last_chunk = None, 0

    def wanted(self, now: float, *, playing: bool) -> int:
        """Updates the next chunk should take now; 0 if nothing is due."""
        if self.steps_left:
            return 1
        if not playing:
            return 0
        slice_size = self._slice()
        if self.updates_per_second is None:
            return slice_size
        period = 1.0 / self.updates_per_second
        self._paid_until = max(self._paid_until, now - max(MOST_BACKLOG_SECS, period))
        return min(slice_size, int((now - self._paid_until) / period + 1e-9))

    def due_at(self, *, playing: bool) -> float | None:
        """When the next update is due; 0.0 is at once, None is never."""
        if self.steps_left or (playing and self.updates_per_second is None):
            return 0.0
        if not playing or self.updates_per_second is None:
            return None
        return self._paid_until + 1.0 / self.updates_per_second

    def launched(self, updates: int) -> None:
        self._last_chunk = updates
        if self.steps_left:
            self.steps_left -= 1
        elif self.updates_per_second is not None:
            self._paid_until += updates / self.updates_per_second

    def measured(self, updates: int, secs: float, *, at_most: bool) -> None:
        """A chunk of `updates` kept the device busy for `secs`, or for at most that long (it was done unobserved)."""
        if updates <= 0 or secs <= 0:
            return
        each, old = secs / updates, self._secs_per_update
        if old is None:
            self._secs_per_update = each
        elif not at_most or each < old:
            self._secs_per_update = (1 - SMOOTHING) * old + SMOOTHING * each

    def _slice(self) -> int:
        if self._secs_per_update is None:
            return 1
        return max(1, min(int(SLICE_SECS / self._secs_per_update), GROWTH * max(1, self._last_chunk)))
