"""The engine goes away and comes back: sessions go on, nobody is lied to, edits made meanwhile hold."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors import safe_open

from live_client import LiveClient, create_session, live
from serving import ServerProcess, serving, until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server whose workers may be killed; it keeps snapshots every half second."""
    environment = {"NEUROGLOW_LIMITS__SNAPSHOT_SECS": "0.5"}
    with serving(tmp_path_factory.mktemp("data"), environment=environment) as own:
        yield own


async def kill_workers(server: ServerProcess) -> None:
    for pid in await asyncio.to_thread(server.worker_pids):
        os.kill(pid, signal.SIGKILL)


async def has_trained(client: LiveClient, update: int, run: str) -> None:
    await client.message(
        "metrics", where=lambda m: m["run"] == run and bool(m["points"]) and m["points"][-1]["update"] > update
    )


async def test_a_killed_worker_costs_a_run_and_nothing_else(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("running")
        channel = (await client.subscribe("activations"))["channel"]
        await client.wait(lambda: snapshot(server, created.id).exists(), "for a snapshot")
        await has_trained(client, 0, "1")
        mark, frames = len(client.messages), len(client.frames)
        await kill_workers(server)
        waiting = await client.state("compiling", after=mark)
        assert waiting["progress"]["step"] == "engine"
        with safe_open(snapshot(server, created.id), "np") as saved:
            survived = int(saved.metadata()["update"])
        resumed = await client.message("state", after=mark, where=lambda m: m["run"] == "2")
        assert resumed["from_update"] == survived
        await client.message("state", after=mark, where=lambda m: m["run"] == "2" and m["state"] == "running")
        await has_trained(client, resumed["from_update"], "2")
        frame = await client.frame(after=frames, where=lambda f: f.header.run == "2")
        assert f"{channel}/output" in frame.tensors
        numbers = [frame.header.seq for frame in client.frames]
        assert numbers == sorted(set(numbers))
    async with live(server.url, created.id, created.viewer_token) as late:
        history = await late.message("metrics")
        updates = [point["update"] for point in history["points"]]
        assert updates == sorted(updates)


def snapshot(server: ServerProcess, session_id: str) -> Path:
    return server.data_dir / "sessions" / session_id / "snapshot.safetensors"


async def test_a_paused_session_with_a_snapshot_loses_nothing_and_keeps_its_run(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=5)
        # A reset is written to disk at once; the answer to what is asked after that comes after word of it.
        await client.control("reset")
        await asyncio.to_thread(until, snapshot(server, created.id).exists, secs=30, why="no snapshot")
        await client.control("pause")
        mark = len(client.messages)
        await kill_workers(server)
        await client.state("compiling", after=mark)
        again = await client.state("paused", after=mark)
        assert (again["run"], again["update"]) == ("2", 0)


async def test_edits_and_wishes_while_the_engine_is_away_hold(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        mark = len(client.messages)
        await kill_workers(server)
        await client.state("compiling", after=mark)
        added = {"op": "add", "path": "/network/layers/-", "value": {"type": "dense", "units": 5}}
        assert (await client.edit(1, added))["revision"] == 2
        assert (await client.control("play"))["type"] == "done"
        assert (await client.control("step"))["code"] == "engine_unavailable"
        await client.message("state", after=mark, where=lambda m: m["state"] == "running")
        await client.subscribe("weights")
        frame = await client.frame()
        assert any(name.endswith("/dense_3") for name in frame.tensors)
