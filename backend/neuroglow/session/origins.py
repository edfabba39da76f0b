"""Where the numbers that a layer reads come from, so that what it has learned about them can follow.

A channel keeps its name through pooling, normalisation, concatenation and flattening: a layer that reads two others
side by side finds the second again when the first has grown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglow.spec.layers import Flow
from neuroglow.spec.layers.wiring import INPUT, Node

Places = NDArray[np.int64]
_HANDED_ON = frozenset({
    "max_pool2d", "avg_pool2d", "global_avg_pool", "upsample", "batch_norm", "layer_norm", "group_norm",
    "dropout", "positional_encoding", "add", "multiply",
})  # fmt: skip
"""Layers that give the units of the first that they read new numbers, not new meanings."""


@dataclass(frozen=True)
class Origin:
    """Of what a layer answers: `parts` are layers, or columns of the network's input, with how many units of each, side
    by side; `shape` is what it was before it was flattened."""

    parts: tuple[tuple[str, int], ...]
    shape: Flow
    is_flat: bool = False

    @property
    def units(self) -> int:
        return sum(count for _, count in self.parts)


def origin_of_input(entrance: Flow, names: tuple[str, ...]) -> Origin:
    """Of the network's input: its columns by name, or the channels of a picture and the features of a step."""
    if entrance.kind == "vector":
        # No layer's name holds a slash.
        return Origin(tuple((f"{INPUT}/{name}", 1) for name in names), entrance)
    return Origin(((INPUT, entrance.units),), entrance)


def origins_of(nodes: Iterable[Node], entrance: Origin) -> Mapping[str, Origin]:
    """Of every node, and of `x`."""
    found = {INPUT: entrance}
    for node in nodes:
        found[node.name] = _made_by(node, [found[source] for source in node.sources])
    return found


def _made_by(node: Node, reads: list[Origin]) -> Origin:
    if node.layer.type == "concat" and not any(read.is_flat for read in reads):
        return Origin(tuple(part for read in reads for part in read.parts), node.output)
    first = reads[0]
    if node.layer.type == "flatten":
        return replace(first, is_flat=first.shape.kind != "vector")
    if node.layer.type in _HANDED_ON and first.is_flat:
        return first
    # A signal that is read as a sequence has other units.
    is_alike = node.output.kind in (node.reads[0].kind, "vector")
    if node.layer.type in _HANDED_ON and is_alike and node.output.units == node.reads[0].units:
        return Origin(first.parts, node.output)
    return Origin(((node.name, node.output.units),), node.output)


def same_units(old: Origin, new: Origin) -> tuple[Places, Places] | None:
    """Which units of the one are which of the other; None where they have no origin in common."""
    before, after = _by_part(old), _by_part(new)
    common = [(before[part], after[part]) for part in after if part in before]
    if not common:
        return None
    counts = [min(len(was), len(now)) for was, now in common]
    pairs = [(was[:count], now[:count]) for (was, now), count in zip(common, counts, strict=True)]
    return np.concatenate([was for was, _ in pairs]), np.concatenate([now for _, now in pairs])


def same_numbers(old: Origin, new: Origin) -> tuple[Places, Places] | None:
    """The same of single numbers, row after row: the middle of pictures and signals stays where it is, sequences grow
    at their end."""
    units = same_units(old, new)
    if units is None or old.shape.kind != new.shape.kind:
        return None
    axis, kept = new.shape.unit_axis, []
    for number, origin in enumerate((old, new)):
        along = [
            units[number] if place == axis else _common(was, now, number, is_centred=new.shape.kind != "sequence")
            for place, (was, now) in enumerate(zip(old.shape.shape, new.shape.shape, strict=True))
        ]
        kept.append(np.arange(origin.shape.size).reshape(origin.shape.shape)[np.ix_(*along)].ravel())
    return kept[0], kept[1]


def _by_part(origin: Origin) -> dict[tuple[str, int], Places]:
    """Units by what they come from; what is there twice is told apart by its turn."""
    found: dict[tuple[str, int], Places] = {}
    turns: dict[str, int] = {}
    start = 0
    for name, count in origin.parts:
        turns[name] = turns.get(name, -1) + 1
        found[name, turns[name]] = np.arange(start, start + count)
        start += count
    return found


def _common(was: int, now: int, number: int, *, is_centred: bool) -> Places:
    count, size = min(was, now), (was, now)[number]
    start = (size - count) // 2 if is_centred else 0
    return np.arange(start, start + count)
