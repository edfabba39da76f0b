"""A session's place on a worker, with a worker that a test plays: who is blamed for a death, and who goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import zmq
import zmq.asyncio

from neuroglow.errors import EngineUnavailableError, NetworkTooLargeError
from neuroglow.gateway.hosting import Hosting
from neuroglow.gateway.link import WorkerLink
from neuroglow.gateway.process import Death
from neuroglow.gateway.supervisor import Worker
from neuroglow.wire import worker as protocol

pytestmark = pytest.mark.anyio

CRASH = Death("crashed with SIGSEGV", is_own_fault=True)
KILLED = Death("killed", is_own_fault=False)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class PlayedWorker:
    """The other end of a link: answers `Open` and `Close`, or does not, as the test says."""

    def __init__(self, context: zmq.asyncio.Context, folder: Path, name: str) -> None:
        self.link = WorkerLink(context, folder, name)
        self.worker = Worker(id=name, index=0, link=self.link)
        self._socket = context.socket(zmq.DEALER)
        self._socket.connect(self.link.control_endpoint)
        self._receiving = asyncio.create_task(self.link.receive(lambda event: None, lambda envelope, data: None))
        self.opened: list[str] = []
        self.refusal: dict[str, Any] | None = None
        self.playing = asyncio.create_task(self._play())

    async def _play(self) -> None:
        while True:
            command = protocol.decode_command(await self._socket.recv())
            if isinstance(command, protocol.Open):
                self.opened.append(command.session)
            reply = protocol.Reply(call=command.call, error=self.refusal)
            if self.refusal is None:
                reply = protocol.Reply(call=command.call, result={"update": 0, "epoch": 0, "state": "paused"})
            await self._socket.send(protocol.encode(reply))

    async def end(self) -> None:
        for task in (self.playing, self._receiving):
            task.cancel()
        await asyncio.gather(self.playing, self._receiving, return_exceptions=True)
        self.link.close()
        self._socket.close(linger=0)


class Guest:
    """A session as hosting knows it; it notes what it is told."""

    def __init__(self, name: str) -> None:
        self.id = name
        self.told: list[str] = []
        self.is_hosted = asyncio.Event()
        self.is_set_aside = asyncio.Event()

    def open_fields(self) -> dict[str, Any]:
        return {"experiment": {}, "directory": "", "run": "1"}

    def hosted(self, result: dict[str, Any]) -> None:
        self.told.append("hosted")
        self.is_hosted.set()

    def waiting_for_engine(self) -> None:
        self.told.append("waiting")

    def set_aside(self, why: str) -> None:
        self.told.append(why)
        self.is_set_aside.set()


class Pool:
    """Gives out the one played worker that is alive."""

    def __init__(self, folder: Path) -> None:
        self.context = zmq.asyncio.Context()
        self._folder = folder
        self._started = 0
        self.current: PlayedWorker | None = None
        self.suspects = asyncio.Lock()
        self._alive = asyncio.Event()

    async def find(self) -> tuple[Worker, WorkerLink]:
        while self.current is None:
            self._alive.clear()
            await self._alive.wait()
        return self.current.worker, self.current.link

    def start(self) -> PlayedWorker:
        self._started += 1
        self.current = PlayedWorker(self.context, self._folder, f"w{self._started}")
        self._alive.set()
        return self.current

    async def crash(self, death: Death, *hostings: Hosting, was_at_work: bool = True) -> None:
        assert self.current is not None
        await self.current.end()
        self.current = None
        for hosting in hostings:
            hosting.lost(death, was_at_work=was_at_work)


@pytest.fixture
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pool]:
    made = Pool(tmp_path_factory.mktemp("z"))
    yield made
    if made.current is not None:
        await made.current.end()
    made.context.destroy(linger=0)


async def hosted(guest: Guest) -> None:
    async with asyncio.timeout(10):
        await guest.is_hosted.wait()
    guest.is_hosted.clear()


async def test_a_session_waits_for_an_engine_and_is_opened(pool: Pool) -> None:
    guest = Guest("ada")
    hosting = Hosting(guest, pool.find, pool.suspects)
    hosting.start()
    with pytest.raises(EngineUnavailableError):
        await hosting.call(protocol.ControlSession, action="play")
    worker = pool.start()
    await hosted(guest)
    assert guest.told == ["waiting", "hosted"]
    assert worker.worker.hosted == {"ada"}
    assert await hosting.call(protocol.ControlSession, action="play") == {"update": 0, "epoch": 0, "state": "paused"}


async def test_what_the_worker_refuses_is_set_aside_with_its_reason(pool: Pool) -> None:
    pool.start().refusal = NetworkTooLargeError("Too large").payload()
    guest = Guest("ada")
    hosting = Hosting(guest, pool.find, pool.suspects)
    hosting.start()
    async with asyncio.timeout(10):
        await guest.is_set_aside.wait()
    assert guest.told[-1] == "Too large"
    assert not hosting.is_wanted


async def test_a_call_under_way_learns_that_the_worker_died(pool: Pool) -> None:
    guest = Guest("ada")
    hosting = Hosting(guest, pool.find, pool.suspects)
    worker = pool.start()
    hosting.start()
    await hosted(guest)
    worker.playing.cancel()
    call = asyncio.create_task(hosting.call(protocol.EditSession, experiment={}))
    await asyncio.sleep(0)
    await pool.crash(KILLED, hosting)
    with pytest.raises(EngineUnavailableError):
        await call


async def test_the_session_that_crashes_its_worker_twice_is_set_aside_and_the_others_go_on(pool: Pool) -> None:
    guests = [Guest(name) for name in ("ada", "bob", "eve")]
    hostings = [Hosting(guest, pool.find, pool.suspects) for guest in guests]
    pool.start()
    for hosting in hostings:
        hosting.start()
    for guest in guests:
        await hosted(guest)
    await pool.crash(CRASH, *hostings)
    pool.start()
    # All are suspects now, so they come back one at a time; ada and bob prove themselves by a snapshot.
    for guest, hosting in zip(guests[:2], hostings[:2], strict=True):
        await hosted(guest)
        hosting.settled(has_snapshot=True)
    await hosted(guests[2])
    await pool.crash(CRASH, *hostings)
    assert guests[2].is_set_aside.is_set()
    assert not hostings[2].is_wanted
    pool.start()
    for guest in guests[:2]:
        await hosted(guest)
        assert not guest.is_set_aside.is_set()


async def test_suspects_come_back_one_at_a_time(pool: Pool) -> None:
    guests = [Guest("ada"), Guest("bob")]
    hostings = [Hosting(guest, pool.find, pool.suspects) for guest in guests]
    pool.start()
    for hosting in hostings:
        hosting.start()
    for guest in guests:
        await hosted(guest)
    await pool.crash(CRASH, *hostings)
    worker = pool.start()
    await hosted(guests[0])
    assert worker.opened == ["ada"]
    hostings[0].settled()
    await hosted(guests[1])
    assert worker.opened == ["ada", "bob"]


async def test_being_killed_from_outside_blames_nobody(pool: Pool) -> None:
    guest = Guest("ada")
    hosting = Hosting(guest, pool.find, pool.suspects)
    hosting.start()
    for _ in range(5):
        pool.start()
        await hosted(guest)
        await pool.crash(KILLED, hosting)
    assert not guest.is_set_aside.is_set()


async def test_a_session_at_rest_is_not_blamed(pool: Pool) -> None:
    guest = Guest("ada")
    hosting = Hosting(guest, pool.find, pool.suspects)
    hosting.start()
    for _ in range(5):
        pool.start()
        await hosted(guest)
        await pool.crash(CRASH, hosting, was_at_work=False)
    assert not guest.is_set_aside.is_set()


async def test_a_change_forgives_earlier_deaths(pool: Pool) -> None:
    guest = Guest("ada")
    hosting = Hosting(guest, pool.find, pool.suspects)
    hosting.start()
    for _ in range(3):
        pool.start()
        await hosted(guest)
        hosting.forgive()
        await pool.crash(CRASH, hosting)
    assert not guest.is_set_aside.is_set()
