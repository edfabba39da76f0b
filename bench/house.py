"""A server of the bench's own, sessions on it, and how long a measurement takes."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.view import LIVE_FPS, Ask, default_view
from live_client import Created, create_session
from serving import ServerProcess, serving


@dataclass(frozen=True)
class Effort:
    """Seconds of one window, pairs of windows of one ratio, and repetitions of what is timed alone."""

    secs: float
    pairs: int
    repeats: int


THOROUGH = Effort(secs=4.0, pairs=3, repeats=3)
BRIEF = Effort(secs=1.5, pairs=3, repeats=1)


def tell(text: str) -> None:
    """One line for whoever waits."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {text}\n")


@contextlib.contextmanager
def fresh_server() -> Iterator[ServerProcess]:
    """`neuroglow serve` on an empty data folder; returns when the URL line is there."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        yield server


def device_of(server: ServerProcess) -> str:
    """"cpu" or "gpu", once an engine is ready."""
    server.wait_workers_ready()
    with server.client() as client:
        name: str = client.get("/api/health").json()["workers"][0]["device"]
    return "cpu" if name == "cpu" else "gpu"


def new_session(server: ServerProcess, body: dict[str, Any]) -> Created:
    return create_session(server.url, body)


def view_of(created: Created, fps: float = LIVE_FPS) -> list[Ask]:
    experiment = created.document["experiment"]
    return default_view(experiment, inputs=len(experiment["data"].get("features", ())), fps=fps)
