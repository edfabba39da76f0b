"""One update in slow motion: every number is the engine's of one moment, and the update one that the engine takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.building import build
from e2e.conftest import Visits
from e2e.numbers import numbers_in
from e2e.screen import PHONE, button, network, pause, update, wait_past
from e2e.second_client import Moment, SecondClient, following
from serving import ServerProcess

SAMPLE = {"split": "test", "index": 0}
STREAMS = {"after": "inside", "again": "backward"}
"""What the page calls a stream that it asks once more after the update."""

Layers = list[dict[str, Any]]
DIGITS = {"source": "bundled", "name": "digits"}
TEXT = {"source": "text", "name": "text", "length": 12, "stride": 3}
NETWORKS: dict[str, tuple[dict[str, Any], Layers]] = {
    "pictures": (DIGITS, [
        {"type": "conv2d", "channels": 4, "padding": "same", "activation": "tanh"},
        {"type": "max_pool2d"},
        {"type": "dense", "units": 6, "activation": "relu"},
    ]),
    "text": (TEXT, [
        {"name": "letters", "type": "embedding", "units": 6},
        {"type": "transformer_block", "heads": 2, "causal": True},
        {"type": "add", "inputs": ["transformer_block_1", "letters"]},
        {"type": "repeat", "times": 2, "layers": [{"units": 6}]},
        {"type": "gru", "units": 4, "return_sequences": True},
    ]),
}  # fmt: skip


def player(page: Page) -> Locator:
    return page.get_by_role("region", name="Slow motion")


def opened(page: Page) -> Locator:
    button(page, "Slow motion").click()
    slow = player(page)
    expect(slow).to_have_attribute("data-shown", "true")
    return slow


def at(slow: Locator, number: int) -> None:
    """Until that step's numbers are there."""
    expect(slow).to_have_attribute("data-step", str(number))
    expect(slow).to_have_attribute("data-shown", "true")


def said(slow: Locator, name: str) -> str:
    return slow.get_attribute(f"data-{name}") or ""


@dataclass
class Engine:
    """What another client is told of the streams, asked once for each moment."""

    client: SecondClient
    asked: dict[str, Moment] = field(default_factory=dict)

    def moment(self, key: str, expected: int) -> Moment:
        if key not in self.asked:
            called, layer = key.split("/")
            stream = STREAMS.get(called, called)
            members: dict[str, Any] = {} if stream == "update" else {"sample": SAMPLE}
            self.asked[key] = self.client.look(stream, layer=layer, **members)
        assert self.asked[key].update == expected
        return self.asked[key]

    def check(self, slow: Locator) -> dict[str, int]:
        """Every number that is written in a step; how many of them each stream has sent."""
        seen: dict[str, int] = {}
        for number in numbers_in(slow):
            number.check()
            if number.source is None:
                continue
            name, index = number.source.split(":")
            key, _, tensor = name.partition(".")
            called, layer = key.split("/")
            is_after = called in STREAMS
            tensors = self.moment(key, int(said(slow, "made" if is_after else "update"))).tensors
            sent = tensors.get(f"{layer}.{tensor}", tensors.get(tensor))
            assert sent is not None, number
            assert number.value == pytest.approx(float(sent.ravel()[int(index)]), rel=1e-5, abs=1e-5), number
            seen[called] = seen.get(called, 0) + 1
        return seen


def follow_to_the_update(page: Page, engine: Engine, slow: Locator) -> dict[str, list[str]]:
    """Step by step, every number on the way checked; the layers that were visited, by phase."""
    visited: dict[str, list[str]] = {}
    number = 1
    while said(slow, "phase") != "update":
        at(slow, number)
        phase, layer = said(slow, "phase"), said(slow, "layer")
        visited.setdefault(phase, []).append(layer)
        seen = engine.check(slow)
        assert seen["inside" if phase == "forward" else "backward"] > 0
        expect(network(page).locator("[aria-current=step]")).to_have_count(1)
        slow.press("ArrowRight")
        number += 1
    at(slow, number)
    assert said(slow, "part") == "batch"
    return visited


@pytest.mark.parametrize("name", ["plane", *NETWORKS])
def test_every_number_of_every_step_is_the_engines(visit: Visits, server: ServerProcess, name: str) -> None:
    page = visit()
    with following(server, page) as client:
        if name == "plane":
            wait_past(page, 50)
            pause(page)
        else:
            build(page, client, NETWORKS[name])
        engine = Engine(client)
        slow = opened(page)
        before = int(said(slow, "update"))
        assert before == update(page)
        visited = follow_to_the_update(page, engine, slow)
        names = [*(layer["name"] for layer in client.experiment["network"]["layers"]), "output"]
        assert visited == {"forward": names, "loss": ["output"], "backward": names[::-1]}

        assert engine.check(slow)["update"] >= 2
        batch = client.experiment["training"]["batch_size"]
        expect(slow.get_by_text(f"mean slope g of {batch} training samples")).to_be_visible()
        learning = [layer for layer in names if engine.moment(f"update/{layer}", before).facts["parameters"]]
        for layer in learning:
            for stream in ("inside", "backward"):
                engine.moment(f"{stream}/{layer}", before)

        number = int(said(slow, "step"))
        for layer in learning:
            slow.press("ArrowRight")
            number += 1
            at(slow, number)
            assert (said(slow, "layer"), said(slow, "made")) == (layer, str(before + 1))
            seen = engine.check(slow)
            assert min(seen["inside"], seen["update"], seen["after"]) > 0
        slow.press("ArrowRight")
        at(slow, number + 1)
        assert said(slow, "part") == "outcome"
        seen = engine.check(slow)
        assert min(seen["inside"], seen["after"], seen["backward"], seen["again"]) > 0


def test_one_goes_back_over_the_update_and_the_engine_takes_it_once(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 50)
    pause(page)
    with following(server, page) as client:
        engine = Engine(client)
        slow = opened(page)
        before = int(said(slow, "update"))
        slow.get_by_role("button", name=re.compile(r"^\d+–\d+ Update$")).click()
        expect(slow).to_have_attribute("data-part", "batch")
        batch = int(said(slow, "step"))
        at(slow, batch)
        assert client.look("inside", layer="dense_1", sample=SAMPLE).update == before
        for name in ("dense_1", "output"):
            for stream in ("inside", "backward", "update"):
                engine.moment(f"{stream}/{name}", before)
        for _ in range(2):
            slow.press("ArrowRight")
            at(slow, batch + 1)
            engine.check(slow)
            slow.press("ArrowLeft")
            at(slow, batch)
            engine.check(slow)
        assert said(slow, "made") == str(before + 1)
        assert client.look("inside", layer="dense_1", sample=SAMPLE).update == before + 1
        slow.press("Home")
        at(slow, 1)
        engine.check(slow)


def test_it_plays_by_itself_and_training_goes_on_when_it_is_closed(visit: Visits) -> None:
    page = visit()
    wait_past(page, 50)
    page.keyboard.press("m")
    slow = player(page)
    expect(slow).to_be_focused()
    expect(network(page)).to_have_attribute("data-state", "paused")
    at(slow, 1)
    slow.get_by_role("button", name="4×").click()
    slow.focus()
    slow.press("Space")
    expect(button(page, "Pause slow motion")).to_be_visible()
    at(slow, 3)
    slow.press("Space")
    expect(button(page, "Play slow motion")).to_be_visible()
    status = page.get_by_role("status").filter(has_text="Slow motion, training is paused")
    expect(status).to_contain_text(re.compile(r"\d+ of \d+ · Forward"))
    slow.press("Escape")
    expect(slow).to_be_hidden()
    expect(network(page)).to_have_attribute("data-state", "running")


def test_the_glass_shows_more_of_a_step_and_leads_back(visit: Visits) -> None:
    page = visit()
    wait_past(page, 50)
    pause(page)
    slow = opened(page)
    slow.get_by_role("button", name="Magnify").click()
    glass = page.get_by_role("region", name="Magnifying glass")
    expect(glass.get_by_role("heading", name="Neuron 1 of Dense 8")).to_be_visible()
    slow.get_by_role("button", name="Back to the steps").click()
    expect(glass).to_be_hidden()
    at(slow, 1)


def test_a_sample_of_the_batch_is_taken_and_given_back(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 50)
    pause(page)
    with following(server, page) as client:
        slow = opened(page)
        rows = client.look("update", layer="output").tensors["rows"]
        slow.get_by_role("button", name="Take one of the batch").click()
        expect(slow).to_have_attribute("data-sample", f"train/{rows[0]}")
        at(slow, 1)
        slow.get_by_role("button", name=re.compile(r"^\d+–\d+ Update$")).click()
        expect(slow.get_by_text(f"number 1 of them, with a share of 1/{len(rows)}")).to_be_visible()
        button(page, "Close slow motion").click()
        expect(slow).to_be_hidden()
        expect(network(page)).to_have_attribute("data-state", "paused")


def test_a_run_that_moves_on_elsewhere_is_noticed(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 50)
    pause(page)
    with following(server, page) as client:
        slow = opened(page)
        before = int(said(slow, "update"))
        client.control("step", updates=5)
        expect(slow.get_by_text("The run has moved on")).to_be_visible()
        slow.get_by_role("button", name="Begin at the present update").click()
        expect(slow).to_have_attribute("data-update", str(before + 5))
        at(slow, 1)


def test_a_finger_plays_it_on_a_phone(visit: Visits) -> None:
    page = visit(**PHONE)
    wait_past(page, 50)
    button(page, "Slow motion").tap()
    slow = player(page)
    at(slow, 1)
    button(page, "One step forward").tap()
    at(slow, 2)
    button(page, "One step back").tap()
    at(slow, 1)
    box = slow.bounding_box()
    assert box is not None
    assert box["width"] <= 390
    button(page, "Close slow motion").tap()
    expect(slow).to_be_hidden()
