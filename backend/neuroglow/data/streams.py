"""Where the randomness of a data set comes from: one independent stream per purpose.

Because positions, noise and split never share draws, turning the noise up moves the points that are there instead of
drawing others, and another share of training rows keeps the rows and their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator


@dataclass(frozen=True)
class Streams:
    positions: Generator
    noise: Generator
    split: Generator


def streams(seed: int) -> Streams:
    """Fresh streams; the same seed always starts the same three."""
    positions, noise, split = np.random.SeedSequence(seed).spawn(3)
    return Streams(np.random.default_rng(positions), np.random.default_rng(noise), np.random.default_rng(split))
