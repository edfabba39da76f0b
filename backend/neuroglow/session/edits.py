"""What an edit keeps: learned weights and optimizer moments follow layer names, units and features.

Pure: a snapshot of the old experiment and the new experiment make a snapshot of the new one. The rules are those of the
public contract: hyperparameters keep everything; a unit added or removed keeps all other weights, and a new unit starts
without outgoing effect; layers are matched by name; features keep the other columns; another task or data set keeps
whatever keeps its shape; a kernel grows around what it has learned. The update count goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglow.engine.cells import Places, with_cells
from neuroglow.engine.layers import Layers, Parameters
from neuroglow.engine.masks import has_same_mask, with_masks
from neuroglow.engine.order import batches_per_epoch
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, with_fresh_moments
from neuroglow.spec.datasets import input_names, split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers import SparseDense
from neuroglow.spec.layers.recurrent import Rnn
from neuroglow.spec.layers.wiring import INPUT, OUTPUT, Node

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class _Match:
    """Where an old array's numbers go in its new one, axis by axis; the rest of it is zero or drawn afresh."""

    old: tuple[list[int], ...]
    new: tuple[list[int], ...]
    rest_of_row_is_zero: bool = False
    """New sources of kept units start at zero: they have no effect yet."""


_Matches = dict[str, _Match]
"""By parameter; one that is not there starts afresh."""


def carry_over(snapshot: Snapshot, new: Experiment) -> Snapshot:
    """The snapshot that training of `new` continues from."""
    old = snapshot.experiment
    fresh = initial_snapshot(new)
    matches = _matches(old, new)
    layers = {name: _filled(matches[name], snapshot.layers.get(name), layer) for name, layer in fresh.layers.items()}
    layers = _with_connections(layers, snapshot.layers, old, new)
    if new.training.optimizer.type == old.training.optimizer.type:
        moments = tuple(_carried_moments(matches, group, fresh.layers) for group in snapshot.moments)
        scalars = snapshot.scalars
    else:
        moments, scalars = (), ()
    train, _ = split_counts(new.data)
    cursor = snapshot.cursor.rescaled(batches_per_epoch(train, effective_batch(new)))
    layers = with_cells(layers, new.network.pins, new)
    carried = Snapshot(new, cursor, layers, moments, scalars)
    return carried if new.training.optimizer.type == old.training.optimizer.type else with_fresh_moments(carried)


def effective_batch(experiment: Experiment) -> int:
    """A batch larger than the training set is the whole set."""
    return min(experiment.training.batch_size, split_counts(experiment.data)[0])


def _matches(old: Experiment, new: Experiment) -> dict[str, _Matches]:
    before = {node.name: node for node in graph_of(old.data, old.network).nodes}
    by_name = Places(old).reads_columns, Places(new).reads_columns
    return {
        node.name: _match(before.get(node.name), node, old, new, by_name)
        for node in graph_of(new.data, new.network).nodes
    }


def _match(
    was: Node | None, now: Node, old: Experiment, new: Experiment, by_name: tuple[frozenset[str], frozenset[str]]
) -> _Matches:
    if was is None or (now.name == OUTPUT and was.output != now.output):
        return {}
    reads_inputs = was.sources == now.sources == (INPUT,)
    matches: _Matches = {}
    for name, parameter in now.parameters.items():
        shapes = (was.parameters[name].shape if name in was.parameters else (), parameter.shape)
        if len(shapes[0]) != len(shapes[1]) or (isinstance(now.layer, Rnn) and shapes[0][0] != shapes[1][0]):
            continue
        if reads_inputs and name == "weight" and now.name in by_name[0] and now.name in by_name[1]:
            match = _of_inputs(*shapes, input_names(old.data), input_names(new.data))
        else:
            grows = parameter.role == "weight" and was.sources == now.sources
            match = _overlap(*shapes, rest_of_row_is_zero=grows and name == "weight")
        if match is not None:
            matches[name] = match
    return matches


def _overlap(was: tuple[int, ...], now: tuple[int, ...], *, rest_of_row_is_zero: bool) -> _Match:
    """What both have: from the first on, and a kernel's places around its middle."""
    old, new = [], []
    for axis, (before, after) in enumerate(zip(was, now, strict=True)):
        common, is_place = min(before, after), axis >= 2
        old.append(_from((before - common) // 2 if is_place else 0, common))
        new.append(_from((after - common) // 2 if is_place else 0, common))
    return _Match(tuple(old), tuple(new), rest_of_row_is_zero)


def _from(start: int, count: int) -> list[int]:
    return list(range(start, start + count))


def _of_inputs(
    was: tuple[int, ...], now: tuple[int, ...], olds: tuple[str, ...], news: tuple[str, ...]
) -> _Match | None:
    """Columns follow their names. Those that mean something else keep their place if there are as many."""
    rows = list(range(min(was[0], now[0])))
    kept = [column for column in olds if column in news]
    if not kept and was[1] != now[1]:
        return None
    columns = [olds.index(c) for c in kept], [news.index(c) for c in kept]
    if not kept:
        columns = list(range(now[1])), list(range(now[1]))
    return _Match((rows, columns[0]), (rows, columns[1]), rest_of_row_is_zero=True)


def _filled(matches: _Matches, old: Parameters | None, fresh: Parameters) -> Parameters:
    if old is None:
        return fresh
    return {name: _moved(matches.get(name), old, name, array) for name, array in fresh.items()}


def _moved(match: _Match | None, old: Parameters, name: str, fresh: Float32) -> Float32:
    if match is None:
        return fresh
    filled = fresh.copy()
    if match.rest_of_row_is_zero:
        filled[match.new[0]] = 0.0
    filled[np.ix_(*match.new)] = old[name][np.ix_(*match.old)]
    return filled


def _carried_moments(matches: Mapping[str, _Matches], moments: Layers, shapes: Layers) -> Layers:
    zeros = {
        name: {part: np.zeros_like(array) for part, array in layer.items()} for name, layer in shapes.items()
    }
    return {name: _filled(matches[name], moments.get(name), zeros[name]) for name in shapes}


def _with_connections(layers: Layers, before: Layers, old: Experiment, new: Experiment) -> Layers:
    """Sparse layers keep their connections unless the edit says something about them or the layer has another size."""
    known = {layer.name: layer for layer in old.network.layers if isinstance(layer, SparseDense)}
    made = with_masks(layers, new)
    for layer in new.network.layers:
        if not isinstance(layer, SparseDense) or layer.name is None or layer.name not in known:
            continue
        mask = before[layer.name]["mask"]
        if has_same_mask(known[layer.name], layer) and mask.shape == made[layer.name]["mask"].shape:
            made[layer.name]["mask"] = mask
    return made
