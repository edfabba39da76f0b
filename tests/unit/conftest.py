"""Unit tests run JAX without its conveniences: a silent change of dtype or rank is a mistake in the numerics."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuroglow.gateway.errand import ONE_THREAD

# Errands run these libraries so: beside other work their threads mostly wait for each other. Set before they load.
os.environ |= dict.fromkeys(ONE_THREAD, "1")

import jax

from unit import probing, rig

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

MAPS, MOST_MAPS = Path("/proc/self/maps"), 20_000
"""A compiled program holds about 20 memory maps, of which a process may have 65,530."""


@pytest.fixture(autouse=True, scope="module")
def _programs_let_go() -> Iterator[None]:
    """Between two files, where there are many."""
    yield
    if not MAPS.exists() or MAPS.read_bytes().count(b"\n") > MOST_MAPS:
        rig.compiled.cache_clear()
        probing.programs.clear()
        jax.clear_caches()
        gc.collect()
