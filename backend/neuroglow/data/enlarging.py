"""Pictures drawn larger than they were scanned."""

from __future__ import annotations

import numpy as np

from neuroglow.data.points import Array


def enlarged(pictures: Array, side: int) -> Array:
    """Square pictures (rows, pixels) -> (rows, side * side), bilinear; centres of pixels stand for their values, and
    beyond the outermost centres the picture goes on as it ends. Sums of two products each: the same bits everywhere."""
    square = pictures.reshape(len(pictures), -1, int(pictures.shape[1] ** 0.5))
    scanned = square.shape[1]
    place = np.clip((np.arange(side) + 0.5) * (scanned / side) - 0.5, 0.0, scanned - 1.0)
    low = np.floor(place).astype(int)
    high, share = np.minimum(low + 1, scanned - 1), place - low
    taller = square[:, low] * (1.0 - share)[:, None] + square[:, high] * share[:, None]
    wider: Array = taller[:, :, low] * (1.0 - share) + taller[:, :, high] * share
    return wider.reshape(len(pictures), -1)
