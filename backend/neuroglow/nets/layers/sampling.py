"""The bottleneck of a variational autoencoder."""

from __future__ import annotations

from typing import cast

import jax.numpy as jnp

from neuroglow.nets.layers.base import Arrays, Call
from neuroglow.spec.layers.sampling import Sampling

_WIDEST = 10.0
"""Logarithms of variances beyond are taken for it: their exponentials would swallow everything else."""


def sampling(call: Call) -> Arrays:
    """`mean`, `log_variance` and a code `a` of that distribution; `penalty` is what the loss gains.

    `chance` is standard normal noise; without it the code is the mean.
    """
    mean, log_variance = jnp.split(call.x.ravel(), 2)
    log_variance = jnp.clip(log_variance, -_WIDEST, _WIDEST)
    code = mean if call.chance is None else mean + jnp.exp(0.5 * log_variance) * call.chance
    divergence = -0.5 * jnp.sum(1.0 + log_variance - jnp.square(mean) - jnp.exp(log_variance))
    penalty = cast("Sampling", call.shape.layer).kl_weight * divergence
    return {"mean": mean, "log_variance": log_variance, "divergence": divergence, "penalty": penalty, "a": code}
