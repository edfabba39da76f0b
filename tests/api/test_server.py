"""The process: starting, refusing to start, stopping, and what it must never load."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from live_client import create_session, live
from serving import ServerProcess, serving, until

pytestmark = pytest.mark.anyio

GATEWAY_BYTES = 150 << 20


def refusal(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and standard error of a server that must not start."""
    done = subprocess.run(
        [sys.executable, "-m", "neuroglow.cli", "serve", "--no-browser", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=os.environ | (environment or {}),
    )
    assert not done.stdout
    return done.returncode, done.stderr.strip()


def test_the_url_line_is_the_only_line_on_stdout(data_dir: Path) -> None:
    with serving(data_dir) as server:
        with server.client() as http:
            assert http.get("/api/health").status_code == 200
        server.stop()
        assert server.output == [f"Neuroglow is running at {server.url}"]
        assert server.url.startswith("http://127.0.0.1:")


def test_the_page_answers_before_any_engine_is_ready(data_dir: Path) -> None:
    with serving(data_dir) as server, server.client() as http:
        assert all(worker["state"] == "starting" for worker in http.get("/api/health").json()["workers"])
        assert create_session(server.url).document["state"] == "compiling"


def test_a_taken_port_is_one_sentence(server: ServerProcess, data_dir: Path) -> None:
    code, text = refusal("--port", str(server.port), "--data-dir", str(data_dir))
    assert code != 0
    assert text == f"Port {server.port} on 127.0.0.1 is taken; choose another with --port, or 0 for a free one"


def test_a_data_folder_belongs_to_one_server(server: ServerProcess) -> None:
    code, text = refusal("--port", "0", "--data-dir", str(server.data_dir))
    assert code != 0
    assert text.startswith("Another server uses the data folder")
    assert len(text.splitlines()) == 1


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, text = refusal("--port", "0", "--data-dir", str(tmp_path / "file" / "data"))
    assert code != 0
    assert "--data-dir" in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_machines_are_let_in_on_request_only(data_dir: Path, host: str) -> None:
    code, text = refusal("--port", "0", "--data-dir", str(data_dir), "--host", host)
    assert code != 0
    assert "--open-to-network" in text


def test_a_setting_that_does_not_fit_is_named(data_dir: Path) -> None:
    code, text = refusal("--data-dir", str(data_dir), environment={"NEUROGLOW_LIMITS__SESSIONS": "many"})
    assert code != 0
    assert "limits.sessions" in text
    assert len(text.splitlines()) == 1


def test_open_to_the_network_addresses_count_and_foreign_names_do_not(data_dir: Path) -> None:
    with serving(data_dir, arguments=("--host", "0.0.0.0", "--open-to-network")) as server, server.client() as http:
        assert http.get("/api/health", headers={"Host": f"192.168.7.7:{server.port}"}).status_code == 200
        assert http.get("/api/health", headers={"Host": "192.168.7.7:9000"}).status_code == 200
        assert http.get("/api/health", headers={"Host": f"evil.com:{server.port}"}).status_code == 403
        own = f"192.168.7.7:{server.port}"
        assert http.post("/api/sessions", json={}, headers={"Host": own, "Origin": f"http://{own}"}).status_code == 201
        assert (
            http.post("/api/sessions", json={}, headers={"Host": own, "Origin": "http://evil.com"}).status_code == 403
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_saves_closes_with_1012_and_frees_everything(data_dir: Path, number: signal.Signals) -> None:
    with serving(data_dir) as server:
        created = create_session(server.url, {"play": True})
        async with live(server.url, created.id, created.owner_token) as client:
            await client.state("running")
            workers = server.worker_pids()
            assert workers
            server.process.send_signal(number)
            assert await client.closed() == 1012
        code = await asyncio.to_thread(server.process.wait, 10)
        assert code == 0
        assert not any(psutil.pid_exists(pid) for pid in workers)
        assert (data_dir / "sessions" / created.id / "snapshot.safetensors").exists()
    with serving(data_dir, arguments=("--port", str(server.port))) as again:
        assert again.port == server.port


async def test_no_worker_outlives_a_killed_gateway_and_the_next_one_goes_on(data_dir: Path) -> None:
    with serving(data_dir) as server:
        created = create_session(server.url, {"play": True})
        async with live(server.url, created.id, created.owner_token) as client:
            await client.wait(lambda: any(m["type"] == "metrics" and m["points"] for m in client.messages))
            workers = server.worker_pids()
            assert workers
            server.kill()
        await asyncio.to_thread(until, lambda: not any(map(is_alive, workers)), secs=5, why="workers are left")
    with serving(data_dir) as server:
        async with live(server.url, created.id, created.owner_token) as client:
            state = await client.message("state", where=lambda m: m["state"] == "running")
            assert state["run"] == "2"


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_the_gateway_is_small_and_maps_no_array_library(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.subscribe("maps")
        await client.wait(lambda: len(client.frames) > 5)
        maps = await asyncio.to_thread(Path(f"/proc/{server.pid}/maps").read_text)
        for library in ("jax", "numpy", "sklearn", "scipy", "safetensors"):
            assert f"/{library}" not in maps
        assert psutil.Process(server.pid).memory_info().rss < GATEWAY_BYTES
