"""Unit tests run JAX without its conveniences: a silent change of dtype or rank is a mistake in the numerics."""

from __future__ import annotations

import jax

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
