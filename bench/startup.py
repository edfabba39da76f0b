"""How long one waits: for the URL line, for the first frame, for an edit, for two hundred layers."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.house import Effort, fresh_server, new_session, view_of
from bench.ratios import middle
from live_client import LiveClient, live

DEEP = [{"type": "dense", "units": 16, "initializer": "lecun_normal"} for _ in range(200)]


RESIDUAL = [
    {"type": "dense", "units": 16},
    {
        "type": "repeat",
        "times": 100,
        "layers": [
            {"type": "layer_norm"},
            {"type": "dense", "units": 16, "activation": "relu"},
            {"type": "dense", "units": 16, "activation": "linear"},
            {"type": "add", "inputs": ["x", "dense_2"]},
        ],
    },
]
"""Two hundred dense layers in a hundred residual blocks."""


def measure(effort: Effort) -> dict[str, Any]:
    runs = [_once() for _ in range(effort.repeats)]
    return {name: middle([run[name] for run in runs]) for name in runs[0]} | {"runs": runs}


def _once() -> dict[str, float]:
    with fresh_server() as server:
        created = new_session(server, {"play": True})
        times = asyncio.run(_watch(server.url, created, server.started_at))
        return {"url_line_secs": server.start_secs} | times


async def _watch(url: str, created: Any, started_at: float) -> dict[str, float]:
    """Seconds from the server's start to the first frame, and of the two edits."""
    async with live(url, created.id, created.owner_token) as client:
        for ask in view_of(created):
            await client.send({"type": "subscribe", **ask, "request": 10_000 + len(client.messages)})
        await client.frame()
        first_frame = time.monotonic() - started_at
        # The view is complete and training runs before anything is edited.
        await client.frame(after=len(client.frames) + 10)
        units = created.document["experiment"]["network"]["layers"][0]["units"]
        revision: int = created.document["revision"]
        neuron = await _edit(client, revision, {"op": "replace", "path": "/network/layers/0/units", "value": units + 1})
        deep = await _edit(client, revision + 1, {"op": "replace", "path": "/network/layers", "value": DEEP})
        replaced = {"op": "replace", "path": "/network/layers", "value": RESIDUAL}
        residual = await _edit(client, revision + 2, replaced)
    return {
        "residual_first_update_secs": residual["first_update"],
        "first_frame_secs": first_frame,
        "add_neuron_secs": neuron["done"],
        "add_neuron_first_update_secs": neuron["first_update"],
        "deep_secs": deep["done"],
        "deep_first_update_secs": deep["first_update"],
    }


async def _edit(client: LiveClient, base: int, patch: dict[str, Any]) -> dict[str, float]:
    """Seconds until `done`, and until something says that the new network has made an update."""
    started = time.monotonic()
    done = await client.edit(base, patch)
    assert done["type"] == "done", done
    finished = time.monotonic()
    seen = len(client.messages)
    await client.message("metrics", after=seen, where=lambda m: m["points"][-1]["update"] > done["update"])
    return {"done": finished - started, "first_update": time.monotonic() - started}
