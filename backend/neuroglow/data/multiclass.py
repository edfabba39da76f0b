"""Blobs, moons, rings and spirals with any number of classes, all inside [-6, 6]² whatever the noise.

Here noise moves the points themselves, in proportion to the room between two classes, so that ten classes blur at the
same setting as two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neuroglow.data.playground import RADIUS, SPIRAL_TURNS
from neuroglow.data.points import Array, Points, class_sizes, polar, shaken
from neuroglow.data.streams import Streams

Generate = Callable[[Streams, int, float, int], Points]
"""(streams, rows, noise in 0..0.5, classes) -> points."""

BLOB_DISTANCE = 4.0
"""Between neighbouring centres, as long as the orbit they then need stays within `BLOB_ORBIT`."""
BLOB_ORBIT = 3.5
BLOB_REACH = 2.5
"""A cloud is cut off at this distance from its centre, so that it stays on the plane: orbit + reach = 6."""
BLOB_DEVIATION = (0.35, 1.2)
"""Standard deviation of a cloud before the cut, at noise 0 and at noise 0.5."""
MOON_STEP = 1.15
"""Distance between neighbouring moons' centres in radii: above 1, so that every second moon does not touch."""
MOON_LIFT = 0.25
"""How far, in radii, an upper moon sits below the middle and a lower one above it."""
MOON_NOISE = 0.6
RING_WIDTH = 0.6
"""Share of the distance from ring to ring that a ring fills."""


def blobs(streams: Streams, rows: int, noise: float, classes: int) -> Points:
    label = _labels(rows, classes)
    low, high = BLOB_DEVIATION
    deviation = low + (high - low) * noise / 0.5
    # The distance of a Gaussian point from its centre, by inversion, given that it is below the reach.
    below_reach = 1.0 - np.exp(-0.5 * (BLOB_REACH / deviation) ** 2)
    distance = deviation * np.sqrt(-2.0 * np.log1p(-streams.positions.uniform(0.0, 1.0, rows) * below_reach))
    orbit = min(BLOB_ORBIT, 0.5 * BLOB_DISTANCE / np.sin(np.pi / classes))
    centre = polar(np.full(rows, orbit), 2.0 * np.pi * label / classes)
    cloud = polar(distance, streams.positions.uniform(0.0, 2.0 * np.pi, rows))
    return Points(centre + cloud, label)


def moons(streams: Streams, rows: int, noise: float, classes: int) -> Points:
    label = _labels(rows, classes)
    radius = 2.0 * RADIUS / (2.0 + MOON_STEP * (classes - 1))
    turn = streams.positions.uniform(0.0, np.pi, rows)
    up = np.where(label % 2 == 0, 1.0, -1.0)
    x1 = (label - (classes - 1) / 2) * MOON_STEP + np.cos(turn)
    x2 = up * (np.sin(turn) - MOON_LIFT)
    xy = radius * np.stack([x1, x2], axis=1)
    return Points(xy + shaken(streams.noise, rows, MOON_NOISE * radius * noise), label)


def rings(streams: Streams, rows: int, noise: float, classes: int) -> Points:
    label = _labels(rows, classes)
    spacing = RADIUS / classes
    radius = spacing * (label + streams.positions.uniform(0.0, RING_WIDTH, rows))
    xy = polar(radius, streams.positions.uniform(0.0, 2.0 * np.pi, rows))
    return Points(xy + shaken(streams.noise, rows, spacing * noise), label)


def spirals(streams: Streams, rows: int, noise: float, classes: int) -> Points:
    """With two classes the arms, and what noise does to them, are those of the playground's spiral."""
    label = _labels(rows, classes)
    sizes = class_sizes(rows, classes)
    along = np.concatenate([np.arange(size) for size in sizes]) / (rows / classes)
    xy = polar(RADIUS * along, 2.0 * np.pi * (SPIRAL_TURNS * along + label / classes))
    return Points(xy + shaken(streams.noise, rows, 2.0 * noise / classes), label)


def _labels(rows: int, classes: int) -> Array:
    return np.repeat(np.arange(classes, dtype=np.float64), class_sizes(rows, classes))


GENERATORS: dict[str, Generate] = {"blobs": blobs, "moons": moons, "rings": rings, "spirals": spirals}
