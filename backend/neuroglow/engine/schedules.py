"""What the learning rate is multiplied with at an update. The formulas are those of `spec.training`."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from neuroglow.engine.hyper import ScheduleNumbers


def factor_at(kind: str, numbers: ScheduleNumbers, update: Array) -> Array:
    """f32 () for i32 (), the updates done before."""
    done = jnp.maximum(update - numbers.warmup, 0)
    rising = (update.astype(jnp.float32) + 1.0) / jnp.maximum(numbers.warmup, 1).astype(jnp.float32)
    return jnp.where(update < numbers.warmup, rising, _factor(kind, numbers, done))


def _factor(kind: str, numbers: ScheduleNumbers, done: Array) -> Array:
    if kind == "step":
        return jnp.power(numbers.factor, (done // numbers.span).astype(jnp.float32))
    share = done.astype(jnp.float32) / jnp.asarray(numbers.span).astype(jnp.float32)
    if kind == "exponential":
        return jnp.power(numbers.factor, share)
    if kind == "cosine":
        fallen = 0.5 * (1.0 + jnp.cos(jnp.pi * jnp.minimum(share, 1.0)))
        return jnp.asarray(numbers.factor + (1.0 - numbers.factor) * fallen)
    return jnp.ones((), jnp.float32)
