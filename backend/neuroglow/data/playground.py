"""TensorFlow Playground's six data sets, by its own formulas (`src/dataset.ts`).

Positive points (+1, blue) are class 1, negative ones (-1, orange) class 0. In four of the six sets noise moves only the
point that is looked at for the label; the point itself stays where it was drawn.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neuroglow.data.points import Array, Points, class_sizes, polar, shaken
from neuroglow.data.streams import Streams

Generate = Callable[[Streams, int, float], Points]
"""(streams, rows, noise in 0..0.5) -> points."""

RADIUS = 5.0
XOR_PADDING = 0.3
"""Distance of every xor point from both axes."""
GAUSS_CENTRE = 2.0
GAUSS_VARIANCE = (0.5, 4.0)
"""At noise 0 and at noise 0.5."""
SPIRAL_TURNS = 1.75
REGRESSION_RADIUS = 6.0
PLANE_SCALE = 10.0
HILLS = ((-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0))
"""x1, x2 and sign of each bump of `multi_gauss`."""
HILL_RADIUS = 2.0


def circle(streams: Streams, rows: int, noise: float) -> Points:
    inner, outer = class_sizes(rows, 2)
    bounds = np.repeat([[0.0, 0.5], [0.7, 1.0]], [inner, outer], axis=0) * RADIUS
    radius = streams.positions.uniform(bounds[:, 0], bounds[:, 1])
    xy = polar(radius, streams.positions.uniform(0.0, 2.0 * np.pi, rows))
    judged = xy + shaken(streams.noise, rows, RADIUS * noise)
    return Points(xy, _as_classes(np.hypot(judged[:, 0], judged[:, 1]) < RADIUS * 0.5))


def xor(streams: Streams, rows: int, noise: float) -> Points:
    drawn = streams.positions.uniform(-RADIUS, RADIUS, (rows, 2))
    xy = drawn + np.where(drawn > 0.0, XOR_PADDING, -XOR_PADDING)
    judged = xy + shaken(streams.noise, rows, RADIUS * noise)
    return Points(xy, _as_classes(judged[:, 0] * judged[:, 1] >= 0.0))


def gauss(streams: Streams, rows: int, noise: float) -> Points:
    positive, negative = class_sizes(rows, 2)
    low, high = GAUSS_VARIANCE
    variance = low + (high - low) * noise / 0.5
    centres = np.repeat([GAUSS_CENTRE, -GAUSS_CENTRE], [positive, negative])[:, None]
    xy = centres + np.sqrt(variance) * streams.positions.standard_normal((rows, 2))
    return Points(xy, _as_classes(np.arange(rows) < positive))


def spiral(streams: Streams, rows: int, noise: float) -> Points:
    positive, negative = class_sizes(rows, 2)
    along = np.concatenate([np.arange(positive), np.arange(negative)]) / (rows / 2)
    phase = np.repeat([0.0, np.pi], [positive, negative])
    xy = polar(RADIUS * along, SPIRAL_TURNS * 2.0 * np.pi * along + phase)
    return Points(xy + shaken(streams.noise, rows, noise), _as_classes(np.arange(rows) < positive))


def plane(streams: Streams, rows: int, noise: float) -> Points:
    return _regression(streams, rows, noise, lambda judged: judged.sum(axis=1) / PLANE_SCALE)


def multi_gauss(streams: Streams, rows: int, noise: float) -> Points:
    return _regression(streams, rows, noise, _hill_height)


def _regression(streams: Streams, rows: int, noise: float, height: Callable[[Array], Array]) -> Points:
    xy = streams.positions.uniform(-REGRESSION_RADIUS, REGRESSION_RADIUS, (rows, 2))
    return Points(xy, height(xy + shaken(streams.noise, rows, REGRESSION_RADIUS * noise)))


def _hill_height(xy: Array) -> Array:
    """Of all bumps the one that is largest in magnitude at that point; 0 beyond the reach of every bump."""
    hills = np.asarray(HILLS)
    distance = np.linalg.norm(xy[:, None, :] - hills[None, :, :2], axis=2)
    heights = hills[:, 2] * np.clip(1.0 - distance / HILL_RADIUS, 0.0, 1.0)
    return np.take_along_axis(heights, np.abs(heights).argmax(axis=1)[:, None], axis=1)[:, 0]


def _as_classes(positive: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Array:
    return positive.astype(np.float64)


GENERATORS: dict[str, Generate] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
    "plane": plane,
    "multi_gauss": multi_gauss,
}
