"""Workers are killed, crash and hang at random moments: sessions go on within seconds, and no edit is forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from faults.rig import Bystander, assert_quiet, crowding, session_document, signal_workers, updates_in_order
from live_client import Created, LiveClient, Message, create_session, live
from serving import ServerProcess

pytestmark = pytest.mark.anyio

BACK_SECS = 10.0
LOST_SECS = 10.0
ANSWER_SECS = 0.3
SILENT_SECS = 10.0
"""After which a hanging worker is given up."""
SETTLING_SECS = 15.0
"""After a crash sessions come back one at a time, each as soon as the one before has made a snapshot."""
WITHIN_SECS = {
    signal.SIGKILL: BACK_SECS,
    signal.SIGSEGV: BACK_SECS + SETTLING_SECS,
    signal.SIGSTOP: SILENT_SECS + BACK_SECS + SETTLING_SECS,
}
PATIENCE_SECS = 120.0
LEARNING_RATE = "/training/optimizer/learning_rate"

EXPERIMENTS: list[Message] = [
    {"preset": "xor", "play": True},
    {"experiment": {"data": {"source": "bundled", "name": "iris"}}, "play": True},
    {"experiment": {"network": {"layers": [{"type": "dense", "units": 3}]}}},
]


@pytest.fixture(scope="module")
def environment(soak: bool) -> dict[str, str]:
    """The small form makes snapshots more often, for it waits for some."""
    return {"NEUROGLOW_WORKERS": "1"} | ({} if soak else {"NEUROGLOW_LIMITS__SNAPSHOT_SECS": "1.5"})


@dataclass
class Patient:
    """A session that will live through it, and what its owner was promised."""

    created: Created
    client: LiveClient
    is_playing: bool
    acknowledged: dict[str, Any] = field(default_factory=dict)
    run: str = "1"
    crowding: float = 1.0

    async def edit(self, path: str, value: Any) -> Message:
        """Replace one value; what is acknowledged is remembered."""
        told = [m["revision"] for m in self.client.messages if m["type"] == "experiment"]
        answer = await self.client.edit(max(told, default=1), {"op": "replace", "path": path, "value": value})
        if answer["type"] == "done":
            self.acknowledged[path] = value
        else:
            assert answer["code"] == "engine_unavailable", answer
        return answer

    async def trains_on(self, frames: int) -> None:
        """Until so many more frames of the present run have come."""
        before = len(self.client.frames)
        await self.client.wait(
            lambda: sum(frame.header.run == self.run for frame in self.client.frames[before:]) >= frames
        )

    async def is_saved(self, server: ServerProcess, *, since: float) -> None:
        """A snapshot was written after that moment."""
        file = server.data_dir / "sessions" / self.created.id / "snapshot.safetensors"
        await self.client.wait(lambda: file.exists() and file.stat().st_mtime > since, "for a snapshot")

    async def is_back(self, mark: int, struck_at: float) -> None:
        """It runs on in a new run, or rests where it was."""
        if not self.is_playing:
            await self.client.state("compiling", after=mark)
            state = await self.client.state("paused", after=mark)
            assert (state["run"], state["update"]) == (self.run, 11)
            return
        client, old = self.client, self.run
        started = await client.message("state", after=mark, where=lambda m: m["run"] != old and "from_update" in m)
        new = started["run"]
        await client.message("state", after=mark, where=lambda m: m["run"] == new and m["state"] == "running")
        kept = [frame.header for frame in client.frames if frame.header.run == old]
        reached = [header.time / 1000 for header in kept if header.update <= started["from_update"]]
        assert struck_at - max(reached, default=kept[0].time / 1000) <= LOST_SECS * self.crowding
        assert started["from_update"] <= max(header.update for header in kept) + 1_000_000
        self.run = new

    def assert_kept(self, document: Message) -> None:
        """Every acknowledged value is there."""
        for path, value in self.acknowledged.items():
            found = document["experiment"]
            for step in path.strip("/").split("/"):
                found = found[int(step)] if isinstance(found, list) else found[step]
            assert found == value, path


@contextlib.asynccontextmanager
async def patients(server: ServerProcess) -> AsyncIterator[list[Patient]]:
    """Two sessions that train and one that rests at update 11, each with its owner watching."""
    async with contextlib.AsyncExitStack() as stack:
        found: list[Patient] = []
        for body in EXPERIMENTS:
            created = await asyncio.to_thread(create_session, server.url, body)
            client = await stack.enter_async_context(live(server.url, created.id, created.owner_token))
            patient = Patient(created, client, is_playing=bool(body.get("play")))
            await client.state("running" if patient.is_playing else "paused")
            await client.subscribe("statistics", max_fps=10)
            if not patient.is_playing:
                await client.control("step", updates=11)
            found.append(patient)
        saving = time.time()
        for patient in found:
            if patient.is_playing:
                await patient.is_saved(server, since=saving)
        await found[0].client.wait(lambda: is_on_disk(server, found[-1], 11), "for the snapshot of what rests")
        for patient in found:
            await patient.client.frame()
        yield found


def is_on_disk(server: ServerProcess, patient: Patient, update: int) -> bool:
    """Whether the last snapshot of a session is of this update, as the file itself says."""
    file = server.data_dir / "sessions" / patient.created.id / "snapshot.safetensors"
    return file.exists() and f'"update":"{update}"'.encode() in file.read_bytes()


async def strike(server: ServerProcess, them: list[Patient], number: signal.Signals, within_secs: float) -> None:
    """Send the worker a signal and see everybody come back in time, with a snapshot of the new life."""
    crowd = crowding()
    marks = [len(patient.client.messages) for patient in them]
    struck_at = time.time()
    assert await asyncio.to_thread(signal_workers, server, number)
    for patient in them:
        patient.crowding = crowd
    async with asyncio.timeout(PATIENCE_SECS):
        await asyncio.gather(*(p.is_back(mark, struck_at) for p, mark in zip(them, marks, strict=True)))
    took = time.time() - struck_at
    crowd = max(crowd, crowding())
    assert took <= within_secs * crowd, f"back after {took:.1f} s on a machine {crowd:.1f} times slower than alone"
    for patient in them:
        if patient.is_playing:
            await patient.trains_on(1)
            await patient.is_saved(server, since=struck_at)
        updates_in_order(patient.client)


async def test_worker_deaths_cost_seconds_and_no_edit(server: ServerProcess, soak: bool) -> None:
    chance = random.Random(6)
    signals = [signal.SIGKILL, signal.SIGSTOP]
    if soak:
        signals = [signal.SIGKILL] * 20 + [signal.SIGSEGV] * 5 + [signal.SIGSTOP] * 5
        chance.shuffle(signals)
    mark = len(server.log)
    async with patients(server) as them:
        with Bystander(server) as bystander:
            for death, number in enumerate(signals):
                first = them[0]
                await first.trains_on(chance.randint(1, 20))
                assert (await first.edit(LEARNING_RATE, 0.01 + death / 1000))["type"] == "done"
                # The worker dies while an edit is under way: one that applies at once, or one that compiles.
                path, value = [(LEARNING_RATE, 0.5 + death), ("/network/layers/0/units", 4 + death % 5)][death % 2]
                under_way = asyncio.create_task(first.edit(path, value))
                await strike(server, them, number, WITHIN_SECS[number])
                await under_way
        bystander.assert_served(ANSWER_SECS * crowding())
        with server.client() as http:
            for patient in them:
                patient.assert_kept(await asyncio.to_thread(session_document, http, patient.created))
    assert_quiet(server, mark)
