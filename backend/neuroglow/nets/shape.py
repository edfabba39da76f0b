"""The shape of a network: what a compiled program depends on, and the names it does not depend on.

Consecutive equal layers form a stack, which runs and compiles as one scan over stacked parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from neuroglow.spec.datasets import input_names, output_count
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers.wiring import OUTPUT

T = TypeVar("T")
STACK_FROM = 12
"""Fewer equal layers than this run unrolled: a nested loop costs more on a CPU than it saves in compile time."""


@dataclass(frozen=True)
class LayerShape:
    """One layer that computes: `activation(W x + b)` with W (units, fan_in)."""

    fan_in: int
    units: int
    activation: str


@dataclass(frozen=True)
class Block:
    """`count` consecutive equal layers; more than one only for a stack."""

    layer: LayerShape
    count: int = 1

    @property
    def is_stack(self) -> bool:
        return self.count > 1


@dataclass(frozen=True)
class NetShape:
    """Blocks in data-flow order, the output last. Hashable, without names: equal networks share programs."""

    inputs: int
    blocks: tuple[Block, ...]

    @property
    def layers(self) -> tuple[LayerShape, ...]:
        return tuple(block.layer for block in self.blocks for _ in range(block.count))

    @property
    def outputs(self) -> int:
        return self.blocks[-1].layer.units

    @property
    def parameters(self) -> int:
        return sum(layer.units * (layer.fan_in + 1) for layer in self.layers)

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


def layer_names(experiment: Experiment) -> tuple[str, ...]:
    """Names of the layers that compute, in data-flow order: the hidden ones, then `output`."""
    return (*(_named(layer.name) for layer in experiment.network.layers), OUTPUT)


def net_shape(experiment: Experiment) -> NetShape:
    """Shapes of all layers; the output is linear here, its own activation belongs to the loss (`nets.losses`)."""
    inputs = len(input_names(experiment.data))
    layers: list[LayerShape] = []
    fan_in = inputs
    for layer in experiment.network.layers:
        layers.append(LayerShape(fan_in, layer.units, layer.activation))
        fan_in = layer.units
    layers.append(LayerShape(fan_in, output_count(experiment.data), "linear"))
    return NetShape(inputs, tuple(_blocks(layers)))


def _blocks(layers: list[LayerShape]) -> list[Block]:
    runs: list[Block] = []
    for layer in layers[:-1]:
        if runs and runs[-1].layer == layer:
            runs[-1] = Block(layer, runs[-1].count + 1)
        else:
            runs.append(Block(layer))
    blocks: list[Block] = []
    for run in runs:
        blocks.extend([run] if run.count >= STACK_FROM else [Block(run.layer)] * run.count)
    return [*blocks, Block(layers[-1])]


def _named(name: str | None) -> str:
    assert name is not None, "a parsed experiment has every layer named"
    return name
