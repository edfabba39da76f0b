"""A real server process, started through the real command line, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import psutil

START_SECS = 60.0
STOP_SECS = 15.0


class ServerProcess:
    """`neuroglow serve --port 0` on its own data folder. Its log is in `log`, line by line."""

    def __init__(
        self, data_dir: Path, *, arguments: tuple[str, ...] = (), environment: dict[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir
        self.log: list[str] = []
        self.started_at = time.monotonic()
        command = [sys.executable, "-m", "neuroglow.cli", "serve", "--port", "0", "--no-browser"]
        self.process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"NEUROGLOW_LOG_FORMAT": "json"} | (environment or {}),
        )
        self.output: list[str] = []
        self._said_url = threading.Event()
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.output), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.log), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        if not self._said_url.wait(START_SECS) or not self.output:
            self.kill()
            raise AssertionError(f"No URL line from the server.\n{self.tail()}")
        self.url = self.output[0].rpartition(" ")[2].strip()
        self.start_secs = time.monotonic() - self.started_at

    def _read(self, stream: IO[str] | None, lines: list[str]) -> None:
        assert stream is not None
        with stream:
            for line in stream:
                lines.append(line.rstrip("\n"))
                if lines is self.output:
                    self._said_url.set()
        self._said_url.set()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self.process.pid

    def tail(self, lines: int = 80) -> str:
        return "\n".join(["--- the server's log ---", *self.log[-lines:]])

    def events(self, name: str) -> list[dict[str, Any]]:
        """Log lines of one event."""
        found = []
        for line in self.log:
            with contextlib.suppress(json.JSONDecodeError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("event") == name:
                    found.append(entry)
        return found

    def client(self) -> httpx.Client:
        # Loading certificates takes half a second, and there are none to check.
        return httpx.Client(base_url=self.url, timeout=30.0, verify=False)

    def worker_pids(self) -> list[int]:
        """Engine workers of this server that are alive."""
        children = psutil.Process(self.pid).children(recursive=True)
        return [child.pid for child in children if is_worker(child)]

    def wait_workers_ready(self) -> None:
        with self.client() as client:
            until(lambda: _all_ready(client.get("/api/health").json()), secs=START_SECS, why="no worker got ready")

    def stop(self) -> int:
        """SIGTERM, and the exit code; killed if that does not help."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"The server did not stop within {STOP_SECS} s.\n{self.tail()}") from None
        self._join()
        return code

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def _join(self) -> None:
        for reader in self._readers:
            reader.join(5.0)


def _all_ready(health: dict[str, Any]) -> bool:
    return bool(health["workers"]) and all(worker["state"] == "ready" for worker in health["workers"])


def is_worker(process: psutil.Process) -> bool:
    try:
        return "neuroglow.session.worker" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(condition: Any, *, secs: float, why: str) -> None:
    """Poll what cannot be waited for otherwise (other processes), and say what it was if it does not come."""
    deadline = time.monotonic() + secs
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, why
        pause.wait(0.05)


@contextlib.contextmanager
def serving(
    data_dir: Path, *, arguments: tuple[str, ...] = (), environment: dict[str, str] | None = None
) -> Iterator[ServerProcess]:
    """A server for the length of a block; what it logged is part of any failure in there."""
    server = ServerProcess(data_dir, arguments=arguments, environment=environment)
    try:
        yield server
    except BaseException as error:
        error.add_note(server.tail())
        raise
    finally:
        if server.process.poll() is None:
            server.stop()
        else:
            server.process.wait()
