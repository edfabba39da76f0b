"""What compiles and what does not, through a real session: traced numbers never, a new bucket or shape once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from neuroglow.engine.programs import train_key
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.errors import InvalidInputError, NetworkTooLargeError
from neuroglow.session.live import LiveSession
from neuroglow.spec.limits import Limits
from neuroglow.wire.worker import Audience
from unit.rig import as_bytes, dense, experiment, program_of, trained, trainer_of
from unit.stage import Stage

BASE: dict[str, Any] = {
    "training": {
        "optimizer": {"type": "adamw", "learning_rate": 0.01, "weight_decay": 0.01},
        "regularization": {"type": "l2", "rate": 0.001},
    }
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("sessions"))
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def session(stage: Stage) -> LiveSession:
    """Running, watched, at home with its programs."""
    session = stage.open(experiment(**BASE))
    stage.subscribe(session, "c1", stream="maps", resolution=10)
    stage.subscribe(session, "c2", stream="statistics")
    stage.seat(session, Audience(id=1, channels={"c1": 30.0, "c2": 30.0}))
    stage.until(session, lambda: bool(stage.frames) and "c2/dense_1" in stage.frames[-1][2])
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.cursor.update > 20)
    return session


def goes_on(stage: Stage, session: LiveSession) -> None:
    """More updates, more frames, after an edit."""
    update, frames = session.cursor.update, len(stage.frames)
    stage.until(session, lambda: session.cursor.update > update + 5 and len(stage.frames) > frames)


def has_reached(session: LiveSession, update: int) -> bool:
    return session.cursor.update >= update


def adamw(**numbers: float) -> dict[str, Any]:
    return {"training": {**BASE["training"], "optimizer": {**BASE["training"]["optimizer"], **numbers}}}


@pytest.mark.parametrize(("field", "changes"), [
    ("learning_rate", adamw(learning_rate=0.02)),
    ("b1", adamw(b1=0.5)),
    ("b2", adamw(b2=0.9)),
    ("eps", adamw(eps=1e-4)),
    ("weight_decay", adamw(weight_decay=0.3)),
    ("rate", {"training": {**BASE["training"], "regularization": {"type": "l2", "rate": 0.01}}}),
    ("regularization", {"training": {**BASE["training"], "regularization": {"type": "l1", "rate": 0.01}}}),
    ("training seed", {"training": {**BASE["training"], "seed": 77}}),
    ("data seed", {**BASE, "data": {"seed": 77}}),
    ("noise", {**BASE, "data": {"noise": 0.33}}),
    ("batch size in its bucket", {"training": {**BASE["training"], "batch_size": 8}}),
    ("rows in their bucket", {**BASE, "data": {"samples": 56}}),
    ("initializer", {**BASE, "network": {"layers": [{"units": 4, "initializer": "zeros"},
                                                    {"units": 3, "activation": "relu"}]}}),
    ("data set of the same shape", {**BASE, "data": {"name": "circle"}}),
])  # fmt: skip
def test_a_traced_change_compiles_nothing(
    field: str, changes: dict[str, Any], stage: Stage, session: LiveSession
) -> None:
    goes_on(stage, session)
    before = stage.compiler.counter.count
    stage.edit(session, experiment(**changes))
    goes_on(stage, session)
    stage.edit(session, experiment(**BASE))
    goes_on(stage, session)
    assert stage.compiler.counter.count == before, f"changing the {field} compiled a program"


def test_numbers_that_change_apply_at_once(stage: Stage, session: LiveSession) -> None:
    assert stage.edit(session, experiment(**adamw(learning_rate=0.005)))
    assert stage.edit(session, experiment(**BASE))


def test_crossing_a_bucket_compiles_one_training_program_and_crossing_back_none(
    stage: Stage, session: LiveSession
) -> None:
    goes_on(stage, session)
    before = stage.compiler.counter.count
    crossing = experiment(training={**BASE["training"], "batch_size": 9})
    stage.edit(session, crossing)
    goes_on(stage, session)
    # The program and the evaluation beside it; probes do not depend on the batch.
    assert stage.compiler.counter.count == before + 2
    stage.edit(session, experiment(**BASE))
    stage.edit(session, crossing)
    stage.edit(session, experiment(**BASE))
    goes_on(stage, session)
    assert stage.compiler.counter.count == before + 2


def test_training_goes_on_while_a_new_shape_compiles(stage: Stage, session: LiveSession) -> None:
    goes_on(stage, session)
    before = session.cursor.update
    assert not stage.edit(session, experiment(**BASE, network=dense(6, 3)))
    assert session.cursor.update > before, "the old program runs on"
    assert any(state.get("progress", {}).get("step") == "compile" for state in stage.states())
    stage.edit(session, experiment(**BASE))


def test_reset_and_steps_compile_nothing(stage: Stage, session: LiveSession) -> None:
    goes_on(stage, session)
    before = stage.compiler.counter.count
    stage.step(session, 3)
    stage.control(session, "reset")
    stage.control(session, "play", updates_per_second=None)
    goes_on(stage, session)
    assert stage.compiler.counter.count == before


def test_a_network_beyond_the_memory_budget_is_refused_before_compiling(stage: Stage, session: LiveSession) -> None:
    before = stage.compiler.counter.count
    huge = experiment(network=dense(*[1024] * 256))
    with pytest.raises(NetworkTooLargeError) as refusal:
        stage.edit(session, huge)
    assert refusal.value.field == "/network/layers"
    assert stage.compiler.counter.count == before
    goes_on(stage, session)


def test_step_is_done_after_exactly_its_updates(stage: Stage) -> None:
    session = stage.open(experiment(**BASE))
    for updates in (1, 5, 17):
        at = session.cursor.update
        stage.step(session, updates)
        assert session.cursor.update == at + updates
        assert session.facts["state"] == "paused"
    stage.rest(session)
    assert session.cursor.update == 23


def test_a_session_has_the_bits_of_plain_chunks_however_it_was_driven(stage: Stage) -> None:
    """Watched, played at random speeds, paused, stepped: the trainer alone gives the same numbers."""
    spec = experiment(**BASE)
    session = stage.open(spec)
    stage.subscribe(session, "c1", stream="statistics")
    stage.seat(session, Audience(id=1, channels={"c1": 60.0}))
    for dial in (500.0, None, 50.0):
        stage.control(session, "play", updates_per_second=dial)
        stage.until(session, partial(has_reached, session, session.cursor.update + 12))
        stage.control(session, "pause")
        stage.rest(session)
    stage.step(session, 4)
    trainer = session._trainer
    assert trainer is not None
    assert as_bytes(trainer.snapshot()) == as_bytes(trained(trainer_of(spec), session.cursor.update))


def test_reset_gives_the_same_numbers_again(stage: Stage) -> None:
    spec = experiment(**BASE)
    session = stage.open(spec)
    stage.step(session, 9)
    trainer = session._trainer
    assert trainer is not None
    first = as_bytes(trainer.snapshot())
    stage.control(session, "reset")
    stage.rest(session)
    assert as_bytes(trainer.snapshot()) == as_bytes(initial_snapshot(spec))
    stage.step(session, 9)
    assert as_bytes(trainer.snapshot()) == first


def test_keys_leave_out_every_traced_number() -> None:
    key = train_key(experiment(**BASE))
    assert train_key(experiment(**adamw(learning_rate=1.0, b1=0.0))) == key
    assert train_key(experiment(training={**BASE["training"], "batch_size": 1})) == key
    assert train_key(experiment(training={**BASE["training"], "batch_size": 9})) != key
    assert train_key(experiment(**BASE, data={"samples": 70})) != key
    assert train_key(experiment(**BASE, network=dense(4, 3))) != key, "another activation is another program"


def test_names_are_not_in_a_key() -> None:
    layers = [{"units": 4, "name": "first"}, {"units": 3, "activation": "relu", "name": "second"}]
    assert train_key(experiment(network={"layers": layers})) == train_key(experiment())
    assert program_of(experiment(network={"layers": layers})) is program_of(experiment())


def test_too_large_a_frame_is_refused_with_what_to_do(stage: Stage, tmp_path: Path) -> None:
    narrow = Stage(tmp_path, Limits(frame_bytes=10), stage.compiler)
    session = narrow.open(experiment(**BASE))
    with pytest.raises(InvalidInputError, match="the limit is 10; ask for fewer"):
        narrow.subscribe(session, "c1", stream="weights")
    narrow.tools.keeper.close()
