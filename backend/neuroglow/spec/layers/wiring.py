"""From a list of layers to a graph: who reads whom, in which shapes, and what is wrong where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from neuroglow.spec import limits
from neuroglow.spec.layers.base import AnyLayer, Parameter, ProblemCode, ShapeError
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
    """Other values for members of the layer (`set`, by JSON pointers below it without the first slash), or a layer to
    be put before its input number `reads`; before that of its layer number `inside`, where it is a repeated block."""

    say: str
    set: dict[str, Any] | None = None
    insert: dict[str, Any] | None = None
    reads: int = 0
    inside: int | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with layer number `index`. `field` is a JSON pointer below that layer, empty for the whole."""

    index: int
    code: ProblemCode
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
        found = [*_naming(index, layer, names), *_wiring(index, layer, before, names, flows)]
        sources = sources_of(layer, before)
        reads = [flows.get(source) for source in sources]
        known = tuple(flow for flow in reads if flow is not None)
        output = None
        if not found and len(known) == len(reads):
            try:
                output = _made(layer, known)
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


def free_name(stem: str, taken: Collection[str]) -> str:
    """`stem_1`, `stem_2`, ...: the first that is not taken."""
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem}_{number}") not in taken)


def _made(layer: AnyLayer, reads: Sequence[Flow]) -> Flow:
    for number, flow in enumerate(reads):
        if flow.kind == "tokens" and not layer.READS_TOKENS:
            raise ShapeError(
                f"Tokens are names, not quantities: {layer.type} cannot read them",
                insert={"type": "embedding"},
                say="Put an embedding before it",
                reads=number,
            )
    output = layer.output(*reads)
    if output.size > limits.MAX_NUMBERS:
        message = f"It makes {output}, {output.size:,} numbers; the most is {limits.MAX_NUMBERS:,} for one example"
        raise ShapeError(message, code="network_too_large")
    return output


def _naming(index: int, layer: AnyLayer, names: Sequence[str]) -> Iterable[Problem]:
    name = names[index]
    if name in _ROLES:
        message = f"'{name}' is the name of the network's {_ROLES[name]}; choose another"
    elif name in names[:index]:
        message = f"Two layers are named '{name}'; names are unique"
    else:
        return
    other = free_name(layer.type, set(names))
    yield Problem(index, "invalid_graph", message, "/name", Repair(f"Name it {other}", {"name": other}))


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
        if source == names[index]:
            message = f"'{source}' reads itself"
        elif source in names:
            message = f"'{source}' comes later: layers are listed in the order data flows, and a cycle has none"
        else:
            message = f"No layer is named '{source}'"
        instead = [*sources[:number], before, *sources[number + 1 :]]
        repair = Repair(f"Read '{before}', the layer before", {"inputs": instead})
        yield Problem(index, "invalid_graph", message, f"/inputs/{number}", repair)


def _shape_problem(index: int, error: ShapeError) -> Problem:
    repair = None
    if error.set or error.insert:
        repair = Repair(error.say, error.set, error.insert, error.reads, error.inside)
    field = "" if error.member is None else f"/{error.member}"
    return Problem(index, error.code, error.message, field, repair)
