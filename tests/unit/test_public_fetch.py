"""Fetching a public set over a line that takes its time: who waits may leave and come back.

The way out is a socket of this test, at which an errand knocks and hears nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from neuroglow.errors import AtCapacityError, NoNetworkError
from neuroglow.gateway.datasets import Datasets
from neuroglow.gateway.errand import Errands
from neuroglow.gateway.public_sets import PublicSets
from neuroglow.spec.limits import Limits
from neuroglow.spec.public import public_set
from neuroglow.store import DatasetStore

pytestmark = pytest.mark.anyio

MNIST = public_set("mnist")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where everything that goes to the network arrives."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{listening.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "")
        yield listening


@pytest.fixture
async def public_sets(tmp_path: Path) -> AsyncIterator[PublicSets]:
    store = DatasetStore(tmp_path)
    store.prepare()
    limits = Limits()
    made = PublicSets(limits, store, Datasets(limits, store, Errands(at_once=1, waiting=0)))
    yield made
    await made.close()


async def knock(line: socket.socket) -> socket.socket:
    connection, _ = await asyncio.get_running_loop().sock_accept(line)
    return connection


async def test_a_fetch_goes_on_without_whoever_left_and_who_asks_again_joins_it(
    public_sets: PublicSets, line: socket.socket
) -> None:
    first = asyncio.create_task(public_sets.get(MNIST))
    with await knock(line):
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        again = asyncio.create_task(public_sets.get(MNIST))
        await asyncio.sleep(0)
    with pytest.raises(NoNetworkError):
        await again
    with pytest.raises(BlockingIOError):
        line.accept()


async def test_what_failed_is_fetched_anew_for_the_next_who_asks(public_sets: PublicSets, line: socket.socket) -> None:
    for _ in range(2):
        asked = asyncio.create_task(public_sets.get(MNIST))
        (await knock(line)).close()
        with pytest.raises(NoNetworkError):
            await asked


async def test_a_server_that_stops_ends_its_fetches(public_sets: PublicSets, line: socket.socket) -> None:
    asked = asyncio.create_task(public_sets.get(MNIST))
    with await knock(line) as connection:
        await public_sets.close()
        with pytest.raises(AtCapacityError, match="stopping"):
            await asked
        connection.setblocking(False)
        while await asyncio.get_running_loop().sock_recv(connection, 1 << 12):
            pass
