"""Classification by its answers: who is taken for whom, and precision, recall and F1 of each class.

Where nothing was answered or nothing is there to be found, a figure is 0 (scikit-learn's `zero_division=0`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


def confusion_matrix(actual: Ints, predicted: Ints, classes: int) -> NDArray[np.int64]:
    """Counts (classes, classes): row is the actual class, column the predicted one."""
    cells = np.bincount(actual * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def class_scores(confusion: Ints) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1, each (classes,)."""
    hits = np.diag(confusion).astype(np.float64)
    answered, there = confusion.sum(axis=0), confusion.sum(axis=1)
    return _share(hits, answered), _share(hits, there), _share(2.0 * hits, answered + there)


def macro(figures: Floats, present: NDArray[np.bool_]) -> float:
    """Mean over the classes that are present (for answers: among actual or predicted) and have the figure."""
    known = figures[present & ~np.isnan(figures)]
    return float(known.mean()) if known.size else float("nan")


def weighted(figures: Floats, support: Ints) -> float:
    """Mean over classes, each as often as it occurs; NaN if one that occurs has no such figure."""
    there = support > 0
    return float(np.average(figures[there], weights=support[there])) if there.any() else float("nan")


def _share(part: Floats, whole: Ints) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
