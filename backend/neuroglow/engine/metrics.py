"""From sums over examples to the figures people read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuroglow.engine.train import Sums
from neuroglow.nets.losses import Head


@dataclass
class Tally:
    """Sums over many chunks, float64 on the host."""

    examples: float = 0.0
    loss: float = 0.0
    score: float = 0.0
    label: Any = 0.0
    """() or (outputs,), as the next"""
    label_squared: Any = 0.0

    def add(self, sums: Sums) -> None:
        for field, value in sums._asdict().items():
            setattr(self, field, getattr(self, field) + np.asarray(value, np.float64))


def mean_loss(tally: Tally) -> float | None:
    """Mean over examples; None when there were none or the sum is not finite."""
    return _finite(tally.loss / tally.examples) if tally.examples else None


def mean_score(head: Head, tally: Tally) -> float | None:
    """Accuracy 0..1 on classes; on numbers R² = 1 − residuals / variation, both summed over all outputs (None where the
    targets do not vary)."""
    if not tally.examples:
        return None
    if head != "linear":
        return _finite(tally.score / tally.examples)
    variation = float(np.sum(tally.label_squared - tally.label**2 / tally.examples))
    return _finite(1.0 - tally.score / variation) if variation > 0 else None


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
