"""Who asked what in one session: questions, their channels, and the audiences that share frames. Pure."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from neuroglow.wire.subscriptions import AnySubscribe
from neuroglow.wire.worker import Audience

V = TypeVar("V", bound=Hashable)


def question(subscription: AnySubscribe) -> dict[str, Any]:
    """What is asked, without who asks (`request`) and how often (`max_fps`)."""
    return subscription.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"request", "max_fps"})


@dataclass(eq=False)
class Channel(Generic[V]):
    """One question. `facts` are the worker's answer to opening it, None until it came or when an edit voided it;
    `is_open` says whether the worker ever answered."""

    name: str
    asks: dict[str, Any]
    viewers: set[V] = field(default_factory=set)
    facts: dict[str, Any] | None = None
    is_open: bool = False


class ChannelTable(Generic[V]):
    """Channels of one session, by question. Names are never used again while the session lives."""

    def __init__(self) -> None:
        self._by_question: dict[str, Channel[V]] = {}
        self._by_name: dict[str, Channel[V]] = {}
        self._named = 0

    def __len__(self) -> int:
        return len(self._by_name)

    def __iter__(self) -> Iterator[Channel[V]]:
        return iter(list(self._by_name.values()))

    def find(self, asks: Mapping[str, Any]) -> Channel[V] | None:
        return self._by_question.get(_key(asks))

    def get(self, name: str) -> Channel[V] | None:
        return self._by_name.get(name)

    def add(self, asks: dict[str, Any]) -> Channel[V]:
        self._named += 1
        channel: Channel[V] = Channel(name=f"c{self._named}", asks=asks)
        self._by_question[_key(asks)] = self._by_name[channel.name] = channel
        return channel

    def leave(self, channel: Channel[V], viewer: V) -> bool:
        """True if nobody is left: the channel is gone."""
        channel.viewers.discard(viewer)
        if channel.viewers or channel.name not in self._by_name:
            return False
        del self._by_name[channel.name]
        del self._by_question[_key(channel.asks)]
        return True

    def close_all(self) -> None:
        """The worker that answered them is gone."""
        self.forget_facts()
        for channel in self._by_name.values():
            channel.is_open = False

    def forget_facts(self) -> None:
        for channel in self._by_name.values():
            channel.facts = None


def _key(asks: Mapping[str, Any]) -> str:
    return json.dumps(asks, sort_keys=True)


@dataclass(eq=False)
class _Group(Generic[V]):
    id: int
    viewers: set[V]
    awake: bool = True


class AudienceTable(Generic[V]):
    """Viewers grouped by identical channels and rates. A group keeps its id for as long as it has viewers."""

    def __init__(self) -> None:
        self._groups: dict[frozenset[tuple[str, float]], _Group[V]] = {}
        self._by_id: dict[int, _Group[V]] = {}
        self._ids = 0

    def regroup(self, wants: Mapping[V, Mapping[str, float]], *, is_awake: Mapping[V, bool]) -> tuple[bool, list[int]]:
        """Take in who wants what now. Returns whether the worker must be told, and the ids that need a full frame:
        those that an additional viewer joined or that just woke up."""
        members: dict[frozenset[tuple[str, float]], set[V]] = {}
        for viewer, channels in wants.items():
            if channels:
                members.setdefault(frozenset(channels.items()), set()).add(viewer)
        refresh: list[int] = []
        changed = False
        for key in [key for key in self._groups if key not in members]:
            del self._by_id[self._groups.pop(key).id]
            changed = True
        for key, viewers in members.items():
            awake = any(is_awake.get(viewer, True) for viewer in viewers)
            group = self._groups.get(key)
            if group is None:
                self._ids += 1
                group = self._groups[key] = self._by_id[self._ids] = _Group(self._ids, viewers, awake)
                changed = True
                continue
            if viewers - group.viewers or (awake and not group.awake):
                refresh.append(group.id)
            changed = changed or awake != group.awake
            group.viewers, group.awake = viewers, awake
        return changed or bool(refresh), refresh

    def viewers(self, audience: int) -> set[V]:
        """Who gets this audience's frames; nobody if it is gone."""
        group = self._by_id.get(audience)
        return group.viewers if group else set()

    def audiences(self) -> list[Audience]:
        """As the worker protocol says it."""
        return [Audience(id=group.id, channels=dict(key), awake=group.awake) for key, group in self._groups.items()]
