"""How many updates the next chunk takes, with a clock the test holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.session.pace import GROWTH, MOST_BACKLOG_SECS, SLICE_SECS, Pace
from neuroglow.session.steps import Steps

START = 1000.0


def dialled(rate: float | None, now: float = START) -> Pace:
    pace = Pace()
    pace.set_dial(rate, now)
    return pace


def drive(pace: Pace, secs: float, each: float, start: float = START) -> int:
    """Turns until the clock has gone on by `secs`; an update takes `each` seconds. Returns the updates made."""
    now, made = start, 0
    while now < start + secs:
        wanted = pace.wanted(now, playing=True)
        if wanted:
            pace.launched(wanted)
            pace.measured(wanted, wanted * each, at_most=False)
            made += wanted
            now += wanted * each
        else:
            due = pace.due_at(playing=True)
            assert due is not None
            # The clock's own grain, so that a due time that rounds down is passed.
            now = max(now, due) + 1e-7
    return made


@settings(max_examples=40)
@given(rate=st.floats(1.0, 5_000.0), secs=st.floats(1.0, 5.0))
def test_the_dial_is_kept_exactly_where_the_device_can(rate: float, secs: float) -> None:
    made = drive(dialled(rate), secs, each=1e-6)
    assert made == pytest.approx(rate * secs, abs=2.0 + rate * 1e-3)


def test_one_update_a_second_comes_at_once_and_then_every_second() -> None:
    pace = dialled(1.0)
    assert pace.wanted(START, playing=True) == 1
    pace.launched(1)
    assert pace.wanted(START + 0.99, playing=True) == 0
    assert pace.due_at(playing=True) == pytest.approx(START + 1.0)
    assert pace.wanted(START + 1.01, playing=True) == 1


def test_the_slowest_dial_still_moves() -> None:
    pace = dialled(0.1)
    pace.launched(pace.wanted(START, playing=True))
    assert pace.wanted(START + 9.9, playing=True) == 0
    assert pace.wanted(START + 10.01, playing=True) == 1


def test_a_dial_faster_than_the_device_is_full_speed() -> None:
    assert drive(dialled(1e6), 1.0, each=1e-3) == pytest.approx(1000, rel=0.02)


def test_what_was_missed_is_caught_up_a_little_and_then_forgotten() -> None:
    pace = dialled(1000.0)
    drive(pace, 1.0, each=1e-6)
    # A compile held everything up for ten seconds.
    later = START + 11.0
    made = drive(pace, 0.1, each=1e-6, start=later)
    assert made == pytest.approx(1000 * (0.1 + MOST_BACKLOG_SECS), abs=5)


def test_full_speed_takes_slices_of_about_the_same_time() -> None:
    pace = dialled(None)
    each = 5e-5
    for _ in range(12):
        wanted = pace.wanted(START, playing=True)
        pace.launched(wanted)
        pace.measured(wanted, wanted * each, at_most=False)
    assert pace.wanted(START, playing=True) * each == pytest.approx(SLICE_SECS, rel=0.05)


def test_a_chunk_grows_at_most_fourfold_from_one_update_on() -> None:
    pace = dialled(None)
    sizes = []
    for _ in range(5):
        sizes.append(pace.wanted(START, playing=True))
        pace.launched(sizes[-1])
        pace.measured(sizes[-1], sizes[-1] * 1e-7, at_most=False)
    assert sizes == [GROWTH**power for power in range(5)]


def test_an_update_longer_than_a_slice_is_a_chunk_of_its_own() -> None:
    pace = dialled(None)
    pace.launched(1)
    pace.measured(1, 3.0, at_most=False)
    assert pace.wanted(START, playing=True) == 1


def test_a_new_program_is_measured_afresh() -> None:
    pace = dialled(None)
    drive(pace, 1.0, each=1e-6)
    assert pace.wanted(START, playing=True) > 1000
    pace.new_program()
    assert pace.wanted(START, playing=True) == 1


def test_one_odd_measurement_moves_the_slice_by_a_share_only() -> None:
    pace = dialled(None)
    drive(pace, 1.0, each=1e-5)
    usual = pace.wanted(START, playing=True)
    pace.launched(usual)
    pace.measured(usual, usual * 1e-4, at_most=False)
    assert pace.wanted(START, playing=True) > usual / 5


def test_a_time_that_is_only_an_upper_bound_never_slows_the_pace() -> None:
    pace = dialled(None)
    drive(pace, 1.0, each=1e-5)
    usual = pace.wanted(START, playing=True)
    pace.measured(usual, 9.0, at_most=True)
    assert pace.wanted(START, playing=True) == usual


def test_steps_go_one_at_a_time_at_once_and_whatever_the_dial_says() -> None:
    pace = dialled(1.0)
    pace.launched(pace.wanted(START, playing=True))
    pace.steps_left = 3
    for left in (3, 2, 1):
        assert pace.steps_left == left
        assert pace.due_at(playing=False) == 0.0
        assert pace.wanted(START, playing=False) == 1
        pace.launched(1)
    assert pace.wanted(START, playing=False) == 0


def test_nothing_is_due_when_paused() -> None:
    for rate in (None, 5.0):
        pace = dialled(rate)
        assert pace.wanted(START + 100.0, playing=False) == 0
        assert pace.due_at(playing=False) is None
    assert dialled(None).due_at(playing=True) == 0.0


def test_impossible_measurements_are_ignored() -> None:
    pace = dialled(None)
    pace.measured(0, 1.0, at_most=False)
    pace.measured(5, 0.0, at_most=False)
    assert pace.wanted(START, playing=True) == 1


def test_each_step_command_is_answered_at_its_own_last_update() -> None:
    steps = Steps()
    steps.add(call=7, updates=2)
    steps.add(call=8, updates=1)
    assert [steps.launched_one(), steps.launched_one(), steps.launched_one()] == [None, 7, 8]
    steps.add(call=9, updates=5)
    steps.add(call=10, updates=5)
    assert steps.drop() == [9, 10]
    assert steps.drop() == []
