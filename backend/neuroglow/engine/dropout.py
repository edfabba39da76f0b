"""Which units are silent in an update: a function of (seed, layer name, epoch, position), whatever the chunks."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.engine.hyper import DropoutNumbers
from neuroglow.nets.model import Network, Thinning
from neuroglow.spec.layers.flow import Shape


def thinning(numbers: DropoutNumbers, model: Network, epoch: Array, position: Array, rows: int) -> Thinning:
    """Per block what the answers of a batch are multiplied with: f32 (rows, *shape) or (rows, layers, *shape)."""
    key = jax.random.wrap_key_data(jnp.asarray(numbers.key), impl="threefry2x32")
    key = jax.random.fold_in(jax.random.fold_in(key, epoch), position)

    def one_layer(shape: Shape, rate: Array, name: Array) -> Array:
        speaks = jax.random.bernoulli(jax.random.fold_in(key, name), 1.0 - rate, (rows, *shape))
        return jnp.where(speaks, 1.0 / (1.0 - rate), 0.0)

    factors: list[Array | None] = []
    for block, rate, name in zip(model.blocks, numbers.rates, numbers.names, strict=True):
        if rate is None:
            factors.append(None)
            continue
        of_layer = partial(one_layer, block.shape.layer.output.shape)
        if block.shape.is_stack:
            of_layer = jax.vmap(of_layer, out_axes=1)
        factors.append(of_layer(jnp.asarray(rate), jnp.asarray(name)))
    return tuple(factors)
