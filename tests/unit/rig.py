"""What engine tests share: small experiments, programs compiled once per run, arrays as bytes, the twin's view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np

from neuroglow.data import load
from neuroglow.engine.hyper import Hyper
from neuroglow.engine.layers import Layers
from neuroglow.engine.numbers import hyper_of
from neuroglow.engine.programs import TrainKey, TrainProgram, compile_train, train_key
from neuroglow.engine.snapshot import Snapshot, initial_snapshot
from neuroglow.nets.model import Block, Network
from neuroglow.nets.shape import Block as BlockShape
from neuroglow.nets.shape import LayerShape, layer_names, net_shape
from neuroglow.session.trainer import Trainer
from neuroglow.spec import Dense, Experiment, parse_experiment
from neuroglow.spec.layers import Flow
from unit import numpy_twin as twin

# Small enough to compile in a fraction of a second.
TINY: dict[str, Any] = {
    "data": {"source": "synthetic", "name": "xor", "samples": 60, "noise": 0.1},
    "network": {"layers": [{"units": 4}, {"units": 3, "activation": "relu"}]},
    "training": {"batch_size": 7, "optimizer": {"type": "adam", "learning_rate": 0.02}, "seed": 5},
}


def merged(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`document` with `changes` laid over it, member by member; lists and tagged objects are replaced whole."""
    result = dict(document)
    for key, value in changes.items():
        old = result.get(key)
        is_plain = isinstance(value, dict) and isinstance(old, dict) and "type" not in value and "source" not in value
        result[key] = merged(old, value) if is_plain and isinstance(old, dict) else value
    return result


def experiment(**changes: Any) -> Experiment:
    """The tiny experiment with changes: `experiment(training={"batch_size": 3})`."""
    return parse_experiment(merged(TINY, changes))


def dense(*units: int, activation: str = "tanh", **settings: Any) -> dict[str, Any]:
    """A `network` member with layers of these widths."""
    return {"layers": [{"units": count, "activation": activation, **settings} for count in units]}


@cache
def compiled(key: TrainKey) -> TrainProgram:
    return compile_train(key)


def program_of(spec: Experiment) -> TrainProgram:
    return compiled(train_key(spec))


def numbers_of(spec: Experiment) -> Hyper:
    """The live numbers at the experiment's beginning."""
    return hyper_of(spec, load(spec.data))


def trainer_of(spec: Experiment, snapshot: Snapshot | None = None) -> Trainer:
    """A trainer at the experiment's beginning, or at a snapshot of it."""
    return Trainer(snapshot or initial_snapshot(spec), program_of(spec))


def trained(trainer: Trainer, updates: int, cuts: Sequence[int] = ()) -> Snapshot:
    """Train exactly `updates` updates, in chunks that end at `cuts` (counted from here), and take a snapshot."""
    start = trainer.cursor.update
    for target in [*sorted(cuts), updates]:
        while (missing := start + target - trainer.cursor.update) > 0:
            trainer.finish(trainer.launch(missing, evaluate=False))
    return trainer.snapshot()


def as_bytes(snapshot: Snapshot) -> bytes:
    """Every number of a snapshot, so that equal means equal to the last bit."""
    arrays = [
        array.tobytes()
        for group in (snapshot.layers, *snapshot.moments)
        for layer in group.values()
        for array in layer.values()
    ]
    cursor = snapshot.cursor
    counters = f"{cursor.update}/{cursor.epoch}/{cursor.position}".encode()
    return b"|".join([counters, *arrays, *(np.asarray(value).tobytes() for value in snapshot.scalars)])


def dense_layers(spec: Experiment) -> tuple[Dense, ...]:
    """The hidden layers of a network that has no others."""
    layers = tuple(layer for layer in spec.network.layers if isinstance(layer, Dense))
    assert len(layers) == len(spec.network.layers)
    return layers


def dense_shape(fan_in: int, units: int, activation: Any) -> LayerShape:
    return LayerShape(Dense(units=units, activation=activation), (Flow((fan_in,), "vector"),))


def as_model(net: twin.Net, dtype: Any = jnp.float32) -> Network:
    """The engine's network with the twin's numbers."""

    def block(number: int, weight: twin.Array, bias: twin.Array, activation: str) -> Block:
        shape = BlockShape(dense_shape(weight.shape[1], weight.shape[0], activation), sources=(number - 1,))
        return Block({"weight": jnp.asarray(weight, dtype), "bias": jnp.asarray(bias, dtype)}, shape)

    return Network(tuple(block(number, *layer) for number, layer in enumerate(net)))


def twin_net(layers: Layers, spec: Experiment, dtype: Any = np.float64) -> twin.Net:
    """The twin's network with the engine's numbers."""
    shapes = net_shape(spec).layers
    return [
        (layers[name]["weight"].astype(dtype), layers[name]["bias"].astype(dtype), shape.activation)
        for name, shape in zip(layer_names(spec), shapes, strict=True)
    ]
