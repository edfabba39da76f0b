"""Pooling: one number for a window, or for a whole channel."""

from __future__ import annotations

import math
from typing import Literal

from neuroglow.spec.layers.base import AnyLayer, ShapeError
from neuroglow.spec.layers.flow import Flow
from neuroglow.spec.layers.windows import Padding, Sides, pair, places, require_picture, require_places


class MaxPool2d(AnyLayer):
    """The largest number of every window. `stride` defaults to the window: none overlap, none is left out."""

    type: Literal["max_pool2d"] = "max_pool2d"
    window: Sides = 2
    stride: Sides | None = None
    padding: Padding = "valid"

    @property
    def strides(self) -> tuple[int, int]:
        return pair(self.window if self.stride is None else self.stride)

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        require_picture(flow, "Pooling")
        if isinstance(self.padding, int) and 2 * self.padding > min(pair(self.window)):
            half = min(pair(self.window)) // 2
            raise ShapeError(
                "The padding is more than half the window: a window of nothing would have no value",
                member="padding",
                set={"padding": half},
                say=f"Make the padding {half}",
            )
        sides = tuple(
            places(size, window, stride, self.padding)
            for size, window, stride in zip(flow.shape[1:], pair(self.window), self.strides, strict=True)
        )
        fits = tuple(min(side, size) for side, size in zip(pair(self.window), flow.shape[1:], strict=True))
        require_places(sides, flow, "window", fits)
        return Flow((flow.shape[0], *sides), "picture")

    def operations(self, *inputs: Flow) -> int:
        return self.output(*inputs).size * math.prod(pair(self.window))


class AvgPool2d(MaxPool2d):
    """The mean of every window; what lies beyond the edge does not count."""

    type: Literal["avg_pool2d"] = "avg_pool2d"  # type: ignore[assignment]


class GlobalAvgPool(AnyLayer):
    """The mean of every channel, or of every feature over the steps: pictures, signals and sequences to vectors."""

    type: Literal["global_avg_pool"] = "global_avg_pool"

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        if flow.kind == "vector":
            raise ShapeError(f"There is nothing to take the mean over: this is {flow}")
        return Flow((flow.units,), "vector")

    def operations(self, *inputs: Flow) -> int:
        return inputs[0].size
