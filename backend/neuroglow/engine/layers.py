"""Parameters on the host, by layer name, and their arrangement into the blocks of a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.nets.model import Dense, Network, Stack
from neuroglow.nets.shape import NetShape

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """weight f32 (units, fan_in), bias f32 (units,)"""

    weight: Float32
    bias: Float32

    def is_finite(self) -> bool:
        return bool(np.isfinite(self.weight).all() and np.isfinite(self.bias).all())


Layers = dict[str, Layer]


def to_model(layers: Layers, shape: NetShape, names: Sequence[str]) -> Network:
    """Arrange host layers into the blocks of a program; arrays stay on the host until a program takes them."""
    remaining = iter(names)
    blocks: list[Dense | Stack] = []
    for block in shape.blocks:
        parts = [layers[next(remaining)] for _ in range(block.count)]
        if block.is_stack:
            weight, bias = np.stack([p.weight for p in parts]), np.stack([p.bias for p in parts])
            blocks.append(Stack(_leaf(weight), _leaf(bias), block.layer.activation))
        else:
            blocks.append(Dense(_leaf(parts[0].weight), _leaf(parts[0].bias), block.layer.activation))
    return Network(tuple(blocks))


def _leaf(array: Float32) -> Any:
    return array


def from_model(model: Network, names: Sequence[str]) -> Layers:
    """Copies on the host, by name. Waits for the device."""
    remaining = iter(names)
    layers: Layers = {}
    for block in model.blocks:
        # A copy, not a view: the device buffers are donated to the next chunk.
        weight, bias = np.array(block.weight, np.float32), np.array(block.bias, np.float32)
        pairs = zip(weight, bias, strict=True) if isinstance(block, Stack) else [(weight, bias)]
        for part_weight, part_bias in pairs:
            layers[next(remaining)] = Layer(part_weight, part_bias)
    return layers
