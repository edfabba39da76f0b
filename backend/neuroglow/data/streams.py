"""Where the randomness of a data set comes from: one independent stream per purpose.

Because positions, noise and split never share draws, turning the noise up moves the points that are there instead of
drawing others, and another share of training rows keeps the rows and their order. The same goes for wrong labels and
for noise columns, of which each has a stream of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_LABELS, _NOISE_COLUMNS = 3, 4
"""Spawn keys; the first three belong to positions, noise and split."""


@dataclass(frozen=True)
class Streams:
    positions: Generator
    noise: Generator
    split: Generator
    labels: Generator


def streams(seed: int) -> Streams:
    """Fresh streams; the same seed always starts the same ones."""
    positions, noise, split = np.random.SeedSequence(seed).spawn(3)
    return Streams(
        np.random.default_rng(positions),
        np.random.default_rng(noise),
        np.random.default_rng(split),
        np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_LABELS,))),
    )


def noise_columns(seed: int, rows: int, count: int) -> NDArray[np.float32]:
    """(rows, count) standard normal numbers; a column more moves none of the others."""
    drawn = np.empty((rows, count), np.float32)
    for number in range(count):
        stream = np.random.SeedSequence(seed, spawn_key=(_NOISE_COLUMNS, number))
        drawn[:, number] = np.random.default_rng(stream).standard_normal(rows)
    return drawn
