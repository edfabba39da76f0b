"""The curve a joining viewer gets: thinned, never reordered, cut where a run begins."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from neuroglow.gateway.history import POINTS_PER_MESSAGE, History, thin
from neuroglow.gateway.line import Line
from neuroglow.wire.messages import Point


def points(*updates: int) -> list[Point]:
    return [Point(update=update, epoch=0, train_loss=None, test_loss=update / 7) for update in updates]


@given(st.lists(st.integers(), unique=True), st.integers(2, 50))
def test_thinning_keeps_the_ends_the_order_and_the_bound(values: list[int], limit: int) -> None:
    thinned = thin(values, limit)
    assert len(thinned) == min(len(values), limit)
    assert [value for value in values if value in set(thinned)] == thinned
    if values:
        assert (thinned[0], thinned[-1]) == (values[0], values[-1])


@given(st.integers(2, 40), st.integers(0, 400))
def test_a_long_run_stays_a_bounded_message(limit: int, count: int) -> None:
    history = History(limit)
    for update in range(count):
        history.add(points(update))
    assert len(history) <= 2 * limit
    told = history.to_document()
    assert len(told) <= limit
    if count:
        assert (told[0]["update"], told[-1]["update"]) == (0, count - 1)


def test_a_joiner_gets_at_least_one_message_and_all_points_in_order() -> None:
    history = History(10_000)
    assert [json.loads(text)["points"] for text in history.messages("1")] == [[]]
    history.add(points(*range(2 * POINTS_PER_MESSAGE + 1)))
    messages = [json.loads(text) for text in history.messages("3")]
    assert [message["run"] for message in messages] == ["3", "3", "3"]
    assert [point["update"] for m in messages for point in m["points"]] == list(range(2 * POINTS_PER_MESSAGE + 1))


def test_what_is_missing_is_null_and_what_does_not_apply_is_absent() -> None:
    history = History(10)
    history.add(points(7))
    (message,) = history.messages("1")
    assert json.loads(message)["points"] == [{"update": 7, "epoch": 0, "train_loss": None, "test_loss": 1.0}]


def test_a_new_run_voids_what_came_after_its_beginning() -> None:
    line = Line(run="1", update=0, epoch=0, max_points=100)
    line.add("1", points(1, 2, 3, 4))
    line.begin("2", 2)
    assert [point["update"] for point in line.history.to_document()] == [1, 2]
    line.begin("3", None)
    assert len(line.history) == 0


def test_points_of_an_older_run_are_dropped() -> None:
    line = Line(run="2", update=10, epoch=1, max_points=100)
    assert not line.add("1", points(99))
    assert (line.update, len(line.history)) == (10, 0)
    assert line.add("2", points(11))
    assert line.update == 11


def test_a_line_knows_whether_it_stands_where_it_was_saved() -> None:
    line = Line(run="1", update=5, epoch=0, max_points=100)
    assert not line.is_saved
    line.saved("1", 5)
    assert line.is_saved
    line.add("1", points(6))
    assert not line.is_saved
    line.saved("0", 6)
    assert not line.is_saved
