"""Further training pictures from those that are there: moved, turned, mirrored, noisy."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from neuroglow.data.points import Array
from neuroglow.spec.facts import DataSetFacts
from neuroglow.spec.source import Augmentation

Float32 = NDArray[np.float32]
Indices = NDArray[np.intp]

_AUGMENTATION = 5
"""Spawn key of its streams, one for each copy: a further copy moves none of the others."""
AT_ONCE = 256
"""Pictures; bounds the memory that moving them takes."""
WHITE = {"bundled": 16.0}
"""The brightest pixel; 255 elsewhere."""


def with_copies(raw: Float32, source: DataSetFacts, asked: Augmentation, seed: int) -> Float32:
    """`raw` (rows, columns + noise columns), then all of it again for each copy, its pictures changed."""
    assert source.input_shape is not None, "pictures have a shape"
    pixels, white = math.prod(source.input_shape), WHITE.get(source.source, 255.0)
    parts = [raw]
    for copy in range(asked.copies):
        stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_AUGMENTATION, copy)))
        changed = raw.copy()
        pictures = raw[:, :pixels].reshape(-1, *source.input_shape)
        # Digits lie on black; what a photograph goes on as is best guessed from its rim.
        fill = 0.0 if source.source == "bundled" else None
        changed[:, :pixels] = _changed(pictures, asked, stream, white, fill).reshape(len(raw), -1)
        parts.append(changed)
    return np.concatenate(parts)


def _changed(pictures: Float32, asked: Augmentation, random: Generator, white: float, fill: float | None) -> Float32:
    """(rows, channels, height, width); every row draws its lots, used or not."""
    rows = len(pictures)
    turns = np.deg2rad(asked.rotate) * random.uniform(-1.0, 1.0, rows)
    # Whole pixels, so that a picture that is only moved stays as sharp as it was.
    shifts = random.integers(-asked.shift, asked.shift + 1, (rows, 2))
    mirrored = (random.random(rows) < 0.5) & asked.flip
    changed = np.empty_like(pictures)
    for start in range(0, rows, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        flipped = np.where(mirrored[part, None, None, None], pictures[part, :, :, ::-1], pictures[part])
        turned = moved(flipped, turns[part], shifts[part], fill)
        if asked.noise:
            turned = turned + asked.noise * white * random.standard_normal(turned.shape)
        changed[part] = np.clip(turned, 0.0, white)
    return changed


def moved(pictures: Float32, turns: Array, shifts: Indices, fill: float | None) -> Array:
    """(rows, channels, height, width), turned about the middle by `turns` (rows,) radians, then moved down and right by
    `shifts` (rows, 2); bilinear. Beyond the rim is `fill`, or the rim goes on."""
    height, width = pictures.shape[2:]
    middle = (height - 1) / 2, (width - 1) / 2
    down = np.arange(height)[None, :, None] - middle[0] - shifts[:, 0, None, None]
    right = np.arange(width)[None, None, :] - middle[1] - shifts[:, 1, None, None]
    cosine, sine = np.cos(turns)[:, None, None], np.sin(turns)[:, None, None]
    row = middle[0] + cosine * down - sine * right
    column = middle[1] + cosine * right + sine * down
    top, left = np.floor(row), np.floor(column)
    found = np.zeros(pictures.shape)
    for step_down in (0, 1):
        for step_right in (0, 1):
            share = np.abs(1 - step_down - (row - top)) * np.abs(1 - step_right - (column - left))
            at = (top + step_down).astype(np.intp), (left + step_right).astype(np.intp)
            found += share[:, None] * _at(pictures, at, fill)
    return found


def _at(pictures: Float32, at: tuple[Indices, Indices], fill: float | None) -> Array:
    """Pixels (rows, channels, height, width) at these places, one (row, column) for each picture and pixel."""
    height, width = pictures.shape[2:]
    row, column = np.clip(at[0], 0, height - 1), np.clip(at[1], 0, width - 1)
    every = np.arange(len(pictures))[:, None, None]
    # Advanced indices around a slice put the channels last.
    found: Array = np.moveaxis(pictures[every, :, row, column].astype(np.float64), -1, 1)
    if fill is None:
        return found
    is_inside = (row == at[0]) & (column == at[1])
    return np.where(is_inside[:, None], found, fill)
