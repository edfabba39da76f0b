"""Ratios from interleaved pairs: what the machine does meanwhile hits both sides alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pairs:
    """Rates of one side and of the other, by pair."""

    over: tuple[float, ...]
    under: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        return [over / under for over, under in zip(self.over, self.under, strict=True)]

    def summary(self, over: str, under: str) -> dict[str, Any]:
        """The median ratio, all of them, and both sides' median rates under these names."""
        return {
            "ratio": middle(self.ratios),
            "ratios": self.ratios,
            f"{over}_updates_per_second": middle(self.over),
            f"{under}_updates_per_second": middle(self.under),
        }


def interleaved(over: Callable[[], float], under: Callable[[], float], count: int) -> Pairs:
    """Measure both sides `count` times; every other pair begins with the other side, so that a drift cancels out."""
    overs, unders = [], []
    for number in range(count):
        if number % 2 == 0:
            unders.append(under())
            overs.append(over())
        else:
            overs.append(over())
            unders.append(under())
    return Pairs(tuple(overs), tuple(unders))


def middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
