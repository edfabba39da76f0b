"""Which rows train and which test: seeded, exact in number, and with the same mix of classes on both sides."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Rows = NDArray[np.intp]


def split_rows(random: Generator, strata: NDArray[np.float64], train: int) -> tuple[Rows, Rows]:
    """Row numbers for training and for testing, both shuffled; `strata` is the class of each row, or all one.

    Every row draws one lot. The order of lots is the shuffled order, and each class gives its lowest lots to training.
    """
    order = np.argsort(random.random(len(strata)), kind="stable")
    _, shuffled = np.unique(strata[order], return_inverse=True)
    quotas = _quotas(np.bincount(shuffled), train)
    in_train = np.zeros(len(strata), dtype=bool)
    for stratum, quota in enumerate(quotas):
        in_train[np.flatnonzero(shuffled == stratum)[:quota]] = True
    return order[in_train], order[~in_train]


def first_rows(random: Generator, rows: int, train: int) -> tuple[Rows, Rows]:
    """The first `train` rows for training, the others for testing, both shuffled: neighbours stay on one side."""
    order = np.argsort(random.random(rows), kind="stable")
    return order[order < train], order[order >= train]


def _quotas(sizes: NDArray[np.intp], train: int) -> NDArray[np.intp]:
    """Training rows of each class: proportional, the rounding settled by the largest remainder; the sum is `train`."""
    whole, remainder = np.divmod(sizes * train, sizes.sum())
    first = np.argsort(-remainder, kind="stable")[: train - whole.sum()]
    whole[first] += 1
    return whole
