"""Layers that read several others."""

from __future__ import annotations

from functools import reduce

import jax.numpy as jnp

from neuroglow.nets.layers.base import Arrays, Call


def add(call: Call) -> Arrays:
    """The sum, number by number."""
    return {"a": reduce(jnp.add, call.reads)}


def multiply(call: Call) -> Arrays:
    """The product, number by number."""
    return {"a": reduce(jnp.multiply, call.reads)}


def concat(call: Call) -> Arrays:
    """Side by side along the units."""
    return {"a": jnp.concatenate(call.reads, axis=call.shape.reads[0].unit_axis)}
