"""Resident memory of the gateway and of an engine worker, with one session and with many."""

from __future__ import annotations

import copy
from typing import Any

import psutil

from bench.house import Effort, fresh_server, new_session, tell, view_of
from bench.viewers import Viewers
from live_client import Created
from serving import ServerProcess

FURTHER = 10
MEBIBYTE = 1 << 20


def measure(effort: Effort) -> dict[str, Any]:
    with fresh_server() as server:
        first = new_session(server, {"play": True})
        with Viewers(server.port, first.id, first.owner_token) as viewer:
            viewer.connect(view_of(first))
            viewer.window(effort.secs)
            gateway_one, worker_one = _resident(server)
            same = [_watched(server, {"play": True}) for _ in range(FURTHER)]
            _, worker_same = _resident(server)
            others = [_watched(server, _shaped(first, number)) for number in range(FURTHER)]
            gateway_all, worker_all = _resident(server)
    tell(f"worker with one session {worker_one:.0f} MiB, with {1 + 2 * FURTHER} {worker_all:.0f} MiB")
    return {
        "gateway_mib": gateway_one,
        "worker_mib": worker_one,
        "worker_mib_per_session_of_same_shape": (worker_same - worker_one) / len(same),
        "worker_mib_per_session_of_new_shape": (worker_all - worker_same) / len(others),
        "gateway_mib_per_session": (gateway_all - gateway_one) / (len(same) + len(others)),
    }


def _resident(server: ServerProcess) -> tuple[float, float]:
    """MiB of the gateway and of its largest worker."""
    workers = [psutil.Process(pid).memory_info().rss for pid in server.worker_pids()]
    return psutil.Process(server.pid).memory_info().rss / MEBIBYTE, max(workers) / MEBIBYTE


def _watched(server: ServerProcess, body: dict[str, Any]) -> Created:
    """A session that was looked at for a moment, every stream once, and rests."""
    created = new_session(server, body)
    with Viewers(server.port, created.id, created.owner_token) as viewer:
        viewer.connect(view_of(created))
        viewer.control("pause")
    return created


def _shaped(first: Created, number: int) -> dict[str, Any]:
    """A session of a small network like the first one's that no other session has."""
    experiment: dict[str, Any] = copy.deepcopy(first.document["experiment"])
    experiment["network"]["layers"][0]["units"] = 9 + number
    return {"experiment": experiment, "play": True}
