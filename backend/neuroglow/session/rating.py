"""A learning-rate range test: one update per rate on a copy of the state, a turn of the session each.

The program is the one that trains, with everything that is on; only the schedule stands still at its full height. The
run itself stays as it is.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from neuroglow.engine.hyper import at_update
from neuroglow.engine.train import ChunkResult, Sums
from neuroglow.errors import IllegalStateError
from neuroglow.insight.rates import has_blown_up, smoothed, suggestion, sweep
from neuroglow.session.trainer import Trainer
from neuroglow.wire.worker import TryRates


class RateTests:
    """At most one at a time: asked for, begun when no chunk is under way, answered when it is over."""

    def __init__(self) -> None:
        self._asked: TryRates | None = None
        self._test: _RateTest | None = None

    @property
    def is_asked(self) -> bool:
        return self._asked is not None

    @property
    def is_under_way(self) -> bool:
        return self._test is not None

    def ask(self, command: TryRates) -> None:
        if self.is_asked or self.is_under_way:
            raise IllegalStateError("A rate test is under way; wait for it")
        self._asked = command

    def begin(self, trainer: Trainer) -> int:
        """Start what was asked for; how many updates it will take."""
        asked, self._asked = self._asked, None
        assert asked is not None, "begun only when asked for"
        self._test = _RateTest(trainer, asked)
        return asked.steps

    def launch(self) -> Sums | None:
        """Enqueue the next rate's update; its sums, None if there is none to enqueue."""
        return self._test.launch() if self._test else None

    def finish(self, sums: Sums) -> tuple[int, dict[str, Any]] | None:
        """Wait for an update; the call and its answer after the last."""
        test = self._test
        if test is None:
            return None
        test.finish(sums)
        if not test.is_over:
            return None
        self._test = None
        return test.call, test.result()

    def drop(self) -> int | None:
        """Forget it; the call that now needs another answer."""
        waiting = self._test or self._asked
        self._test = self._asked = None
        return waiting.call if waiting else None


class _RateTest:
    """`call` is the command that waits for it."""

    def __init__(self, trainer: Trainer, command: TryRates) -> None:
        self.call = command.call
        self._rates = sweep(command.low, command.high, command.steps)
        self._losses: list[float] = []
        self._launched = 0
        self._program, self._state = trainer.program, trainer.copied_state()
        self._walk, self._cursor = trainer.walk.copy(), trainer.cursor
        self._numbers = at_update(trainer.hyper, trainer.experiment.training.schedule.warmup)

    @property
    def is_over(self) -> bool:
        """Every rate was tried, or those that follow would tell nothing."""
        return len(self._losses) == len(self._rates) or has_blown_up(self._losses)

    def launch(self) -> Sums | None:
        """Enqueue the next rate's update; its sums, None if all are under way."""
        if self._launched == len(self._rates):
            return None
        rate = np.float32(self._rates[self._launched])
        batches = self._walk.batches(self._cursor, 1)
        result: ChunkResult = self._program.train(
            self._state, self._numbers._replace(learning_rate=rate), self._walk.rows, batches, np.int32(1)
        )
        self._state, self._cursor = result.state, self._walk.advanced(self._cursor, 1)
        self._launched += 1
        return result.sums

    def finish(self, sums: Sums) -> None:
        """Wait for an update and note its loss, in the order of launching."""
        examples, loss = jax.device_get((sums.examples, sums.loss))
        self._losses.append(float(loss) / float(examples))

    def result(self) -> dict[str, Any]:
        """The rates that gave a finite loss, the losses before each update, the smoothed curve, the suggestion."""
        losses = [loss for loss in self._losses if np.isfinite(loss)]
        rates = [float(rate) for rate in self._rates[: len(losses)]]
        return {
            "rates": rates,
            "losses": losses,
            "smoothed": smoothed(losses).tolist(),
            "suggestion": suggestion(rates, losses),
        }
