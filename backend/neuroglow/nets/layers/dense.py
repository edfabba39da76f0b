"""Fully connected layers, all or some of their connections."""

from __future__ import annotations

import jax
from jax import Array

from neuroglow.nets.activations import ACTIVATIONS
from neuroglow.nets.layers.base import Arrays, Call
from neuroglow.spec.layers.base import per_step


def dense(call: Call) -> Arrays:
    """z = W x + b, a = activation(z), for every step of a sequence."""
    return _connected(call, call.parameters["weight"])


def sparse_dense(call: Call) -> Arrays:
    """z = (W ∘ M) x + b, a = activation(z); M of zeros and ones is not learned."""
    return _connected(call, call.parameters["weight"] * jax.lax.stop_gradient(call.parameters["mask"]))


def _connected(call: Call, weight: Array) -> Arrays:
    x = call.x.reshape(per_step(call.shape.reads[0]).shape)
    bias = call.parameters["bias"]
    z = weight @ x + bias if x.ndim == 1 else x @ weight.T + bias[None]
    return {"z": z, "a": ACTIVATIONS[call.shape.activation](z)}
