"""How long sessions live: unwatched, parked, deleted, across restarts of the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from live_client import create_session, live, raw_socket
from serving import ServerProcess, serving, until

pytestmark = pytest.mark.anyio


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_nobody_watching_pauses_and_somebody_coming_plays(server: ServerProcess, http: httpx.Client) -> None:
    created = create_session(server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("running")

    def state() -> str:
        name: str = http.get(f"/api/sessions/{created.id}", headers=bearer(created.owner_token)).json()["state"]
        return name

    await asyncio.to_thread(until, lambda: state() == "paused", secs=30, why="it runs on without viewers")
    async with live(server.url, created.id, created.viewer_token) as client:
        assert client.messages[0]["session"]["state"] == "paused"
        await client.state("running")


async def test_what_the_owner_paused_stays_paused(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("running")
        await client.control("pause")
        stopped_at = (await client.state("paused"))["update"]
    async with live(server.url, created.id, created.owner_token) as client:
        await client.control("step", updates=1)
        state = await client.message("metrics", where=lambda m: any(p["update"] > 0 for p in m["points"]))
        assert state["points"][-1]["update"] <= stopped_at + 1


async def test_a_reload_re_attaches_to_the_same_run(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=12)
    async with live(server.url, created.id, created.owner_token) as client:
        session = client.messages[0]["session"]
        assert (session["run"], session["update"], session["state"]) == ("1", 12, "paused")


async def test_deleting_says_so_to_viewers_and_frees_the_place(server: ServerProcess, http: httpx.Client) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.viewer_token) as client:
        await client.state("paused")
        address = f"/api/sessions/{created.id}"
        answer = await asyncio.to_thread(http.delete, address, headers=bearer(created.owner_token))
        assert answer.status_code == 204
        assert await client.closed() == 1000
        assert client.messages[-1]["state"] == "closed"
    async with raw_socket(server.url, created.id) as socket:
        await socket.wait_closed()
        assert socket.close_code == 4404


async def test_the_least_recently_touched_makes_room_and_comes_back(data_dir: Path) -> None:
    with serving(data_dir, environment={"NEUROGLOW_LIMITS__SESSIONS": "2"}) as server:
        first = create_session(server.url)
        async with live(server.url, first.id, first.owner_token) as client:
            await client.state("paused")
            await client.control("step", updates=9)
        second, third = create_session(server.url), create_session(server.url)
        async with (
            live(server.url, first.id, first.owner_token) as client,
            live(server.url, third.id, third.owner_token),
        ):
            session = client.messages[0]["session"]
            assert (session["run"], session["update"]) == ("1", 9)
            history = await client.message("metrics")
            assert history["points"][-1]["update"] == 9
            state = await client.state("paused")
            assert state["update"] == 9
            # Both places are watched now: there is no room for a new one, nor for the second to come back.
            with server.client() as http:
                refused = await asyncio.to_thread(http.post, "/api/sessions", json={})
                assert refused.status_code == 429
                assert int(refused.headers["retry-after"]) > 0
                assert refused.json()["code"] == "at_capacity"
                again = await asyncio.to_thread(
                    http.get, f"/api/sessions/{second.id}", headers=bearer(second.owner_token)
                )
                assert again.status_code == 429


async def test_parked_sessions_beyond_the_setting_are_deleted_oldest_first(data_dir: Path) -> None:
    environment = {"NEUROGLOW_LIMITS__SESSIONS": "1", "NEUROGLOW_PARKED_SESSIONS": "1"}
    with serving(data_dir, environment=environment) as server:
        made = [create_session(server.url) for _ in range(3)]
        folders = [data_dir / "sessions" / created.id for created in made]
        await asyncio.to_thread(until, lambda: not folders[0].exists(), secs=60, why="the oldest is still there")
        assert folders[1].exists()
        assert folders[2].exists()


async def test_a_restart_goes_on_where_the_last_server_stopped(data_dir: Path) -> None:
    with serving(data_dir) as server:
        created = create_session(server.url, {"preset": "xor"})
        async with live(server.url, created.id, created.owner_token) as client:
            await client.state("paused")
            await client.control("step", updates=30)
            await client.edit(1, {"op": "replace", "path": "/training/batch_size", "value": 20})
            point = await client.message("metrics", where=lambda m: any(p["update"] == 30 for p in m["points"]))
        assert server.stop() == 0
    with serving(data_dir) as server, server.client() as http:
        answer = await asyncio.to_thread(http.get, f"/api/sessions/{created.id}", headers=bearer(created.owner_token))
        assert answer.json()["revision"] == 2
        async with live(server.url, created.id, created.owner_token) as client:
            session = client.messages[0]["session"]
            assert (session["run"], session["revision"], session["update"]) == ("1", 2, 30)
            assert session["experiment"]["training"]["batch_size"] == 20
            history = await client.message("metrics")
            assert history["points"][-1]["update"] == 30
            assert history["points"][-1]["test_loss"] == point["points"][-1]["test_loss"]
            state = await client.state("paused")
            assert (state["run"], state["update"]) == ("1", 30)
            assert "from_update" not in state


async def test_a_broken_record_is_set_aside_and_hurts_nobody(data_dir: Path) -> None:
    with serving(data_dir) as server:
        broken, whole = create_session(server.url), create_session(server.url)
        server.stop()
    (data_dir / "sessions" / broken.id / "session.json").write_text('{"half":')
    with serving(data_dir) as server, server.client() as http:
        whole_answer = await asyncio.to_thread(http.get, f"/api/sessions/{whole.id}", headers=bearer(whole.owner_token))
        assert whole_answer.status_code == 200
        broken_answer = await asyncio.to_thread(
            http.get, f"/api/sessions/{broken.id}", headers=bearer(broken.owner_token)
        )
        assert broken_answer.status_code == 404
        assert (data_dir / "sessions" / f"{broken.id}.broken").is_dir()
        assert server.events("record_set_aside")
