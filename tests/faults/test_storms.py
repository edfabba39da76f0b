"""Everything at once: edits without pause, commands while a network compiles, a class that presses Run together."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from faults.rig import assert_quiet, bearer, compiles, session_document, updates_in_order
from live_client import Created, Message, create_session, live
from serving import ServerProcess, serving, until

pytestmark = pytest.mark.anyio

CLASS = 20
PATIENCE_SECS = 180.0
LEARNING_RATE = "/training/optimizer/learning_rate"
NOISE = "/data/noise"
HEARTBEATS = 25
"""Looks at a counter, 50 ms apart: as many as make more than two heartbeats."""


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return {"NEUROGLOW_LIMITS__MESSAGES_PER_SECOND": "1e6", "NEUROGLOW_LIMITS__MESSAGE_BURST": "1000000"}


def replacement(path: str, value: Any) -> Message:
    return {"op": "replace", "path": path, "value": value}


def storm(count: int, shapes: int) -> list[list[Message]]:
    """Patches of every sort; only `shapes` of them ask for a network that has to be compiled, of a few sizes."""
    chance = random.Random(7)
    patches = [
        [replacement(LEARNING_RATE, chance.uniform(0.001, 0.3))],
        [replacement("/training/regularization", {"type": "l2", "rate": 0.001})],
        [replacement("/training/batch_size", chance.randint(9, 16))],
        [replacement(NOISE, 0.25), replacement("/data/seed", 5)],
        [replacement(LEARNING_RATE, 0.03), {"op": "test", "path": LEARNING_RATE, "value": 0.03}],
        [],
    ]
    chosen = [chance.choice(patches) for _ in range(count - shapes)]
    for number in range(shapes):
        sizes = [replacement("/network/layers/0/units", 3 + number % 3)]
        layer: list[Message] = [{"op": "add", "path": "/network/layers/-", "value": {"type": "dense", "units": 2}}]
        chosen.insert(chance.randrange(len(chosen)), layer if number % 4 == 3 else sizes)
    return chosen


async def test_edits_as_fast_as_answers_come(server: ServerProcess, soak: bool) -> None:
    mark = len(server.log)
    created = await asyncio.to_thread(create_session, server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("running")
        await client.subscribe("maps", resolution=10)
        revision = 1
        for patch in storm(2000 if soak else 200, 60 if soak else 4):
            answer = await client.edit(revision, *patch)
            assert answer["type"] == "done", answer
            assert answer["revision"] == revision + 1
            revision += 1
        told = [m for m in client.messages if m["type"] == "experiment"]
        assert [m["revision"] for m in told] == list(range(2, revision + 1))
        with server.client() as http:
            document = await asyncio.to_thread(session_document, http, created)
        assert document["revision"] == revision
        assert document["experiment"] == told[-1]["experiment"]
        # What is drawn is what the document says: every layer, with its number of units.
        channel = (await client.subscribe("weights"))["channel"]
        frame = await client.frame(where=lambda f: f"{channel}/output.bias" in f.tensors)
        shown = {name.partition("/")[2]: len(array) for name, array in frame.tensors.items() if name.endswith(".bias")}
        layers = {f"{layer['name']}.bias": layer["units"] for layer in document["experiment"]["network"]["layers"]}
        assert shown == layers | {"output.bias": 1}
        updates_in_order(client)
    assert_quiet(server, mark)


async def test_of_edits_made_at_once_one_holds(server: ServerProcess) -> None:
    created = await asyncio.to_thread(create_session, server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        answers = await asyncio.gather(
            *(client.edit(1, replacement(LEARNING_RATE, 0.1 + n / 1000)) for n in range(20)),
        )
        done = [answer for answer in answers if answer["type"] == "done"]
        stale = [answer for answer in answers if answer["type"] == "error"]
        assert len(done) == 1
        assert {answer["code"] for answer in stale} == {"stale_revision"}
        assert {answer["revision"] for answer in stale} == {2}
        await asyncio.gather(*(client.control("play") for _ in range(60)), *(client.control("pause") for _ in range(4)))
        plays = await asyncio.gather(*(client.control("play") for _ in range(100)))
        assert {answer.get("code", "done") for answer in plays} <= {"done", "rate_limited"}
        await client.control("pause")


async def test_commands_while_a_network_compiles_are_each_answered(server: ServerProcess) -> None:
    """And it may be deleted in the middle of it, for everybody."""
    mark = len(server.log)
    layers = [{"type": "dense", "units": 21 + n % 2} for n in range(6)]
    created = await asyncio.to_thread(create_session, server.url, {"experiment": {"network": {"layers": layers}}})
    async with live(server.url, created.id, created.owner_token) as client:
        answers = await asyncio.gather(
            client.control("step", updates=3),
            client.edit(1, replacement("/network/layers/0/units", 23)),
            client.control("pause"),
            client.control("reset"),
            client.control("play"),
            client.edit(1, replacement(LEARNING_RATE, 0.2)),
            client.control("rewind"),
            client.subscribe("maps"),
            client.subscribe("unit", layer="dense_9", unit=0),
        )
        kinds = [answer.get("code", "done") for answer in answers]
        assert kinds[2:6] == ["done", "done", "done", "stale_revision"]
        assert kinds[1] == "done"
        assert kinds[6:] == ["illegal_state", "done", kinds[8]]
        assert kinds[8] in ("invalid", "not_found")
        assert kinds[0] in ("done", "illegal_state")
        await client.state("running")
        await client.frame(where=lambda f: f.header.update > 0)
        deep = [replacement(f"/network/layers/{n}/units", 31) for n in range(6)]
        doomed = asyncio.create_task(client.edit(2, *deep))
        await client.message("state", where=lambda m: m["state"] == "running" and "progress" in m)
        with server.client() as http:
            address = f"/api/sessions/{created.id}"
            gone = await asyncio.to_thread(http.delete, address, headers=bearer(created.owner_token))
            assert gone.status_code == 204
            assert await client.closed() == 1000
            doomed.cancel()
            again = await asyncio.to_thread(http.get, address, headers=bearer(created.owner_token))
            assert again.status_code == 404
    assert_quiet(server, mark)


async def test_a_class_that_starts_together_compiles_once(server: ServerProcess) -> None:
    with server.client() as http:
        alone = await compiled_by(server, http, [5, 6], 1)
        # The very first session of a shape may also have compiled what all share.
        alone = await compiled_by(server, http, [6, 7], 1)
        assert alone >= 1
        assert await compiled_by(server, http, [7, 8], CLASS) == alone
    assert_quiet(server)


async def compiled_by(server: ServerProcess, http: httpx.Client, units: list[int], count: int) -> int:
    """Compiles it takes until that many new sessions of one architecture are ready."""
    before = await settled_compiles(http)
    body = {"experiment": {"network": {"layers": [{"type": "dense", "units": n} for n in units]}}}
    made = await asyncio.gather(*(asyncio.to_thread(create_session, server.url, body) for _ in range(count)))
    await asyncio.gather(*(is_ready(server, created) for created in made))
    return await settled_compiles(http) - before


async def is_ready(server: ServerProcess, created: Created) -> None:
    async with live(server.url, created.id, created.viewer_token) as client:
        await client.state("paused")


async def settled_compiles(http: httpx.Client) -> int:
    """The counter once two heartbeats said the same."""
    seen: list[int] = []

    def is_settled() -> bool:
        seen.append(compiles(http))
        return len(seen) > HEARTBEATS and len(set(seen[-HEARTBEATS:])) == 1

    await asyncio.to_thread(until, is_settled, secs=PATIENCE_SECS, why="it compiles on and on")
    return seen[-1]


async def test_more_sessions_than_fit_take_turns(data_dir: Path) -> None:
    """Who is watched stays; the least recently touched of the others is parked; nobody is lost."""
    environment = {"NEUROGLOW_LIMITS__SESSIONS": "4", "NEUROGLOW_LIMITS__REQUESTS_PER_SECOND": "1000"}
    with serving(data_dir, environment=environment) as server, server.client() as http:
        first = await asyncio.to_thread(create_session, server.url, {"play": True})
        async with live(server.url, first.id, first.owner_token) as watched:
            await watched.state("running")
            made = await asyncio.gather(*(asyncio.to_thread(create_session, server.url) for _ in range(CLASS)))
            health = (await asyncio.to_thread(http.get, "/api/health")).json()
            assert health["gateway"]["sessions"] <= 4
            for created in made:
                assert (await asyncio.to_thread(session_document, http, created))["revision"] == 1
            # With every session watched there is no room.
            async with contextlib.AsyncExitStack() as seats:
                for created in made[:3]:
                    await seats.enter_async_context(live(server.url, created.id, created.owner_token))
                refused = await asyncio.to_thread(http.post, "/api/sessions", json={})
                assert refused.status_code == 429
                assert refused.json()["code"] == "at_capacity"
                assert int(refused.headers["retry-after"]) > 0
            assert {m["run"] for m in watched.messages if m["type"] == "metrics"} == {"1"}
            mark = len(watched.messages)
            await watched.message("metrics", after=mark)
        assert_quiet(server)

