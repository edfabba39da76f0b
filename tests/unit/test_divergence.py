"""A run that blows up: the exact update, the layer where it began, and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from neuroglow.engine.order import Cursor, epoch_order
from neuroglow.engine.rule import rule_of
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.errors import IllegalStateError
from neuroglow.insight.divergence import locate
from neuroglow.session.live import LiveSession
from neuroglow.spec import Experiment
from neuroglow.wire.messages import State
from unit import numpy_twin as twin
from unit.rig import as_bytes, dense, experiment, numbers_of, trained, trainer_of, twin_net
from unit.stage import Stage

REGRESSION: dict[str, Any] = {
    "data": {"source": "synthetic", "name": "plane", "samples": 60},
    "network": dense(4, 3, activation="relu"),
}


def exploding(rate: float = 30.0, **changes: Any) -> Experiment:
    optimizer = {"type": "sgd", "learning_rate": rate}
    return experiment(**{**REGRESSION, "training": {"batch_size": 7, "optimizer": optimizer}, **changes})


def replayed(spec: Experiment, most: int = 500) -> tuple[int, int]:
    """Step by step in NumPy float32: the first update whose loss, and the first with any number, not finite."""
    trainer = trainer_of(spec)
    head = trainer.program.key.head
    rows = trainer.subject.dataset.train
    count, size = len(rows.labels), spec.training.batch_size
    per_epoch = -(-count // size)
    net = twin_net(initial_snapshot(spec).layers, spec, np.float32)
    rule = twin.Optimizer(spec.training.optimizer.type, spec.training.optimizer.model_dump(exclude={"type"}))
    anything_bad = 0
    with np.errstate(all="ignore"):
        for update in range(most):
            epoch, position = divmod(update, per_epoch)
            picked = epoch_order(spec.training.seed, epoch, count)[position * size : (position + 1) * size]
            x, labels = rows.inputs[picked], rows.labels[picked]
            loss = twin.losses(head, twin.forward(net, x)[-1][0], labels).mean()
            net = twin.updated(head, net, rule, x, labels)
            finite = all(np.isfinite(array).all() for array in twin.flat(net))
            if not anything_bad and not (finite and np.isfinite(loss)):
                anything_bad = update + 1
            if not np.isfinite(loss):
                return update + 1, anything_bad
    raise AssertionError("it never diverged")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("sessions"))
    yield stage
    stage.close()


def blown_up(stage: Stage, spec: Experiment) -> LiveSession:
    """A session that was played into its divergence, with the search for the origin finished."""
    session = stage.open(spec)
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: stage.states()[-1].get("divergence", {}).get("located", False))
    return session


@pytest.fixture(scope="module")
def ruined(stage: Stage) -> LiveSession:
    """A diverged session for tests that leave it as it is."""
    return blown_up(stage, exploding(1e9))


def test_a_chunk_stops_at_the_update_whose_loss_is_not_finite() -> None:
    spec = exploding()
    expected, _ = replayed(spec)
    trainer = trainer_of(spec)
    done = trainer.finish(trainer.launch(400, evaluate=False))
    assert not done.finite
    assert done.updates == expected
    one_by_one = trainer_of(spec)
    results = [one_by_one.finish(one_by_one.launch(1, evaluate=False)).finite for _ in range(expected)]
    assert results == [True] * (expected - 1) + [False]


@pytest.mark.parametrize("rate", [30.0, 1e9])
def test_the_session_names_the_exact_update(stage: Stage, rate: float) -> None:
    spec = exploding(rate)
    session = blown_up(stage, spec)
    loss_at, anything_at = replayed(spec)
    last = stage.states()[-1]
    assert last["state"] == "diverged"
    assert last["divergence"]["update"] == loss_at
    assert last["update"] == loss_at, "where the session stands is the update that failed"
    assert session._trainer is not None
    origin = locate(initial_snapshot(spec), session._trainer.walk.copy(), rule_of(spec), numbers_of(spec), loss_at)
    assert origin is not None
    assert origin.update == anything_at
    if last["divergence"]["good_update"] == 0:
        assert (last["divergence"]["layer"], last["divergence"]["what"]) == (origin.layer, origin.what)


def test_every_message_about_it_is_json_without_nan(stage: Stage, ruined: LiveSession) -> None:
    assert ruined.facts["state"] == "diverged"
    for state in stage.states():
        State.model_validate({"type": "state", **state})
        json.dumps(state, allow_nan=False)
    for point in stage.points():
        json.dumps(point, allow_nan=False)


def test_locate_finds_nothing_where_nothing_is_wrong() -> None:
    spec = exploding(0.001)
    trainer = trainer_of(spec)
    assert locate(initial_snapshot(spec), trainer.walk, rule_of(spec), numbers_of(spec), 40) is None


@pytest.mark.parametrize(("layer", "part", "value", "expected"), [
    ("dense_1", "weight", 3e38, ("dense_1", "activations")),
    ("dense_2", "weight", 3e38, ("dense_2", "activations")),
    ("output", "bias", 3e19, ("output", "loss")),
])  # fmt: skip
def test_the_origin_is_the_layer_that_overflows(layer: str, part: str, value: float, expected: tuple[str, str]) -> None:
    spec = exploding(0.001, network=dense(4, 3, activation="linear"))
    snapshot = initial_snapshot(spec)
    snapshot.layers[layer][part][...] = value
    trainer = trainer_of(spec, snapshot)
    origin = locate(snapshot, trainer.walk, rule_of(spec), numbers_of(spec), 5)
    assert origin is not None
    assert (origin.update, (origin.layer, origin.what)) == (1, expected)


def test_the_origin_inside_a_scanned_stack_is_its_layer() -> None:
    spec = exploding(0.001, network=dense(*[3] * 15, activation="linear"))
    snapshot = initial_snapshot(spec)
    snapshot.layers["dense_7"]["weight"][...] = 3e38
    trainer = trainer_of(spec, snapshot)
    origin = locate(snapshot, trainer.walk, rule_of(spec), numbers_of(spec), 5)
    assert origin is not None
    assert (origin.layer, origin.what) == ("dense_7", "activations")


def test_rewind_restores_the_last_finite_moment_to_the_bit(stage: Stage) -> None:
    spec = exploding(0.001)
    session = stage.open(spec)
    stage.step(session, 25)
    trainer = session._trainer
    assert trainer is not None
    calm_bits = as_bytes(trainer.snapshot())
    assert stage.edit(session, exploding(1e9)), "a learning rate applies at once"
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["state"] == "diverged")
    stage.control(session, "rewind")
    assert session.facts["state"] == "paused"
    assert session.cursor.update == 25
    assert as_bytes(trainer.snapshot()) == calm_bits
    assert stage.states()[-1]["from_update"] == 25
    assert stage.states()[-1]["run"] != stage.states()[0]["run"]
    # And it goes on from there as if nothing had been.
    stage.edit(session, spec)
    stage.step(session, 10)
    assert as_bytes(trainer.snapshot()) == as_bytes(trained(trainer_of(spec), 35))


def test_lowering_the_rate_of_a_diverged_session_does_not_make_its_ruins_the_way_back(stage: Stage) -> None:
    """The loss overflows before the weights do: what is left is finite, and still not a good moment."""
    spec = exploding(0.001)
    session = stage.open(spec)
    stage.step(session, 25)
    trainer = session._trainer
    assert trainer is not None
    calm_bits = as_bytes(trainer.snapshot())
    stage.edit(session, exploding(1e4))
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["state"] == "diverged")
    stage.edit(session, spec)
    stage.control(session, "rewind")
    assert as_bytes(trainer.snapshot()) == calm_bits


def test_the_search_replays_the_batches_that_were_trained_on(stage: Stage) -> None:
    """A batch size changed in mid-epoch ends the epoch; the replay must walk the same way."""
    session = stage.open(exploding(training={"batch_size": 3, "optimizer": {"type": "sgd", "learning_rate": 0.001}}))
    stage.step(session, 9)
    other = {"batch_size": 8, "optimizer": {"type": "sgd", "learning_rate": 30.0}}
    stage.edit(session, exploding(training=other))
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: stage.states()[-1].get("divergence", {}).get("located", False))
    divergence = stage.states()[-1]["divergence"]
    assert divergence["good_update"] == 9
    trainer = session._trainer
    assert trainer is not None
    # Batch 9 of 10 of epoch 0; with 4 batches an epoch that epoch is over.
    good = replace(trainer.good, cursor=Cursor(update=9, epoch=1, position=0))
    origin = locate(good, trainer.walk.copy(), trainer.program.key.rule, trainer.hyper, divergence["update"] - 9)
    assert origin is not None, "the replay diverges as the run did"
    assert divergence["layer"] == origin.layer
    assert f"update {origin.update}" in stage.states()[-1]["reason"]


@pytest.mark.parametrize("action", ["play", "step"])
def test_a_diverged_session_does_not_train(stage: Stage, ruined: LiveSession, action: str) -> None:
    with pytest.raises(IllegalStateError):
        stage.control(ruined, action)


def test_reset_of_a_diverged_session_starts_over(stage: Stage) -> None:
    spec = exploding(1e9)
    session = blown_up(stage, spec)
    stage.control(session, "reset")
    assert session.facts == {"update": 0, "epoch": 0, "state": "paused"}
    trainer = session._trainer
    assert trainer is not None
    assert as_bytes(trainer.snapshot()) == as_bytes(initial_snapshot(spec))


def test_a_new_shape_for_a_diverged_session_continues_from_the_last_good_moment(stage: Stage) -> None:
    session = stage.open(exploding(0.001))
    stage.step(session, 12)
    stage.edit(session, exploding(1e9))
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["state"] == "diverged")
    stage.edit(session, exploding(0.001, network=dense(4, 4, activation="relu")))
    assert session.facts["state"] == "paused"
    assert session.cursor.update == 12
    trainer = session._trainer
    assert trainer is not None
    assert trainer.snapshot().is_finite()


def test_steps_that_diverge_are_refused_with_the_reason(stage: Stage) -> None:
    session = stage.open(exploding(1e9))
    call = stage.control(session, "step", updates=200)
    stage.until(session, lambda: stage.reply(call) is not None)
    reply = stage.reply(call)
    assert reply is not None
    assert reply.error is not None
    assert reply.error["code"] == "illegal_state"
    assert "finite" in reply.error["message"]


def test_a_diverged_session_is_never_saved(ruined: LiveSession) -> None:
    assert ruined.save() is None
