"""Frames: one at once, latest wins, at most two unacknowledged, shared between those who ask the same."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket as sockets
import struct
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed

from live_client import Frame, LiveClient, create_session, live, raw_socket
from neuroglow.wire.messages import CloseCode
from serving import ServerProcess, serving, until

pytestmark = pytest.mark.anyio


async def test_one_frame_comes_at_once_also_when_paused(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token) as owner,
        live(server.url, created.id, created.viewer_token) as late,
    ):
        await owner.state("paused")
        await owner.control("step", updates=5)
        channel = (await owner.subscribe("activations"))["channel"]
        frame = await owner.frame(where=lambda f: f"{channel}/output" in f.tensors)
        assert (frame.header.session, frame.header.run, frame.header.update) == (created.id, "1", 5)
        await late.subscribe("activations")
        frame = await late.frame(where=lambda f: f"{channel}/output" in f.tensors)
        assert frame.header.update == 5


async def test_a_paused_session_sends_no_second_frame_of_the_same_moment(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.subscribe("activations")
        await client.frame()
        await client.control("step", updates=1)
        await client.frame(where=lambda f: f.header.update == 1)
        assert [frame.header.update for frame in client.frames] == [0, 1]


async def test_frames_rise_in_seq_and_update(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.subscribe("maps", max_fps=60)
        await client.subscribe("weights", max_fps=5)
        await client.wait(lambda: len(client.frames) > 40)
        numbers = [frame.header.seq for frame in client.frames]
        updates = [frame.header.update for frame in client.frames]
    assert numbers == sorted(set(numbers))
    assert updates == sorted(updates)


async def test_who_acknowledges_nothing_gets_two_frames(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    async with (
        live(server.url, created.id, created.owner_token, acks=False) as silent,
        live(server.url, created.id, created.viewer_token) as healthy,
    ):
        await silent.subscribe("maps")
        await healthy.subscribe("maps")
        await healthy.wait(lambda: len(healthy.frames) > 20)
        assert len(silent.frames) == 2
        newest = healthy.frames[-1].header.seq
        await silent.ack(silent.frames[-1].header.seq)
        await silent.wait(lambda: len(silent.frames) == 4)
        # What comes is the newest there is, not what was waiting all the time.
        assert silent.frames[-1].header.seq >= newest


async def test_a_session_that_pauses_still_shows_its_last_moment(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.subscribe("activations")
        await client.wait(lambda: len(client.frames) > 5)
        done = await client.control("pause")
        state = await client.state("paused")
        last = max(done["update"], state["update"])
        await client.frame(where=lambda f: f.header.update >= last)


async def test_a_network_that_rebuilds_images_trains_while_all_its_figures_are_watched(server: ServerProcess) -> None:
    experiment = {
        "data": {"source": "bundled", "name": "digits", "goal": "reconstruct"},
        "network": {"layers": [{"units": 16}, {"name": "code", "units": 2}, {"units": 16}]},
    }
    server.wait_workers_ready()
    created = create_session(server.url, {"experiment": experiment})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        begun = len(client.messages)
        streams = ("statistics", "gradients", "judgement", "predictions")
        asked = [await client.subscribe(stream) for stream in streams]
        asked.append(await client.subscribe("codes", layer="code"))
        await client.control("play")
        waiting = {answer["channel"] for answer in asked}
        while waiting:
            seen = len(client.frames)
            frame = await client.frame(where=lambda f: f.header.update > 0, after=seen)
            waiting -= {name.partition("/")[0] for name in frame.tensors}
        # A worker that was lost would leave the session waiting for another one.
        states = [message["state"] for message in client.messages[begun:] if message["type"] == "state"]
        assert set(states) == {"running"}


def carries(tensor: str, update: int, frame: Frame) -> bool:
    return tensor in frame.tensors and frame.header.update == update


async def test_who_comes_late_sees_how_the_layers_numbers_moved_before_and_a_new_run_begins_anew(
    server: ServerProcess,
) -> None:
    created = create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token) as owner,
        live(server.url, created.id, created.viewer_token) as late,
    ):

        async def recorded(viewer: LiveClient, channel: str, update: int) -> tuple[list[int], NDArray[np.generic]]:
            frame = await viewer.frame(where=partial(carries, f"{channel}/dense_1.updates", update))
            updates, weights = (frame.tensors[f"{channel}/dense_1.{what}"] for what in ("updates", "weights"))
            return updates[:, 1].tolist(), weights

        await owner.state("paused")
        # Nobody asks for the record; what is looked at anyway fills it.
        health = (await owner.subscribe("statistics"))["channel"]
        for update in range(4):
            await owner.frame(where=partial(carries, f"{health}/output", update))
            if update < 3:
                await owner.control("step", updates=1)
        channel = (await late.subscribe("distributions", layer="dense_1"))["channel"]
        updates, weights = await recorded(late, channel, 3)
        assert updates == [0, 1, 2, 3]
        assert len({row.tobytes() for row in weights}) == 4

        begun = len(late.frames)
        await owner.control("reset")
        again = await late.frame(after=begun, where=lambda f: f"{channel}/dense_1.updates" in f.tensors)
        assert again.tensors[f"{channel}/dense_1.updates"].tolist() == [[0, 0]]
        np.testing.assert_array_equal(again.tensors[f"{channel}/dense_1.weights"][0], weights[0])


async def frames(viewer: LiveClient, count: int) -> None:
    await viewer.wait(lambda: len(viewer.frames) >= count, f"for {count} frames")


def counted(http: httpx.Client) -> dict[str, int]:
    """The gateway's counters."""
    counters: dict[str, int] = http.get("/api/health").json()["gateway"]
    return counters


async def test_equal_viewers_share_what_is_encoded_once(server: ServerProcess, http: httpx.Client) -> None:
    created = create_session(server.url, {"play": True})
    before = await asyncio.to_thread(counted, http)
    async with contextlib.AsyncExitStack() as stack:
        viewers = [
            await stack.enter_async_context(live(server.url, created.id, created.viewer_token)) for _ in range(5)
        ]
        for viewer in viewers:
            await viewer.subscribe("maps", resolution=10, max_fps=20)
        await asyncio.gather(*(frames(viewer, 20) for viewer in viewers))
    after = await asyncio.to_thread(counted, http)
    received = after["frames_received"] - before["frames_received"]
    sent = after["frames_sent"] - before["frames_sent"]
    assert sent > 3 * received


async def test_a_viewer_that_never_reads_is_cut_off_and_costs_the_others_nothing(data_dir: Path) -> None:
    with serving(data_dir, environment={"NEUROGLOW_LIMITS__VIEWER_STALL_SECS": "1"}) as server:
        created = create_session(server.url, {"play": True})
        async with live(server.url, created.id, created.owner_token) as healthy:
            await healthy.subscribe("maps")
            await healthy.wait(lambda: len(healthy.frames) > 5)
            stalled = sockets.socket()
            stalled.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
            stalled.connect(("127.0.0.1", server.port))
            speak_without_reading(stalled, server, created.id, created.viewer_token)
            await asyncio.to_thread(wait_for_sockets, server, 2)
            mark = len(healthy.frames)
            await asyncio.to_thread(wait_for_sockets, server, 1)
            assert len(healthy.frames) > mark + 20
            stalled.close()


async def test_a_viewer_that_does_not_acknowledge_is_closed_with_4408(data_dir: Path) -> None:
    with serving(data_dir, environment={"NEUROGLOW_LIMITS__VIEWER_STALL_SECS": "0.5"}) as server:
        created = create_session(server.url, {"play": True})
        async with live(server.url, created.id, created.owner_token, acks=False) as client:
            await client.subscribe("maps")
            assert await client.closed() == CloseCode.TOO_SLOW


def speak_without_reading(raw: sockets.socket, server: ServerProcess, session_id: str, token: str) -> None:
    """A handshake, hello and a large subscription, written blindly."""
    raw.sendall(
        f"GET /api/sessions/{session_id}/live HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    hello = {"type": "hello", "protocol": 1, "token": token}
    subscribe = {"type": "subscribe", "request": 1, "stream": "maps", "resolution": 100}
    for message in (hello, subscribe):
        data = json.dumps(message).encode()
        raw.sendall(b"\x81" + struct.pack("!BH", 0x80 | 126, len(data)) + b"\0\0\0\0" + data)


def wait_for_sockets(server: ServerProcess, count: int) -> None:
    with server.client() as client:
        until(
            lambda: client.get("/api/health").json()["gateway"]["sockets"] == count,
            secs=30,
            why=f"the server does not count {count} sockets",
        )


async def test_a_reader_of_binary_and_of_too_much_is_told_by_the_code(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.socket.send(b"\x00")
        assert await client.closed() == CloseCode.BINARY
    async with raw_socket(server.url, created.id) as socket:
        await socket.send("x" * (256 * 1024 + 1))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == CloseCode.TOO_BIG
