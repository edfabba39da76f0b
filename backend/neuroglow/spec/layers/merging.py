"""Layers that read several others."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from neuroglow.spec import limits
from neuroglow.spec.layers.base import AnyLayer, ShapeError
from neuroglow.spec.layers.flow import Flow


class _Merge(AnyLayer):
    READS: ClassVar[tuple[int, int]] = (2, limits.MAX_MERGED)

    def kept(self, *inputs: Flow) -> int:
        return self.output(*inputs).size


class Add(_Merge):
    """The sum of what it reads, number by number: a skip connection where one of them is what came before."""

    type: Literal["add"] = "add"

    def output(self, *inputs: Flow) -> Flow:
        first = inputs[0]
        if any(flow.kind == "tokens" for flow in inputs):
            raise ShapeError("Tokens are names, not quantities: put an embedding before this layer")
        for number, other in enumerate(inputs[1:], start=1):
            if other.shape != first.shape:
                raise ShapeError(
                    f"It reads {first} and {other}; number by number needs the same shape",
                    member="inputs",
                    insert=_to_shape(other, first),
                    say=f"Bring it to {' × '.join(map(str, first.shape))}",
                    reads=number,
                )
        return first

    def operations(self, *inputs: Flow) -> int:
        return (len(inputs) - 1) * inputs[0].size


def _to_shape(flow: Flow, wanted: Flow) -> dict[str, Any] | None:
    """A layer that makes the one of the other, where a single one can."""
    if wanted.kind == "vector":
        return {"type": "dense", "units": wanted.size, "activation": "linear"}
    if wanted.kind == flow.kind == "picture" and wanted.shape[1:] == flow.shape[1:]:
        return {"type": "conv2d", "channels": wanted.shape[0], "kernel": 1, "activation": "linear"}
    if wanted.kind == flow.kind == "sequence" and wanted.shape[0] == flow.shape[0]:
        return {"type": "dense", "units": wanted.shape[1], "activation": "linear"}
    return {"type": "reshape", "shape": list(wanted.shape)} if flow.size == wanted.size else None


class Multiply(Add):
    """The product of what it reads, number by number: a gate."""

    type: Literal["multiply"] = "multiply"  # type: ignore[assignment]


class Concat(_Merge):
    """What it reads side by side: channels of pictures and signals, features of vectors and sequences."""

    type: Literal["concat"] = "concat"

    def output(self, *inputs: Flow) -> Flow:
        first = inputs[0]
        if any(flow.kind == "tokens" for flow in inputs):
            raise ShapeError("Tokens are names, not quantities: put an embedding before this layer")
        axis = first.unit_axis
        for other in inputs[1:]:
            if other.kind != first.kind or _without(other.shape, axis) != _without(first.shape, axis):
                raise ShapeError(
                    f"It reads {first} and {other}; only the {_ALONG[first.kind]} may differ", member="inputs"
                )
        joined = sum(flow.shape[axis] for flow in inputs)
        return Flow((*first.shape[:axis], joined, *first.shape[axis + 1 :]), first.kind)

    def operations(self, *inputs: Flow) -> int:
        return 0


_ALONG = {"vector": "features", "sequence": "features", "picture": "channels", "signal": "channels"}


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]
