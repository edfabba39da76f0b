"""Files made to do harm, sent while others train: each is refused by name, and the others hardly notice."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from faults.rig import Bystander, assert_quiet, crowding
from live_client import LiveClient, create_session, live
from serving import ServerProcess
from unit.bad_files import BAD, huge

pytestmark = pytest.mark.anyio

PATIENCE_SECS = 300.0
REFUSED = (422, "upload_rejected")
CROWD = 100
SHARE = 0.8
"""Of its speed that a session keeps."""
WINDOW_SECS = 8.0
WINDOWS = 9
SENDERS = 2
FEW = ("npz: 10 GiB of zeros", "gzip: 10 GiB of zeros", "images: 50,000 × 50,000 pixels")


@pytest.fixture(scope="module")
def environment(soak: bool) -> dict[str, str]:
    """In the short form less is unpacked before it is too much."""
    return {} if soak else {"NEUROGLOW_LIMITS__UNPACKED_BYTES": str(64 << 20)}


def send(server: ServerProcess, content: bytes) -> tuple[int, str]:
    """(status, code) of the answer."""
    with server.client() as http:
        files = {"file": ("data.bin", content)}
        answer = http.post("/api/datasets", files=files, timeout=httpx.Timeout(PATIENCE_SECS))
        return answer.status_code, answer.json().get("code", "taken")


async def latest_update(client: LiveClient) -> int:
    """From a frame that is on its way now."""
    return (await client.frame(after=len(client.frames))).header.update


async def test_each_is_refused_while_a_session_trains_on(server: ServerProcess, soak: bool) -> None:
    mark = len(server.log)
    created = await asyncio.to_thread(create_session, server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("running")
        await client.subscribe("maps", resolution=10, max_fps=10)
        files = BAD | huge()
        with Bystander(server) as bystander:
            await refuses_each(server, client, files if soak else {name: files[name] for name in FEW})
        bystander.assert_served(0.5 * crowding())
        if soak:
            await answers_a_crowd(server, client)
            await keeps_its_speed(server, client, list(files.values()))
    for place in ("datasets", "spool"):
        assert not list((server.data_dir / place).iterdir())
    assert_quiet(server, mark)


async def refuses_each(server: ServerProcess, client: LiveClient, files: dict[str, bytes]) -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(SENDERS) as senders:
        sent = {name: loop.run_in_executor(senders, send, server, content) for name, content in files.items()}
        for name, answer in sent.items():
            before = await latest_update(client)
            assert await answer == REFUSED, name
            assert await latest_update(client) > before


async def answers_a_crowd(server: ServerProcess, client: LiveClient) -> None:
    """A hundred who send the same file at once: whoever finds no place is told to come again."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(CROWD) as senders:
        sent = [loop.run_in_executor(senders, send, server, BAD["npz: overlapping"]) for _ in range(CROWD)]
        assert set(await asyncio.gather(*sent)) <= {REFUSED, (429, "at_capacity"), (429, "rate_limited")}
    before = await latest_update(client)
    assert await latest_update(client) > before


async def keeps_its_speed(server: ServerProcess, client: LiveClient, files: list[bytes]) -> None:
    """Quiet windows and windows under fire in turns, so that what else the machine does falls on both."""
    answers: list[tuple[int, str]] = []
    alone, beside = [], []
    for _ in range(WINDOWS):
        alone.append(await updates_per_sec(client))
        stream = Stream(server, files)
        beside.append(await updates_per_sec(client))
        answers += await asyncio.to_thread(stream.finish)
    share = statistics.median(beside) / statistics.median(alone)
    print(f"{share:.3f} of {statistics.median(alone):,.0f} updates/s while {len(answers)} files were refused")
    assert set(answers) == {REFUSED}
    assert len(answers) >= WINDOWS
    assert share >= SHARE


async def updates_per_sec(client: LiveClient) -> float:
    """Over a window, by the clock of the server."""
    first = (await client.frame(after=len(client.frames))).header
    last = (await client.frame(where=lambda f: f.header.time >= first.time + 1000 * WINDOW_SECS)).header
    return (last.update - first.update) / (last.time - first.time) * 1000


class Stream:
    """Sends one file after the other from some threads until it is finished."""

    def __init__(self, server: ServerProcess, files: list[bytes]) -> None:
        self._server, self._files = server, itertools.cycle(files)
        self._answers: list[tuple[int, str]] = []
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> list[tuple[int, str]]:
        """What was answered."""
        self._enough.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECS)
        return self._answers

    def _send(self) -> None:
        while not self._enough.is_set():
            self._answers.append(send(self._server, next(self._files)))
