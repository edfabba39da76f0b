"""The learning-rate range test: what it suggests, what it tries, and that the run does not notice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.engine.order import epoch_order
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.errors import IllegalStateError
from neuroglow.insight.rates import has_blown_up, smoothed, suggestion, sweep
from neuroglow.session.live import LiveSession
from neuroglow.wire.worker import Reply, TryRates
from unit import numpy_twin as twin
from unit.rig import as_bytes, experiment, trained, trainer_of, twin_net
from unit.stage import Stage

CALLS = count(5000)


def test_rates_rise_by_equal_factors_from_end_to_end() -> None:
    rates = sweep(1e-4, 1.0, 5)
    np.testing.assert_allclose(rates, [1e-4, 1e-3, 1e-2, 1e-1, 1.0])


def test_smoothing_is_the_corrected_moving_average() -> None:
    losses = [4.0, 2.0, 1.0]
    weights = np.array([0.81, 0.9, 1.0]) * 0.1
    assert smoothed(losses)[0] == pytest.approx(4.0)
    assert smoothed(losses)[2] == pytest.approx((weights * losses).sum() / weights.sum())
    np.testing.assert_allclose(smoothed([3.0] * 20), 3.0)


@settings(max_examples=50)
@given(middle=st.floats(-3.0, -1.0), width=st.floats(0.15, 0.5))
def test_the_suggestion_is_where_the_curve_falls_most_steeply(middle: float, width: float) -> None:
    """A loss that falls as a sigmoid over log10 of the rate, noise-free; averaging drags the fall a little behind."""
    rates = sweep(1e-5, 1.0, 300)
    losses = 1.0 - 1.0 / (1.0 + np.exp(-(np.log10(rates) - middle) / width))
    found = suggestion(rates.tolist(), losses.tolist())
    assert found is not None
    assert np.log10(found) == pytest.approx(middle, abs=0.35)


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    rates = sweep(1e-3, 1.0, 50).tolist()
    assert suggestion(rates, np.linspace(1.0, 2.0, 50).tolist()) is None
    assert suggestion(rates, [1.0] * 50) is None
    assert suggestion([], []) is None


def test_a_sweep_ends_where_the_loss_leaves_the_ground() -> None:
    assert not has_blown_up([])
    assert not has_blown_up([0.7, 0.6, 0.5])
    assert not has_blown_up([1.0, *[0.01] * 60, 0.2]), "four times nearly nothing is nothing yet"
    assert has_blown_up([1.0, *[0.5] * 20, *[40.0] * 3])
    assert has_blown_up([1.0, float("nan")])
    assert has_blown_up([1.0, float("inf")])


# --- in a session -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("sessions"))
    yield stage
    stage.close()


def asked(session: LiveSession, low: float = 1e-4, high: float = 1.0, steps: int = 30) -> int:
    call = next(CALLS)
    session.test_rates(TryRates(call=call, session=session.id, low=low, high=high, steps=steps))
    return call


def answered(stage: Stage, session: LiveSession, call: int) -> Reply:
    stage.until(session, lambda: stage.reply(call) is not None)
    reply = stage.reply(call)
    assert reply is not None
    return reply


CHANGES: list[dict[str, Any]] = [
    {},
    {
        "network": {"layers": [{"units": 4, "dropout": 0.2}, {"units": 3}], "output_frozen": True},
        "training": {"schedule": {"type": "step", "every": 3, "factor": 0.1, "warmup": 50}, "batch_size": 7},
    },
]


@pytest.mark.parametrize("changes", CHANGES, ids=["plain", "everything"])
def test_the_run_goes_on_with_the_bits_of_one_without_a_test(stage: Stage, changes: dict[str, Any]) -> None:
    spec = experiment(**changes)
    session = stage.open(spec)
    stage.step(session, 12)
    assert session._trainer is not None
    before, points = as_bytes(session._trainer.snapshot()), len(stage.points())
    call = asked(session)
    result = answered(stage, session, call).result
    assert result is not None
    assert as_bytes(session._trainer.snapshot()) == before
    assert session.facts["update"] == result["update"] == 12
    assert len(stage.points()) == points, "no point of the curve"
    assert len(result["rates"]) == len(result["losses"]) == len(result["smoothed"]) > 10
    stage.step(session, 12)
    assert as_bytes(session._trainer.snapshot()) == as_bytes(trained(trainer_of(spec), 24))


def test_each_rate_is_one_update_of_the_training_program(stage: Stage) -> None:
    """The twin sweeps the same batches; a schedule that has only begun to warm up does not hold the rates down."""
    optimizer = {"type": "momentum", "learning_rate": 1e-9}
    spec = experiment(training={"optimizer": optimizer, "schedule": {"type": "cosine", "updates": 5, "warmup": 1000}})
    session = stage.open(spec)
    result = answered(stage, session, asked(session, 1e-3, 0.3, 20)).result
    assert result is not None
    rows = trainer_of(spec).subject.dataset.train
    net, rule = twin_net(initial_snapshot(spec).layers, spec), twin.Optimizer("momentum", {"momentum": 0.9})
    losses = []
    for update, rate in enumerate(np.geomspace(1e-3, 0.3, 20)):
        epoch, position = divmod(update, 5)
        picked = epoch_order(spec.training.seed, epoch, 30)[position * 7 : (position + 1) * 7]
        x, labels = rows.inputs[picked].astype(np.float64), rows.labels[picked].astype(np.float64)
        losses.append(twin.mean_loss("sigmoid", net, x, labels))
        rule.numbers["learning_rate"] = float(rate)
        net = twin.updated("sigmoid", net, rule, x, labels)
    np.testing.assert_allclose(result["losses"], losses, rtol=2e-3, atol=1e-4)


def test_a_sweep_that_blows_up_ends_early_with_finite_numbers(stage: Stage) -> None:
    plane = {"source": "synthetic", "name": "plane", "samples": 60}
    spec = experiment(data=plane, training={"optimizer": {"type": "sgd", "learning_rate": 0.01}})
    session = stage.open(spec)
    result = answered(stage, session, asked(session, 1e-3, 1e9, 200)).result
    assert result is not None
    assert len(result["rates"]) < 200
    assert np.isfinite(result["losses"]).all()
    assert session.facts["state"] == "paused"
    assert result["suggestion"] is None or 1e-3 <= result["suggestion"] <= result["rates"][-1]


def test_a_running_session_waits_meanwhile_and_says_so(stage: Stage) -> None:
    session = stage.open(experiment())
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["update"] > 50)
    told = len(stage.states())
    answered(stage, session, asked(session))
    steps = [state.get("progress", {}).get("step") for state in stage.states()[told:]]
    assert steps[0] == "rate_test"
    assert steps[-1] is None
    reached = session.facts["update"]
    stage.until(session, lambda: session.facts["update"] > reached)


def test_one_test_at_a_time_and_a_reset_ends_it(stage: Stage) -> None:
    session = stage.open(experiment())
    call = asked(session)
    with pytest.raises(IllegalStateError, match="under way"):
        asked(session)
    stage.control(session, "reset")
    error = answered(stage, session, call).error
    assert error is not None
    assert error["code"] == "illegal_state"
    assert answered(stage, session, asked(session)).error is None
