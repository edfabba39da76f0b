"""Who gets which frame when, with a clock the test holds; and the budget that keeps looking from slowing training."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from neuroglow.engine.compiler import Compiler
from neuroglow.engine.order import Cursor
from neuroglow.errors import InvalidInputError, NotFoundError
from neuroglow.insight.probe import Subject
from neuroglow.session.trainer import Trainer
from neuroglow.session.viewing import BUDGET_WINDOW_SECS, LEAST_SCALE, Budget, Launched, Moment, Viewing
from neuroglow.spec.limits import Limits
from neuroglow.wire.frames import decode_frame
from neuroglow.wire.messages import parse_subscribe
from neuroglow.wire.worker import Audience
from unit.rig import dense, experiment, trainer_of

NOW = 500.0


@pytest.fixture(scope="module")
def compiler() -> Iterator[Compiler]:
    compiler = Compiler()
    yield compiler
    compiler.close()


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return trainer_of(experiment())


class Room:
    """A viewing with channels `a` (activations) and `w` (weights) of a still session."""

    def __init__(self, compiler: Compiler, trainer: Trainer, limits: Limits | None = None) -> None:
        self.viewing = Viewing("s", 40, limits or Limits(), compiler, lambda: None)
        self.trainer = trainer
        self.channel("a", "activations")
        self.channel("w", "weights")

    def channel(self, name: str, stream: str, **ask: Any) -> None:
        message = {"type": "subscribe", "request": 1, "stream": stream, **ask}
        self.viewing.open(name, parse_subscribe(message), self.trainer.subject)
        self.ready(name)

    def ready(self, name: str) -> None:
        program = self.viewing._channels[name].program
        assert program is not None
        program.result(60.0)

    def sit(self, *audiences: Audience, refresh: list[int] | None = None) -> None:
        self.viewing.set_audiences(list(audiences), refresh or [])

    def look(self, moment: int, now: float, *, running: bool = True) -> dict[int, list[str]]:
        """Which audience gets which channels at this moment."""
        launched = self.launch(moment, now, running=running)
        return {} if launched is None else {who: sorted(channels) for who, channels in launched.deliveries}

    def launch(self, moment: int, now: float, *, running: bool = True) -> Launched | None:
        at = Moment(moment, self.trainer.state, self.trainer.hyper)
        return self.viewing.launch(at, now, running=running)


@pytest.fixture
def room(compiler: Compiler, trainer: Trainer) -> Room:
    return Room(compiler, trainer)


def test_nobody_looking_nothing_probed(room: Room) -> None:
    assert room.viewing.next_due(1, running=True) is None
    assert room.look(1, NOW) == {}
    room.sit(Audience(id=1, channels={"a": 30.0}, awake=False))
    assert room.viewing.next_due(1, running=True) is None
    assert room.look(1, NOW) == {}


def test_a_new_audience_gets_a_frame_at_once(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 1.0, "w": 0.1}))
    assert room.viewing.next_due(1, running=True) == 0.0
    assert room.look(1, NOW) == {1: ["a", "w"]}


def test_then_frames_come_at_their_own_rate(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 10.0}))
    room.look(1, NOW)
    assert room.viewing.next_due(2, running=True) == pytest.approx(NOW + 0.1)
    assert room.look(2, NOW + 0.05) == {}
    assert room.look(3, NOW + 0.1) == {1: ["a"]}


@pytest.mark.parametrize("rate", [1.0, 7.0, 30.0, 60.0])
def test_the_rate_is_kept_over_many_frames(room: Room, rate: float) -> None:
    room.sit(Audience(id=1, channels={"a": rate}))
    # Turns every four milliseconds, as a running session has them.
    seen = [turn for turn in range(2500) if room.look(turn, NOW + turn * 0.004)]
    assert len(seen) == pytest.approx(10.0 * rate, abs=2.0 + 0.02 * rate)


def test_no_rate_beyond_the_servers(compiler: Compiler, trainer: Trainer) -> None:
    room = Room(compiler, trainer, Limits(frames_per_second=5.0))
    room.sit(Audience(id=1, channels={"a": 1000.0}))
    seen = [turn for turn in range(1000) if room.look(turn, NOW + turn * 0.004)]
    assert len(seen) == pytest.approx(20, abs=2)


def test_one_moment_is_sent_once(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 30.0}))
    assert room.look(7, NOW) == {1: ["a"]}
    for later in (0.1, 1.0, 60.0):
        assert room.look(7, NOW + later) == {}
        assert room.viewing.next_due(7, running=True) is None


def test_a_paused_session_sends_its_last_moment_exactly_once(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 1.0, "w": 1.0}))
    room.look(1, NOW)
    # The rate would say in a second; resting, it comes now.
    assert room.viewing.next_due(2, running=False) == 0.0
    assert room.look(2, NOW + 0.01, running=False) == {1: ["a", "w"]}
    assert room.viewing.next_due(2, running=False) is None
    assert room.look(2, NOW + 10.0, running=False) == {}


def test_every_step_of_a_resting_session_is_sent_at_once(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 1.0}))
    assert [room.look(step, NOW + step * 1e-3, running=False) for step in range(1, 5)] == [{1: ["a"]}] * 4


def test_an_audience_that_stays_keeps_its_rhythm_and_one_refreshed_starts_anew(room: Room) -> None:
    both = Audience(id=1, channels={"a": 1.0}), Audience(id=2, channels={"w": 1.0})
    room.sit(*both)
    room.look(1, NOW)
    room.sit(*both, Audience(id=3, channels={"a": 1.0}))
    assert room.look(2, NOW + 0.1) == {3: ["a"]}
    room.sit(*both, refresh=[2])
    assert room.look(2, NOW + 0.2) == {2: ["w"]}


def test_waking_up_brings_the_present_moment(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 30.0}))
    room.look(1, NOW)
    room.sit(Audience(id=1, channels={"a": 30.0}, awake=False))
    assert room.look(9, NOW + 5.0) == {}
    room.sit(Audience(id=1, channels={"a": 30.0}))
    assert room.look(10, NOW + 5.1) == {1: ["a"]}


def test_a_channel_almost_due_joins_a_frame_that_goes_anyway(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 10.0, "w": 9.0}))
    room.look(1, NOW)
    assert room.look(2, NOW + 0.1) == {1: ["a", "w"]}


def test_equal_channels_are_computed_once_and_each_audience_has_its_frame(room: Room) -> None:
    room.sit(*(Audience(id=number, channels={"a": 30.0, "w": 30.0}) for number in range(5)))
    launched = room.launch(1, NOW)
    assert launched is not None
    assert sorted(launched.outputs) == ["a", "w"]
    frames = list(room.viewing.frames(launched, "3", Cursor(update=12, epoch=2, position=1)))
    assert [envelope.audience for envelope, _ in frames] == list(range(5))
    assert [envelope.seq for envelope, _ in frames] == [41, 42, 43, 44, 45]
    headers, tensors = zip(*(decode_frame(frame) for _, frame in frames), strict=True)
    assert {(header.session, header.run, header.update, header.epoch) for header in headers} == {("s", "3", 12, 2)}
    assert all(set(held) == set(tensors[0]) for held in tensors)
    assert {name.split("/")[0] for name in tensors[0]} == {"a", "w"}


def test_who_asks_for_the_health_of_layers_shares_one_answer_and_its_moment_is_recorded(room: Room) -> None:
    room.channel("s", "statistics")
    room.channel("d", "distributions", layer="dense_1")
    room.sit(Audience(id=1, channels={"s": 2.0}), Audience(id=2, channels={"d": 2.0}))
    launched = room.launch(1, NOW)
    assert launched is not None
    assert launched.outputs["s"][1] is launched.outputs["d"][1]
    sent = room.viewing.frames(launched, "1", Cursor(update=12, epoch=2, position=1))
    frames = {envelope.audience: decode_frame(frame)[1] for envelope, frame in sent}
    assert frames[2]["d/dense_1.updates"].tolist() == [[0, 12]]
    low, high = frames[1]["s/dense_1.range"]
    assert frames[2]["d/dense_1.activations"][0, [0, -1]].tolist() == [low, high]


def test_a_channel_waits_for_its_program(room: Room) -> None:
    room.viewing._channels["a"].program = None
    room.sit(Audience(id=1, channels={"a": 30.0, "w": 30.0}))
    assert room.look(1, NOW) == {1: ["w"]}


def test_a_stream_that_cannot_be_compiled_stays_silent_and_the_others_go_on(room: Room) -> None:
    failed: Future[Any] = Future()
    failed.set_exception(RuntimeError("no such instruction"))
    room.viewing._channels["a"].program = failed
    room.sit(Audience(id=1, channels={"a": 30.0, "w": 30.0}))
    assert room.look(1, NOW) == {1: ["w"]}


def test_a_removed_layer_is_left_out_and_a_removed_unit_silent(room: Room) -> None:
    room.channel("d", "activations", layers=["dense_1", "dense_2"])
    room.channel("u", "unit", layer="dense_2", unit=2)
    fewer = experiment(network=dense(4))
    room.trainer = trainer_of(fewer)
    room.viewing.rebind(room.trainer.subject)
    for name in ("a", "w", "d"):
        room.ready(name)
    room.sit(Audience(id=1, channels={"d": 30.0, "u": 30.0}))
    launched = room.launch(1, NOW)
    assert launched is not None
    [(_, frame)] = room.viewing.frames(launched, "1", Cursor())
    assert set(decode_frame(frame)[1]) == {"d/dense_1"}


def test_a_first_subscription_must_name_what_exists(room: Room) -> None:
    with pytest.raises(InvalidInputError, match="No layer is named 'nowhere'") as refusal:
        room.channel("n", "weights", layers=["dense_1", "nowhere"])
    assert refusal.value.field == "/layers/1"
    with pytest.raises(InvalidInputError, match="units 0 to 3"):
        room.channel("n", "unit", layer="dense_1", unit=4)


def test_a_closed_channel_is_gone(room: Room) -> None:
    room.sit(Audience(id=1, channels={"a": 30.0, "w": 30.0}))
    room.viewing.close("a")
    assert room.look(1, NOW) == {1: ["w"]}
    with pytest.raises(NotFoundError):
        room.viewing.close("a")


def test_maps_of_data_without_a_plane_are_refused(room: Room) -> None:
    room.trainer = trainer_of(experiment(data={"source": "bundled", "name": "iris"}, network=dense(5)))
    subject: Subject = room.trainer.subject
    with pytest.raises(InvalidInputError, match="axes"):
        room.viewing.open("m", parse_subscribe({"type": "subscribe", "request": 1, "stream": "maps"}), subject)


# --- the budget -------------------------------------------------------------------------------------------------------


def spend(budget: Budget, share: float, secs: float, start: float) -> float:
    """Spend that share of the time, ten times a second; returns the clock."""
    now = start
    while now < start + secs:
        now += 0.1
        budget.spent(0.1 * share, now)
    return now


def test_within_budget_nothing_is_lowered() -> None:
    budget = Budget(0.2)
    spend(budget, 0.19, 10.0, NOW)
    assert budget.scale == 1.0


def test_over_budget_the_rate_goes_down_in_proportion() -> None:
    budget = Budget(0.2)
    budget.spent(0.0, NOW)
    assert budget.spent(0.8 * BUDGET_WINDOW_SECS, NOW + BUDGET_WINDOW_SECS), "people are told"
    assert budget.scale == pytest.approx(0.25)


def test_it_never_goes_to_nothing_and_recovers_when_looking_gets_cheap() -> None:
    budget = Budget(0.2)
    now = spend(budget, 50.0, 20.0, NOW)
    assert budget.scale == LEAST_SCALE
    spend(budget, 0.001, 40.0, now)
    assert budget.scale == 1.0


def test_a_steady_load_settles_at_the_budget() -> None:
    """What it costs falls with the rate, as it does for real."""
    budget, now = Budget(0.2), NOW
    for _ in range(300):
        now += 0.1
        budget.spent(0.1 * 0.6 * budget.scale, now)
    assert budget.scale == pytest.approx(0.2 / 0.6, rel=0.1)


def test_a_lower_scale_spreads_the_frames(room: Room) -> None:
    room.viewing.budget.scale = 0.5
    room.sit(Audience(id=1, channels={"a": 10.0}))
    room.look(1, NOW)
    assert room.viewing.next_due(2, running=True) == pytest.approx(NOW + 0.2)
