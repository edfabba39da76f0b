"""Layers of every type under the magnifying glass: what is written is what the engine has, and it adds up."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.building import build
from e2e.conftest import Visits
from e2e.numbers import numbers_in
from e2e.screen import button, network, open_idea, pause
from e2e.second_client import SecondClient, following
from neuroglow.spec.layers import LAYER_TYPES
from serving import ServerProcess

LEARNED = 90.0
"""Per cent of the next characters, of a text that says the same again and again."""

BATCH = {"op": "replace", "path": "/training/batch_size", "value": 32}
DIGITS = {"source": "bundled", "name": "digits"}
TEXT = {"source": "text", "name": "text", "length": 12, "stride": 3}
Layers = list[dict[str, Any]]
NETWORKS: dict[str, tuple[dict[str, Any], Layers]] = {
    "pictures": (DIGITS, [
        {"type": "conv2d", "channels": 4, "padding": "same", "activation": "tanh"},
        {"type": "batch_norm"},
        {"type": "max_pool2d"},
        {"type": "conv_transpose2d", "channels": 3},
        {"type": "avg_pool2d", "window": 3, "stride": 2, "padding": "same"},
        {"type": "upsample", "method": "bilinear"},
    ]),
    "their channels": (DIGITS, [
        {"type": "conv2d", "channels": 4, "stride": 2, "kernel": [3, 2]},
        {"type": "conv2d", "channels": 4, "groups": 2, "dilation": 2, "padding": 2, "kernel": 2},
        {"type": "group_norm", "groups": 2},
        {"type": "layer_norm"},
        {"type": "dropout"},
        {"type": "global_avg_pool"},
    ]),
    "lists": (DIGITS, [
        {"type": "flatten"},
        {"name": "sparse", "type": "sparse_dense", "units": 5, "density": 0.3},
        {"name": "full", "type": "dense", "units": 5},
        {"type": "add", "inputs": ["sparse", "full"]},
        {"type": "multiply", "inputs": ["add_1", "full"]},
        {"type": "concat", "inputs": ["multiply_1", "sparse"]},
        {"type": "sampling"},
    ]),
    "sequences": (DIGITS, [
        {"type": "reshape", "shape": [8, 8]},
        {"type": "positional_encoding", "kind": "learned"},
        {"type": "conv1d", "channels": 6, "padding": "same"},
        {"type": "attention", "heads": 2, "causal": True},
        {"name": "stepwise", "type": "dense", "units": 5},
        {"type": "repeat", "times": 3, "layers": [{"units": 5}, {"type": "add", "inputs": ["x", "dense_1"]}]},
    ]),
    "memories": (DIGITS, [
        {"type": "reshape", "shape": [8, 8]},
        {"type": "lstm", "units": 5, "return_sequences": True},
        {"type": "gru", "units": 4, "return_sequences": True},
        {"type": "rnn", "units": 3},
    ]),
    "text": (TEXT, [
        {"type": "embedding", "units": 6},
        {"type": "positional_encoding"},
        {"type": "transformer_block", "heads": 2, "causal": True},
    ]),
}  # fmt: skip


def test_every_type_of_layer_is_looked_at() -> None:
    assert {layer["type"] for _, layers in NETWORKS.values() for layer in layers} == set(LAYER_TYPES)


def glass(page: Page) -> Locator:
    return page.get_by_role("region", name="Magnifying glass")


def open_on(page: Page, layer: str) -> Locator:
    """By mouse: its first tile, or its card where it has none."""
    network(page).locator(f"[data-layer='{layer}']").locator("[data-unit], .shape").first.click()
    lens = glass(page)
    if layer == "output" and (whole := lens.get_by_role("button", name="Layer", exact=True)).count():
        whole.click()
    if layer != "full":
        expect(lens.get_by_test_id("lens")).to_have_attribute("data-update", re.compile(r"\d+"))
        expect(lens.locator("[data-from]").first).to_be_visible()
    return lens


def check(lens: Locator, client: SecondClient, layer: str) -> int:
    """Every number that is written, against the engine's; how many of them were worked out from others as well."""
    moment = client.look("inside", layer=layer, sample={"split": "test", "index": 0})
    assert lens.get_by_test_id("lens").get_attribute("data-update") == str(moment.update)
    worked_out = 0
    for number in numbers_in(lens):
        number.check()
        if number.source is not None:
            name, index = number.source.split(":")
            engine = float(moment.tensors[f"{layer}.{name}"].ravel()[int(index)])
            assert number.value == pytest.approx(engine, rel=1e-5, abs=1e-5), number
        worked_out += number.derived is not None
    return worked_out


def look_around(page: Page, lens: Locator, client: SecondClient, layer: str) -> None:
    """At the first place, at every part of the arithmetic, and at others, by arrow key and by mouse."""
    assert check(lens, client, layer) > 0
    parts = lens.get_by_role("group", name="Part of the arithmetic").get_by_role("button")
    for part in parts.all():
        part.click()
        page.mouse.move(0, 0)
        expect(part).to_have_attribute("aria-pressed", "true")
        assert check(lens, client, layer) > 0
    plates = lens.locator("[data-plate]")
    for plate in {0, plates.count() - 1} if plates.count() else ():
        plates.nth(plate).click()
        for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        page.mouse.move(0, 0)
        assert check(lens, client, layer) > 0
    others = lens.get_by_role("button", name=re.compile("^(Channel|Neuron|Feature|Unit|Code): "))
    if (others := others.and_(page.locator(":enabled"))).count():
        others.first.click()
        assert check(lens, client, layer) > 0


@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_is_the_engines_and_adds_up(visit: Visits, server: ServerProcess, name: str) -> None:
    page = visit()
    with following(server, page) as client:
        build(page, client, NETWORKS[name], BATCH)
        for layer in [*client.experiment["network"]["layers"], {"name": "output", "type": "output"}]:
            lens = open_on(page, layer["name"])
            if layer["type"] == "sparse_dense":
                # A click would cut a connection.
                assert check(lens, client, layer["name"]) > 0
            elif layer["name"] != "full":
                look_around(page, lens, client, layer["name"])
            page.keyboard.press("Escape")
            expect(lens).to_be_hidden()


def test_a_small_gpt_learns_a_pasted_text_and_shows_where_it_looks(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    open_idea(page, "A small GPT")
    page.get_by_label(re.compile("^Text, ")).fill("the cat sat on the mat. " * 60)
    button(page, "Learn this text").click()
    expect(page.get_by_label(re.compile("^Text, 11 tokens"))).to_be_visible()
    page.wait_for_function(
        "least => Number.parseFloat(document.querySelector('[data-metric=\"test_accuracy\"]')?.textContent) >= least",
        arg=LEARNED,
    )
    pause(page)
    with following(server, page) as client:
        lens = open_on(page, "transformer_block_1")
        lens.get_by_role("group", name="Part of the arithmetic").get_by_role("button", name="Softmax").click()
        assert check(lens, client, "transformer_block_1") > 0
        weights = client.look("inside", layer="transformer_block_1", sample={"split": "test", "index": 0}).tensors
        heads = weights["transformer_block_1.weights"]
        # Every step looks at itself and at what came before, with all it has to give.
        np.testing.assert_allclose(heads.sum(axis=-1), 1.0, rtol=1e-5)
        assert not np.triu(heads, k=1).any()


def test_a_connection_is_cut_and_restored_with_a_click_or_a_key(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        build(page, client, NETWORKS["lists"], BATCH)
        lens = open_on(page, "sparse")

        def mask() -> Any:
            moment = client.look("inside", layer="sparse", sample={"split": "test", "index": 0})
            return moment.tensors["sparse.mask"]

        def said(member: str) -> list[list[int]]:
            layer = next(one for one in client.experiment["network"]["layers"] if one["name"] == "sparse")
            found: list[list[int]] = layer.get(member, [])
            return found

        before = mask()
        plate = lens.locator("[data-plate='W ∘ M']")
        plate.click()
        client.wait_experiment(lambda _: said("cut") or said("restored"))
        ((unit, source),) = said("cut") or said("restored")
        after = mask()
        assert after[unit, source] == 1 - before[unit, source]
        assert (after != before).sum() == 1
        expect(lens.get_by_text(f"{int(after.sum())} of {after.size} connections are there")).to_be_visible()
        plate.press("Enter")
        client.wait_experiment(lambda _: bool(said("cut")) != (before[unit, source] == 1))
        assert (mask() == before).all()
        expect(lens.get_by_text(f"{int(before.sum())} of {before.size} connections are there")).to_be_visible()


def test_the_window_slides_by_itself_until_it_is_told_to_stop(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        build(page, client, NETWORKS["pictures"], BATCH)
        lens = open_on(page, "conv2d_1")
        answer = lens.locator("[data-plate='Answers']")
        first = answer.get_attribute("aria-label") or ""
        slide = lens.get_by_role("button", name="Slide")
        slide.click()
        expect(answer).not_to_have_attribute("aria-label", first)
        slide.click()
        expect(slide).to_have_attribute("aria-pressed", "false")
        assert check(lens, client, "conv2d_1") > 0
