"""Unit tests run JAX without its conveniences: a silent change of dtype or rank is a mistake in the numerics."""

from __future__ import annotations

import os

from neuroglow.gateway.errand import ONE_THREAD

# Errands run these libraries so: beside other work their threads mostly wait for each other. Set before they load.
os.environ |= dict.fromkeys(ONE_THREAD, "1")

import jax

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
