"""Stop rules of a session: which one is met, in a sentence for people. Clock readings come in as arguments."""

from __future__ import annotations

from typing import Any

from neuroglow.engine.order import Cursor
from neuroglow.spec.stopping import Patience, Stop, Target

_NAMES = {
    "train_loss": "training loss",
    "test_loss": "test loss",
    "train_accuracy": "training accuracy",
    "test_accuracy": "test accuracy",
    "train_r2": "training R²",
    "test_r2": "test R²",
}


class Stopping:
    """A rule that was met is done with in this run, until it is changed: `play` goes on past it. Patience starts anew.

    Seconds are counted while the session plays; a session that is taken up again by another engine counts them anew.
    """

    def __init__(self) -> None:
        self._stop = Stop()
        self._played_secs = 0.0
        self._playing_since: float | None = None
        self._begin()

    def _begin(self) -> None:
        self._met: set[str] = set()
        self._best: float | None = None
        self._best_epoch = 0

    def restart(self, now: float) -> None:
        """A new run."""
        self._played_secs = 0.0
        if self._playing_since is not None:
            self._playing_since = now
        self._begin()

    def follow(self, stop: Stop) -> None:
        """These rules from now on; those that changed are open again."""
        changed = {name for name in Stop.model_fields if getattr(stop, name) != getattr(self._stop, name)}
        self._stop = stop
        self._met -= changed
        if "patience" in changed:
            self._best = None

    def play(self, cursor: Cursor, now: float) -> None:
        """Training goes on from here. What has been reached already is not waited for."""
        if self._playing_since is None:
            self._playing_since = now
        if self._stop.epochs is not None and cursor.epoch >= self._stop.epochs:
            self._met.add("epochs")
        if self._stop.seconds is not None and self._played(now) >= self._stop.seconds:
            self._met.add("seconds")

    def rest(self, now: float) -> None:
        """Training pauses, for whatever reason."""
        self._played_secs, self._playing_since = self._played(now), None

    def room(self, cursor: Cursor, per_epoch: int) -> int | None:
        """Updates from here to the end of the last epoch that is wanted; None if nothing bounds them."""
        if self._stop.epochs is None or "epochs" in self._met:
            return None
        return max(0, (self._stop.epochs - cursor.epoch) * per_epoch - cursor.position)

    def reached(self, cursor: Cursor, now: float) -> str | None:
        """Why to pause with everything up to here trained; None to go on."""
        stop = self._stop
        if stop.epochs is not None and cursor.epoch >= stop.epochs and self._meets("epochs"):
            return f"{_counted(stop.epochs, 'epoch')} {'is' if stop.epochs == 1 else 'are'} done, as the stop rule asks"
        if stop.seconds is not None and self._played(now) >= stop.seconds and self._meets("seconds"):
            return f"It has trained for {stop.seconds:g} seconds, as the stop rule asks"
        return None

    def seen(self, point: dict[str, Any]) -> str | None:
        """Why to pause at a point of the curve; None to go on."""
        for reason in (self._target(self._stop.target, point), self._patience(self._stop.patience, point)):
            if reason is not None:
                return reason
        return None

    def _target(self, target: Target | None, point: dict[str, Any]) -> str | None:
        value = point.get(target.metric) if target is not None else None
        if target is None or value is None:
            return None
        is_loss = target.metric.endswith("loss")
        is_there = value <= target.value if is_loss else value >= target.value
        if not is_there or not self._meets("target"):
            return None
        return f"The {_NAMES[target.metric]} has reached {value:.4g}, the target is {target.value:g}"

    def _patience(self, patience: Patience | None, point: dict[str, Any]) -> str | None:
        value, epoch = point.get("test_loss"), point["epoch"]
        if patience is None or value is None:
            return None
        if self._best is None or value < self._best - patience.min_delta:
            self._best, self._best_epoch = value, epoch
            return None
        if epoch - self._best_epoch < patience.epochs:
            return None
        best, self._best = self._best, None
        return f"The test loss has not improved on {best:.4g} for {_counted(patience.epochs, 'epoch')}"

    def _meets(self, rule: str) -> bool:
        """True the first time."""
        is_new = rule not in self._met
        self._met.add(rule)
        return is_new

    def _played(self, now: float) -> float:
        since = self._playing_since
        return self._played_secs + (0.0 if since is None else now - since)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
