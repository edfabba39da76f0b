"""The shape of a network: what a compiled program depends on, and the names it does not depend on.

Consecutive equal layers form a stack, which runs and compiles as one scan over stacked parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers import AnyLayer, Flow, Parameter
from neuroglow.spec.layers.wiring import INPUT, Node
from neuroglow.spec.memory import rows_at_once

T = TypeVar("T")
STACK_FROM = 12
"""Fewer equal layers than this run unrolled: a nested loop costs more on a CPU than it saves in compile time."""
STACKABLE = frozenset({"dense", "transformer_block"})
"""Layers that people put hundreds of in a row."""


@dataclass(frozen=True)
class LayerShape:
    """One layer that computes: its static form (`AnyLayer.static`) and what it reads."""

    layer: AnyLayer
    reads: tuple[Flow, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Asked for with every program; the layer's own goes through all its members.
        return hash((self.layer, self.reads))

    @cached_property
    def output(self) -> Flow:
        return self.layer.output(*self.reads)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        return self.layer.parameters(*self.reads)

    @property
    def units(self) -> int:
        """What is looked at as one: units, channels, features of a step."""
        return self.output.units

    @property
    def activation(self) -> str:
        return getattr(self.layer, "activation", "linear")

    @property
    def has_weight(self) -> bool:
        """There is one matrix that says what each of its units reads."""
        return "weight" in self.parameters

    @property
    def matrix(self) -> tuple[int, int]:
        """(rows, columns) of its `weight`, everything but the first axis in a row; (units, 0) where it has none."""
        if not self.has_weight:
            return self.units, 0
        weight = self.parameters["weight"]
        return weight.shape[0], weight.size // weight.shape[0]

    @property
    def fan_in(self) -> int:
        """Columns of `matrix`."""
        return self.matrix[1]


@dataclass(frozen=True)
class Block:
    """`count` consecutive equal layers; more than one only for a stack. `sources` are indices of the blocks that the
    first of them reads, -1 for the network's input."""

    layer: LayerShape
    count: int = 1
    sources: tuple[int, ...] = (-1,)

    @property
    def is_stack(self) -> bool:
        return self.count > 1


@dataclass(frozen=True)
class NetShape:
    """Blocks in data-flow order, the output last. Hashable, without names: equal networks share programs."""

    entrance: Flow
    blocks: tuple[Block, ...]
    is_clamped: bool = False
    """Units are held: which, and at what, is traced. A network without them has nothing of it in its programs."""

    @property
    def inputs(self) -> int:
        """Numbers of one row."""
        return self.entrance.size

    @cached_property
    def layers(self) -> tuple[LayerShape, ...]:
        return tuple(block.layer for block in self.blocks for _ in range(block.count))

    @property
    def outputs(self) -> int:
        """Of the last layer; of one step where each has an answer of its own."""
        return self.blocks[-1].layer.units

    @property
    def parameters(self) -> int:
        """Numbers that are learned."""
        every = (parameter for layer in self.layers for parameter in layer.parameters.values())
        return sum(parameter.size for parameter in every if parameter.is_learned)

    @cached_property
    def rows_at_once(self) -> int:
        """How many rows go through the network together where there may be many: wide networks take fewer."""
        return rows_together(self.blocks)

    def place(self, index: int) -> tuple[int, int]:
        """(block, position inside it) of the layer with that index."""
        for number, block in enumerate(self.blocks):
            if index < block.count:
                return number, index
            index -= block.count
        raise IndexError(index)

    def by_block(self, values: Sequence[T]) -> tuple[tuple[T, ...], ...]:
        """One value per layer, gathered by block."""
        remaining = iter(values)
        return tuple(tuple(next(remaining) for _ in range(block.count)) for block in self.blocks)


def rows_together(blocks: Sequence[Block]) -> int:
    """How many rows go through these blocks at once; a power of two."""
    return rows_at_once(sum(block.count * block.layer.layer.kept(*block.layer.reads) for block in blocks))


def layer_names(experiment: Experiment) -> tuple[str, ...]:
    """Names of the layers that compute, in data-flow order: the hidden ones, then `output`."""
    return tuple(node.name for node in graph_of(experiment.data, experiment.network).nodes)


def net_shape(experiment: Experiment) -> NetShape:
    """Shapes of all layers; the output is linear here, its own activation belongs to the loss (`nets.losses`)."""
    graph = graph_of(experiment.data, experiment.network)
    runs = _runs(graph.nodes)
    block_of = {node.name: number for number, run in enumerate(runs) for node in run}
    block_of[INPUT] = -1
    return NetShape(
        graph.entrance,
        tuple(
            Block(_layer_shape(run[0]), len(run), tuple(block_of[source] for source in run[0].sources)) for run in runs
        ),
        is_clamped=bool(experiment.network.clamps),
    )


def _layer_shape(node: Node) -> LayerShape:
    return LayerShape(node.layer.static, node.reads)


def _runs(nodes: Sequence[Node]) -> list[list[Node]]:
    """Nodes by block: runs of equal layers, each read by the next alone, where they are long enough for a stack."""
    readers: dict[str, int] = {}
    for node in nodes:
        for source in node.sources:
            readers[source] = readers.get(source, 0) + 1
    runs: list[list[Node]] = []
    for node in nodes[:-1]:
        before = runs[-1][-1] if runs else None
        if before is not None and _continues(before, node) and readers[before.name] == 1:
            runs[-1].append(node)
        else:
            runs.append([node])
    kept: list[list[Node]] = []
    for run in runs:
        kept.extend([run] if len(run) >= STACK_FROM else [[node] for node in run])
    return [*kept, [nodes[-1]]]


def _continues(before: Node, node: Node) -> bool:
    return (
        node.layer.type in STACKABLE
        and node.sources == (before.name,)
        and node.reads == before.reads
        and node.layer.static == before.layer.static
    )
