"""The server is killed, finds ruins in its data folder, or is not alone: nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from faults.rig import assert_quiet, crowding, is_worker_alive, session_document, signal_workers
from live_client import Created, LiveClient, create_session, live
from serving import ServerProcess, serving, until

pytestmark = pytest.mark.anyio

ORPHAN_SECS = 5.0
SNAPSHOT_SECS = 1.0
WRITING_SECS = 1.5
"""From when a snapshot is due until it is on disk and counts."""
LEARNING_RATE = "/training/optimizer/learning_rate"


@dataclass
class Life:
    """What one server promised before it was killed, and how far it came."""

    run: str
    revision: int
    learning_rate: float
    killed_at: float
    crowding: float
    reached: list[tuple[float, int]]
    """When which update was there, in seconds since 1970."""


async def test_a_killed_server_leaves_no_worker_and_loses_no_edit(data_dir: Path, soak: bool) -> None:
    chance = random.Random(4)
    environment = {"NEUROGLOW_LIMITS__SNAPSHOT_SECS": str(SNAPSHOT_SECS)}
    with serving(data_dir, environment=environment) as server:
        created = await asyncio.to_thread(create_session, server.url, {"preset": "iris", "play": True})
        last = await live_and_be_killed(server, created, None, chance.randint(1, 40))
    for _ in range(20 if soak else 1):
        with serving(data_dir, environment=environment) as server:
            last = await live_and_be_killed(server, created, last, chance.randint(1, 40))


async def live_and_be_killed(server: ServerProcess, created: Created, before: Life | None, frames: int) -> Life:
    """See that the life before is kept, train on, promise an edit, and be killed some frames after a snapshot."""
    async with live(server.url, created.id, created.owner_token) as client:
        if before is not None:
            await goes_on(client, before)
        await client.state("running")
        await client.subscribe("statistics", max_fps=30)
        saved = server.data_dir / "sessions" / created.id / "snapshot.safetensors"
        was = saved.stat().st_mtime if saved.exists() else 0.0
        await client.wait(lambda: saved.exists() and saved.stat().st_mtime > was, "for a snapshot")
        seen = len(client.frames) + frames
        await client.wait(lambda: len(client.frames) >= seen, "for more training")
        revision: int = client.messages[0]["session"]["revision"]
        promised = 0.01 + revision / 1000
        edit = {"op": "replace", "path": LEARNING_RATE, "value": promised}
        assert (await client.edit(revision, edit))["revision"] == revision + 1
        run = client.frames[-1].header.run
        crowd = crowding()
        workers = server.worker_pids()
        assert workers
        killed_at = time.time()
        server.kill()
    reached = [(f.header.time / 1000, f.header.update) for f in client.frames if f.header.run == run]
    await asyncio.to_thread(
        until,
        lambda: not any(map(is_worker_alive, workers)),
        secs=ORPHAN_SECS * crowd,
        why="a worker outlived its server",
    )
    assert_quiet(server)
    return Life(run, revision + 1, promised, killed_at, crowd, reached)


async def goes_on(client: LiveClient, before: Life) -> None:
    """Back with its last acknowledged edit, in a new run that says what was lost."""
    session = client.messages[0]["session"]
    assert session["revision"] == before.revision
    assert session["experiment"]["training"]["optimizer"]["learning_rate"] == before.learning_rate
    started = await client.message("state", where=lambda m: "from_update" in m)
    assert started["run"] != before.run
    kept = [moment for moment, update in before.reached if update <= started["from_update"]]
    lost_secs = before.killed_at - max(kept, default=before.reached[0][0])
    assert lost_secs <= (SNAPSHOT_SECS + WRITING_SECS) * before.crowding


def test_of_servers_that_start_at_once_on_one_folder_one_stays(data_dir: Path) -> None:
    command = [sys.executable, "-m", "neuroglow.cli", "serve", "--port", "0", "--no-browser"]
    racers = [
        subprocess.Popen(
            [*command, "--data-dir", str(data_dir)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    try:
        until(lambda: sum(r.poll() is not None for r in racers) == 2, secs=60.0, why="not two of three gave up")
        (winner,) = [racer for racer in racers if racer.poll() is None]
        assert winner.stdout is not None
        assert winner.stdout.readline().startswith("Neuroglow is running at ")
    finally:
        for racer in racers:
            racer.terminate()
        outcomes = [racer.communicate(timeout=30) for racer in racers]
    for racer, (output, errors) in zip(racers, outcomes, strict=True):
        if racer is not winner:
            assert racer.returncode == 1
            assert output == ""
            assert errors.startswith("Another server uses the data folder")
            assert errors.count("\n") == 1
    assert winner.returncode == 0


Ruin = Callable[[Path], object]


def write(name: str, content: bytes) -> Ruin:
    return lambda folder: (folder / name).write_bytes(content)


def truncate(name: str, share: float) -> Ruin:
    def cut(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: int(len(content) * share)])

    return cut


def with_members(**members: object) -> Ruin:
    def change(folder: Path) -> None:
        document = json.loads((folder / "session.json").read_bytes())
        (folder / "session.json").write_text(json.dumps(document | members))

    return change


def replace_by_folder(name: str) -> Ruin:
    def swap(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return swap


def remove(name: str) -> Ruin:
    return lambda folder: (folder / name).unlink()


NO_RECORD: dict[str, Ruin] = {
    "an empty record": write("session.json", b""),
    "half a record": truncate("session.json", 0.5),
    "a record of zeros": write("session.json", bytes(1000)),
    "a record of random bytes": write("session.json", random.Random(1).randbytes(1000)),
    "a record that nests": write("session.json", b"[" * 100_000),
    "a record that is a folder": replace_by_folder("session.json"),
    "no record": remove("session.json"),
    "another session's record": with_members(id="A" * 22),
    "a record of a later format": with_members(format=2),
    "a record with a surprise": with_members(surprise=1),
    "a record of an impossible experiment": with_members(experiment={"version": 1, "data": 5}),
}
STILL_FINE: dict[str, Ruin] = {
    "half a snapshot": truncate("snapshot.safetensors", 0.5),
    "an empty snapshot": write("snapshot.safetensors", b""),
    "a snapshot of random bytes": write("snapshot.safetensors", random.Random(2).randbytes(5000)),
    "a snapshot with a huge header": write("snapshot.safetensors", (2**62).to_bytes(8, "little") + b"{}"),
    "no snapshot": remove("snapshot.safetensors"),
    "a snapshot that is a folder": replace_by_folder("snapshot.safetensors"),
    "leftovers of writing": lambda folder: [
        (folder / name).write_bytes(b"half") for name in (".session.json.tmp", "snapshot.safetensors.tmp")
    ],
    "half a history": truncate("history.json", 0.5),
    "a history of something else": write("history.json", b'{"update":1}'),
    "a history of wrong points": write("history.json", b'[{"update":"x"},5]'),
    "a history that is a folder": replace_by_folder("history.json"),
    "a file too many": write("notes.txt", b"mine"),
}


async def test_ruins_in_the_data_folder_are_set_aside_and_hurt_nobody(data_dir: Path) -> None:
    """One server finds all of them at once, among sessions that are whole."""
    with serving(data_dir) as server:
        created = await asyncio.to_thread(create_session, server.url)
        async with live(server.url, created.id, created.owner_token) as client:
            await client.state("paused")
            await client.control("step", updates=5)
        assert server.stop() == 0
    whole = data_dir / "sessions" / created.id
    assert {"session.json", "snapshot.safetensors", "history.json"} <= {file.name for file in whole.iterdir()}
    names = {name: f"{number:022d}" for number, name in enumerate((*NO_RECORD, *STILL_FINE))}
    for name, ruin in (NO_RECORD | STILL_FINE).items():
        folder = data_dir / "sessions" / names[name]
        shutil.copytree(whole, folder)
        with_members(id=names[name])(folder)
        ruin(folder)
    (data_dir / "sessions" / "stray").write_text("x")
    (data_dir / "sessions" / ("B" * 22)).symlink_to(data_dir / "nowhere")
    (data_dir / "sessions" / ("C" * 22)).write_text("x")

    with serving(data_dir) as server, server.client() as http:
        for name in STILL_FINE:
            ours = replace(created, id=names[name])
            assert (await asyncio.to_thread(session_document, http, ours))["revision"] == 1, name
            async with live(server.url, ours.id, ours.owner_token) as client:
                state = await client.state("paused")
                assert state["update"] == (0 if "snapshot" in name else 5), name
        for name in NO_RECORD:
            answer = await asyncio.to_thread(
                http.get, f"/api/sessions/{names[name]}", headers={"Authorization": f"Bearer {created.owner_token}"}
            )
            assert answer.status_code == 404, name
            assert (data_dir / "sessions" / f"{names[name]}.broken").exists(), name
        async with live(server.url, created.id, created.owner_token) as client:
            assert client.messages[0]["session"]["update"] == 5
            await client.state("paused")
            assert (await client.control("step"))["update"] == 6
        assert_quiet(server)


async def test_a_server_asked_to_stop_does_so_whatever_it_is_doing(data_dir: Path) -> None:
    """It trains, compiles, has viewers who do not read, and is to stop: all is on disk within ten seconds."""
    with serving(data_dir) as server:
        port = server.port
        created = await asyncio.to_thread(create_session, server.url, {"play": True})
        deep = {"network": {"layers": [{"type": "dense", "units": 17 + n % 3} for n in range(40)]}}
        async with (
            live(server.url, created.id, created.owner_token) as client,
            live(server.url, created.id, created.viewer_token) as viewer,
            live(server.url, created.id, created.viewer_token, acks=False) as lazy,
        ):
            await client.state("running")
            for who in (client, viewer, lazy):
                await who.subscribe("maps", max_fps=30)
            await client.frame(where=lambda f: f.header.update > 0)
            compiling = await asyncio.to_thread(create_session, server.url, {"experiment": deep, "play": True})
            crowd = crowding()
            asked_at = time.monotonic()
            code = asyncio.create_task(asyncio.to_thread(server.stop))
            closes = await asyncio.gather(*(who.closed() for who in (client, viewer, lazy)))
            assert set(closes) == {1012}
            assert await code == 0
            assert time.monotonic() - asked_at <= 10.0 * crowd
        assert_quiet(server)
        last = max(m["points"][-1]["update"] for m in client.messages if m["type"] == "metrics" and m["points"])
    with serving(data_dir, arguments=("--port", str(port))) as server, server.client() as http:
        document = await asyncio.to_thread(session_document, http, created)
        # Everything was saved: the same run goes on where it stopped.
        assert document["run"] == "1"
        assert document["update"] >= last
        assert (await asyncio.to_thread(session_document, http, compiling))["revision"] == 1


async def test_a_server_stops_even_when_its_worker_hangs(data_dir: Path) -> None:
    with serving(data_dir) as server:
        created = await asyncio.to_thread(create_session, server.url, {"play": True})
        async with live(server.url, created.id, created.owner_token) as client:
            await client.state("running")
            hanging = signal_workers(server, signal.SIGSTOP)
            crowd = crowding()
            asked_at = time.monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            assert time.monotonic() - asked_at <= 10.0 * crowd
            assert await client.closed() == 1012
        assert not any(map(is_worker_alive, hanging))
        assert (data_dir / "sessions" / created.id / "session.json").exists()

