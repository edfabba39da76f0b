"""Bytes of a frame: what the page's default view of the first preset costs the network."""

from __future__ import annotations

from typing import Any

from bench.house import Effort, fresh_server, new_session, view_of
from bench.viewers import Viewers


def measure(effort: Effort) -> dict[str, Any]:
    with fresh_server() as server:
        created = new_session(server, {"play": True})
        with Viewers(server.port, created.id, created.owner_token) as viewer:
            viewer.connect(view_of(created))
            window = viewer.window(effort.secs)
    return {
        "frame_bytes_median": window.frame_bytes_median,
        "frame_bytes_mean": window.frame_bytes_mean,
        "frame_bytes_most": window.frame_bytes_most,
        "frames_per_second": window.frames_per_second[1],
    }
