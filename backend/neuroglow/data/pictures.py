"""Draws pictures of simple objects: grey, anti-aliased, each at a place, size, angle and contrast of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neuroglow.data.points import Array, Points, class_sizes
from neuroglow.data.streams import Streams
from neuroglow.spec.pictures import SIDE, PicturesData, object_names

Distance = Callable[[Array, Array, Array], Array]
"""(u to the right, v downwards, size) -> how far outside of the object, in pixels; negative inside. u and v are pixels
from the object's middle along its own axes, (rows, SIDE, SIDE); size (rows, 1, 1)."""

WHITE = 255.0
RADIUS = (6.0, 11.0)
"""Pixels from the middle of an object to its rim."""
WANDER = 0.8
"""Share of the room beside an object within which its middle lies."""
EDGE_WANDER = 8.0
"""Pixels from the middle of the picture within which an edge or a corner lies."""
UPRIGHT = np.pi / 9
"""How far objects lean that would be another one, or none, on their side."""
TILT = np.pi / 15
"""How far an edge leans away from its direction."""
CONTRAST = (0.35, 0.8)
"""Difference between object and ground, as a share of white."""
LOTS = 8
"""Of each picture: size, place (2), angle, direction, contrast, darkness, which of object and ground is brighter."""
AT_ONCE = 256
"""Pictures; bounds the memory that drawing takes."""


def pictures(streams: Streams, data: PicturesData) -> Points:
    """`raw` (rows, SIDE * SIDE) whole numbers from 0 to 255, float32; `targets` the class of each."""
    names, rows = object_names(data.objects), data.samples
    label = np.repeat(np.arange(len(names)), class_sizes(rows, len(names)))
    lots = streams.positions.random((rows, LOTS))
    raw = np.empty((rows, SIDE * SIDE), np.float32)
    for start in range(0, rows, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        cover = np.empty((len(label[part]), SIDE, SIDE))
        for number in np.unique(label[part]):
            chosen = label[part] == number
            cover[chosen] = _cover(names[number], lots[part][chosen])
        shades = _shaded(cover, lots[part])
        shades += data.noise * WHITE * streams.noise.standard_normal(shades.shape)
        raw[part] = np.rint(np.clip(shades, 0.0, WHITE)).reshape(len(cover), -1)
    return Points(raw, label.astype(np.float64))


def _cover(name: str, lots: Array) -> Array:
    """(rows, SIDE, SIDE) shares of each pixel that the object covers."""
    distance, angle, lean = _OBJECTS[name]
    size = _between(RADIUS, lots[:, 0])
    reach = np.full_like(size, EDGE_WANDER) if name in _ENDLESS else WANDER * (SIDE / 2 - size)
    middle = SIDE / 2 + reach[:, None] * (2.0 * lots[:, 1:3] - 1.0)
    turn = angle + lean * (2.0 * lots[:, 3] - 1.0)
    if name == "diagonal edge":
        # Half of them rise, half of them fall.
        turn += np.pi / 2 * (lots[:, 4] < 0.5)
    at = np.arange(SIDE) + 0.5
    right, down = at[None, None, :] - middle[:, 0, None, None], at[None, :, None] - middle[:, 1, None, None]
    cosine, sine = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    outside = distance(cosine * right + sine * down, cosine * down - sine * right, size[:, None, None])
    return np.clip(0.5 - outside, 0.0, 1.0)


def _shaded(cover: Array, lots: Array) -> Array:
    """Object and ground in two shades of grey, either of them the brighter."""
    contrast = _between(CONTRAST, lots[:, 5])
    dark = (1.0 - contrast) * lots[:, 6]
    is_bright = lots[:, 7] < 0.5
    ground, step = np.where(is_bright, dark, dark + contrast), np.where(is_bright, contrast, -contrast)
    return WHITE * (ground[:, None, None] + step[:, None, None] * cover)


def _between(bounds: tuple[float, float], lots: Array) -> Array:
    return bounds[0] + (bounds[1] - bounds[0]) * lots


# --- distances --------------------------------------------------------------------------------------------------------


def _box(u: Array, v: Array, width: Array, height: Array) -> Array:
    return np.maximum(np.abs(u) - width, np.abs(v) - height)


def _crossing(u: Array, v: Array, size: Array) -> Array:
    return np.minimum(_box(u, v, size, 0.25 * size), _box(u, v, 0.25 * size, size))


def _circle(u: Array, v: Array, size: Array) -> Array:
    return np.hypot(u, v) - size


def _square(u: Array, v: Array, size: Array) -> Array:
    return _box(u, v, 0.8 * size, 0.8 * size)


def _triangle(u: Array, v: Array, size: Array) -> Array:
    """Equilateral, a corner upwards."""
    slope = np.sqrt(0.75) * np.abs(u) - 0.5 * v
    outside: Array = np.maximum(v, slope) - 0.5 * size
    return outside


def _house(u: Array, v: Array, size: Array) -> Array:
    """A square with a triangle on top, a door cut out."""
    walls = _box(u, v - 0.35 * size, 0.6 * size, 0.5 * size)
    roof = np.maximum(v + 0.1 * size, np.sqrt(0.5) * (np.abs(u) - v - 0.95 * size))
    door = _box(u, v - 0.6 * size, 0.15 * size, 0.3 * size)
    outside: Array = np.maximum(np.minimum(walls, roof), -door)
    return outside


def _face(u: Array, v: Array, size: Array) -> Array:
    """A circle with a rim, two eyes and a mouth."""
    rim = np.abs(np.hypot(u, v) - 0.92 * size) - 0.1 * size
    eyes = np.hypot(np.abs(u) - 0.38 * size, v + 0.25 * size) - 0.16 * size
    mouth = _box(u, v - 0.4 * size, 0.4 * size, 0.1 * size)
    return np.minimum(np.minimum(rim, eyes), mouth)


_ENDLESS = frozenset({"horizontal edge", "vertical edge", "diagonal edge", "corner"})
_OBJECTS: dict[str, tuple[Distance, float, float]] = {
    "horizontal edge": (lambda _, v, __: v, 0.0, TILT),
    "vertical edge": (lambda _, v, __: v, np.pi / 2, TILT),
    "diagonal edge": (lambda _, v, __: v, np.pi / 4, TILT),
    "corner": (lambda u, v, _: np.maximum(u, v), 0.0, np.pi),
    "crossing": (_crossing, 0.0, np.pi),
    "circle": (_circle, 0.0, np.pi),
    "square": (_square, 0.0, np.pi),
    "triangle": (_triangle, 0.0, np.pi),
    "house": (_house, 0.0, UPRIGHT),
    "face": (_face, 0.0, UPRIGHT),
}
"""How each is drawn, its angle, and how far it leans from there to either side."""
