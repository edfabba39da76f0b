"""What an edit keeps: learned weights and optimizer moments follow layer names, units and features.

Pure: a snapshot of the old experiment and the new experiment make a snapshot of the new one. The rules are those of the
public contract: hyperparameters keep everything; a unit added or removed keeps all other weights, and a new unit starts
without outgoing effect; layers are matched by name; features keep the other columns; another task or data set keeps
whatever keeps its shape; a kernel grows around what it has learned. The update count goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglow.engine.cells import Places as CellPlaces
from neuroglow.engine.cells import with_cells
from neuroglow.engine.layers import Layers, Parameters
from neuroglow.engine.masks import draws_alike, with_masks, with_single_ones
from neuroglow.engine.order import batches_per_epoch
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, with_fresh_moments
from neuroglow.session.origins import Origin, Places, origin_of_input, origins_of, same_numbers, same_units
from neuroglow.spec.datasets import input_names, split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers import AnyLayer, Repeat, SparseDense
from neuroglow.spec.layers.convolution import ConvTranspose2d
from neuroglow.spec.layers.recurrent import Rnn
from neuroglow.spec.layers.windows import pair
from neuroglow.spec.layers.wiring import OUTPUT, Node

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class _Match:
    """Where an old array's numbers go in its new one, axis by axis; the rest of it is zero or drawn afresh."""

    old: tuple[Places, ...]
    new: tuple[Places, ...]
    zeros_beside: int = 0
    """So many axes say which rows are kept units: their new sources start at zero, without effect."""


_Matches = dict[str, _Match]
"""By parameter; one that is not there starts afresh."""
_Columns = tuple[Places, Places]
"""Which old ones are which new ones."""
_NORMS = frozenset({"batch_norm", "layer_norm", "group_norm"})
_ALIKE = (frozenset({"dense", "sparse_dense"}), _NORMS)
"""Types whose numbers mean the same."""
_KERNELS = frozenset({"conv1d", "conv2d", "conv_transpose2d"})


def carry_over(snapshot: Snapshot, new: Experiment) -> Snapshot:
    """The snapshot that training of `new` continues from."""
    old = snapshot.experiment
    fresh = initial_snapshot(new)
    matches = _matches(old, new)
    layers = {name: _filled(matches[name], snapshot.layers.get(name), layer) for name, layer in fresh.layers.items()}
    layers = _with_connections(layers, old, new)
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
    by_name = CellPlaces(old).reads_columns & CellPlaces(new).reads_columns
    graphs = graph_of(old.data, old.network), graph_of(new.data, new.network)
    entrances = (
        origin_of_input(graphs[0].entrance, input_names(old.data)),
        origin_of_input(graphs[1].entrance, input_names(new.data)),
    )
    found = _of_layers(graphs[0].nodes, graphs[1].nodes, entrances)
    for name in by_name & found.keys():
        if "weight" in found[name]:
            shapes = [graph.node(name).parameters["weight"].shape for graph in graphs]
            match = _of_inputs(shapes[0], shapes[1], *(input_names(each.data) for each in (old, new)))
            others = {part: own for part, own in found[name].items() if part not in ("weight", "mask")}
            kept = {} if match is None else {"weight": match}
            if match is not None and "mask" in found[name]:
                kept["mask"] = replace(match, zeros_beside=0)
            found[name] = others | kept
    return found


def _of_layers(olds: Iterable[Node], news: Iterable[Node], entrances: tuple[Origin, Origin]) -> dict[str, _Matches]:
    """Of all layers of a network, or of one turn of a repeated block."""
    before, after = {node.name: node for node in olds}, {node.name: node for node in news}
    origins = origins_of(before.values(), entrances[0]), origins_of(after.values(), entrances[1])
    found: dict[str, _Matches] = {}
    for name, now in after.items():
        was = before.get(name)
        if was is None or not _means_the_same(was, now):
            found[name] = {}
            continue
        reads = origins[0][was.sources[0]], origins[1][now.sources[0]]
        found[name] = _of_turns(was, now, reads) if isinstance(now.layer, Repeat) else _of_layer(was, now, reads)
    return found


def _means_the_same(was: Node, now: Node) -> bool:
    if now.name == OUTPUT:
        return was.output == now.output
    return was.layer.type == now.layer.type or any({was.layer.type, now.layer.type} <= kinds for kinds in _ALIKE)


def _of_turns(was: Node, now: Node, reads: tuple[Origin, Origin]) -> _Matches:
    """The first turns, and in them what a turn keeps."""
    old, new = was.layer, now.layer
    assert isinstance(old, Repeat)
    assert isinstance(new, Repeat)
    turns = np.arange(min(old.times, new.times))
    return {
        f"{name}.{part}": _Match(
            (turns, *match.old), (turns, *match.new), match.zeros_beside + 1 if match.zeros_beside else 0
        )
        for name, matches in _of_layers(old.body(was.reads[0]), new.body(now.reads[0]), reads).items()
        for part, match in matches.items()
    }


def _of_layer(was: Node, now: Node, reads: tuple[Origin, Origin]) -> _Matches:
    groups = getattr(was.layer, "groups", 1), getattr(now.layer, "groups", 1)
    if now.layer.type in _KERNELS and groups[0] != groups[1]:
        return {}
    matches: _Matches = {}
    for name, parameter in now.parameters.items():
        shapes = was.parameters[name].shape if name in was.parameters else (), parameter.shape
        if len(shapes[0]) != len(shapes[1]):
            continue
        axis = _column_axis(now, name)
        # Channels of one group cannot be told from those of the next one by counting.
        columns = None if axis is None or groups != (1, 1) else _columns(reads, shapes[0][axis], shapes[1][axis])
        matches[name] = _overlap(was, now, *shapes, axis, columns)
        if name == "weight" and axis == 1 and (columns is not None or was.sources == now.sources):
            matches[name] = replace(matches[name], zeros_beside=1)
        if isinstance(was.layer, Rnn) and isinstance(now.layer, Rnn):
            matches[name] = _by_gates(matches[name], shapes, (was.layer.units, now.layer.units))
            if name == "state_weight":
                # A unit that is kept hears nothing of the state of a new one.
                matches[name] = replace(matches[name], zeros_beside=1)
    return matches


def _by_gates(match: _Match, shapes: tuple[tuple[int, ...], tuple[int, ...]], units: tuple[int, int]) -> _Match:
    """Gates lie one after the other: each keeps its own units."""
    kept = np.arange(min(units))
    old, new = (
        (np.arange(shape[0] // count)[:, None] * count + kept).ravel()
        for shape, count in zip(shapes, units, strict=True)
    )
    return replace(match, old=(old, *match.old[1:]), new=(new, *match.new[1:]))


def _column_axis(now: Node, name: str) -> int | None:
    """Which axis of a parameter belongs to what the layer reads."""
    if now.layer.type in _NORMS:
        return 0
    return 1 if name in ("weight", "mask") and now.layer.type != "embedding" else None


def _columns(reads: tuple[Origin, Origin], was: int, now: int) -> _Columns | None:
    if (was, now) == (reads[0].units, reads[1].units):
        return same_units(*reads)
    return same_numbers(*reads) if (was, now) == (reads[0].shape.size, reads[1].shape.size) else None


def _overlap(
    was: Node,
    now: Node,
    before: tuple[int, ...],
    after: tuple[int, ...],
    column_axis: int | None,
    columns: _Columns | None,
) -> _Match:
    """What both have: columns by their origin where it is known, a kernel's places around its middle, else from the
    first on."""
    old: list[Places] = []
    new: list[Places] = []
    is_kernel = now.layer.type in _KERNELS
    is_picture = now.layer.type == "layer_norm" and now.reads[0].kind in ("picture", "signal")
    for axis, (fewer, more) in enumerate(zip(before, after, strict=True)):
        if axis == column_axis and columns is not None:
            old.append(columns[0])
            new.append(columns[1])
            continue
        starts = (0, 0)
        if is_kernel and axis >= 2:
            middles = _middle(was.layer, fewer, axis - 2), _middle(now.layer, more, axis - 2)
            starts = max(0, middles[0] - middles[1]), max(0, middles[1] - middles[0])
        elif is_picture and axis >= 1:
            starts = max(0, fewer - more) // 2, max(0, more - fewer) // 2
        count = min(fewer - starts[0], more - starts[1])
        old.append(np.arange(starts[0], starts[0] + count))
        new.append(np.arange(starts[1], starts[1] + count))
    return _Match(tuple(old), tuple(new))


def _middle(layer: AnyLayer, side: int, axis: int) -> int:
    """The place of a kernel that lies upon the number it makes, with padding `same`."""
    stride = pair(layer.stride)[axis] if isinstance(layer, ConvTranspose2d) else 1
    return max(0, side - stride) // 2


def _of_inputs(
    was: tuple[int, ...], now: tuple[int, ...], olds: tuple[str, ...], news: tuple[str, ...]
) -> _Match | None:
    """Columns follow their names. Those that mean something else keep their place if there are as many."""
    rows = np.arange(min(was[0], now[0]))
    kept = [column for column in olds if column in news]
    if not kept and was[1] != now[1]:
        return None
    columns = np.array([olds.index(c) for c in kept], int), np.array([news.index(c) for c in kept], int)
    if not kept:
        columns = np.arange(now[1]), np.arange(now[1])
    return _Match((rows, columns[0]), (rows, columns[1]), zeros_beside=1)


def _filled(matches: _Matches, old: Parameters | None, fresh: Parameters) -> Parameters:
    if old is None:
        return fresh
    return {name: _moved(matches.get(name), old, name, array) for name, array in fresh.items()}


def _moved(match: _Match | None, old: Parameters, name: str, fresh: Float32) -> Float32:
    if match is None:
        return fresh
    filled = fresh.copy()
    if match.zeros_beside:
        filled[np.ix_(*match.new[: match.zeros_beside])] = 0.0
    filled[np.ix_(*match.new)] = old[name][np.ix_(*match.old)]
    return filled


def _carried_moments(matches: Mapping[str, _Matches], moments: Layers, shapes: Layers) -> Layers:
    zeros = {
        name: {part: np.zeros_like(array) for part, array in layer.items()} for name, layer in shapes.items()
    }
    return {name: _filled(matches[name], moments.get(name), zeros[name]) for name in shapes}


def _with_connections(layers: Layers, old: Experiment, new: Experiment) -> Layers:
    """Sparse layers keep their connections, but for single ones that the edit names, unless it says another share or
    method; what is new of a layer gets its own."""
    known = {layer.name: layer for layer in old.network.layers if isinstance(layer, SparseDense)}
    made = with_masks(layers, new)
    for layer in new.network.layers:
        if isinstance(layer, SparseDense) and layer.name in known and draws_alike(known[layer.name], layer):
            carried, drawn = layers[str(layer.name)]["mask"], made[str(layer.name)]["mask"]
            made[str(layer.name)]["mask"] = with_single_ones(carried, drawn, known[layer.name], layer)
    return made
