"""Whole networks of any layers in plain NumPy: one row at a time, layer after layer, by the graph of the experiment."""

from __future__ import annotations

import numpy as np

from neuroglow.engine.layers import Layers
from neuroglow.spec import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers import Repeat
from neuroglow.spec.layers.wiring import INPUT, Node
from unit import layer_twin
from unit.numpy_twin import Array


def answers(spec: Experiment, layers: Layers, row: Array) -> dict[str, Array]:
    """What every layer answers to one row (inputs,), as it is used after training; f64, the output linear."""
    graph = graph_of(spec.data, spec.network)
    made: dict[str, Array] = {INPUT: row.astype(np.float64).reshape(graph.entrance.shape)}
    for node in graph.nodes:
        numbers = {name: array.astype(np.float64) for name, array in layers[node.name].items()}
        made[node.name] = answer(node, numbers, [made[source] for source in node.sources])
    return made


def answer(node: Node, numbers: dict[str, Array], reads: list[Array]) -> Array:
    """Of one layer; a repeated block turn after turn."""
    shaped = [read.reshape(flow.shape) for read, flow in zip(reads, node.reads, strict=True)]
    if not isinstance(node.layer, Repeat):
        document = node.layer.model_dump(mode="json")
        return layer_twin.forward(document, numbers, shaped, by_step=node.reads[0].kind == "sequence")
    x = shaped[0]
    for turn in range(node.layer.times):
        made = {INPUT: x}
        for inside in node.layer.body(node.reads[0]):
            own = {name: numbers[f"{inside.name}.{name}"][turn] for name in inside.parameters}
            made[inside.name] = answer(inside, own, [made[source] for source in inside.sources])
        x = made[inside.name]
    return x


def for_rows(spec: Experiment, layers: Layers, rows: Array) -> dict[str, Array]:
    """`answers` for rows (count, inputs), with a leading axis for them."""
    each = [answers(spec, layers, row) for row in rows]
    return {name: np.stack([made[name] for made in each]) for name in each[0]}
