"""What is left to chance in an update, silent units and noise: a function of (seed, layer name, epoch, position),
whatever the chunks."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.engine.hyper import ChanceNumbers
from neuroglow.nets.model import Chance, Network
from neuroglow.spec.layers import Sampling
from neuroglow.spec.layers.flow import Shape


def chance_of(numbers: ChanceNumbers, model: Network, epoch: Array, position: Array, rows: int) -> Chance:
    """Per block what is drawn for a batch: f32 (rows, *shape) or (rows, layers, *shape). Factors that silence units, or
    standard normal noise for a layer that samples."""
    key = jax.random.wrap_key_data(jnp.asarray(numbers.key), impl="threefry2x32")
    key = jax.random.fold_in(jax.random.fold_in(key, epoch), position)

    def factors(shape: Shape, rate: Array, name: Array) -> Array:
        speaks = jax.random.bernoulli(jax.random.fold_in(key, name), 1.0 - rate, (rows, *shape))
        return jnp.where(speaks, 1.0 / (1.0 - rate), 0.0)

    drawn: list[Array | None] = []
    for block, rate, name in zip(model.blocks, numbers.rates, numbers.names, strict=True):
        shape = block.shape.layer.output.shape
        if rate is None:
            drawn.append(None)
        elif isinstance(block.shape.layer.layer, Sampling):
            drawn.append(jax.random.normal(jax.random.fold_in(key, jnp.asarray(name)), (rows, *shape), jnp.float32))
        else:
            of_layer = partial(factors, shape)
            if block.shape.is_stack:
                of_layer = jax.vmap(of_layer, out_axes=1)
            drawn.append(of_layer(jnp.asarray(rate), jnp.asarray(name)))
    return tuple(drawn)
