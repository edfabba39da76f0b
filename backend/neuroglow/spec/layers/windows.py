"""Windows that slide over pictures and signals: how many places they have, and what is added at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import ShapeError
from neuroglow.spec.layers.flow import Flow, Shape

Side = Annotated[int, Field(ge=1, le=limits.MAX_KERNEL)]
Sides = Side | tuple[Side, Side]
"""One number for both axes, or (height, width)."""
Padding = Literal["same", "valid"] | Annotated[int, Field(ge=0, le=limits.MAX_KERNEL)]
"""`same`: as many places as the input has, over the stride; `valid`: only whole windows; or so many zeros on each
side."""


def pair(sides: int | tuple[int, int]) -> tuple[int, int]:
    return (sides, sides) if isinstance(sides, int) else sides


def edges(size: int, window: int, stride: int, padding: str | int) -> tuple[int, int]:
    """Zeros before and after an axis of that size; `window` is from its first to its last number."""
    if isinstance(padding, int):
        return padding, padding
    if padding == "valid":
        return 0, 0
    total = max(0, (-(-size // stride) - 1) * stride + window - size)
    return total // 2, total - total // 2


def places(size: int, window: int, stride: int, padding: str | int) -> int:
    """Where a window fits along an axis; 0 or less: nowhere."""
    return (size + sum(edges(size, window, stride, padding)) - window) // stride + 1


def transposed_edges(window: int, stride: int, padding: str | int) -> tuple[int, int]:
    """What is left out before and after the full result, (size - 1) · stride + window; negative: zeros added, at the
    end where a stride is longer than its window."""
    if isinstance(padding, int):
        return padding, padding
    if padding == "valid":
        return 0, 0
    total = window - stride
    before = max(total, 0) // 2
    return before, total - before


def require_picture(flow: Flow, what: str) -> None:
    if flow.kind == "picture":
        return
    side = _square(flow.size)
    shape = (1, *flow.shape) if len(flow.shape) > 1 else None if side is None else (1, side, side)
    raise ShapeError(f"{what} reads pictures (channels, height, width), and this is {flow}", **reshaping(shape))


class Reshaping(TypedDict):
    """The repair of a `ShapeError`."""

    insert: dict[str, Any] | None
    say: str


def reshaping(shape: Shape | None) -> Reshaping:
    """A reshape before the layer, unless there is no such shape or it has a longer side than one may ask for."""
    if shape is None or max(shape) > limits.MAX_SOURCES:
        return {"insert": None, "say": ""}
    words = " × ".join(map(str, shape))
    return {"insert": {"type": "reshape", "shape": list(shape)}, "say": f"Put a reshape to {words} before it"}


def _square(size: int) -> int | None:
    side = round(size**0.5)
    return side if side * side == size and side > 1 else None


def require_places(result: Sequence[int], flow: Flow, member: str, fits: Sequence[int]) -> None:
    """Raise where a window of the layer's `member` fits nowhere; `fits`, one for each axis, would."""
    if min(result) < 1:
        raise ShapeError(
            f"The {member} is larger than what it slides over, {flow}",
            member=member,
            set={member: fits[0] if len(set(fits)) == 1 else list(fits)},
            say=f"Make the {member} {' × '.join(str(side) for side in (fits[:1] if len(set(fits)) == 1 else fits))}",
        )
