"""Too large to fit and numbers that blow up: refused or caught, said where, and the neighbours never notice."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest

from faults.rig import assert_quiet, session_document
from live_client import LiveClient, create_session, live
from serving import ServerProcess

pytestmark = pytest.mark.anyio

BUDGET = 64 << 20
LEARNING_RATE = "/training/optimizer/learning_rate"
TOO_LARGE = [{"type": "dense", "units": 1024}] * 16


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Refusals are so quick that a hundred in a row would be refused for their number alone."""
    return {"NEUROGLOW_LIMITS__MEMORY_BYTES": str(BUDGET), "NEUROGLOW_LIMITS__MESSAGE_BURST": "200"}


async def trains_on(client: LiveClient) -> None:
    """Until more points of its curve arrive."""
    mark = len(client.messages)
    await client.message("metrics", after=mark, where=lambda m: bool(m["points"]))


async def test_what_does_not_fit_is_refused_and_the_neighbour_trains_on(server: ServerProcess, soak: bool) -> None:
    neighbour = await asyncio.to_thread(create_session, server.url, {"play": True})
    async with live(server.url, neighbour.id, neighbour.owner_token) as beside:
        await beside.state("running")
        with server.client() as http:
            for _ in range(100 if soak else 3):
                answer = await asyncio.to_thread(
                    http.post, "/api/sessions", json={"experiment": {"network": {"layers": TOO_LARGE}}}
                )
                assert answer.status_code == 422
                assert_too_large(answer.json())
            created = await asyncio.to_thread(create_session, server.url)
            async with live(server.url, created.id, created.owner_token) as client:
                await client.state("paused")
                for _ in range(100 if soak else 3):
                    assert_too_large(
                        await client.edit(1, {"op": "replace", "path": "/network/layers", "value": TOO_LARGE})
                    )
                assert (await client.control("step", updates=3))["update"] == 3
            document = await asyncio.to_thread(session_document, http, created)
            assert document["experiment"] == created.document["experiment"]
        await trains_on(beside)
        assert {m["run"] for m in beside.messages if m["type"] == "metrics"} == {"1"}
    assert_quiet(server)


def assert_too_large(error: dict[str, Any]) -> None:
    assert error["type"] == "error"
    assert error["code"] == "network_too_large"
    assert error["field"].startswith(("/network", "/experiment/network"))
    assert error["needed_bytes"] > error["budget_bytes"] == BUDGET


async def test_a_loss_that_is_no_number_is_located_and_one_click_goes_back(server: ServerProcess) -> None:
    neighbour = await asyncio.to_thread(create_session, server.url, {"play": True})
    layers = [{"type": "dense", "units": 4, "activation": name} for name in ("relu", "linear")]
    created = await asyncio.to_thread(
        create_session,
        server.url,
        {"experiment": {"data": {"source": "synthetic", "name": "plane"}, "network": {"layers": layers}}},
    )
    async with (
        live(server.url, neighbour.id, neighbour.owner_token) as beside,
        live(server.url, created.id, created.owner_token) as client,
    ):
        await beside.state("running")
        await client.state("paused")
        await client.subscribe("statistics")
        await client.subscribe("weights")
        await client.control("step", updates=50)
        await client.edit(1, {"op": "replace", "path": LEARNING_RATE, "value": 1e9})
        await client.control("play")
        await client.state("diverged")
        found = await client.message("state", where=lambda m: m.get("divergence", {}).get("located", False))
        divergence = found["divergence"]
        assert divergence["layer"] in ("dense_1", "dense_2", "output")
        assert divergence["what"] in ("weights", "activations", "gradients", "loss")
        assert 0 <= divergence["good_update"] < divergence["update"]
        assert found["reason"]
        assert (await client.control("play"))["code"] == "illegal_state"
        mark = len(client.messages)
        assert (await client.control("rewind"))["type"] == "done"
        back = await client.message("state", after=mark, where=lambda m: m["state"] == "paused")
        assert back["run"] != "1"
        assert back["from_update"] == divergence["good_update"]
        await client.edit(2, {"op": "replace", "path": LEARNING_RATE, "value": 0.001})
        assert (await client.control("step", updates=2))["update"] == divergence["good_update"] + 2
        await trains_on(beside)
        for message in (*client.messages, *beside.messages):
            assert_finite(message)
    with server.client() as http:
        text = json.dumps(await asyncio.to_thread(session_document, http, created), allow_nan=False)
        assert "diverged" not in text
    assert_quiet(server)


def assert_finite(value: Any) -> None:
    """JSON never carries NaN or infinity, whatever the numbers do."""
    if isinstance(value, float):
        assert math.isfinite(value)
    elif isinstance(value, dict):
        for member in value.values():
            assert_finite(member)
    elif isinstance(value, list):
        for member in value:
            assert_finite(member)
