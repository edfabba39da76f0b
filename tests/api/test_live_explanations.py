"""Explanations over the socket: all at once, of a network that trains on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from live_client import create_session, live
from serving import ServerProcess

pytestmark = pytest.mark.anyio

EXPERIMENT = {
    "data": {"source": "bundled", "name": "digits", "size": 16},
    "network": {
        "layers": [
            {"name": "maps", "type": "conv2d", "channels": 4, "kernel": 5},
            {"type": "max_pool2d"},
            {"name": "last", "units": 12, "activation": "relu"},
        ]
    },
}
ASKED: list[dict[str, Any]] = [
    {"stream": "explanation", "method": "saliency"},
    {"stream": "explanation", "method": "integrated_gradients"},
    {"stream": "explanation", "method": "occlusion", "window": 4, "stride": 2},
    {"stream": "explanation", "method": "grad_cam"},
    {"stream": "importance"},
    {"stream": "excites", "layer": "maps", "unit": 1},
    {"stream": "ideal", "layer": "last", "unit": 2},
    {"stream": "influence", "layer": "last", "unit": 0, "source": 3},
    {"stream": "mislabelled"},
]


async def test_every_explanation_is_answered_again_and_again_while_the_network_trains(server: ServerProcess) -> None:
    server.wait_workers_ready()
    created = create_session(server.url, {"experiment": EXPERIMENT})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        begun = len(client.messages)
        channels = [(await client.subscribe(**ask))["channel"] for ask in ASKED]
        assert len(set(channels)) == len(channels)
        await client.control("play")
        updates: dict[str, set[int]] = {channel: set() for channel in channels}
        while not all(len(seen) > 1 for seen in updates.values()):
            frame = await client.frame(after=len(client.frames))
            for name, tensor in frame.tensors.items():
                assert np.isfinite(tensor).all()
                updates[name.partition("/")[0]].add(frame.header.update)
        states = [message["state"] for message in client.messages[begun:] if message["type"] == "state"]
        assert set(states) == {"running"}


async def test_an_explanation_that_one_edit_takes_away_comes_back_with_the_next(server: ServerProcess) -> None:
    created = create_session(server.url, {"experiment": EXPERIMENT})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        channel = (await client.subscribe("explanation", method="grad_cam", layer="maps"))["channel"]
        await client.frame(where=lambda f: f"{channel}/maps" in f.tensors)
        name = {"op": "replace", "path": "/network/layers/0/name", "value": "renamed"}
        await client.edit(0, name)
        seen = len(client.frames)
        await client.edit(1, {**name, "value": "maps"})
        frame = await client.frame(where=lambda f: f"{channel}/maps" in f.tensors, after=seen)
        assert frame.tensors[f"{channel}/maps"].shape == (12, 12)
