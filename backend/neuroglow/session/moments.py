"""When a session's moments are kept: in memory to go back to after a divergence, on disk to survive a crash."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from neuroglow.engine.snapshot import Snapshot
from neuroglow.session.keeper import Keeper
from neuroglow.session.trainer import Trainer

GOOD_SECS = 1.0
"""A finite moment is kept this often, so that a divergence loses a second at most; less often where a copy is dear."""
GOOD_SHARE = 0.02


class Moments:
    """`saved` is called with the update of each snapshot that reached the disk, from the keeper's thread."""

    def __init__(self, directory: Path, keeper: Keeper, save_secs: float, saved: Callable[[int], None]) -> None:
        self._directory, self._keeper, self._save_secs, self._saved = directory, keeper, save_secs, saved
        self._good_at = self._save_at = time.monotonic()
        self._good_secs = GOOD_SECS
        self._on_disk: int | None = None

    def changed(self) -> None:
        """What is on disk is not the present moment, even if the update count is the same."""
        self._on_disk = None
        # The moment of a change is itself a good one to go back to; give a bad change a second to show.
        self._good_at = time.monotonic()

    def before_live_edit(self, trainer: Trainer) -> None:
        """Keep the moment before other numbers apply, unless a copy of this network is dear."""
        if self._good_secs <= GOOD_SECS:
            trainer.keep_good()
        self.changed()

    def keep_if_due(self, trainer: Trainer, *, is_playing: bool) -> None:
        """After a chunk: keep a moment in memory or on disk if it is time."""
        now = time.monotonic()
        if is_playing and now - self._good_at >= self._good_secs:
            trainer.keep_good()
            self._good_secs = max(GOOD_SECS, (time.monotonic() - now) / GOOD_SHARE)
            self._good_at = now
        if now - self._save_at >= self._save_secs:
            self.save(trainer)

    def due_at(self, update: int) -> float | None:
        """When a session that rests at this update is to be written; None if it lies on disk."""
        return None if update == self._on_disk else self._save_at + self._save_secs

    def save(self, trainer: Trainer, *, durable: bool = False) -> Future[None] | None:
        """Write the present moment if it is finite and not on disk yet; None if there was nothing to write."""
        self._save_at = time.monotonic()
        update = trainer.cursor.update
        if update == self._on_disk and not durable:
            return None
        if not trainer.keep_good():
            return None
        self._on_disk = update
        return self.write(trainer.good, durable=durable)

    def write(self, snapshot: Snapshot, *, durable: bool = False) -> Future[None]:
        """This moment to disk, whichever it is."""
        future = self._keeper.save(self._directory, snapshot, durable=durable)
        update = snapshot.cursor.update
        future.add_done_callback(lambda done: self._saved(update) if done.exception() is None else None)
        return future
