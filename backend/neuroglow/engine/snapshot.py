"""Snapshots: parameters + optimizer state + counters on the host, by layer name, and their way to the device and back.

The host form does not depend on how a program arranges layers (stacks, tiers): an edit, a file and another worker read
the same arrays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from neuroglow.engine.cells import with_cells
from neuroglow.engine.clamps import with_clamps
from neuroglow.engine.layers import Layers, are_finite, from_model, to_model
from neuroglow.engine.masks import with_masks
from neuroglow.engine.optimizers import initial_moments
from neuroglow.engine.order import Cursor
from neuroglow.engine.train import State
from neuroglow.nets.initial import initial_parameters
from neuroglow.nets.model import Network, abstract_model
from neuroglow.nets.shape import NetShape, layer_names, net_shape
from neuroglow.spec.experiment import Experiment, parse_experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers import Repeat
from neuroglow.spec.layers.wiring import OUTPUT, Node

FORMAT = "1"


@dataclass(frozen=True)
class Snapshot:
    """One moment of a run. `moments` are the optimizer's arrays shaped like the network, `scalars` its others."""

    experiment: Experiment
    cursor: Cursor
    layers: Layers
    moments: tuple[Layers, ...]
    scalars: tuple[NDArray[np.generic], ...]

    def is_finite(self) -> bool:
        return all(are_finite(group) for group in (self.layers, *self.moments))


# --- fresh ------------------------------------------------------------------------------------------------------------


def initial_snapshot(experiment: Experiment) -> Snapshot:
    """Update 0: a pure function of the experiment."""
    seed = experiment.training.seed
    layers = {
        node.name: initial_parameters(seed, node.name, node.parameters, initializers_of(experiment, node))
        for node in graph_of(experiment.data, experiment.network).nodes
    }
    layers = with_masks(layers, experiment)
    layers = with_cells(layers, experiment.network.pins, experiment)
    return with_fresh_moments(Snapshot(experiment, Cursor(), layers, (), ()))


def initializers_of(experiment: Experiment, node: Node) -> Callable[[str], str]:
    """Which rule draws a parameter of a layer: its own, that of the layer inside a repeated block, or the output's."""
    if node.name == OUTPUT:
        return lambda _: experiment.network.output_initializer
    if isinstance(node.layer, Repeat):
        inside = {layer.name: getattr(layer, "initializer", "zeros") for layer in node.layer.layers}
        return lambda name: inside[name.rsplit(".", 1)[0]]
    return lambda _: getattr(node.layer, "initializer", "zeros")


def with_fresh_moments(snapshot: Snapshot) -> Snapshot:
    """The same parameters with the optimizer at its beginning: every rule starts from zeros."""
    names = layer_names(snapshot.experiment)
    leaves = jax.tree.leaves(_moments_template(snapshot.experiment), is_leaf=_is_network)
    zeros = [jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), leaf) for leaf in leaves]
    groups = tuple(from_model(leaf, names) for leaf in zeros if _is_network(leaf))
    scalars = tuple(leaf for leaf in zeros if not _is_network(leaf))
    return Snapshot(snapshot.experiment, snapshot.cursor, snapshot.layers, groups, scalars)


def _moments_template(experiment: Experiment) -> Any:
    return abstract_state(net_shape(experiment), experiment.training.optimizer.type).moments


# --- to the device and back -------------------------------------------------------------------------------------------


def _is_network(node: object) -> bool:
    return isinstance(node, Network)


def _split(moments: Any, names: Sequence[str]) -> tuple[tuple[Layers, ...], tuple[NDArray[np.generic], ...]]:
    leaves = jax.tree.leaves(moments, is_leaf=_is_network)
    groups = tuple(from_model(leaf, names) for leaf in leaves if _is_network(leaf))
    return groups, tuple(np.array(leaf) for leaf in leaves if not _is_network(leaf))


def to_state(snapshot: Snapshot) -> State:
    """The state a program trains from, on the default device."""
    experiment = snapshot.experiment
    shape, names = net_shape(experiment), layer_names(experiment)
    model = with_clamps(to_model(snapshot.layers, shape, names), experiment)
    leaves, structure = jax.tree.flatten(_moments_template(experiment), is_leaf=_is_network)
    groups, scalars = iter(snapshot.moments), iter(snapshot.scalars)
    filled = [to_model(next(groups), shape, names) if _is_network(leaf) else next(scalars) for leaf in leaves]
    moments = jax.tree.unflatten(structure, filled)
    state: State = jax.device_put(State(model, moments))
    return state


def from_state(state: State, experiment: Experiment, cursor: Cursor) -> Snapshot:
    """A snapshot of a state that belongs to `experiment`. Waits for the device."""
    names = layer_names(experiment)
    groups, scalars = _split(state.moments, names)
    return Snapshot(experiment, cursor, from_model(state.model, names), groups, scalars)


def abstract_state(shape: NetShape, optimizer: str) -> State:
    """Shapes and dtypes of a state without its numbers, for compiling."""

    def beginning(model: Network) -> State:
        return State(model, initial_moments(optimizer, model.bare))

    state: State = jax.eval_shape(beginning, abstract_model(shape))
    return state


# --- files ------------------------------------------------------------------------------------------------------------


def _named_arrays(prefix: str, layers: Layers) -> Iterable[tuple[str, NDArray[np.generic]]]:
    for name, layer in layers.items():
        yield from ((f"{prefix}/{name}/{part}", array) for part, array in layer.items())


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """One safetensors file: `parameters/LAYER/PARAMETER`, `moments/N/LAYER/PARAMETER`, `scalars/N`."""
    arrays = dict(_named_arrays("parameters", snapshot.layers))
    for number, group in enumerate(snapshot.moments):
        arrays.update(_named_arrays(f"moments/{number}", group))
    arrays.update((f"scalars/{number}", np.atleast_1d(value)) for number, value in enumerate(snapshot.scalars))
    cursor = snapshot.cursor
    metadata = {
        "format": FORMAT,
        "experiment": json.dumps(snapshot.experiment.to_document()),
        "update": str(cursor.update),
        "epoch": str(cursor.epoch),
        "position": str(cursor.position),
        "moments": str(len(snapshot.moments)),
        "scalars": str(len(snapshot.scalars)),
    }
    return save(arrays, metadata=metadata)


def decode_snapshot(data: bytes) -> Snapshot:
    """The inverse of `encode_snapshot`; raises `ValueError` or `KeyError` on anything else."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata = header["__metadata__"] if isinstance(header, dict) else {}
    arrays = load(data)
    experiment = parse_experiment(json.loads(metadata["experiment"]))
    nodes = graph_of(experiment.data, experiment.network).nodes

    def group(prefix: str) -> Layers:
        return {node.name: {part: arrays[f"{prefix}/{node.name}/{part}"] for part in node.parameters} for node in nodes}

    return Snapshot(
        experiment=experiment,
        cursor=Cursor(int(metadata["update"]), int(metadata["epoch"]), int(metadata["position"])),
        layers=group("parameters"),
        moments=tuple(group(f"moments/{number}") for number in range(int(metadata["moments"]))),
        # Every scalar of an optimizer's state is a count; safetensors has no zero-dimensional arrays from numpy.
        scalars=tuple(arrays[f"scalars/{number}"].reshape(()) for number in range(int(metadata["scalars"]))),
    )
