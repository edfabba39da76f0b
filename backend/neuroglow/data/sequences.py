"""Draws sequences: inputs step by step, and what is asked about them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neuroglow.data.points import Array, Points, class_sizes
from neuroglow.data.streams import Streams
from neuroglow.spec.sequences import GO, SYMBOLS, TOKENS, SequenceName, SequencesData, copied

PERIODS = (5.0, 25.0)
"""Steps of a sine's period, shortest and longest; its logarithm is uniform."""


def sequences(streams: Streams, data: SequencesData) -> Points:
    """`raw` (rows, steps * features), the features of a step side by side; `targets` (rows,), or (rows, steps) where
    every step has an answer."""
    points = _GENERATORS[data.name](streams, data.samples, data.length)
    if data.noise:
        raw = points.raw.reshape(data.samples, data.length, -1)
        # Markers are no measurements.
        raw[:, :, 0] += data.noise * streams.noise.standard_normal((data.samples, data.length))
    return points


def _sine(streams: Streams, rows: int, length: int) -> Points:
    period = PERIODS[0] * (PERIODS[1] / PERIODS[0]) ** streams.positions.random(rows)
    phase = streams.positions.random(rows)
    wave: Array = np.sin(2.0 * np.pi * (np.arange(length + 1)[None, :] / period[:, None] + phase[:, None]))
    return Points(wave[:, :-1].copy(), wave[:, -1].copy())


def _parity(streams: Streams, rows: int, length: int) -> Points:
    odd = np.repeat([0, 1], class_sizes(rows, 2))
    bits = streams.positions.integers(0, 2, (rows, length))
    # The last bit settles it: both classes are equally frequent, and all sequences of a class equally likely.
    bits[:, -1] = (bits[:, :-1].sum(axis=1) + odd) % 2
    return Points(bits.astype(np.float64), odd.astype(np.float64))


def _adding(streams: Streams, rows: int, length: int) -> Points:
    """Values from 0 to 1; one marker in the first half, one in the second."""
    steps, half = np.zeros((rows, length, 2)), length // 2
    steps[:, :, 0] = streams.positions.random((rows, length))
    every = np.arange(rows)
    for low, high in ((0, half), (half, length)):
        steps[every, streams.positions.integers(low, high, rows), 1] = 1.0
    return Points(steps.reshape(rows, -1), (steps[:, :, 0] * steps[:, :, 1]).sum(axis=1))


def _copying(streams: Streams, rows: int, length: int) -> Points:
    count = copied(length)
    symbols = streams.positions.integers(1, 1 + len(SYMBOLS), (rows, count)).astype(np.float64)
    seen, said = np.zeros((rows, length)), np.zeros((rows, length))
    seen[:, :count], said[:, -count:] = symbols, symbols
    seen[:, length - count - 1] = TOKENS.index(GO)
    return Points(seen, said)


_GENERATORS: dict[SequenceName, Callable[[Streams, int, int], Points]] = {
    "sine": _sine,
    "parity": _parity,
    "adding": _adding,
    "copying": _copying,
}
