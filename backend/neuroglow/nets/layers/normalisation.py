"""Normalisation: (x − mean) / √(variance + eps) · gain + bias, over the batch, the example or groups of channels."""

from __future__ import annotations

from typing import cast

import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.nets.layers.base import ROWS_AXIS, Arrays, Call, Mode
from neuroglow.spec.layers.normalisation import BatchNorm, GroupNorm, LayerNorm


def batch_norm(call: Call) -> Arrays:
    """Per channel or feature (Ioffe & Szegedy 2015): while training with the batch's own mean and variance, which are
    in the answer as `mean` and `variance`, else with the running ones."""
    layer, x, axis = cast("BatchNorm", call.shape.layer), call.x, call.shape.reads[0].unit_axis
    mean, variance = call.parameters["mean"], call.parameters["variance"]
    if call.mode.is_training:
        mean, variance = _of_batch(x, axis, call.mode)
    normal = (x - _along(mean, axis, x)) / jnp.sqrt(_along(variance, axis, x) + layer.eps)
    a = normal * _along(call.parameters["gain"], axis, x) + _along(call.parameters["bias"], axis, x)
    return {"mean": mean, "variance": variance, "normal": normal, "a": a}


def _of_batch(x: Array, axis: int, mode: Mode) -> tuple[Array, Array]:
    """Mean and (biased) variance of every unit over all rows that count and all places."""
    assert mode.counts is not None
    counts = mode.counts
    places = tuple(other for other in range(x.ndim) if other != axis)
    total = jax.lax.psum(counts, ROWS_AXIS) * (x.size // x.shape[axis])

    def mean_of(values: Array) -> Array:
        # Not a product: a padding row may hold anything, and 0 · inf is NaN.
        mean: Array = jax.lax.psum(jnp.where(counts > 0, values, 0.0).sum(places), ROWS_AXIS) / total
        return mean

    mean = mean_of(x)
    return mean, mean_of(jnp.square(x - _along(mean, axis, x)))


def _along(values: Array, axis: int, x: Array) -> Array:
    """One number per unit, shaped to go with x."""
    return values.reshape(tuple(-1 if place == axis else 1 for place in range(x.ndim)))


def layer_norm(call: Call) -> Arrays:
    """Over all numbers of the example, or over the features of every step of a sequence (Ba et al. 2016)."""
    layer, x = cast("LayerNorm", call.shape.layer), call.x
    gain, bias = call.parameters["gain"], call.parameters["bias"]
    if call.shape.reads[0].kind == "sequence":
        return normalised(x, -1, gain[None], bias[None], layer.eps)
    return normalised(x, tuple(range(x.ndim)), gain, bias, layer.eps)


def normalised(x: Array, axes: int | tuple[int, ...], gain: Array, bias: Array, eps: float) -> Arrays:
    """Over `axes` of x; gain and bias have its number of axes, or none."""
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    normal = (x - mean) / jnp.sqrt(variance + eps)
    return {"mean": mean, "variance": variance, "normal": normal, "a": normal * gain + bias}


def group_norm(call: Call) -> Arrays:
    """Over groups of neighbouring channels and all places (Wu & He 2018)."""
    layer, x, axis = cast("GroupNorm", call.shape.layer), call.x, call.shape.reads[0].unit_axis
    units_first = jnp.moveaxis(x, axis, 0)
    grouped = normalised(units_first.reshape(layer.groups, -1), 1, jnp.ones(()), jnp.zeros(()), layer.eps)
    normal = jnp.moveaxis(grouped["normal"].reshape(units_first.shape), 0, axis)
    a = normal * _along(call.parameters["gain"], axis, x) + _along(call.parameters["bias"], axis, x)
    return {"mean": grouped["mean"][:, 0], "variance": grouped["variance"][:, 0], "normal": normal, "a": a}


def dropout(call: Call) -> Arrays:
    """Nothing of its own: what is silent in an update is `chance`, for every layer alike."""
    return {"a": call.x}
