"""What an edit keeps: learned weights and optimizer moments follow layer names, units and features.

Pure: a snapshot of the old experiment and the new experiment make a snapshot of the new one. The rules are those of the
public contract: hyperparameters keep everything; a unit added or removed keeps all other weights, and a new unit starts
without outgoing effect; layers are matched by name; features keep the other columns; another task or data set keeps
whatever keeps its shape. The update count goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from neuroglow.engine.cells import with_cells
from neuroglow.engine.layers import Layer, Layers
from neuroglow.engine.order import batches_per_epoch
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, with_fresh_moments
from neuroglow.nets.shape import layer_names
from neuroglow.spec.datasets import input_names, split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers.wiring import INPUT, OUTPUT


@dataclass(frozen=True)
class _Match:
    """Where a layer's old numbers go in its new matrix; the rest of it is zero or drawn afresh."""

    old_rows: list[int]
    new_rows: list[int]
    old_columns: list[int]
    new_columns: list[int]
    rest_of_row_is_zero: bool
    """New columns of kept units start at zero: the new source has no effect yet."""


def carry_over(snapshot: Snapshot, new: Experiment) -> Snapshot:
    """The snapshot that training of `new` continues from."""
    old = snapshot.experiment
    fresh = initial_snapshot(new)
    matches = {name: _match(name, old, new, snapshot.layers, fresh.layers) for name in fresh.layers}
    layers = {name: _filled(matches[name], snapshot.layers.get(name), layer) for name, layer in fresh.layers.items()}
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


def _source(experiment: Experiment, name: str) -> str:
    names = layer_names(experiment)
    index = names.index(name)
    return INPUT if index == 0 else names[index - 1]


def _match(name: str, old: Experiment, new: Experiment, before: Layers, after: Layers) -> _Match | None:
    if name not in before:
        return None
    was, now = before[name].weight.shape, after[name].weight.shape
    if name == OUTPUT and was[0] != now[0]:
        return None
    rows = list(range(min(was[0], now[0])))
    sources = _source(old, name), _source(new, name)
    if sources == (INPUT, INPUT):
        olds, news = input_names(old.data), input_names(new.data)
        kept = [column for column in olds if column in news]
        if not kept:
            return _whole(was, now, rows)
        return _Match(rows, rows, [olds.index(c) for c in kept], [news.index(c) for c in kept], True)
    columns = list(range(min(was[1], now[1])))
    return _Match(rows, rows, columns, columns, rest_of_row_is_zero=sources[0] == sources[1])


def _whole(was: tuple[int, ...], now: tuple[int, ...], rows: list[int]) -> _Match | None:
    """Columns that mean something else keep their place if there are as many, and nothing otherwise."""
    if was[1] != now[1]:
        return None
    columns = list(range(now[1]))
    return _Match(rows, rows, columns, columns, rest_of_row_is_zero=True)


def _filled(match: _Match | None, old: Layer | None, fresh: Layer) -> Layer:
    if match is None or old is None:
        return fresh
    weight, bias = fresh.weight.copy(), fresh.bias.copy()
    if match.rest_of_row_is_zero:
        weight[match.new_rows] = 0.0
    weight[np.ix_(match.new_rows, match.new_columns)] = old.weight[np.ix_(match.old_rows, match.old_columns)]
    bias[match.new_rows] = old.bias[match.old_rows]
    return Layer(weight, bias)


def _carried_moments(matches: Mapping[str, _Match | None], moments: Layers, shapes: Layers) -> Layers:
    zeros = {name: Layer(np.zeros_like(layer.weight), np.zeros_like(layer.bias)) for name, layer in shapes.items()}
    return {name: _filled(matches[name], moments.get(name), zeros[name]) for name in shapes}
