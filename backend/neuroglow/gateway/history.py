"""The metrics of one line of history, thinned so that a long run stays a bounded message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from neuroglow.wire.messages import Metrics, Point

T = TypeVar("T")

POINTS_PER_MESSAGE = 500


def thin(points: Sequence[T], limit: int) -> list[T]:
    """At most `limit` (>= 2) of the points, evenly chosen, in order, the first and the last among them."""
    if len(points) <= limit:
        return list(points)
    last = len(points) - 1
    return [points[index * last // (limit - 1)] for index in range(limit)]


class History:
    """Points of the current run, oldest first; never more than twice `limit` are held."""

    def __init__(self, limit: int, points: Sequence[Point] = ()) -> None:
        self._limit = limit
        self._points = list(points)

    def __len__(self) -> int:
        return len(self._points)

    def add(self, points: Sequence[Point]) -> None:
        self._points.extend(points)
        if len(self._points) > 2 * self._limit:
            self._points = thin(self._points, self._limit)

    def cut(self, from_update: int | None) -> None:
        """A new run: what came after `from_update` is void; None voids everything."""
        self._points = [] if from_update is None else [point for point in self._points if point.update <= from_update]

    def messages(self, run: str) -> list[str]:
        """The history for a joining viewer: at least one `metrics` message, at most `limit` points in all."""
        points = thin(self._points, self._limit)
        chunks = [points[at : at + POINTS_PER_MESSAGE] for at in range(0, len(points), POINTS_PER_MESSAGE)] or [[]]
        return [Metrics(type="metrics", run=run, points=chunk).text() for chunk in chunks]

    def to_document(self) -> list[dict[str, Any]]:
        return [point.model_dump(exclude_unset=True) for point in thin(self._points, self._limit)]
