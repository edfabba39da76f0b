"""Windows that slide over pictures and signals: how many places they have, and what is added at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import ShapeError
from neuroglow.spec.layers.flow import Flow

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
    """What is left out before and after the full result, (size - 1) · stride + window; negative: zeros added."""
    if isinstance(padding, int):
        return padding, padding
    if padding == "valid":
        return 0, 0
    total = window - stride
    return total // 2, total - total // 2


def require_picture(flow: Flow, what: str) -> None:
    if flow.kind == "picture":
        return
    insert = None
    if flow.kind != "tokens" and (side := _square(flow.size)) is not None:
        insert = {"type": "reshape", "shape": [1, side, side]}
    raise ShapeError(
        f"{what} reads pictures (channels, height, width), and this is {flow}",
        insert=insert,
        say=f"Put a reshape to 1 × {insert['shape'][1]} × {insert['shape'][2]} before it" if insert else "",
    )


def _square(size: int) -> int | None:
    side = round(size**0.5)
    return side if side * side == size and side > 1 else None


def require_places(result: Sequence[int], flow: Flow, member: str, fits: int) -> None:
    """Raise where a window of the layer's `member` fits nowhere; `fits` would."""
    if min(result) < 1:
        raise ShapeError(
            f"The {member} is larger than what it slides over, {flow}",
            member=member,
            set={member: fits},
            say=f"Make the {member} {fits}",
        )
