"""Units that are held at a value: from the experiment into the arrays of a model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuroglow.nets.layers import Clamp
from neuroglow.nets.model import Network
from neuroglow.nets.shape import layer_names, net_shape
from neuroglow.spec.experiment import Experiment

Float32 = NDArray[np.float32]


def held_units(experiment: Experiment) -> dict[str, Float32]:
    """By layer f32 (2, units): 1 where a unit is held, and its value. Empty where none are; a clamp without a place is
    left out."""
    clamps, names = experiment.network.clamps or (), layer_names(experiment)
    if not clamps:
        return {}
    layers = zip(names, net_shape(experiment).layers, strict=True)
    held = {name: np.zeros((2, layer.units), np.float32) for name, layer in layers}
    for clamp in clamps:
        if clamp.layer in held and clamp.unit < held[clamp.layer].shape[1]:
            held[clamp.layer][:, clamp.unit] = 1.0, clamp.value
    return held


def with_clamps(model: Network, experiment: Experiment) -> Network:
    """The model of an experiment with its held units, f32 on the host."""
    held = held_units(experiment)
    if not held:
        return model
    by_block = net_shape(experiment).by_block(list(held.values()))
    return Network(model.blocks, (*(_arranged(layers) for layers in by_block[:-1]), None))


def _arranged(layers: tuple[Float32, ...]) -> Clamp:
    """Of one block, from (2, units) of each of its layers."""
    held, value = np.stack(layers, axis=1) if len(layers) > 1 else layers[0]
    return Clamp(held, value)
