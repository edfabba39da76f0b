"""The graph of an experiment: every layer with what it reads and makes, and what is wrong, before any compiling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from neuroglow.errors import InvalidGraphError, InvalidInputError, NetworkTooLargeError, ShapeMismatchError
from neuroglow.spec import limits
from neuroglow.spec.base import parse
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import facts, input_shape, output_shape
from neuroglow.spec.layers import Layer
from neuroglow.spec.layers.base import AnyLayer
from neuroglow.spec.layers.dense import Dense
from neuroglow.spec.layers.flow import Flow, Shape
from neuroglow.spec.layers.recurrent import Rnn
from neuroglow.spec.layers.repeating import Repeat
from neuroglow.spec.layers.sequence import Embedding
from neuroglow.spec.layers.wiring import INPUT, OUTPUT, Node, Problem, Repair, free_name, walk
from neuroglow.spec.network import Network

_ERRORS: dict[str, type[InvalidInputError]] = {
    "invalid_graph": InvalidGraphError,
    "shape_mismatch": ShapeMismatchError,
    "network_too_large": NetworkTooLargeError,
}

_LAYER: TypeAdapter[AnyLayer] = TypeAdapter(Layer)


@dataclass(frozen=True)
class Graph:
    """`nodes` in data-flow order, the last one is `output`. Layers that are to blame, and all that need them, are left
    out where there are `errors`."""

    entrance: Flow
    nodes: tuple[Node, ...]
    errors: tuple[InvalidInputError, ...]

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)


def graph_of(data: AnyData, network: Network) -> Graph:
    """Of named layers. Errors point into the experiment, and carry a `repair` where there is one: what it does (`say`)
    and the RFC 6902 `patch` over the experiment that does it."""
    return _graph(entrance_of(data), output_shape(data), network)


def entrance_of(data: AnyData) -> Flow:
    """What the network's `x` is."""
    shape, vocabulary = input_shape(data), facts(data).vocabulary
    if vocabulary is not None:
        return Flow(shape, "tokens", vocabulary)
    return Flow(shape, "sequence") if len(shape) == 2 else Flow.of(shape)


@lru_cache(maxsize=64)
def _graph(entrance: Flow, answer: Shape, network: Network) -> Graph:
    nodes, problems = walk(network.layers, entrance)
    errors = [_error(problem, network) for problem in problems]
    if not errors:
        try:
            nodes.append(_output(nodes, entrance, answer))
        except InvalidInputError as error:
            errors.append(error)
    errors.extend(_nothing_to_freeze(nodes, network))
    return Graph(entrance, tuple(nodes), tuple(errors))


def _nothing_to_freeze(nodes: Sequence[Node], network: Network) -> Iterator[InvalidInputError]:
    """Units that are to be frozen, of layers in which no unit has weights of its own."""
    bare = {node.name: node.layer.type for node in nodes if not node.layer.OF_UNITS.keys() & node.parameters.keys()}
    for number, unit in enumerate(network.frozen_units or ()):
        if unit.layer in bare:
            reason = "is frozen as a whole" if bare[unit.layer] == "repeat" else "learns nothing"
            yield InvalidInputError(
                f"'{unit.layer}' {reason}: no unit of it has weights of its own to freeze",
                field=f"/network/frozen_units/{number}/layer",
            )


def _output(nodes: Sequence[Node], entrance: Flow, answer: Shape) -> Node:
    """The implied last layer: linear, its own activation belongs to the loss (`nets.losses`). It reads all numbers of
    what comes before, or one step after the other where each has an answer of its own."""
    name, flow = (nodes[-1].name, nodes[-1].output) if nodes else (INPUT, entrance)
    at = f"/network/layers/{len(nodes) - 1}" if nodes else "/network/layers"
    if flow.kind == "tokens":
        embedding = Embedding(name="embedding_1").to_document()
        patch = [{"op": "add", "path": "/network/layers/-", "value": embedding}]
        raise ShapeMismatchError(
            "Tokens are names, not quantities: the network needs an embedding to read them",
            field=at,
            repair={"say": "Put an embedding before it", "patch": patch},
        )
    layer = Dense(name=OUTPUT, units=answer[-1], activation="linear")
    if len(answer) == 1:
        return Node(OUTPUT, layer, (name,), (flow.flat,), Flow(answer, "vector"))
    if flow.kind == "sequence" and flow.shape[0] == answer[0]:
        return Node(OUTPUT, layer, (name,), (flow,), Flow(answer, "sequence"))
    raise ShapeMismatchError(
        f"Every one of the {answer[0]} steps has an answer of its own, and the last layer makes {flow}; end with a "
        f"sequence of {answer[0]} steps",
        field=at,
        **_all_states(nodes[-1], answer[0], at) if nodes else {},
    )


def _all_states(last: Node, steps: int, at: str) -> dict[str, Any]:
    """The repair of a recurrent layer that keeps its last state only where all are asked for."""
    if not isinstance(last.layer, Rnn) or last.reads[0].shape[0] != steps:
        return {}
    patch = [{"op": "add", "path": f"{at}/return_sequences", "value": True}]
    return {"repair": {"say": "Return the state after every step", "patch": patch}}


def _error(problem: Problem, network: Network) -> InvalidInputError:
    at = f"/network/layers/{problem.index}"
    patch = None if problem.repair is None else _patch(problem.repair, problem.index, network)
    facts = {"repair": {"say": problem.repair.say, "patch": patch}} if problem.repair and patch else {}
    return _ERRORS[problem.code](problem.message, field=at + problem.field, **facts)


def _patch(repair: Repair, index: int, network: Network) -> list[dict[str, Any]] | None:
    """The repair over the experiment; None where there is no room for one more layer."""
    where, layers, most = "/network/layers", tuple[AnyLayer, ...](network.layers), limits.MAX_LAYERS
    if repair.insert is None:
        members = (repair.set or {}).items()
        return [{"op": "add", "path": f"{where}/{index}/{name}", "value": value} for name, value in members]
    block = layers[index]
    if repair.inside is not None and isinstance(block, Repeat):
        where, layers, most, index = f"{where}/{index}/layers", block.layers, limits.MAX_BODY, repair.inside
    if len(layers) >= most:
        return None
    before = (layers[index - 1].name if index else INPUT) or ""
    sources = list(layers[index].inputs or (before,))
    name = free_name(repair.insert["type"], {layer.name or "" for layer in layers})
    insert = parse(_LAYER, {**repair.insert, "name": name, "inputs": [sources[repair.reads]]})
    sources[repair.reads] = name
    # Written out even where it is the layer before: what was sent may say so too, and would go on reading past it.
    return [
        {"op": "add", "path": f"{where}/{index}/inputs", "value": sources},
        {"op": "add", "path": f"{where}/{index}", "value": insert.to_document()},
    ]
