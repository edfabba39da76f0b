"""The whole table of a session's states, every pair of them."""

from __future__ import annotations

from itertools import product

import pytest

from neuroglow.errors import IllegalStateError
from neuroglow.session.machine import STATES, TRANSITIONS, Machine
from neuroglow.wire.messages import SessionState

ALLOWED: set[tuple[SessionState, SessionState]] = {
    ("compiling", "running"), ("compiling", "paused"), ("compiling", "failed"), ("compiling", "closed"),
    ("running", "paused"), ("running", "diverged"), ("running", "failed"), ("running", "compiling"),
    ("running", "closed"),
    ("paused", "running"), ("paused", "diverged"), ("paused", "failed"), ("paused", "compiling"), ("paused", "closed"),
    ("diverged", "paused"), ("diverged", "running"), ("diverged", "failed"), ("diverged", "compiling"),
    ("diverged", "closed"),
    ("failed", "compiling"), ("failed", "paused"), ("failed", "running"), ("failed", "closed"),
}  # fmt: skip


def machine_in(state: SessionState) -> Machine:
    machine = Machine()
    machine.state = state
    return machine


def test_a_session_begins_compiling() -> None:
    assert Machine().state == "compiling"


def test_the_table_covers_every_state() -> None:
    assert set(TRANSITIONS) == set(STATES)


@pytest.mark.parametrize(("start", "end"), list(product(STATES, STATES)))
def test_every_move_is_made_or_refused_as_the_table_says(start: SessionState, end: SessionState) -> None:
    machine = machine_in(start)
    if start == end:
        assert not machine.move(end)
    elif (start, end) in ALLOWED:
        assert machine.move(end)
        assert machine.state == end
    else:
        with pytest.raises(IllegalStateError, match=f"{start} cannot become {end}"):
            machine.move(end)
        assert machine.state == start


def test_a_closed_session_is_closed_for_good() -> None:
    with pytest.raises(IllegalStateError, match="it can become nothing"):
        machine_in("closed").move("running")


def test_an_action_names_the_states_it_needs() -> None:
    machine_in("paused").require("running", "paused", action="step")
    with pytest.raises(IllegalStateError, match="Cannot rewind a session that is paused; it must be diverged"):
        machine_in("paused").require("diverged", action="rewind")
