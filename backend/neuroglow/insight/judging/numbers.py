"""Regression: how far the answers are off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HISTOGRAM_BINS = 24


def r_squared(actual: Floats, predicted: Floats) -> Floats:
    """Share of the variance that is explained, per output: (rows, outputs) -> (outputs,).

    As scikit-learn: where the targets do not vary, 1 for perfect answers and else 0; NaN of fewer than two rows.
    """
    if len(actual) < 2:
        return np.full(actual.shape[1], np.nan)
    missed = np.square(actual - predicted).sum(axis=0)
    variation = np.square(actual - actual.mean(axis=0)).sum(axis=0)
    # Targets that all but agree leave a variance so small that the share is beyond any number: minus infinity is meant.
    with np.errstate(over="ignore"):
        explained = 1.0 - np.divide(missed, variation, out=np.ones_like(missed), where=variation > 0)
    return np.where((variation == 0) & (missed == 0), 1.0, explained)


def errors(actual: Floats, predicted: Floats) -> dict[str, float]:
    """Figures of (rows, outputs), each the mean over outputs."""
    off = np.abs(actual - predicted)
    return {
        "r2": float(r_squared(actual, predicted).mean()),
        "mean_absolute_error": float(off.mean()),
        "root_mean_squared_error": float(np.sqrt(np.square(off).mean(axis=0)).mean()),
        "median_absolute_error": float(np.median(off, axis=0).mean()),
        "max_error": float(off.max()),
    }


def residual_histogram(residuals: Floats) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Counts of actual − predicted in equal bins over a range around zero, and that range (low, high)."""
    reach = float(np.abs(residuals).max(initial=0.0)) or 1.0
    counts, _ = np.histogram(residuals, bins=HISTOGRAM_BINS, range=(-reach, reach))
    return counts.astype(np.uint32), np.array([-reach, reach], np.float32)
