"""Layers that read several others."""

from __future__ import annotations

from collections.abc import Sequence
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
        first, *others = _alike(inputs)
        for number, other in enumerate(others, start=1):
            if other.shape != first.shape:
                raise ShapeError(
                    f"It reads {first} and {other}; number by number needs the same shape",
                    member=f"inputs/{number}",
                    insert=_to_shape(other, first),
                    say=f"Bring it to {' × '.join(map(str, first.shape))}",
                    reads=number,
                )
        return first

    def operations(self, *inputs: Flow) -> int:
        return (len(inputs) - 1) * inputs[0].size


def _alike(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    """A signal beside a sequence is read as one, as layers on sequences read it."""
    if {flow.kind for flow in flows} != {"signal", "sequence"}:
        return tuple(flows)
    return tuple(Flow(flow.shape, "sequence") for flow in flows)


def _to_shape(flow: Flow, wanted: Flow) -> dict[str, Any] | None:
    """A layer that makes the one of the other, where a single one can."""
    units, kinds = wanted.units, (flow.kind, wanted.kind)
    if flow.size == wanted.size:
        fits = max(wanted.shape) <= limits.MAX_SOURCES
        return {"type": "reshape", "shape": list(wanted.shape)} if fits else None
    if kinds == ("picture", "picture") and wanted.shape[1:] == flow.shape[1:] and units <= limits.MAX_CHANNELS:
        return {"type": "conv2d", "channels": units, "kernel": 1, "activation": "linear"}
    if kinds == ("signal", "signal") and wanted.shape[1] == flow.shape[1] and units <= limits.MAX_CHANNELS:
        return {"type": "conv1d", "channels": units, "kernel": 1, "activation": "linear"}
    is_stepwise = kinds == ("sequence", "sequence") and wanted.shape[0] == flow.shape[0]
    if (is_stepwise or (wanted.kind == "vector" and flow.kind != "sequence")) and units <= limits.MAX_UNITS:
        return {"type": "dense", "units": units, "activation": "linear"}
    is_mean = wanted.kind == "vector" and flow.kind != "vector" and flow.units == units
    return {"type": "global_avg_pool"} if is_mean else None


class Multiply(Add):
    """The product of what it reads, number by number: a gate."""

    type: Literal["multiply"] = "multiply"  # type: ignore[assignment]


class Concat(_Merge):
    """What it reads side by side: channels of pictures and signals, features of vectors and sequences."""

    type: Literal["concat"] = "concat"

    def output(self, *inputs: Flow) -> Flow:
        first, *others = flows = _alike(inputs)
        axis = first.unit_axis
        for number, other in enumerate(others, start=1):
            if other.kind != first.kind or _without(other.shape, axis) != _without(first.shape, axis):
                may_be_flat = first.kind == "vector"
                raise ShapeError(
                    f"It reads {first} and {other}; only the {_ALONG[first.kind]} may differ",
                    member=f"inputs/{number}",
                    insert={"type": "flatten"} if may_be_flat else None,
                    say="Put a flatten before it" if may_be_flat else "",
                    reads=number,
                )
        joined = sum(flow.shape[axis] for flow in flows)
        return Flow((*first.shape[:axis], joined, *first.shape[axis + 1 :]), first.kind)

    def operations(self, *inputs: Flow) -> int:
        return 0


_ALONG = {"vector": "features", "sequence": "features", "picture": "channels", "signal": "channels"}


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]
