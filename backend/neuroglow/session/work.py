"""What one turn of a session enqueues on the device."""

from __future__ import annotations

from dataclasses import dataclass

from neuroglow.engine.train import Sums
from neuroglow.session.predicting import Asked
from neuroglow.session.trainer import Chunk
from neuroglow.session.viewing import Launched


@dataclass(frozen=True)
class Work:
    """What was enqueued in one turn. `step_call` is the command that waits for this very update."""

    chunk: Chunk | None
    test: Sums | None
    probes: Launched | None
    rate: Sums | None
    """Of an update of the rate test, which is no update of the run."""
    answers: list[Asked]
    """Predictions under way."""
    launched_at: float
    generation: int
    """Work of an earlier run or program is dropped when it is done."""
    step_call: int | None
