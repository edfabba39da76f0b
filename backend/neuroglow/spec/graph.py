"""The graph of an experiment: every layer with what it reads and makes, and what is wrong, before any compiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from neuroglow.errors import InvalidGraphError, InvalidInputError, ShapeMismatchError
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import facts, input_shape, output_shape
from neuroglow.spec.layers.dense import Dense
from neuroglow.spec.layers.flow import Flow, Shape
from neuroglow.spec.layers.wiring import INPUT, OUTPUT, Node, Problem, Repair, walk
from neuroglow.spec.network import Network

_ERRORS = {"invalid_graph": InvalidGraphError, "shape_mismatch": ShapeMismatchError}


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


@lru_cache(maxsize=256)
def _graph(entrance: Flow, answer: Shape, network: Network) -> Graph:
    nodes, problems = walk(network.layers, entrance)
    errors = [_error(problem, network) for problem in problems]
    if not errors:
        try:
            nodes.append(_output(nodes, entrance, answer))
        except InvalidInputError as error:
            errors.append(error)
    return Graph(entrance, tuple(nodes), tuple(errors))


def _output(nodes: Sequence[Node], entrance: Flow, answer: Shape) -> Node:
    """The implied last layer: linear, its own activation belongs to the loss (`nets.losses`). It reads all numbers of
    what comes before, or one step after the other where each has an answer of its own."""
    name, flow = (nodes[-1].name, nodes[-1].output) if nodes else (INPUT, entrance)
    layer = Dense(name=OUTPUT, units=answer[-1], activation="linear")
    if len(answer) == 1:
        return Node(OUTPUT, layer, (name,), (flow.flat,), Flow(answer, "vector"))
    if flow.kind == "sequence" and flow.shape[0] == answer[0]:
        return Node(OUTPUT, layer, (name,), (flow,), Flow(answer, "sequence"))
    raise ShapeMismatchError(
        f"Every one of the {answer[0]} steps has an answer of its own, and the last layer makes {flow}; end with a "
        f"sequence of {answer[0]} steps",
        field=f"/network/layers/{len(nodes) - 1}" if nodes else "/network/layers",
    )


def _error(problem: Problem, network: Network) -> InvalidInputError:
    at = f"/network/layers/{problem.index}"
    facts: dict[str, Any] = {}
    if problem.repair is not None:
        facts["repair"] = {"say": problem.repair.say, "patch": _patch(problem.repair, problem.index, network)}
    return _ERRORS[problem.code](problem.message, field=at + problem.field, **facts)


def _patch(repair: Repair, index: int, network: Network) -> list[dict[str, Any]]:
    at, layer = f"/network/layers/{index}", network.layers[index]
    if repair.insert is None:
        return [{"op": "add", "path": f"{at}/{name}", "value": value} for name, value in (repair.set or {}).items()]
    if layer.inputs is None:
        return [{"op": "add", "path": at, "value": repair.insert}]
    source, name = layer.inputs[repair.reads], _free_name(repair.insert["type"], network)
    return [
        {"op": "replace", "path": f"{at}/inputs/{repair.reads}", "value": name},
        {"op": "add", "path": at, "value": {**repair.insert, "name": name, "inputs": [source]}},
    ]


def _free_name(kind: str, network: Network) -> str:
    taken = {layer.name for layer in network.layers}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{kind}_{number}") not in taken)
