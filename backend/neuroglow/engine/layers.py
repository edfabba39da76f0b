"""Parameters on the host, by layer name, and their arrangement into the blocks of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.nets.model import Block, Network
from neuroglow.nets.shape import NetShape

Parameters = dict[str, NDArray[np.float32]]
"""One layer's arrays by name, in the shapes of its spec."""
Layers = dict[str, Parameters]


def to_model(layers: Layers, shape: NetShape, names: Sequence[str]) -> Network:
    """Arrange host layers into the blocks of a program, none of its units held; arrays stay on the host until a program
    takes them."""
    remaining = iter(names)
    blocks: list[Block] = []
    for block in shape.blocks:
        parts = [layers[next(remaining)] for _ in range(block.count)]
        arranged: dict[str, Any] = {
            name: np.stack([part[name] for part in parts]) if block.is_stack else parts[0][name]
            for name in block.layer.parameters
        }
        blocks.append(Block(arranged, block))
    return Network(tuple(blocks))


def from_model(model: Network, names: Sequence[str]) -> Layers:
    """Copies on the host, by name. Waits for the device."""
    remaining = iter(names)
    layers: Layers = {}
    for block in model.blocks:
        # Copies, not views: the device buffers are donated to the next chunk. In the order of the spec, which the tree
        # of a program does not keep.
        arrays = {name: np.array(block.parameters[name], np.float32) for name in block.shape.layer.parameters}
        for position in range(block.shape.count):
            layers[next(remaining)] = {
                name: array[position] if block.shape.is_stack else array for name, array in arrays.items()
            }
    return layers


def are_finite(layers: Layers) -> bool:
    return all(bool(np.isfinite(array).all()) for layer in layers.values() for array in layer.values())
