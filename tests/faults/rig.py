"""Tools of the fault tests: a bystander who keeps asking, the lateness of a crowded machine, the log's bad news."""

from __future__ import annotations

import contextlib
import http.client
import os
import threading
import time
from types import TracebackType
from typing import Any, Self

import httpx
import psutil

from live_client import Created, LiveClient
from serving import ServerProcess, is_worker

ASK_SECS = 0.02


def crowding(cpu_secs: float = 0.15) -> float:
    """How much longer than its own time work takes here and now: 1 on a machine with a core to spare.

    The figures of the fault tests hold for such a machine; on one that others keep busy they are stretched by this.
    """
    wall, cpu = time.monotonic(), time.thread_time()
    while time.thread_time() - cpu < cpu_secs:
        pass
    return max(1.0, (time.monotonic() - wall) / cpu_secs)


class Bystander:
    """Asks `/api/health` again and again from a thread; how long each answer took is in `waits`."""

    def __init__(self, server: ServerProcess) -> None:
        self.waits: list[float] = []
        self._port = server.port
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._enough.set()
        self._thread.join(30.0)
        if self._failure is not None and error is None:
            raise AssertionError("The bystander was not answered") from self._failure

    def _ask(self) -> None:
        try:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=10.0)) as connection:
                while not self.waits or not self._enough.wait(ASK_SECS):
                    asked = time.monotonic()
                    connection.request("GET", "/api/health")
                    answer = connection.getresponse()
                    answer.read()
                    self.waits.append(time.monotonic() - asked)
                    assert answer.status == 200
        except (OSError, http.client.HTTPException, AssertionError) as failure:
            self._failure = failure

    def assert_served(self, secs: float) -> None:
        """Hardly any answer took longer than this; single ones may on a machine that has other things to do."""
        assert self.waits
        slow = [wait for wait in self.waits if wait > secs]
        assert len(slow) <= len(self.waits) // 100, f"{len(slow)} of {len(self.waits)} answers took up to {max(slow)} s"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def session_document(http: httpx.Client, created: Created) -> dict[str, Any]:
    answer = http.get(f"/api/sessions/{created.id}", headers=bearer(created.owner_token))
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def compiles(http: httpx.Client) -> int:
    """XLA compiles so far, as the workers' last heartbeats told."""
    return sum(worker["compiles"] for worker in http.get("/api/health").json()["workers"])


def signal_workers(server: ServerProcess, number: int) -> list[int]:
    """Send every worker a signal; whom it was sent to."""
    pids = server.worker_pids()
    for pid in pids:
        os.kill(pid, number)
    return pids


def is_worker_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and is_worker(psutil.Process(pid))


def assert_quiet(server: ServerProcess, since: int = 0) -> None:
    """Nothing unexpected was logged after line `since`: no traceback, no internal error."""
    bad = [line for line in server.log[since:] if "Traceback" in line or "unexpected_error" in line]
    assert not bad, "\n".join(bad[:5])


def updates_in_order(client: LiveClient) -> None:
    """What was delivered tells one story: metrics and frames rise within a run, frame numbers always."""
    numbers = [frame.header.seq for frame in client.frames]
    assert numbers == sorted(set(numbers))
    latest: dict[str, int] = {}
    for frame in client.frames:
        assert frame.header.update >= latest.get(frame.header.run, 0)
        latest[frame.header.run] = frame.header.update
    told: dict[str, int] = {}
    for message in client.messages:
        if message["type"] == "metrics":
            for point in message["points"]:
                assert point["update"] >= told.get(message["run"], 0)
                told[message["run"]] = point["update"]
