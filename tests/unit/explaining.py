"""What tests of explanations share: a network of each kind, and its answers by the plain way."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuroglow.engine.clamps import with_clamps
from neuroglow.engine.layers import Layers, to_model
from neuroglow.nets.model import Network
from neuroglow.nets.shape import STACK_FROM, layer_names, net_shape
from neuroglow.spec import Experiment
from unit.probing import Watched
from unit.rig import dense, experiment

Floats = NDArray[Any]
DIGITS: dict[str, Any] = {"source": "bundled", "name": "digits"}
IRIS: dict[str, Any] = {"source": "bundled", "name": "iris"}
ROW: dict[str, Any] = {"split": "test", "index": 4}
EMBEDDED: list[dict[str, Any]] = [{"type": "embedding", "units": 3, "vocabulary": 5}]
SEQUENCE: list[dict[str, Any]] = [{"type": "reshape", "shape": [8, 8]}]

DENSE = experiment(data=DIGITS, network=dense(12, 6))
RECTIFIED = experiment(data=DIGITS, network=dense(12, 6, activation="relu"))
DEEP = experiment(data=DIGITS, network=dense(*[6] * (STACK_FROM + 2)))
MAPS = experiment(data=DIGITS, network={"layers": [{"type": "conv2d", "channels": 3, "activation": "tanh"}]})
CONV = experiment(
    data=DIGITS, network={"layers": [{"type": "conv2d", "channels": 3}, {"type": "max_pool2d"}, {"units": 7}]}
)
GATED = experiment(data=DIGITS, network={"layers": [*SEQUENCE, {"type": "gru", "units": 5}]})
ATTENDING = experiment(
    data=DIGITS, network={"layers": [*SEQUENCE, {"type": "transformer_block", "heads": 2}]}
)
TOKENS = experiment(data=IRIS, network={"layers": [*EMBEDDED, {"type": "flatten"}, {"units": 6, "activation": "tanh"}]})
NETWORKS = {
    "dense": DENSE, "relu": RECTIFIED, "deep": DEEP, "conv": CONV, "gru": GATED, "attention": ATTENDING,
    "tokens": TOKENS,
}  # fmt: skip


def model_of(spec: Experiment, layers: Layers) -> Network:
    model = with_clamps(to_model(layers, net_shape(spec), layer_names(spec)), spec)
    on_device: Network = jax.tree.map(jnp.asarray, model)
    return on_device


answer = jax.jit(lambda model, rows: jax.vmap(model)(rows))


def answers(watched: Watched, rows: Floats) -> Floats:
    """z (rows, outputs) of the network that was watched."""
    z = answer(model_of(watched.spec, watched.layers), jnp.asarray(rows, jnp.float32))
    wide: Floats = np.asarray(z).astype(np.float64)
    return wide


def sample(watched: Watched) -> Floats:
    x: Floats = watched.subject.dataset.test.inputs[ROW["index"]].astype(np.float64)
    return x


def convolved(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Every channel at every place, without padding."""
    kernel = weight.shape[2]
    side = x.shape[1] - kernel + 1
    return np.array([
        [[(x[:, r : r + kernel, c : c + kernel] * one).sum() + b for c in range(side)] for r in range(side)]
        for one, b in zip(weight, bias, strict=True)
    ])
