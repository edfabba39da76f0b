"""How the numbers of every layer were spread over a run: bounded, thinned evenly over its updates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOMENTS = 128
"""A view shows hardly more columns; 200 layers of this many take 7 MB."""

Spreads = Mapping[str, NDArray[np.float32]]
"""By layer, (kinds, quantiles)."""


class _Kept(NamedTuple):
    update: int
    spreads: Spreads


class Record:
    """Of one run, at most `most` moments: its first, its newest, and between them some that lie about equally far
    apart."""

    def __init__(self, most: int = MOMENTS) -> None:
        self._most = most
        self._kept: list[_Kept] = []
        self._gap = 0.0
        """Updates between two moments that stay, at least."""

    def add(self, update: int, spreads: Spreads) -> None:
        """Moments come in order; the same update again replaces what was known of it."""
        kept = self._kept
        if kept and (update <= kept[-1].update or (len(kept) > 1 and kept[-1].update - kept[-2].update < self._gap)):
            kept.pop()
        kept.append(_Kept(update, spreads))
        if len(kept) > self._most:
            self._thin()

    def _thin(self) -> None:
        first, *between, newest = self._kept
        self._gap = 2.0 * (newest.update - first.update) / self._most
        kept = [first]
        for moment in between:
            if moment.update - kept[-1].update >= self._gap:
                kept.append(moment)
        self._kept = [*kept, newest]

    def cut(self, from_update: int) -> None:
        """A new run goes on from here: what was seen from this update on is void."""
        self._kept = [moment for moment in self._kept if moment.update < from_update]
        if not self._kept:
            self._gap = 0.0

    def of(self, layer: str) -> tuple[list[int], NDArray[np.float32]]:
        """The moments at which there was such a layer, oldest first: their updates, and f32 (moments, kinds,
        quantiles)."""
        known = [moment for moment in self._kept if layer in moment.spreads]
        if not known:
            return [], np.zeros((0, 0, 0), np.float32)
        return [moment.update for moment in known], np.stack([moment.spreads[layer] for moment in known])
