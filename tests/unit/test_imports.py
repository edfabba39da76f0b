"""The house has one-way doors: the import contracts of pyproject.toml hold, and what must stay light stays light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARRAY_LIBRARIES = {"jax", "jaxlib", "numpy", "scipy", "sklearn", "equinox", "optax", "polars", "PIL"}


def loaded_by(module: str) -> set[str]:
    """Top-level packages in memory after importing that module in a fresh interpreter."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(imported.stdout.split())


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("module", ["neuroglow.cli", "neuroglow.gateway.server", "neuroglow.settings"])
def test_the_gateway_process_loads_no_array_library(module: str) -> None:
    assert not loaded_by(module) & ARRAY_LIBRARIES


def test_the_spec_needs_pydantic_and_no_web() -> None:
    loaded = loaded_by("neuroglow.spec")
    assert "pydantic" in loaded
    assert not loaded & (ARRAY_LIBRARIES | {"starlette", "uvicorn", "zmq"})


def test_plane_data_does_not_wait_for_scikit_learn() -> None:
    assert "sklearn" not in loaded_by("neuroglow.data")
