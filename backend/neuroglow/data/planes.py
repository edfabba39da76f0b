"""Planes through the data that maps are drawn over: of two columns, or of the first two principal components.

A plane knows the network's inputs at any place on it, and where on it a row lies. On data of the plane it is the plane
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.components import Components
from neuroglow.data.dataset import Dataset, Split
from neuroglow.data.preparing import Prepared
from neuroglow.errors import InvalidInputError
from neuroglow.spec.datasets import PLANE_DOMAIN
from neuroglow.spec.looking import Axes, ColumnAxes

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Domain = tuple[float, float, float, float]
"""Lowest and highest place on the first axis, then on the second."""

WHOLE_PLANE: Domain = (*PLANE_DOMAIN, *PLANE_DOMAIN)
MARGIN = 0.05
"""Room around the training rows, as a share of their extent."""


@dataclass(frozen=True)
class ColumnPlane:
    """`rest` is the raw row that holds all columns but the two at `places`."""

    dataset: Dataset
    places: tuple[int, int]
    rest: Float32
    domain: Domain
    names: tuple[str, str]

    def inputs_at(self, points: Float32) -> Float32:
        """(cells, 2) -> (cells, inputs)."""
        raw = np.tile(self.rest, (len(points), 1))
        raw[:, self.places] = points
        return self.dataset.encode(raw)

    def places_of(self, rows: Split) -> Float32:
        """(rows, 2)."""
        return np.ascontiguousarray(rows.raw[:, self.places])


@dataclass(frozen=True)
class ComponentPlane:
    components: Components
    domain: Domain
    names: tuple[str, str] = ("component 1", "component 2")

    def inputs_at(self, points: Float32) -> Float32:
        """(cells, 2) -> (cells, inputs)."""
        return self.components.mean + points @ self.components.directions

    def places_of(self, rows: Split) -> Float32:
        """(rows, 2)."""
        return _projected(self.components, rows)


Plane = ColumnPlane | ComponentPlane


def plane_of(dataset: Dataset, axes: Axes | None) -> Plane:
    """The plane asked for; None is the plane that plane data live on. Raises `InvalidInputError`."""
    if axes is None:
        if dataset.facts.kind != "plane":
            raise InvalidInputError("These data have no plane of their own; say which `axes` to show", field="/axes")
        return ColumnPlane(dataset, (0, 1), np.zeros(2, np.float32), WHOLE_PLANE, ("x1", "x2"))
    if isinstance(axes, ColumnAxes):
        return _of_columns(dataset, axes)
    if dataset.train.inputs.shape[1] < 2:
        raise InvalidInputError("Principal components need at least two inputs", field="/axes")
    return ComponentPlane(dataset.components, _around(_projected(dataset.components, dataset.train)))


def _of_columns(dataset: Dataset, axes: ColumnAxes) -> ColumnPlane:
    columns = dataset.facts.columns
    for number, name in enumerate(axes.columns):
        if name not in columns:
            raise InvalidInputError(f"No column is named '{name[:80]}'", field=f"/axes/columns/{number}")
    first, second = (columns.index(name) for name in axes.columns)
    if first == second:
        raise InvalidInputError("A plane needs two different columns", field="/axes/columns/1")
    own = dataset.train.raw[:, : len(columns)]
    domain = WHOLE_PLANE if dataset.facts.kind == "plane" else _around(own[:, (first, second)])
    return ColumnPlane(dataset, (first, second), _rest(dataset, own, axes), domain, axes.columns)


def _rest(dataset: Dataset, own: Float32, axes: ColumnAxes) -> Float32:
    if not isinstance(axes.others, str):
        return dataset.raw_row(axes.others, at="/axes/others")
    middle: Callable[[Float64], float] = np.mean if axes.others == "mean" else np.median
    source = dataset.encoder.own
    words = source.words if isinstance(source, Prepared) else frozenset[int]()
    columns = (_present(own[:, place]) for place in range(own.shape[1]))
    held = [_most_frequent(cells) if place in words else middle(cells) for place, cells in enumerate(columns)]
    return np.array(held, np.float32)


def _present(column: Float32) -> Float64:
    """Cells that have a value; a single 0 where none has."""
    present = column[~np.isnan(column)].astype(np.float64)
    return present if len(present) else np.zeros(1)


def _most_frequent(cells: Float64) -> float:
    different, counts = np.unique(cells, return_counts=True)
    return float(different[counts.argmax()])


def _projected(components: Components, rows: Split) -> Float32:
    return np.asarray((rows.inputs - components.mean) @ components.directions.T, np.float32)


def _around(places: Float32) -> Domain:
    columns = [_present(places[:, axis]) for axis in (0, 1)]
    low, high = [float(cells.min()) for cells in columns], [float(cells.max()) for cells in columns]
    room = [MARGIN * (top - bottom) if top > bottom else 1.0 for bottom, top in zip(low, high, strict=True)]
    return (low[0] - room[0], high[0] + room[0], low[1] - room[1], high[1] + room[1])
