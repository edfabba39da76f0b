"""Wrong labels on purpose, for the training rows only."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Targets = NDArray[np.float32]


def with_label_noise(
    random: Generator, targets: Targets, train: NDArray[np.intp], share: float, classes: int
) -> Targets:
    """All targets, with that share of the `train` rows given another class; with numbers (`classes` 0), Gaussian noise
    of that many deviations of the training targets.

    Every row draws its lot and its other class, used or not: a larger share only adds to the wrong ones.
    """
    rows = len(targets)
    lots, turns, shifts = random.random(rows), random.random(rows), random.standard_normal(rows)
    noisy = targets.copy()
    if classes == 0:
        noisy[train] += (share * targets[train].std() * shifts[train]).astype(np.float32)
        return noisy
    chosen = train[np.argsort(lots[train], kind="stable")[: round(share * len(train))]]
    step = 1 + np.floor(turns[chosen] * (classes - 1))
    noisy[chosen] = (targets[chosen] + step) % classes
    return noisy
