"""Which rows are probably mislabelled, from the probabilities of a network: confident learning (Northcutt, Jiang and
Chuang 2021)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Doubt(NamedTuple):
    """The most doubtful rows, the worst first, all (rows,)."""

    rows: NDArray[np.intp]
    predicted: NDArray[np.intp]
    """The class that is certain instead."""
    threshold: NDArray[np.float64]
    """Per class (classes,), how likely it is where it is given, on average: from there on it counts as certain."""


def doubtful(probabilities: NDArray[np.float64], given: NDArray[np.int64]) -> Doubt:
    """`probabilities` (rows, classes), `given` (rows,) the classes they are said to be.

    A class is certain for a row where it is at least as likely as it is on average over the rows of that class. A row
    is in doubt when another class than the given one is the likeliest of those that are certain; the worse, the less
    likely the given one is beside it. A class without rows is never certain.
    """
    count = probabilities.shape[1]
    threshold = np.array([
        probabilities[given == one, one].mean() if (given == one).any() else np.inf for one in range(count)
    ])
    certain = np.where(probabilities >= threshold, probabilities, -np.inf)
    best = certain.argmax(axis=1)
    places = np.arange(len(given))
    rows = np.flatnonzero((best != given) & np.isfinite(certain[places, best]))
    margin = probabilities[rows, best[rows]] - probabilities[rows, given[rows]]
    rows = rows[np.argsort(-margin, kind="stable")]
    return Doubt(rows, best[rows], threshold)
