"""Layers that only move numbers: flatten, reshape, upsample."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import AnyLayer, ShapeError
from neuroglow.spec.layers.flow import Flow
from neuroglow.spec.layers.windows import require_picture


class Flatten(AnyLayer):
    """All numbers as one vector, channel after channel, row after row."""

    type: Literal["flatten"] = "flatten"

    def output(self, *inputs: Flow) -> Flow:
        return inputs[0].flat

    def operations(self, *inputs: Flow) -> int:
        return 0


class Reshape(AnyLayer):
    """The same numbers in another shape: (features,), (channels, length) or (channels, height, width)."""

    type: Literal["reshape"] = "reshape"
    shape: Annotated[tuple[Annotated[int, Field(ge=1, le=limits.MAX_SOURCES)], ...], Field(min_length=1, max_length=3)]

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        if math.prod(self.shape) != flow.size:
            raise ShapeError(
                f"{' × '.join(map(str, self.shape))} is {math.prod(self.shape)} numbers, and this is {flow}, "
                f"{flow.size} numbers",
                member="shape",
                set={"shape": list(flow.shape)} if max(flow.shape) <= limits.MAX_SOURCES else None,
                say=f"Make the shape {' × '.join(map(str, flow.shape))}",
            )
        return Flow.of(self.shape)

    def operations(self, *inputs: Flow) -> int:
        return 0


class Upsample(AnyLayer):
    """Pictures `factor` times as high and wide: every pixel repeated, or with straight lines between pixels."""

    type: Literal["upsample"] = "upsample"
    factor: Annotated[int, Field(ge=1, le=limits.MAX_KERNEL)] = 2
    method: Literal["nearest", "bilinear"] = "nearest"

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        require_picture(flow, "Upsampling")
        channels, height, width = flow.shape
        return Flow((channels, height * self.factor, width * self.factor), "picture")

    def operations(self, *inputs: Flow) -> int:
        return 0 if self.method == "nearest" else 4 * self.output(*inputs).size
