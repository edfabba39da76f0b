"""Which units are silent in an update: a function of (seed, layer name, epoch, position), whatever the chunks."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.engine.hyper import DropoutNumbers
from neuroglow.nets.model import Network, Thinning


def thinning(numbers: DropoutNumbers, model: Network, epoch: Array, position: Array, rows: int) -> Thinning:
    """Per block what the activations of a batch are multiplied with: f32 (rows, units) or (rows, layers, units)."""
    key = jax.random.wrap_key_data(jnp.asarray(numbers.key), impl="threefry2x32")
    key = jax.random.fold_in(jax.random.fold_in(key, epoch), position)

    def one_layer(units: int, rate: Array, name: Array) -> Array:
        speaks = jax.random.bernoulli(jax.random.fold_in(key, name), 1.0 - rate, (rows, units))
        return jnp.where(speaks, 1.0 / (1.0 - rate), 0.0)

    factors: list[Array | None] = []
    for block, rate, name in zip(model.blocks, numbers.rates, numbers.names, strict=True):
        if rate is None:
            factors.append(None)
        elif block.bias.ndim == 2:
            of_layers = jax.vmap(partial(one_layer, block.bias.shape[1]), out_axes=1)
            factors.append(of_layers(jnp.asarray(rate), jnp.asarray(name)))
        else:
            factors.append(one_layer(block.bias.shape[0], jnp.asarray(rate), jnp.asarray(name)))
    return tuple(factors)
