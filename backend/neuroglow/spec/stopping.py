"""When a run pauses by itself. The session pauses and says why; `play` goes on past a rule that has been met."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.base import Spec

StopMetric = Literal["train_loss", "test_loss", "train_accuracy", "test_accuracy", "train_r2", "test_r2"]
STOP_METRICS: tuple[str, ...] = get_args(StopMetric)


class Target(Spec):
    """Met when a loss is at most `value`, an accuracy or R² at least. A metric the task does not have is never met."""

    metric: StopMetric = "test_loss"
    value: Annotated[float, Field(ge=-limits.MAX_WEIGHT, le=limits.MAX_WEIGHT)] = 0.01


class Patience(Spec):
    """Met when the test loss was not lower by more than `min_delta` than its best for `epochs` epochs."""

    epochs: Annotated[int, Field(ge=1, le=limits.MAX_COUNTED)] = 50
    min_delta: Annotated[float, Field(ge=0.0, le=limits.MAX_WEIGHT)] = 0.0


class Stop(Spec):
    """Each rule that is there stands for itself; the first one met pauses the run."""

    epochs: Annotated[int, Field(ge=1, le=limits.MAX_COUNTED)] | None = None
    """Pause exactly when so many epochs are done, counted from the start of the run."""
    seconds: Annotated[float, Field(gt=0.0, le=limits.MAX_COUNTED)] | None = None
    """Pause after so much time spent training, pauses not counted."""
    target: Target | None = None
    patience: Patience | None = None
