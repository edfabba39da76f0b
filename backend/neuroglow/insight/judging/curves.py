"""Classification by its scores, one class against the rest: ROC and precision-recall curves and the areas under them.

The figures are those of the whole curve; what is drawn is thinned to a fixed number of its own points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
POINTS = 100
"""Of a thinned curve."""


class Ranking(NamedTuple):
    """One step per distinct score, from the highest down: how many positive and negative rows are at or above it."""

    thresholds: Floats
    found: Floats
    false_alarms: Floats


def rank(scores: Floats, positive: NDArray[np.bool_]) -> Ranking:
    """`scores` (rows,): higher means more likely positive; equal scores are one step."""
    order = np.argsort(-scores)
    ranked = scores[order]
    last_of_ties = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    found = np.cumsum(positive[order], dtype=np.float64)[last_of_ties]
    return Ranking(ranked[last_of_ties], found, last_of_ties + 1.0 - found)


def roc_curve(ranking: Ranking) -> Floats | None:
    """(steps + 1, 3): false positive rate, true positive rate, threshold; None without both kinds of rows."""
    positives, negatives = ranking.found[-1], ranking.false_alarms[-1]
    if positives == 0 or negatives == 0:
        return None
    steps = np.stack([ranking.false_alarms / negatives, ranking.found / positives, ranking.thresholds], axis=1)
    return np.concatenate([[[0.0, 0.0, np.inf]], steps])


def area(roc: Floats) -> float:
    """Area under the ROC curve, by trapezia: the chance that a positive row scores above a negative one."""
    return float(np.trapezoid(roc[:, 1], roc[:, 0]))


def precision_recall_curve(ranking: Ranking) -> Floats | None:
    """(steps + 1, 3): recall, precision, threshold, from recall 0; None without positive rows."""
    positives = ranking.found[-1]
    if positives == 0:
        return None
    precision = ranking.found / (ranking.found + ranking.false_alarms)
    steps = np.stack([ranking.found / positives, precision, ranking.thresholds], axis=1)
    return np.concatenate([[[0.0, 1.0, np.inf]], steps])


def average_precision(curve: Floats) -> float:
    """Precision at each step, weighted by the recall that step adds."""
    return float(np.sum(np.diff(curve[:, 0]) * curve[1:, 1]))


def thinned(curve: Floats, progress: Floats, points: int = POINTS) -> Floats:
    """Exactly `points` rows of the curve, ends included, evenly along `progress` (rising, one figure per row).

    A shorter curve repeats its rows, so that every curve has the same shape.
    """
    wanted = np.linspace(progress[0], progress[-1], points)
    rows = np.minimum(np.searchsorted(progress, wanted), len(curve) - 1)
    rows[0] = 0
    return curve[rows]
