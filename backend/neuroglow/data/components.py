"""The first two principal components of rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

ROWS = 2_000
WIDE = 128
ROWS_OF_WIDE = 256
"""Components are looked for while sessions wait: of long or wide inputs they are taken from rows chosen evenly."""


class Components(NamedTuple):
    """`mean` (inputs,), `directions` (2, inputs) unit vectors, `explained` the shares of the variance along them."""

    mean: Float32
    directions: Float32
    explained: tuple[float, float]


def first_two(inputs: Float32) -> Components:
    """Of (rows, inputs) with at least two inputs. The largest entry of each direction is positive."""
    rows, width = inputs.shape
    most = ROWS_OF_WIDE if width > WIDE else ROWS
    chosen = inputs[np.linspace(0, rows - 1, min(rows, most)).astype(int)].astype(np.float64)
    mean = chosen.mean(axis=0)
    centred = chosen - mean
    # Of the two products of the matrix with itself the smaller one has the same spectrum.
    if width <= len(centred):
        values, vectors = np.linalg.eigh(centred.T @ centred)
        directions = vectors[:, :-3:-1].T
    else:
        values, vectors = np.linalg.eigh(centred @ centred.T)
        directions = (centred.T @ vectors[:, :-3:-1]).T
    directions = _completed(directions, width)
    directions *= np.sign(np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1))
    total = max(float(values.sum()), np.finfo(float).tiny)
    first, second = (max(0.0, float(value)) / total for value in (*values[:-3:-1], 0.0, 0.0)[:2])
    return Components(mean.astype(np.float32), directions.astype(np.float32), (first, second))


def _completed(directions: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Two orthogonal unit vectors even where the rows spread along fewer."""
    found: list[NDArray[np.float64]] = []
    for candidate in (*directions, *np.eye(width)[:3]):
        rest = candidate - sum((known * (known @ candidate) for known in found), np.zeros(width))
        length = float(np.linalg.norm(rest))
        if length > 1e-9 * max(1.0, float(np.linalg.norm(candidate))) and len(found) < 2:
            found.append(rest / length)
    return np.stack(found)
