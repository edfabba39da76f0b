"""Activation functions by the name the spec uses. Each maps an array to an array of the same shape and dtype."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

LEAKY_SLOPE = 0.01
"""Slope of leaky relu below zero (Maas et al. 2013)."""

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": jax.nn.relu,
    "leaky_relu": lambda z: jax.nn.leaky_relu(z, LEAKY_SLOPE),
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "gelu": lambda z: jax.nn.gelu(z, approximate=True),
    "silu": jax.nn.silu,
    "elu": jax.nn.elu,
    "softplus": jax.nn.softplus,
    "sine": jnp.sin,
    "linear": lambda z: z,
}

RECTIFIERS = frozenset({"relu", "leaky_relu", "elu", "gelu", "silu", "softplus"})
"""Flat or nearly so on the negative side by design: that side is not saturation."""
