"""Classification by its probabilities: whether 80 per cent sure means right in 80 of 100 cases."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
BINS = 10
"""Equal intervals of [0, 1]; a probability on an edge belongs to the lower one, as in scikit-learn."""


def log_loss(probabilities: Floats, actual: Ints) -> float:
    """Mean −log of the probability of what was true, in nats; probabilities are kept off 0 and 1 by one epsilon."""
    epsilon = np.finfo(np.float64).eps
    of_the_truth = np.clip(probabilities[np.arange(len(actual)), actual], epsilon, 1.0 - epsilon)
    return float(-np.log(of_the_truth).mean())


def brier_score(probabilities: Floats, actual: Ints) -> float:
    """Mean squared distance to the truth as 0 and 1: of the second class for two, summed over all for more."""
    truth = np.zeros_like(probabilities)
    truth[np.arange(len(actual)), actual] = 1.0
    distance = float(np.square(probabilities - truth).sum(axis=1).mean())
    return distance / 2.0 if probabilities.shape[1] == 2 else distance


def reliability(probability: Floats, happened: NDArray[np.bool_]) -> Floats:
    """(BINS, 3): mean probability, share that happened, rows; an empty bin has NaN, NaN, 0."""
    bins = np.searchsorted(np.linspace(0.0, 1.0, BINS + 1)[1:-1], probability)
    rows = np.bincount(bins, minlength=BINS).astype(np.float64)
    sums = np.stack([np.bincount(bins, weights=of, minlength=BINS) for of in (probability, happened)])
    means = np.divide(sums, rows, out=np.full_like(sums, np.nan), where=rows > 0)
    return np.stack([*means, rows], axis=1)


def expected_calibration_error(bins: Floats) -> float:
    """How far said and happened are apart, mean over rows."""
    used = bins[bins[:, 2] > 0]
    return float(np.average(np.abs(used[:, 0] - used[:, 1]), weights=used[:, 2]))
