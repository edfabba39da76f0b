"""Connections are cut at random, by reset and by hanging up: who comes back finds one consistent story."""

from __future__ import annotations

import asyncio
import random
import socket
import statistics
import struct
import time
from typing import Any

import pytest

from faults.rig import assert_quiet, crowding, session_document, updates_in_order
from live_client import LiveClient, Message, create_session, live
from serving import ServerProcess

pytestmark = pytest.mark.anyio

BACK_SECS = 2.0
LEARNING_RATE = "/training/optimizer/learning_rate"


def cut(client: LiveClient, chance: random.Random) -> None:
    """End the connection with no goodbye, now and then in the middle of a frame."""
    transport = client.socket.transport
    if chance.random() < 0.3:
        transport.write(b"\x81\xfe\x00\xff\x00\x00")
    if chance.random() < 0.5:
        raw: socket.socket = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()


def history(client: LiveClient, run: str) -> list[int]:
    """Updates of the curve as this client was told it, from the beginning."""
    return [p["update"] for m in client.messages if m["type"] == "metrics" and m["run"] == run for p in m["points"]]


async def test_cut_and_come_back(server: ServerProcess, soak: bool) -> None:
    chance = random.Random(9)
    mark = len(server.log)
    created = await asyncio.to_thread(create_session, server.url, {"preset": "xor", "play": True})
    revision, seq, update, told_update = 1, -1, 0, 0
    expected: Message = created.document["experiment"]
    waits: list[float] = []
    async with live(server.url, created.id, created.viewer_token) as witness:
        await witness.state("running")
        for round_number in range(500 if soak else 20):
            began = time.monotonic()
            async with live(server.url, created.id, created.owner_token) as client:
                session = client.messages[0]["session"]
                # The edit that was under way when the line was cut holds or does not; nothing else changed.
                assert session["revision"] in (revision, revision + 1)
                if session["revision"] == revision:
                    assert session["experiment"] == expected
                revision, expected = session["revision"], session["experiment"]
                assert session["run"] == "1"
                # Frames run ahead of what is told: of two must-deliver messages none falls behind the other.
                assert session["update"] >= told_update
                await client.subscribe("statistics", max_fps=60)
                await client.frame()
                waits.append(time.monotonic() - began)
                frames = chance.randint(1, 10)
                await received(client, frames)
                value = 0.01 + round_number / 10_000
                edit = {"type": "edit", "request": 99, "base": revision, "patch": [replacement(LEARNING_RATE, value)]}
                if chance.random() < 0.5:
                    await client.send(edit)
                cut(client, chance)
            updates_in_order(client)
            # Numbers rise over all connections of a session, and updates within its run.
            assert client.frames[0].header.seq > seq
            seq = client.frames[-1].header.seq
            assert client.frames[0].header.update >= update
            update = client.frames[-1].header.update
            curve = history(client, "1")
            assert curve == sorted(set(curve))
            told_update = curve[-1]
        # The first one waits for the engine to compile what it looks at.
        assert statistics.median(waits[1:]) <= BACK_SECS * crowding()
        updates_in_order(witness)
        with server.client() as http:
            document = await asyncio.to_thread(session_document, http, created)
        # The one who stayed is told every revision, in order, and nothing twice.
        if document["revision"] > 1:
            last = await witness.message("experiment", where=lambda m: m["revision"] == document["revision"])
            assert last["experiment"] == document["experiment"]
        told = [m["revision"] for m in witness.messages if m["type"] == "experiment"]
        assert told == list(range(2, 2 + len(told)))
    assert_quiet(server, mark)


async def received(client: LiveClient, frames: int) -> None:
    await client.wait(lambda: len(client.frames) >= frames, "for frames")


def replacement(path: str, value: Any) -> Message:
    return {"op": "replace", "path": path, "value": value}


async def test_a_crowd_that_comes_and_goes_at_once(server: ServerProcess, soak: bool) -> None:
    """Everybody is cut off together and comes back together; nothing of them stays behind."""
    created = await asyncio.to_thread(create_session, server.url, {"play": True})
    chance = random.Random(3)

    async def visit() -> None:
        async with live(server.url, created.id, created.viewer_token) as client:
            await client.subscribe("maps", resolution=10, max_fps=10)
            await client.frame()
            cut(client, chance)
        updates_in_order(client)

    async with live(server.url, created.id, created.owner_token) as owner:
        await owner.state("running")
        for _ in range(10 if soak else 1):
            await asyncio.gather(*(visit() for _ in range(30)))
        mark = len(owner.messages)
        await owner.message("metrics", after=mark)
        with server.client() as http:

            def sockets() -> int:
                count: int = http.get("/api/health").json()["gateway"]["sockets"]
                return count

            async with asyncio.timeout(30):
                while await asyncio.to_thread(sockets) > 1:
                    await owner.message("metrics", after=len(owner.messages))
