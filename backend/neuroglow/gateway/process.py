"""One engine worker process: starting it, and telling how it ended. Started by exec, never by fork of this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from neuroglow.gateway.link import WorkerLink
from neuroglow.settings import Settings

GPU_MEMORY_FRACTION = "0.85"
"""Of a GPU that one worker owns; the rest is for CUDA's own libraries, which allocate beside JAX's pool."""

PROBE_SECS = 5.0


@dataclass(frozen=True)
class Death:
    """How a worker ended. `is_own_fault` is False where someone outside ended it: that says nothing of its sessions."""

    cause: str
    is_own_fault: bool


async def count_gpus(settings: Settings) -> int:
    """NVIDIA GPUs that may be used, as `nvidia-smi -L` lists them; 0 without one or with device `cpu`."""
    if settings.device == "cpu" or shutil.which("nvidia-smi") is None:
        return 0
    process = await asyncio.create_subprocess_exec(
        "nvidia-smi", "-L", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(PROBE_SECS):
            listing, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return 0
    return sum(line.startswith("GPU ") for line in listing.decode(errors="replace").splitlines())


def worker_count(settings: Settings, gpus: int) -> int:
    """One per GPU; on CPU one core stays free for the gateway."""
    return settings.workers or gpus or max(1, min(4, (os.cpu_count() or 1) - 1))


def worker_environment(settings: Settings, index: int, gpus: int) -> dict[str, str]:
    environment = dict(os.environ)
    if gpus and settings.device != "cpu":
        # Workers share GPUs evenly when there are more workers than GPUs; each takes its part of the memory.
        sharers = -(-worker_count(settings, gpus) // gpus)
        environment["CUDA_VISIBLE_DEVICES"] = str(index % gpus)
        environment.setdefault("XLA_CLIENT_MEM_FRACTION", f"{float(GPU_MEMORY_FRACTION) / sharers:.2f}")
    else:
        environment["JAX_PLATFORMS"] = "cpu"
    return environment


async def start_worker(
    settings: Settings, link: WorkerLink, worker_id: str, *, index: int, gpus: int
) -> asyncio.subprocess.Process:
    limits = settings.limits
    device = "gpu" if gpus and settings.device != "cpu" else "cpu"
    environment = worker_environment(settings, index, gpus)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "neuroglow.session.worker",
        "--control", link.control_endpoint,
        "--frames", link.frames_endpoint,
        "--worker-id", worker_id,
        "--datasets", str(settings.data_dir / "datasets"),
        "--device", device,
        "--snapshot-secs", str(limits.snapshot_secs),
        "--probe-share", str(limits.probe_share),
        "--frame-bytes", str(limits.frame_bytes),
        "--memory-bytes", str(limits.memory_bytes),
        # Its own output belongs to the log: stdout carries the URL line and nothing else.
        stdin=asyncio.subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        stderr=sys.stderr.fileno(),
        env=environment,
    )  # fmt: skip


def kill(process: asyncio.subprocess.Process) -> None:
    """SIGKILL: a program that runs on the device hears nothing gentler."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def out_of_memory_kills() -> int:
    """How often the system's out-of-memory killer struck so far; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


def explain_exit(returncode: int, *, killed_because: str | None, ran_out_of_memory: bool) -> Death:
    """What a worker's return code means. `killed_because` is our own reason if we killed it."""
    if killed_because is not None:
        return Death(killed_because, is_own_fault=True)
    if returncode == -signal.SIGKILL:
        return Death("out of memory" if ran_out_of_memory else "killed", is_own_fault=ran_out_of_memory)
    if returncode in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
        return Death("stopped from outside", is_own_fault=False)
    if returncode < 0:
        return Death(f"crashed with {signal.Signals(-returncode).name}", is_own_fault=True)
    return Death(f"exited with {returncode}", is_own_fault=True)
