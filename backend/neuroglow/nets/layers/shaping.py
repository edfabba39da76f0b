"""Layers that only move numbers."""

from __future__ import annotations

from typing import cast

import jax
import jax.numpy as jnp

from neuroglow.nets.layers.base import Arrays, Call
from neuroglow.spec.layers.shaping import Upsample


def reshaped(call: Call) -> Arrays:
    """The same numbers, row after row, in the shape of the output: flatten and reshape."""
    return {"a": call.x.reshape(call.shape.output.shape)}


def upsample(call: Call) -> Arrays:
    """Every pixel repeated, or straight lines between the pixels' centres."""
    layer, x = cast("Upsample", call.shape.layer), call.x
    if layer.method == "bilinear":
        return {"a": jax.image.resize(x, call.shape.output.shape, "bilinear")}
    return {"a": jnp.repeat(jnp.repeat(x, layer.factor, axis=1), layer.factor, axis=2)}
