"""From a list of layers to a graph: who reads whom, in which shapes, and what is wrong where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from neuroglow.spec.layers.base import AnyLayer, Parameter, ShapeError
from neuroglow.spec.layers.flow import Flow

INPUT = "x"
OUTPUT = "output"
_ROLES = {INPUT: "input", OUTPUT: "output"}


@dataclass(frozen=True)
class Node:
    """One layer at its place in the graph. `sources` are names, `reads` the flows of them."""

    name: str
    layer: AnyLayer
    sources: tuple[str, ...]
    reads: tuple[Flow, ...]
    output: Flow

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.layer.parameters(*self.reads)

    @property
    def learned(self) -> int:
        """How many numbers it learns."""
        return sum(parameter.size for parameter in self.parameters.values() if parameter.is_learned)


@dataclass(frozen=True)
class Repair:
    """Other values for members of the layer, or a layer to be put before its input number `reads`."""

    say: str
    set: dict[str, Any] | None = None
    insert: dict[str, Any] | None = None
    reads: int = 0


@dataclass(frozen=True)
class Problem:
    """What is wrong with layer number `index`. `field` is a JSON pointer below that layer, empty for the whole."""

    index: int
    code: Literal["invalid_graph", "shape_mismatch"]
    message: str
    field: str = ""
    repair: Repair | None = None


def walk(layers: Sequence[AnyLayer], entrance: Flow) -> tuple[list[Node], list[Problem]]:
    """The nodes of a list of named layers whose `x` is `entrance`, and every problem at the layer that makes it.

    What follows a broken layer is not blamed for it.
    """
    nodes: list[Node] = []
    problems: list[Problem] = []
    flows: dict[str, Flow | None] = {INPUT: entrance}
    names = [layer.name or "" for layer in layers]
    before = INPUT
    for index, layer in enumerate(layers):
        name = names[index]
        found = list(_naming(index, name, names)) + list(_wiring(index, layer, before, names, flows))
        sources = sources_of(layer, before)
        reads = [flows.get(source) for source in sources]
        known = tuple(flow for flow in reads if flow is not None)
        output = None
        if not found and len(known) == len(reads):
            try:
                output = layer.output(*known)
            except ShapeError as error:
                found.append(_shape_problem(index, error))
            else:
                nodes.append(Node(name, layer, sources, known, output))
        problems.extend(found)
        flows[name] = output
        before = name
    return nodes, problems


def sources_of(layer: AnyLayer, before: str) -> tuple[str, ...]:
    return (before,) if layer.inputs is None else layer.inputs


def _naming(index: int, name: str, names: Sequence[str]) -> Iterable[Problem]:
    if name in _ROLES:
        yield Problem(
            index, "invalid_graph", f"'{name}' is the name of the network's {_ROLES[name]}; choose another", "/name"
        )
    elif name in names[:index]:
        yield Problem(index, "invalid_graph", f"Two layers are named '{name}'; names are unique", "/name")


def _wiring(
    index: int, layer: AnyLayer, before: str, names: Sequence[str], flows: dict[str, Flow | None]
) -> Iterable[Problem]:
    least, most = layer.READS
    sources = sources_of(layer, before)
    if not least <= len(sources) <= most:
        wanted = "one layer" if most == 1 else f"{least} to {most} layers"
        yield Problem(
            index, "invalid_graph", f"{layer.type} reads {wanted}, and this one reads {len(sources)}", "/inputs"
        )
    for number, source in enumerate(sources):
        if source in flows:
            continue
        at = f"/inputs/{number}" if layer.inputs is not None else ""
        if source == names[index]:
            yield Problem(index, "invalid_graph", f"'{source}' reads itself", at)
        elif source in names:
            yield Problem(
                index, "invalid_graph",
                f"'{source}' comes later: layers are listed in the order data flows, and a cycle has none", at,
            )  # fmt: skip
        else:
            yield Problem(index, "invalid_graph", f"No layer is named '{source}'", at)


def _shape_problem(index: int, error: ShapeError) -> Problem:
    repair = Repair(error.say, error.set, error.insert, error.reads) if error.set or error.insert else None
    field = "" if error.member is None else f"/{error.member}"
    return Problem(index, "shape_mismatch", error.message, field, repair)
