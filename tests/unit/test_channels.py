"""Questions, channels and audiences: who asks the same shares the answer."""

from __future__ import annotations

from typing import Any

from neuroglow.gateway.channels import AudienceTable, ChannelTable, question
from neuroglow.wire.messages import parse_subscribe


def asks(**members: Any) -> dict[str, Any]:
    return question(parse_subscribe({"type": "subscribe", "request": 1, **members}))


def test_the_question_is_what_is_asked_not_who_and_how_often() -> None:
    one = asks(stream="maps", request=1, max_fps=30)
    assert one == asks(stream="maps", request=9, max_fps=5, layers="all", resolution=20)
    assert one != asks(stream="maps", resolution=50)
    assert asks(stream="predictions", **{"from": 5})["from"] == 5


def test_a_channel_lives_as_long_as_somebody_asks_and_its_name_never_comes_back() -> None:
    table: ChannelTable[str] = ChannelTable()
    channel = table.add(asks(stream="statistics"))
    channel.viewers |= {"ada", "bob"}
    assert table.find(asks(stream="statistics")) is channel
    assert not table.leave(channel, "ada")
    assert table.leave(channel, "bob")
    assert table.find(asks(stream="statistics")) is None
    assert table.add(asks(stream="statistics")).name != channel.name


def told(table: AudienceTable[str]) -> dict[int, tuple[dict[str, float], bool]]:
    return {audience.id: (audience.channels, audience.awake) for audience in table.audiences()}


def test_viewers_with_the_same_wants_are_one_audience() -> None:
    table: AudienceTable[str] = AudienceTable()
    wants = {"ada": {"c1": 30.0}, "bob": {"c1": 30.0}, "cyd": {"c1": 5.0}, "dan": {}}
    assert table.regroup(wants, is_awake={}) == (True, [])
    groups = {frozenset(table.viewers(audience.id)) for audience in table.audiences()}
    assert groups == {frozenset({"ada", "bob"}), frozenset({"cyd"})}


def test_an_audience_keeps_its_id_and_a_late_joiner_gets_a_full_frame() -> None:
    table: AudienceTable[str] = AudienceTable()
    table.regroup({"ada": {"c1": 30.0}}, is_awake={})
    (before,) = table.audiences()
    assert table.regroup({"ada": {"c1": 30.0}, "bob": {"c1": 30.0}}, is_awake={}) == (True, [before.id])
    assert table.viewers(before.id) == {"ada", "bob"}


def test_nothing_is_told_when_nothing_changed_or_somebody_left_company() -> None:
    table: AudienceTable[str] = AudienceTable()
    both = {"ada": {"c1": 30.0}, "bob": {"c1": 30.0}}
    table.regroup(both, is_awake={})
    assert table.regroup(both, is_awake={}) == (False, [])
    assert table.regroup({"ada": {"c1": 30.0}}, is_awake={}) == (False, [])


def test_an_audience_sleeps_when_all_its_viewers_do_and_wakes_to_a_full_frame() -> None:
    table: AudienceTable[str] = AudienceTable()
    both = {"ada": {"c1": 30.0}, "bob": {"c1": 30.0}}
    table.regroup(both, is_awake={})
    (audience,) = table.audiences()
    assert table.regroup(both, is_awake={"ada": False, "bob": True}) == (False, [])
    assert table.regroup(both, is_awake={"ada": False, "bob": False}) == (True, [])
    assert told(table) == {audience.id: ({"c1": 30.0}, False)}
    assert table.regroup(both, is_awake={"ada": True, "bob": False}) == (True, [audience.id])


def test_an_audience_that_is_gone_has_no_viewers() -> None:
    table: AudienceTable[str] = AudienceTable()
    table.regroup({"ada": {"c1": 30.0}}, is_awake={})
    (audience,) = table.audiences()
    assert table.regroup({}, is_awake={}) == (True, [])
    assert table.viewers(audience.id) == set()
