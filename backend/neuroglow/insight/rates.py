"""What a sweep of learning rates says: the smoothed curve, where to stop, which rate to try (Smith 2017). Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MEMORY = 0.9
"""Weight of the past in the moving average; its beginning is corrected, so it is no lag of the first losses."""
BLOWN_UP = 4.0
"""Times the best smoothed loss: from there on the sweep has seen enough."""
UNSETTLED_SHARE = 0.1
"""Of the sweep's beginning that does not count: an average of a few batches says little."""


def sweep(low: float, high: float, steps: int) -> Array:
    """Rates from `low` to `high`, each the same factor above the one before."""
    return np.geomspace(low, high, steps)


def smoothed(losses: Sequence[float]) -> Array:
    """The exponential moving average, divided by what it lacks at the beginning."""
    average, curve = 0.0, []
    for count, loss in enumerate(losses, start=1):
        average = MEMORY * average + (1.0 - MEMORY) * loss
        curve.append(average / (1.0 - MEMORY**count))
    return np.array(curve)


def has_blown_up(losses: Sequence[float]) -> bool:
    """No more to learn from larger rates: not finite, or far above the best and above where it began."""
    if not losses or not np.isfinite(losses[-1]):
        return bool(losses)
    curve = smoothed(losses)
    return bool(curve[-1] > max(BLOWN_UP * curve.min(), curve[0]))


def suggestion(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """The rate at which the smoothed loss falls most steeply over the rate's logarithm, up to its lowest point; None
    where it never falls."""
    curve = smoothed(losses)
    first, last = int(np.ceil(UNSETTLED_SHARE * len(curve))), int(curve.argmin()) + 1 if len(curve) else 0
    if last - first < 2:
        return None
    slope = np.gradient(curve, np.log(np.asarray(rates, float)))[first:last]
    steepest = int(slope.argmin())
    return float(rates[first + steepest]) if slope[steepest] < 0.0 else None
