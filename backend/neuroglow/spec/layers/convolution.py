"""Convolutions: the same small weights at every place."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import Activation, LearningLayer, Parameter, ShapeError
from neuroglow.spec.layers.flow import Flow
from neuroglow.spec.layers.windows import (
    Padding,
    Side,
    Sides,
    pair,
    places,
    require_picture,
    require_places,
    reshaping,
    transposed_edges,
)

Channels = Annotated[int, Field(ge=1, le=limits.MAX_CHANNELS)]


def _require_groups(groups: int, channels: int, made: int) -> None:
    if channels % groups or made % groups:
        fitting = math.gcd(math.gcd(channels, made), groups)
        raise ShapeError(
            f"{groups} groups do not divide {channels} channels read and {made} made",
            member="groups",
            set={"groups": fitting},
            say=f"Use {fitting} group{'s' if fitting > 1 else ''}",
        )


def reach(kernel: int, dilation: int) -> int:
    """From the first to the last number that a kernel touches."""
    return (kernel - 1) * dilation + 1


def _fitting(size: int, kernel: int, dilation: int, padding: str | int) -> int:
    """The largest kernel, at most this one, that reaches no further than the padded axis goes."""
    padded = size + 2 * padding if isinstance(padding, int) else size
    return min(kernel, (padded - 1) // dilation + 1)


def _kept(output: Flow, channels: int, under: int) -> int:
    """What a layer keeps of its answer, and the numbers that lie `under` the kernel at every place."""
    return 2 * output.size + output.size // channels * under


class Conv2d(LearningLayer):
    """z[k] = Σ_c W[k, c] ⋆ x[c] + b[k], a = activation(z): pictures to pictures (cross-correlation, as everywhere)."""

    type: Literal["conv2d"] = "conv2d"
    channels: Channels = 8
    kernel: Sides = 3
    stride: Sides = 1
    padding: Padding = "valid"
    dilation: Sides = 1
    groups: Annotated[int, Field(ge=1, le=limits.MAX_CHANNELS)] = 1
    activation: Activation = "relu"

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        require_picture(flow, "A convolution")
        _require_groups(self.groups, flow.shape[0], self.channels)
        sides = tuple(
            places(size, reach(kernel, dilation), stride, self.padding)
            for size, kernel, stride, dilation in zip(
                flow.shape[1:], pair(self.kernel), pair(self.stride), pair(self.dilation), strict=True
            )
        )
        fits = tuple(
            _fitting(size, kernel, dilation, self.padding)
            for size, kernel, dilation in zip(flow.shape[1:], pair(self.kernel), pair(self.dilation), strict=True)
        )
        require_places(sides, flow, "kernel", fits)
        return Flow((self.channels, *sides), "picture")

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        read, (height, width) = inputs[0].shape[0] // self.groups, pair(self.kernel)
        area = height * width
        return {
            "weight": Parameter(
                (self.channels, read, height, width), "weight", read * area, self.channels // self.groups * area
            ),
            "bias": Parameter((self.channels,), "bias"),
        }

    def kept(self, *inputs: Flow) -> int:
        return _kept(self.output(*inputs), self.channels, self.parameters(*inputs)["weight"].fan_in * self.groups)

    def operations(self, *inputs: Flow) -> int:
        return self.output(*inputs).size * self.parameters(*inputs)["weight"].fan_in


class Conv1d(LearningLayer):
    """A convolution along one axis: over the steps of a sequence (steps, features), its features as channels; over the
    length of a signal (channels, length)."""

    type: Literal["conv1d"] = "conv1d"
    channels: Channels = 8
    kernel: Side = 3
    stride: Side = 1
    padding: Padding = "valid"
    dilation: Side = 1
    groups: Annotated[int, Field(ge=1, le=limits.MAX_CHANNELS)] = 1
    activation: Activation = "relu"

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        if flow.kind not in ("sequence", "signal"):
            shape = (1, flow.size) if flow.kind == "vector" else (flow.shape[0], flow.size // flow.shape[0])
            message = f"A convolution along one axis reads sequences or signals, and this is {flow}"
            raise ShapeError(message, **reshaping(shape))
        _require_groups(self.groups, flow.units, self.channels)
        length = flow.shape[1 - flow.unit_axis]
        found = places(length, reach(self.kernel, self.dilation), self.stride, self.padding)
        require_places((found,), flow, "kernel", (_fitting(length, self.kernel, self.dilation, self.padding),))
        return Flow((found, self.channels) if flow.kind == "sequence" else (self.channels, found), flow.kind)

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        read = inputs[0].units // self.groups
        return {
            "weight": Parameter(
                (self.channels, read, self.kernel),
                "weight",
                read * self.kernel,
                self.channels // self.groups * self.kernel,
            ),
            "bias": Parameter((self.channels,), "bias"),
        }

    def kept(self, *inputs: Flow) -> int:
        return _kept(self.output(*inputs), self.channels, self.parameters(*inputs)["weight"].fan_in * self.groups)

    def operations(self, *inputs: Flow) -> int:
        return self.output(*inputs).size * self.parameters(*inputs)["weight"].fan_in


class ConvTranspose2d(LearningLayer):
    """A convolution the other way round: every number of the input adds its copy of the kernel to the output, `stride`
    places apart. `valid` keeps all of it, `same` as much as the input's size times the stride, a number leaves so many
    rows and columns out on each side."""

    type: Literal["conv_transpose2d"] = "conv_transpose2d"
    channels: Channels = 8
    kernel: Sides = 3
    stride: Sides = 2
    padding: Padding = "same"
    activation: Activation = "relu"

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        require_picture(flow, "A transposed convolution")
        sides = tuple(
            (size - 1) * stride + kernel - sum(transposed_edges(kernel, stride, self.padding))
            for size, kernel, stride in zip(flow.shape[1:], pair(self.kernel), pair(self.stride), strict=True)
        )
        if min(sides) < 1:
            raise ShapeError(
                f"A padding of {self.padding} leaves nothing of it", member="padding", set={"padding": 0},
                say="Make the padding 0",
            )  # fmt: skip
        return Flow((self.channels, *sides), "picture")

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        read, (height, width) = inputs[0].shape[0], pair(self.kernel)
        area = height * width
        return {
            "weight": Parameter((self.channels, read, height, width), "weight", read * area, self.channels * area),
            "bias": Parameter((self.channels,), "bias"),
        }

    def kept(self, *inputs: Flow) -> int:
        return _kept(self.output(*inputs), self.channels, self.parameters(*inputs)["weight"].fan_in)

    def operations(self, *inputs: Flow) -> int:
        return inputs[0].size * self.channels * math.prod(pair(self.kernel))
