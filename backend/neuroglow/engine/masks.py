"""Which connections of a sparse layer there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from neuroglow.engine.layers import Layers
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers import SparseDense

Float32 = NDArray[np.float32]


def with_masks(layers: Layers, experiment: Experiment) -> Layers:
    """The layers with a mask made for every sparse one, from its density and the weights it now has."""
    seed = experiment.training.seed
    return layers | {
        layer.name: {**layers[layer.name], "mask": mask(layer, layers[layer.name]["weight"], seed)}
        for layer in experiment.network.layers
        if isinstance(layer, SparseDense) and layer.name is not None
    }


def draws_alike(old: SparseDense, new: SparseDense) -> bool:
    """The edit says nothing about which connections there are but for single ones."""
    return (old.density, old.method) == (new.density, new.method)


def with_single_ones(carried: Float32, drawn: Float32, old: SparseDense, new: SparseDense) -> Float32:
    """The `carried` mask with the single connections of `new`; those that `old` named and `new` does not are as `drawn`
    again."""
    made = carried.copy()
    for unit, source in (*old.cut, *old.restored):
        if unit < made.shape[0] and source < made.shape[1]:
            made[unit, source] = drawn[unit, source]
    _set(made, new.cut, 0.0)
    _set(made, new.restored, 1.0)
    return made


def mask(layer: SparseDense, weight: Float32, seed: int) -> Float32:
    """f32 like `weight` (units, sources), 1 where there is a connection.

    `random`: the same share of every unit's connections, an ordering of them drawn with seed and name, so that a lower
    density keeps a part of what a higher one keeps. `magnitude`: the largest of the whole layer.
    """
    units, sources = weight.shape
    if layer.method == "random":
        kept = max(1, round(layer.density * sources))
        ranks = np.argsort(np.argsort(_draws(seed, str(layer.name), units, sources), axis=1), axis=1)
        made: Float32 = (ranks < kept).astype(np.float32)
    else:
        kept = max(1, round(layer.density * weight.size))
        order = np.argsort(-np.abs(weight), axis=None, kind="stable")[:kept]
        made = np.zeros(weight.shape, np.float32)
        made.ravel()[order] = 1.0
    _set(made, layer.cut, 0.0)
    _set(made, layer.restored, 1.0)
    return made


def _draws(seed: int, name: str, units: int, sources: int) -> NDArray[np.float64]:
    key = hashlib.blake2b(f"{seed}/{name}//mask".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(key, np.uint64))).random((units, sources))


def _set(made: Float32, connections: Iterable[tuple[int, int]], value: float) -> None:
    """Connections that are not there rest."""
    for unit, source in connections:
        if unit < made.shape[0] and source < made.shape[1]:
            made[unit, source] = value
