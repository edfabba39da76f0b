"""How long to wait before starting a worker again. Pure."""

from __future__ import annotations

import random

FIRST_SECS = 0.5
LONGEST_SECS = 30.0


class Backoff:
    """Doubles from 0.5 s to 30 s, with up to a quarter of jitter so that many workers do not start in step."""

    def __init__(self, jitter: random.Random | None = None) -> None:
        self._jitter = jitter or random.Random()
        self._failures = 0

    def next_secs(self) -> float:
        secs = min(LONGEST_SECS, FIRST_SECS * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return secs * (1.0 + 0.25 * self._jitter.random())

    def reset(self) -> None:
        """A snapshot was saved: the worker does useful work."""
        self._failures = 0
