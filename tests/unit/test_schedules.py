"""What the learning rate is multiplied with: formulas, seams, and properties that any schedule has."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.engine.hyper import MOST_COUNTED, Hyper, ScheduleNumbers, at_update, later
from neuroglow.engine.schedules import factor_at
from neuroglow.spec.training import SCHEDULES
from unit import numpy_twin as twin
from unit.rig import experiment, numbers_of, trained, trainer_of

GOLDEN = Path(__file__).parents[1] / "golden" / "schedules.json"
FACTOR = jax.jit(factor_at, static_argnums=0)
Counts = st.integers(1, 10**9)


def factor(kind: str, update: int, warmup: int, span: int, strength: float) -> float:
    numbers = ScheduleNumbers(np.int32(warmup), np.int32(span), np.float32(strength))
    return float(FACTOR(kind, numbers, jnp.int32(update)))


@settings(max_examples=300)
@given(
    kind=st.sampled_from(SCHEDULES),
    update=st.integers(0, MOST_COUNTED),
    warmup=st.integers(0, 10**9),
    span=Counts,
    strength=st.floats(0.01, 1.0),
)
def test_every_schedule_follows_its_formula(kind: str, update: int, warmup: int, span: int, strength: float) -> None:
    got = factor(kind, update, warmup, span, strength)
    expected = twin.schedule(kind, update, warmup=warmup, span=span, factor=float(np.float32(strength)))
    # The exponent is a single-precision number: its last digit weighs as much as the exponent is large.
    slack = 1e-6 * (1.0 + abs(np.log(strength)) * update / span)
    assert got == pytest.approx(expected, rel=min(1.0, slack), abs=1e-6)


@settings(max_examples=200)
@given(
    kind=st.sampled_from(SCHEDULES),
    updates=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    warmup=st.integers(0, 1000),
    span=st.integers(1, 10**6),
    strength=st.floats(0.0, 1.0),
)
def test_a_rate_rises_while_it_warms_up_and_never_after(
    kind: str, updates: tuple[int, int], warmup: int, span: int, strength: float
) -> None:
    first, second = sorted(updates)
    before, after = (factor(kind, update, warmup, span, max(strength, 0.01)) for update in (first, second))
    assert 0.0 <= before <= 1.0
    assert 0.0 <= after <= 1.0
    if second < warmup:
        assert before <= after
    elif first >= warmup:
        assert after <= before + 1e-6


@pytest.mark.parametrize("kind", SCHEDULES)
def test_the_first_update_after_the_warm_up_has_the_full_rate(kind: str) -> None:
    assert factor(kind, 0, 4, 10, 0.5) == 0.25
    assert factor(kind, 3, 4, 10, 0.5) == 1.0
    assert factor(kind, 4, 4, 10, 0.5) == 1.0


def test_a_step_falls_exactly_at_its_update_however_late() -> None:
    """In single precision 16,777,217 is no number; updates are counted as integers."""
    for every in (7, 1 << 24, (1 << 24) + 1):
        assert factor("step", every - 1, 0, every, 0.5) == 1.0
        assert factor("step", every, 0, every, 0.5) == 0.5


def test_the_pages_curve_has_the_engines_values() -> None:
    """`tests/golden/schedules.json` is read by the page's tests too."""
    for case in json.loads(GOLDEN.read_text()):
        numbers = numbers_of(experiment(training={"schedule": case["schedule"]}))
        assert numbers.schedule is not None
        for update, expected in case["factors"]:
            got = FACTOR(case["schedule"]["type"], numbers.schedule, jnp.int32(update))
            assert float(got) == pytest.approx(expected, rel=1e-5, abs=1e-7)


@given(start=st.integers(0, 2**40), cuts=st.lists(st.integers(0, 2**20), max_size=4))
@settings(max_examples=60)
def test_counting_saturates_and_does_not_know_of_chunks(start: int, cuts: list[int]) -> None:
    counted = numbers_of(experiment(training={"schedule": {"type": "cosine"}}))
    assert isinstance(counted, Hyper)
    whole = later(at_update(counted, start), jnp.int32(sum(cuts))).update
    assert whole is not None
    done = start
    for cut in cuts:
        done += cut
    last = at_update(counted, done).update
    assert last is not None
    assert int(whole) == int(last) == min(start + sum(cuts), MOST_COUNTED)


@pytest.mark.parametrize("optimizer", [{"type": "sgd", "learning_rate": 0.5}, {"type": "adam", "learning_rate": 0.5}])
def test_an_update_under_a_schedule_is_an_update_at_that_rate(optimizer: dict[str, Any]) -> None:
    """Two updates: half the rate while warming up, then all of it."""
    scheduled = experiment(training={"optimizer": optimizer, "schedule": {"type": "constant", "warmup": 2}})
    half, full = (experiment(training={"optimizer": {**optimizer, "learning_rate": rate}}) for rate in (0.25, 0.5))
    first = trained(trainer_of(half), 1)
    expected = trained(trainer_of(full, replace(first, experiment=full)), 1)
    got = trained(trainer_of(scheduled), 2)
    for name, layer in expected.layers.items():
        np.testing.assert_allclose(got.layers[name]["weight"], layer["weight"], rtol=1e-6, atol=1e-7)


def test_the_update_count_of_a_schedule_is_the_runs_own() -> None:
    """A run that is cut anywhere, saved and taken up again stands where it stood in its schedule."""
    spec = experiment(training={"schedule": {"type": "exponential", "every": 3, "factor": 0.5}})
    trainer = trainer_of(spec)
    trained(trainer, 7, cuts=[2, 3])
    assert int(np.asarray(trainer.hyper.update)) == 7
    assert int(np.asarray(trainer_of(spec, trainer.snapshot()).hyper.update)) == 7
