"""The memory estimate: grows with everything that takes memory, and is above what training really holds."""

from __future__ import annotations

from typing import Any

import jax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.engine.programs import train_key
from neuroglow.engine.snapshot import abstract_state
from neuroglow.errors import NetworkTooLargeError
from neuroglow.spec.catalog import OPTIMIZERS
from neuroglow.spec.limits import Limits
from neuroglow.spec.memory import estimated_bytes, require_fits
from neuroglow.spec.presets import PRESETS
from unit.rig import dense, experiment


def estimate(widths: list[int], **changes: Any) -> int:
    return estimated_bytes(experiment(network=dense(*widths), **changes))


@settings(max_examples=80)
@given(widths=st.lists(st.integers(1, 400), max_size=12), index=st.integers(0, 12), more=st.integers(1, 100))
def test_more_units_or_layers_never_take_less(widths: list[int], index: int, more: int) -> None:
    at = min(index, len(widths))
    wider = [units + more * (number == at) for number, units in enumerate(widths)]
    assert estimate(wider) >= estimate(widths)
    assert estimate([*widths, more]) > estimate(widths)


@settings(max_examples=40)
@given(samples=st.integers(10, 5_000), batch=st.integers(1, 5_000), more=st.integers(0, 5_000))
def test_more_rows_or_larger_batches_never_take_less(samples: int, batch: int, more: int) -> None:
    def of(samples: int, batch: int) -> int:
        return estimate([20, 30], data={"samples": samples}, training={"batch_size": batch})

    assert of(samples + more, batch) >= of(samples, batch)
    assert of(samples, batch + more) >= of(samples, batch)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("widths", [[], [3], [64, 32], [16] * 40])
def test_the_estimate_covers_parameters_moments_and_gradient(kind: str, widths: list[int]) -> None:
    spec = experiment(network=dense(*widths), training={"optimizer": {"type": kind}})
    state = abstract_state(train_key(spec).shape, kind)
    held = sum(leaf.size * 4 for leaf in jax.tree.leaves(state)) + train_key(spec).shape.parameters * 4
    assert estimated_bytes(spec) >= held


def test_what_fits_passes_and_what_does_not_says_how_much_it_needs() -> None:
    spec = experiment(network=dense(100, 100))
    needed = estimated_bytes(spec)
    require_fits(spec, needed)
    with pytest.raises(NetworkTooLargeError) as refusal:
        require_fits(spec, needed - 1)
    assert refusal.value.facts == {"needed_bytes": needed, "budget_bytes": needed - 1}
    assert refusal.value.payload()["code"] == "network_too_large"


def test_every_preset_fits_and_the_largest_network_does_not() -> None:
    for entry in PRESETS:
        require_fits(entry.experiment, Limits().memory_bytes // 10)
    with pytest.raises(NetworkTooLargeError):
        require_fits(experiment(network=dense(*[1024] * 256)), Limits().memory_bytes)
