"""Points on their way to viewers: at once to a few, gathered for a crowd, never out of order."""

from __future__ import annotations

import asyncio

import pytest

from neuroglow.gateway.feed import CROWD, Feed
from neuroglow.wire.messages import Point

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def point(update: int) -> Point:
    return Point(update=update, epoch=0)


async def test_a_few_viewers_get_each_point_at_once() -> None:
    sent: list[list[int]] = []
    feed = Feed(lambda points: sent.append([p.update for p in points]))
    for update in range(3):
        feed.add([point(update)], viewers=1)
    assert sent == [[0], [1], [2]]


async def test_a_crowd_gets_them_gathered_and_in_order() -> None:
    sent: list[list[int]] = []
    arrived = asyncio.Event()

    def send(points: list[Point]) -> None:
        sent.append([p.update for p in points])
        arrived.set()

    feed = Feed(send)
    for update in range(3):
        feed.add([point(update)], viewers=CROWD)
    assert sent == []
    async with asyncio.timeout(5):
        await arrived.wait()
    assert sent == [[0, 1, 2]]


async def test_whoever_has_something_else_to_say_sends_them_first() -> None:
    sent: list[list[int]] = []
    feed = Feed(lambda points: sent.append([p.update for p in points]))
    feed.add([point(1)], viewers=CROWD)
    feed.flush()
    feed.flush()
    assert sent == [[1]]
