"""Stop rules: each is met exactly when it says, tells why, and lets play go on past it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from neuroglow.engine.order import Cursor
from neuroglow.session.stopping import Stopping
from neuroglow.spec import Experiment
from neuroglow.spec.stopping import Patience, Stop, Target
from unit.rig import experiment
from unit.stage import Stage

PER_EPOCH = 5
"""Batches of 7 over 30 training rows."""


def stopping(**rules: Any) -> Stopping:
    stopping = Stopping()
    stopping.follow(Stop(**rules))
    stopping.play(Cursor(), 0.0)
    return stopping


def point(epoch: int, test_loss: float, **figures: float) -> dict[str, Any]:
    return {"update": epoch * PER_EPOCH, "epoch": epoch, "test_loss": test_loss, **figures}


def test_epochs_leave_room_up_to_their_end_and_no_further() -> None:
    rules = stopping(epochs=3)
    assert rules.room(Cursor(0, 0, 0), PER_EPOCH) == 15
    assert rules.room(Cursor(12, 2, 2), PER_EPOCH) == 3
    assert rules.room(Cursor(15, 3, 0), PER_EPOCH) == 0
    assert rules.reached(Cursor(14, 2, 4), 0.0) is None
    assert rules.reached(Cursor(15, 3, 0), 0.0) == "3 epochs are done, as the stop rule asks"
    assert rules.reached(Cursor(15, 3, 0), 0.0) is None, "said once"
    assert rules.room(Cursor(15, 3, 0), PER_EPOCH) is None, "play goes on past it"


def test_a_rule_that_is_changed_is_open_again() -> None:
    rules = stopping(epochs=3)
    assert rules.reached(Cursor(15, 3, 0), 0.0)
    rules.follow(Stop(epochs=4, seconds=60.0))
    assert rules.room(Cursor(15, 3, 0), PER_EPOCH) == 5
    rules.follow(Stop(epochs=4))
    assert rules.reached(Cursor(20, 4, 0), 0.0)


def test_what_was_reached_before_play_is_not_waited_for() -> None:
    rules = Stopping()
    rules.follow(Stop(epochs=2))
    rules.play(Cursor(50, 10, 0), 0.0)
    assert rules.room(Cursor(50, 10, 0), PER_EPOCH) is None
    assert rules.reached(Cursor(55, 11, 0), 0.0) is None


def test_seconds_count_while_it_plays() -> None:
    rules = stopping(seconds=10.0)
    rules.rest(4.0)
    assert rules.reached(Cursor(), 100.0) is None
    rules.play(Cursor(), 200.0)
    assert rules.reached(Cursor(), 205.0) is None
    assert rules.reached(Cursor(), 206.0) == "It has trained for 10 seconds, as the stop rule asks"
    rules.restart(206.0)
    assert rules.reached(Cursor(), 215.0) is None
    assert rules.reached(Cursor(), 216.0) is not None, "a new run counts anew"


@pytest.mark.parametrize(("metric", "value", "short", "there"), [
    ("test_loss", 0.1, 0.11, 0.1), ("train_loss", 0.1, 0.2, 0.05),
    ("test_accuracy", 0.9, 0.89, 0.9), ("test_r2", 0.5, -3.0, 0.6),
])  # fmt: skip
def test_a_target_is_met_from_its_own_side(metric: Any, value: float, short: float, there: float) -> None:
    rules = stopping(target=Target(metric=metric, value=value))
    assert rules.seen({**point(1, 1.0), metric: short}) is None
    reason = rules.seen({**point(2, 1.0), metric: there})
    assert reason is not None
    assert f"the target is {value:g}" in reason
    assert rules.seen({**point(3, 1.0), metric: there}) is None, "play goes on past it"


def test_a_target_of_another_task_is_never_met() -> None:
    rules = stopping(target=Target(metric="test_r2", value=0.0))
    assert rules.seen(point(1, 0.1, test_accuracy=1.0)) is None


def test_patience_runs_out_when_the_test_loss_no_longer_improves() -> None:
    rules = stopping(patience=Patience(epochs=3, min_delta=0.01))
    curve = [(0, 1.0), (1, 0.5), (2, 0.495), (3, 0.6)]
    assert [rules.seen(point(*at)) for at in curve] == [None] * 4
    assert rules.seen(point(4, 0.492)) == "The test loss has not improved on 0.5 for 3 epochs"
    assert rules.seen(point(5, 0.7)) is None, "after play patience starts anew, with what is there"
    assert rules.seen(point(7, 0.7)) is None
    assert rules.seen(point(8, 0.7)) is not None


# --- in a session -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("sessions"))
    yield stage
    stage.close()


def stopping_at(**stop: Any) -> Experiment:
    return experiment(training={"stop": stop})


def test_a_session_pauses_at_the_last_update_of_its_last_epoch_and_play_goes_on(stage: Stage) -> None:
    session = stage.open(stopping_at(epochs=40))
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["state"] == "paused")
    assert (session.facts["update"], session.facts["epoch"]) == (200, 40)
    assert stage.states()[-1]["reason"] == "40 epochs are done, as the stop rule asks"
    stage.rest(session)
    assert stage.points()[-1]["update"] == 200, "the curve ends where the run stopped"
    stage.control(session, "play", updates_per_second=None)
    assert "reason" not in stage.states()[-1]
    stage.until(session, lambda: session.facts["update"] > 400)
    assert session.facts["state"] == "running"


def test_an_edit_to_fewer_epochs_than_are_done_pauses_at_once(stage: Stage) -> None:
    session = stage.open(stopping_at())
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["epoch"] > 3)
    assert stage.edit(session, stopping_at(epochs=3)), "stop rules are live"
    stage.until(session, lambda: session.facts["state"] == "paused")
    assert stage.states()[-1]["reason"].startswith("3 epochs")


def test_single_steps_go_past_every_rule(stage: Stage) -> None:
    session = stage.open(stopping_at(epochs=1, target={"metric": "train_loss", "value": 1e6}))
    stage.step(session, 12)
    assert session.facts["update"] == 12
    assert "reason" not in stage.states()[-1]


def test_a_session_stops_at_its_target_and_reset_forgets_that(stage: Stage) -> None:
    session = stage.open(stopping_at(target={"metric": "test_loss", "value": 1e6}))
    for _ in range(2):
        stage.control(session, "play", updates_per_second=None)
        stage.until(session, lambda: session.facts["state"] == "paused")
        assert "the target is 1e+06" in stage.states()[-1]["reason"]
        stage.control(session, "reset")
        assert "reason" not in stage.states()[-1]
