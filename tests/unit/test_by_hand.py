"""Weights set by hand: exact, between two chunks, kept in snapshots, refused where there is nothing to set."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuroglow.engine.snapshot import decode_snapshot
from neuroglow.errors import IllegalStateError, InvalidInputError
from neuroglow.session.live import LiveSession
from neuroglow.wire.worker import Reply, SetWeights
from unit.rig import as_bytes, dense, experiment, trained, trainer_of
from unit.stage import Stage

CALLS = count(1000)
PIN = {"layer": "output", "unit": 0, "source": 1, "value": 0.5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sessions")


@pytest.fixture(scope="module")
def stage(folder: Path) -> Iterator[Stage]:
    stage = Stage(folder)
    yield stage
    stage.close()


def set_weights(stage: Stage, session: LiveSession, *cells: dict[str, Any]) -> Reply:
    call = next(CALLS)
    session.set_weights(SetWeights(call=call, session=session.id, cells=list(cells)))
    stage.until(session, lambda: stage.reply(call) is not None)
    reply = stage.reply(call)
    assert reply is not None
    return reply


def test_numbers_are_written_where_they_belong_and_nothing_else_moves(stage: Stage) -> None:
    spec = experiment()
    session = stage.open(spec)
    stage.step(session, 10)
    reply = set_weights(
        stage,
        session,
        {"layer": "dense_1", "unit": 3, "source": "x2", "value": 1.5},
        {"layer": "dense_2", "unit": 0, "source": 2, "value": -0.25},
        {"layer": "output", "unit": 0, "value": 0.125},
    )
    assert reply.error is None
    assert reply.result is not None
    assert reply.result["update"] == 10
    assert session._trainer is not None
    got, before = session._trainer.snapshot(), trained(trainer_of(spec), 10)
    before.layers["dense_1"]["weight"][3, 1] = 1.5
    before.layers["dense_2"]["weight"][0, 2] = -0.25
    before.layers["output"]["bias"][0] = 0.125
    assert as_bytes(got) == as_bytes(before), "moments and counters stay"
    stage.step(session, 10)
    assert as_bytes(session._trainer.snapshot()) == as_bytes(trained(trainer_of(spec, before), 10))


def test_a_running_session_takes_them_between_two_chunks_and_goes_on(stage: Stage, folder: Path) -> None:
    session = stage.open(experiment(network={**dense(4, 3), "output_frozen": True}), name="running")
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["update"] > 20)
    moment = session._standing.moment
    reply = set_weights(stage, session, {"layer": "output", "unit": 0, "source": 1, "value": 7.0})
    assert reply.error is None
    assert session.facts["state"] == "running"
    assert session._standing.moment > moment, "whoever watches gets a frame"
    assert session._trainer is not None
    stage.tools.keeper.run(lambda: None).result()
    on_disk = decode_snapshot((folder / "running" / "snapshot.safetensors").read_bytes())
    assert on_disk.layers["output"]["weight"][0, 1] == np.float32(7.0)
    reached = session.facts["update"]
    stage.until(session, lambda: session.facts["update"] > reached)
    assert session._trainer.snapshot().layers["output"]["weight"][0, 1] == np.float32(7.0)


def test_what_it_blows_up_is_rewound_to_the_moment_before(stage: Stage) -> None:
    plane = {"source": "synthetic", "name": "plane", "samples": 60}
    session = stage.open(experiment(data=plane, network=dense(4, activation="linear"), training={"loss": "auto"}))
    stage.step(session, 5)
    assert session._trainer is not None
    calm = as_bytes(session._trainer.snapshot())
    huge = [{"layer": "dense_1", "unit": unit, "source": "x1", "value": 1e9} for unit in range(4)]
    output = [{"layer": "output", "unit": 0, "source": unit, "value": 1e9} for unit in range(4)]
    set_weights(stage, session, *huge, *output)
    stage.control(session, "play", updates_per_second=None)
    stage.until(session, lambda: session.facts["state"] == "diverged")
    stage.control(session, "rewind")
    assert as_bytes(session._trainer.snapshot()) == calm


@pytest.mark.parametrize(("cell", "message"), [
    ({"layer": "nowhere", "unit": 0, "value": 0.0}, "has no bias"),
    ({"layer": "dense_1", "unit": 4, "value": 0.0}, "has no bias"),
    ({"layer": "dense_1", "unit": 0, "source": "x1^2", "value": 0.0}, "has no weight from x1"),
    ({"layer": "dense_1", "unit": 0, "source": 0, "value": 0.0}, "has no weight from 0"),
    ({"layer": "dense_2", "unit": 0, "source": 4, "value": 0.0}, "has no weight from 4"),
    (PIN, "is pinned; change or remove its pin"),
])  # fmt: skip
def test_a_place_that_is_not_there_or_pinned_is_refused_and_nothing_is_written(
    stage: Stage, cell: dict[str, Any], message: str
) -> None:
    session = stage.open(experiment(network={**dense(4, 3), "pins": [PIN]}))
    assert session._trainer is not None
    before = as_bytes(session._trainer.snapshot())
    reply = set_weights(stage, session, {"layer": "output", "unit": 0, "value": 3.0}, cell)
    assert reply.error is not None
    assert message in reply.error["message"]
    assert reply.error["field"] == "/cells/1"
    assert as_bytes(session._trainer.snapshot()) == before


def test_what_is_no_cell_is_refused_before_anything_waits(stage: Stage) -> None:
    session = stage.open(experiment())
    cell = {"layer": "output", "unit": 0, "value": 1e30}
    with pytest.raises(InvalidInputError) as refusal:
        session.set_weights(SetWeights(call=1, session=session.id, cells=[cell]))
    assert refusal.value.field == "/cells/0/value"


def test_a_session_without_a_state_has_nothing_to_set(stage: Stage) -> None:
    session = stage.open(experiment(network=dense(5, 5)), play=True)
    with pytest.raises(IllegalStateError, match="compiling"):
        session.set_weights(SetWeights(call=1, session=session.id, cells=[]))
    session.close()
