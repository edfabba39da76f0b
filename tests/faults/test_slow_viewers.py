"""Viewers that read nothing, hardly anything, or only claim to: they cost little, disturb nobody, and are closed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import threading
from collections.abc import Callable

import psutil
import pytest

from faults.raw_wire import CLOSE, PING, TEXT, RawWire, frame
from faults.rig import assert_quiet, crowding
from live_client import Created, Frame, LiveClient, create_session, live
from serving import ServerProcess, until

pytestmark = pytest.mark.anyio

STALL_SECS = 2.0
TOO_SLOW = 4408
VIEWER_BYTES = 1 << 20
SMALL_BUFFER = 4096
WINDOW_SECS = 0.6
"""Over which a frame rate is measured."""


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return {
        "NEUROGLOW_LIMITS__VIEWER_STALL_SECS": str(STALL_SECS),
        "NEUROGLOW_LIMITS__MESSAGES_PER_SECOND": "1e6",
        "NEUROGLOW_LIMITS__MESSAGE_BURST": "1000000",
    }


class StalledViewer:
    """Says hello, subscribes, and reads no more. `finish` reads what the system still holds, to the close."""

    ends_with: int | None = TOO_SLOW
    """The close code it finds in the end."""

    def __init__(self, server: ServerProcess, created: Created) -> None:
        self.wire = RawWire(server, receive_buffer=SMALL_BUFFER)
        self.wire.open(created, created.viewer_token)
        for number, stream in enumerate(("maps", "weights", "statistics")):
            asks = {"type": "subscribe", "request": number, "stream": stream, "max_fps": 60}
            self.wire.send(frame(TEXT, json.dumps(asks).encode()))

    def finish(self) -> int | None:
        with self.wire:
            return self.wire.ending()


class Sipper(StalledViewer):
    """Reads one byte a second."""

    def __init__(self, server: ServerProcess, created: Created) -> None:
        super().__init__(server, created)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._sip, daemon=True)
        self._thread.start()

    def _sip(self) -> None:
        with contextlib.suppress(OSError):
            while not self._enough.wait(1.0):
                self.wire.socket.recv(1)

    def finish(self) -> int | None:
        """What was sipped is no whole frame any more: only the last bytes can be told apart."""
        self._enough.set()
        self._thread.join(30.0)
        rest = b""
        with self.wire, contextlib.suppress(ConnectionError):
            while data := self.wire.socket.recv(65_536):
                rest = (rest + data)[-200:]
        at = rest.rfind(TOO_SLOW.to_bytes(2, "big"))
        return TOO_SLOW if at >= 2 and rest[at - 2] == 0x80 | CLOSE else None


class Liar(StalledViewer):
    """Acknowledges frames it never read and asks with pings whether anybody is there. It is no worse than a slow one
    and stays, until it is found out by what it leaves unanswered."""

    ends_with = None

    def __init__(self, server: ServerProcess, created: Created) -> None:
        super().__init__(server, created)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._lie, daemon=True)
        self._thread.start()

    def _lie(self) -> None:
        lie = frame(TEXT, b'{"type":"ack","seq":900000000000000}') + frame(PING, b"x" * 125)
        with contextlib.suppress(OSError):
            while not self._enough.wait(0.01):
                self.wire.send(lie)

    def finish(self) -> int | None:
        self._enough.set()
        self.wire.cut()
        self._thread.join(30.0)
        return None


async def frame_rates(client: LiveClient, windows: int) -> list[float]:
    """Frames a second in some windows, by the clock of the server that sent them."""
    rates = []
    for _ in range(windows):
        first = len(client.frames)
        start = (await client.frame(after=first)).header.time
        end = (await client.frame(after=first, where=later_than(start + 1000 * WINDOW_SECS))).header.time
        count = sum(start < f.header.time <= end for f in client.frames[first:])
        rates.append(count / (end - start) * 1000)
    return rates


def later_than(moment: float) -> Callable[[Frame], bool]:
    return lambda received: received.header.time >= moment


def resident(server: ServerProcess) -> int:
    return psutil.Process(server.pid).memory_info().rss


async def test_who_does_not_read_costs_little_and_disturbs_nobody(server: ServerProcess, soak: bool) -> None:
    mark = len(server.log)
    each, windows = (16, 9) if soak else (4, 3)
    created = await asyncio.to_thread(create_session, server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as healthy:
        await healthy.state("running")
        await healthy.subscribe("maps", max_fps=30)
        await healthy.subscribe("statistics", max_fps=30)
        alone = await frame_rates(healthy, windows)
        before = resident(server)
        kinds: list[type[StalledViewer]] = [StalledViewer, Sipper, Liar] * each
        stalled = [await asyncio.to_thread(kind, server, created) for kind in kinds]
        crowd = crowding()
        beside = await frame_rates(healthy, windows)
        grown = resident(server) - before
        assert grown <= len(stalled) * VIEWER_BYTES, f"{grown / len(stalled) / 2**20:.2f} MiB for each"
        # What one window differs from another is what the machine does, not what the stalled viewers do.
        steadiness = min(alone) / statistics.median(alone)
        assert statistics.median(beside) >= 0.8 * min(steadiness, 1.5 / crowd) * statistics.median(alone)
        with server.client() as http:
            await asyncio.to_thread(
                until,
                lambda: http.get("/api/health").json()["gateway"]["sockets"] <= 1 + each,
                secs=10.0 * crowd,
                why="stalled viewers are still connected",
            )
        for viewer in stalled:
            assert await asyncio.to_thread(viewer.finish) == viewer.ends_with
        await frame_rates(healthy, 1)
        assert {message["type"] for message in healthy.messages} <= {"welcome", "metrics", "state", "done"}
    assert_quiet(server, mark)


async def test_pings_that_are_never_read_fill_no_memory(server: ServerProcess) -> None:
    """Each ping is answered, and nobody takes the answers: beyond a bound the connection is cut."""
    created = await asyncio.to_thread(create_session, server.url)
    wire = RawWire(server, receive_buffer=SMALL_BUFFER)
    await asyncio.to_thread(wire.open, created)
    pings = frame(PING, b"x" * 125) * 1000
    before = peak = resident(server)

    def flood() -> None:
        nonlocal peak
        with contextlib.suppress(ConnectionError, TimeoutError):
            for _ in range(400):
                wire.send(pings)
                peak = max(peak, resident(server))

    with wire:
        await asyncio.to_thread(flood)
    assert peak - before <= 8 * VIEWER_BYTES
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
