"""A million rows of twenty columns through the real server: uploaded, looked at, trained on; time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import numpy as np
import psutil

from bench.house import Effort, device_of, fresh_server, tell
from live_client import LiveClient, create_session, live
from serving import ServerProcess

ROWS, COLUMNS = 1_000_000, 20
READER = "neuroglow.intake.read"
MEBIBYTE = 1 << 20
BATCHES = (10, 256)
LAYERS = [{"type": "dense", "units": 32, "activation": "relu"}, {"type": "dense", "units": 16, "activation": "relu"}]


def measure(effort: Effort) -> dict[str, Any]:
    with _table() as path, fresh_server() as server:
        device_of(server)
        with Peaks(server) as peaks, server.client() as http:
            started = time.monotonic()
            with path.open("rb") as file:
                sheet = http.post("/api/datasets", files={"file": ("million.csv", file)}, timeout=600.0).json()
            upload_secs = time.monotonic() - started
            assert sheet.get("rows") == ROWS, sheet
            started = time.monotonic()
            http.get(f"/api/datasets/{sheet['id']}").raise_for_status()
            preview_secs = time.monotonic() - started
            speeds = [_train(server, sheet["id"], batch, effort.secs) for batch in BATCHES]
        figures: dict[str, Any] = {
            "rows": ROWS,
            "columns": COLUMNS,
            "file_mib": path.stat().st_size / MEBIBYTE,
            "stored_mib": sheet["stored_bytes"] / MEBIBYTE,
            "upload_secs": upload_secs,
            "upload_rows_per_second": ROWS / upload_secs,
            "preview_secs": preview_secs,
            "longest_health_secs": peaks.longest_health_secs,
            "reader_peak_mib": peaks.reader_mib,
            "gateway_peak_mib": peaks.gateway_mib,
            "worker_peak_mib": peaks.worker_mib,
            "worker_idle_mib": peaks.worker_idle_mib,
            "training": speeds,
        }
    tell(f"uploaded in {upload_secs:.1f} s, {speeds[0]['updates_per_second']:,.0f} updates/s at batch {BATCHES[0]}")
    return figures


@contextlib.contextmanager
def _table() -> Iterator[Path]:
    """Nineteen numbers and a word to be learned from them, as CSV."""
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        with path.open("w") as file:
            file.write(",".join([*(f"x{place}" for place in range(COLUMNS - 1)), "label"]) + "\n")
            for _ in range(0, ROWS, ROWS // 20):
                numbers = random.standard_normal((ROWS // 20, COLUMNS - 1)).astype(np.float32)
                words = np.where(numbers[:, :5].sum(axis=1) + numbers[:, 5] * numbers[:, 6] > 0.0, "yes", "no")
                rows = zip(numbers.tolist(), words, strict=True)
                file.writelines(f"{','.join(map(str, row))},{word}\n" for row, word in rows)
        yield path


def _train(server: ServerProcess, dataset: str, batch: int, secs: float) -> dict[str, float]:
    """Seconds from the session's creation to its first point, then updates a second, then how well it learned."""
    experiment = {
        "data": {"source": "upload", "dataset": dataset},
        "network": {"layers": LAYERS},
        "training": {"batch_size": batch, "optimizer": {"type": "adam", "learning_rate": 0.003}},
    }
    started = time.monotonic()
    created = create_session(server.url, {"experiment": experiment, "play": True})

    async def watch() -> dict[str, float]:
        async with live(server.url, created.id, created.owner_token) as client:
            await client.message("metrics", where=lambda m: any(p["update"] for p in m["points"]))
            first_secs = time.monotonic() - started
            begun, at = _newest(client), time.monotonic()
            await asyncio.sleep(secs)
            await client.message("metrics", after=len(client.messages))
            ended, spent = _newest(client), time.monotonic() - at
            await client.control("pause")
            return {
                "batch": batch,
                "first_point_secs": first_secs,
                "updates_per_second": (ended["update"] - begun["update"]) / spent,
                "test_accuracy": ended["test_accuracy"] or 0.0,
            }

    figures = asyncio.run(watch())
    with server.client() as http:
        http.delete(f"/api/sessions/{created.id}", headers={"Authorization": f"Bearer {created.owner_token}"})
    return figures


def _newest(client: LiveClient) -> dict[str, Any]:
    points: list[dict[str, Any]] = [p for m in client.messages if m["type"] == "metrics" for p in m["points"]]
    return points[-1]


class Peaks:
    """The most memory that each kind of process had, and the longest that the gateway let anybody wait."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._memory), threading.Thread(target=self._answers)]
        self.reader_mib = self.gateway_mib = self.worker_mib = self.longest_health_secs = 0.0
        self.worker_idle_mib = max(_resident(psutil.Process(pid)) for pid in server.worker_pids())

    def _memory(self) -> None:
        gateway = psutil.Process(self._server.pid)
        while not self._stop.wait(0.02):
            self.gateway_mib = max(self.gateway_mib, _resident(gateway))
            for child in gateway.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if READER in child.cmdline():
                        self.reader_mib = max(self.reader_mib, _resident(child))
                    else:
                        self.worker_mib = max(self.worker_mib, _resident(child))

    def _answers(self) -> None:
        with httpx.Client(base_url=self._server.url, timeout=60.0, verify=False) as http:
            while not self._stop.wait(0.02):
                started = time.monotonic()
                http.get("/api/health")
                self.longest_health_secs = max(self.longest_health_secs, time.monotonic() - started)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MEBIBYTE
