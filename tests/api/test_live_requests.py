"""Requests over the live socket: controls, edits, subscriptions; each answered once, by done or error."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from live_client import create_session, live
from serving import ServerProcess

pytestmark = pytest.mark.anyio

LEARNING_RATE = "/training/optimizer/learning_rate"


STOPPING = {"training": {"stop": {"epochs": 4}}}
CELL = {"layer": "output", "unit": 0, "source": 1, "value": 0.5}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


async def test_step_does_exactly_what_it_says(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        assert (await client.control("step", updates=7))["update"] == 7
        assert (await client.control("step"))["update"] == 8


async def test_play_and_pause_say_so_to_everybody_and_may_be_said_twice(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token) as owner,
        live(server.url, created.id, created.viewer_token) as viewer,
    ):
        await owner.state("paused")
        for _ in range(2):
            assert (await owner.control("play"))["type"] == "done"
        await viewer.state("running")
        mark = len(viewer.messages)
        for _ in range(2):
            assert (await owner.control("pause"))["type"] == "done"
        await viewer.state("paused", after=mark)


async def test_play_while_compiling_is_kept(server: ServerProcess) -> None:
    created = create_session(server.url, {"experiment": {"network": {"layers": [{"type": "dense", "units": 13}]}}})
    async with live(server.url, created.id, created.owner_token) as client:
        assert client.messages[0]["session"]["state"] == "compiling"
        await client.control("play")
        await client.state("running")


async def test_weights_are_set_and_rates_are_tried_without_touching_the_experiment(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=3)
        await client.subscribe("weights", layers=["output"])
        done = await client.request({"type": "set_weights", "cells": [CELL]})
        assert (done["type"], done["update"]) == ("done", 3)
        await client.frame(where=lambda frame: any(t.ndim == 2 and t[0, 1] == 0.5 for t in frame.tensors.values()))
        refused = await client.request({"type": "set_weights", "cells": [CELL, {**CELL, "unit": 7}]})
        assert (refused["code"], refused["field"]) == ("invalid", "/cells/1")
        sweep = await client.request({"type": "rate_test", "low": 0.001, "high": 1.0, "steps": 20})
        assert len(sweep["rates"]) == len(sweep["losses"]) == len(sweep["smoothed"])
        assert "suggestion" in sweep
        falls = await client.request({"type": "rate_test", "low": 1.0, "high": 0.1})
        assert falls["field"] == "/high"
        assert (await client.control("step"))["update"] == 4
        assert not [m for m in client.messages if m["type"] == "experiment"]


async def test_a_run_that_stopped_by_its_rule_is_not_set_going_by_whoever_returns(server: ServerProcess) -> None:
    created = create_session(server.url, {"experiment": STOPPING, "play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        stopped = await client.message("state", where=lambda m: m["state"] == "paused" and "reason" in m)
        assert (stopped["epoch"], stopped["update"]) == (4, 100)
    async with live(server.url, created.id, created.owner_token) as client:
        state = await client.message("state")
        assert (state["state"], state["reason"]) == ("paused", "4 epochs are done, as the stop rule asks")
        mark = len(client.messages)
        await client.control("play")
        await client.message("state", after=mark, where=lambda m: m["state"] == "running" and "reason" not in m)


async def test_reset_begins_a_new_run(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=50)
        first = await client.message("metrics", where=lambda m: any(p["update"] == 50 for p in m["points"]))
        mark = len(client.messages)
        assert (await client.control("reset"))["update"] == 0
        state = await client.message("state", after=mark, where=lambda m: m["run"] == "2")
        assert (state["update"], state["from_update"]) == (0, 0)
        await client.control("step", updates=50)
        again = await client.message("metrics", after=mark, where=lambda m: any(p["update"] == 50 for p in m["points"]))
        assert again["run"] == "2"
        assert again["points"][-1] == first["points"][-1]


async def test_a_joiner_gets_the_history_of_this_run_only(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=20)
        await client.control("reset")
        await client.control("step", updates=3)
        await client.message("metrics", where=lambda m: m["run"] == "2" and m["points"][-1]["update"] == 3)
    async with live(server.url, created.id, created.viewer_token) as late:
        history = await late.message("metrics")
    assert history["run"] == "2"
    updates = [point["update"] for point in history["points"]]
    assert updates == sorted(updates)
    assert updates[-1] == 3


async def test_an_edit_reaches_everybody_and_the_disk_before_it_is_done(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token) as owner,
        live(server.url, created.id, created.viewer_token) as viewer,
    ):
        await owner.state("paused")
        done = await owner.edit(1, replace(LEARNING_RATE, 0.125))
        assert (done["type"], done["revision"]) == ("done", 2)
        record = json.loads((server.data_dir / "sessions" / created.id / "session.json").read_text())
        assert record["revision"] == 2
        assert record["experiment"]["training"]["optimizer"]["learning_rate"] == 0.125
        told = await viewer.message("experiment")
        assert (told["revision"], told["update"]) == (2, done["update"])
        assert told["experiment"]["training"]["optimizer"]["learning_rate"] == 0.125
        assert [m["type"] for m in owner.messages if m["type"] in ("experiment", "done")] == ["experiment", "done"]


async def test_a_stale_edit_is_refused_with_the_current_revision(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.edit(1, replace(LEARNING_RATE, 0.5))
        error = await client.edit(1, replace(LEARNING_RATE, 0.25))
        assert (error["code"], error["revision"]) == ("stale_revision", 2)
        assert (await client.edit(2, replace(LEARNING_RATE, 0.25)))["revision"] == 3


async def test_of_edits_on_the_same_base_one_wins(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        answers = await asyncio.gather(*(client.edit(1, replace(LEARNING_RATE, rate / 10)) for rate in range(1, 6)))
    assert sorted(answer["type"] for answer in answers) == ["done", "error", "error", "error", "error"]
    assert {answer.get("code") for answer in answers} == {None, "stale_revision"}


@pytest.mark.parametrize(
    ("operation", "code", "field"),
    [
        (replace(LEARNING_RATE, -1), "invalid", "/training/optimizer/learning_rate"),
        (replace("/training/nothing", 1), "invalid_patch", "/patch"),
        (replace("/network/layers/0/units", 0), "invalid", "/network/layers/0/units"),
        ({"op": "test", "path": "/version", "value": 2}, "invalid_patch", "/patch"),
        ({"op": "explode"}, "invalid_patch", "/patch"),
        ({"op": "remove", "path": ""}, "invalid_patch", "/patch"),
        (replace("/network/layers/0/name", "output"), "invalid_graph", "/network/layers/0/name"),
    ],
)
async def test_an_edit_that_does_not_fit_changes_nothing(
    server: ServerProcess, operation: dict[str, Any], code: str, field: str
) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        error = await client.edit(1, operation)
        assert (error["code"], error.get("field", "")) == (code, field)
        assert (await client.edit(1))["revision"] == 2


async def test_a_layer_name_is_never_given_twice(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.edit(1, {"op": "remove", "path": "/network/layers/1"})
        await client.edit(2, {"op": "add", "path": "/network/layers/-", "value": {"type": "dense", "units": 3}})
        told = await client.message("experiment", where=lambda m: m["revision"] == 3)
    assert [layer["name"] for layer in told["experiment"]["network"]["layers"]] == ["dense_1", "dense_3"]


async def test_a_viewer_watches_and_changes_nothing(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.viewer_token) as viewer:
        assert (await viewer.control("play"))["code"] == "forbidden"
        assert (await viewer.request({"type": "set_weights", "cells": [CELL]}))["code"] == "forbidden"
        assert (await viewer.request({"type": "rate_test"}))["code"] == "forbidden"
        assert (await viewer.edit(1, replace(LEARNING_RATE, 0.5)))["code"] == "forbidden"
        assert (await viewer.subscribe("weights"))["type"] == "done"


@pytest.mark.parametrize(
    ("text", "request_id", "code"),
    [
        ("{", None, "malformed_json"),
        ('{"type":"control","request":3,"action":"fly"}', 3, "invalid"),
        ('{"type":"control","request":3,"action":"play","more":1}', 3, "invalid"),
        ('{"type":"nothing","request":4}', 4, "invalid"),
        ('{"type":"control","action":"play"}', None, "invalid"),
        ('{"type":"control","request":true,"action":"play"}', None, "invalid"),
        ('{"type":"control","request":-1,"action":"play"}', None, "invalid"),
        ('{"type":"edit","request":5,"base":1,"patch":"x"}', 5, "invalid"),
        ('{"type":"ack","seq":"x"}', None, "invalid"),
        ('{"type":"hello","protocol":1,"token":"x"}', None, "invalid"),
        ('{"type":"control","request":6,"request":7,"action":"play"}', None, "malformed_json"),
        ('{"type":"unsubscribe","request":8,"channel":"c99"}', 8, "not_found"),
        ('{"type":"subscribe","request":9,"stream":"maps","layers":["nothing"]}', 9, "invalid"),
        ('{"type":"subscribe","request":9,"stream":"maps","resolution":7}', 9, "invalid"),
        ("null", None, "invalid"),
        ('"\\ud800"', None, "malformed_json"),
    ],
)
async def test_what_cannot_be_read_is_answered_and_the_socket_lives(
    server: ServerProcess, text: str, request_id: int | None, code: str
) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.socket.send(text)
        error = await client.message("error")
        assert (error["request"], error["code"]) == (request_id, code)
        assert error["message"]
        assert (await client.control("pause"))["type"] == "done"


async def test_the_same_question_is_the_same_channel(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token) as one,
        live(server.url, created.id, created.viewer_token) as two,
    ):
        await one.state("paused")
        first = await one.subscribe("maps", resolution=10)
        second = await two.subscribe("maps", resolution=10, max_fps=5)
        other = await two.subscribe("maps", resolution=20)
        assert first["channel"] == second["channel"] != other["channel"]
        assert first["domain"] == [-6.0, 6.0, -6.0, 6.0]
        assert first["activation"] == "sigmoid"
        again = await one.subscribe("maps", resolution=10)
        assert again["channel"] == first["channel"]


async def test_unsubscribe_is_done_once(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        channel = (await client.subscribe("statistics"))["channel"]
        message = {"type": "unsubscribe", "channel": channel}
        assert (await client.request(message))["type"] == "done"
        assert (await client.request(message))["code"] == "not_found"


async def test_a_unit_is_held_and_frozen_while_the_run_goes_on_with_the_weights_it_has(server: ServerProcess) -> None:
    created = create_session(server.url, {"play": True})
    unit = {"layer": "dense_1", "unit": 1}
    async with live(server.url, created.id, created.owner_token) as client:
        run = (await client.state("running"))["run"]
        sample = {"split": "test", "index": 0}
        a = (await client.subscribe("activations", layers=["dense_1"], sample=sample))["channel"] + "/dense_1"
        w = (await client.subscribe("weights", layers="all"))["channel"] + "/dense_1"
        held = await client.edit(1, {"op": "add", "path": "/network/clamps", "value": [{**unit, "value": 0.25}]})
        assert held["type"] == "done"
        frame = await client.frame(where=lambda f: a in f.tensors and f.tensors[a][1] == 0.25)
        assert frame.header.update >= held["update"] > 0
        assert (np.delete(frame.tensors[a], 1) != 0.25).all()

        # At a standstill: nothing of what was learned is lost.
        paused = (await client.control("pause"))["update"]
        before = await client.frame(where=lambda f: w in f.tensors and f.header.update == paused)
        mark = len(client.frames)
        frozen = await client.edit(2, {"op": "add", "path": "/network/frozen_units", "value": [unit]})
        assert frozen["update"] == paused
        after = await client.frame(after=mark, where=lambda f: w in f.tensors)
        assert after.header.update == paused
        np.testing.assert_array_equal(after.tensors[w], before.tensors[w])

        assert (await client.control("step", updates=200))["update"] == paused + 200
        later = await client.frame(where=lambda f: w in f.tensors and f.header.update == paused + 200)
        np.testing.assert_array_equal(later.tensors[w][1], before.tensors[w][1])
        assert (np.delete(later.tensors[w], 1, 0) != np.delete(before.tensors[w], 1, 0)).any()
        gone = await client.edit(3, {"op": "remove", "path": "/network/clamps"}, replace("/network/frozen_units", []))
        assert gone["type"] == "done"
        told = (await client.message("experiment", where=lambda m: m["revision"] == 4))["experiment"]
        assert not {"clamps", "frozen_units"} & told["network"].keys()
        assert {m["run"] for m in client.messages if m["type"] == "state"} == {run}


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("/network/clamps", [{"layer": "output", "unit": 0}], "/network/clamps/0/layer"),
        ("/network/clamps", [{"layer": "dense_1", "unit": 0, "value": 1e10}], "/network/clamps/0/value"),
        ("/network/frozen_units", [{"layer": "dense_1", "unit": 0}] * 2, "/network/frozen_units"),
    ],
)
async def test_a_unit_that_cannot_be_held_is_refused_where_it_stands(
    server: ServerProcess, path: str, value: Any, field: str
) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        error = await client.edit(1, {"op": "add", "path": path, "value": value})
        assert (error["code"], error["field"]) == ("invalid", field)
