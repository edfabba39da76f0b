"""Networks of any shape are built on the canvas: by mouse or keyboard alone, and with help where they are wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, metric, network, pause, pick, update, wait_past
from e2e.second_client import following
from serving import ServerProcess


@pytest.fixture
def page(visit: Visits) -> Page:
    return visit()


def add(page: Page, title: str) -> None:
    button(page, "Layer").click()
    pick(page, title)


def empty(page: Page) -> None:
    button(page, "Layer").click()
    button(page, "Empty canvas").click()
    expect(layers(page)).to_have_count(0)


def layers(page: Page) -> Any:
    return page.get_by_role("region", name=re.compile(r"^Layer \d+: "))


def types(experiment: dict[str, Any]) -> list[str]:
    return [layer["type"] for layer in experiment["network"]["layers"]]


LEARNT_BY = 2_500
"""Updates after which the first LeNet's test accuracy has come to rest, at 98 %."""


def test_the_first_lenet_is_built_from_an_empty_canvas_by_mouse_alone_and_learns_in_sight(
    page: Page, server: ServerProcess
) -> None:
    button(page, "Digits 1,797 × 64").click()
    button(page, "28×28").click()
    empty(page)
    wanted = ["Convolution 2D", "Max pool", "Convolution 2D", "Max pool", "Flatten"]
    for number, title in enumerate(wanted, start=1):
        add(page, title)
        expect(layers(page)).to_have_count(number)
    button(page, "Choose none").click()
    shapes = page.locator("[title^='Shape of what flows']")
    expect(shapes).to_have_text(["1×28×28", "8×26×26", "8×13×13", "8×11×11", "8×5×5", "200"])
    with following(server, page) as client:
        client.wait_experiment(
            lambda e: types(e) == ["conv2d", "max_pool2d", "conv2d", "max_pool2d", "flatten"]
        )
    expect(page.get_by_role("button", name=re.compile(r"^Channel 1 of Conv 8, mean [+−]\d")).first).to_be_visible()
    # Its first filters have learned in the networks on the way.
    run = network(page).get_attribute("data-run") or ""
    button(page, "Reset to update 0").click()
    expect(network(page)).not_to_have_attribute("data-run", run)
    wait_past(page, LEARNT_BY)
    pause(page)
    assert float(metric(page, "test_accuracy").removesuffix("%")) >= 97.0


def test_a_mistake_is_explained_at_its_layer_and_mended_with_the_button_while_training_goes_on(
    page: Page, server: ServerProcess
) -> None:
    add(page, "Convolution 2D")
    note = page.get_by_role("alert").filter(has_text="A convolution reads pictures")
    expect(note).to_contain_text("this is 4 numbers")
    expect(page.get_by_role("status").filter(has_text="A draft")).to_be_visible()
    with following(server, page) as client:
        assert types(client.experiment) == ["dense", "dense", "dense"]
        wait_past(page, update(page))
        note.get_by_role("button", name="Put a reshape to 1 × 2 × 2 before it").click()
        second = page.get_by_role("alert").filter(has_text="The kernel is larger")
        second.get_by_role("button", name="Make the kernel 2").click()
        client.wait_experiment(lambda e: types(e) == ["dense", "dense", "dense", "reshape", "conv2d"])
    expect(page.get_by_role("alert")).to_have_count(0)
    for _ in range(3):
        page.locator("body").press("Control+z")
    expect(layers(page)).to_have_count(3)
    expect(page.get_by_role("status").filter(has_text="A draft")).to_have_count(0)


def test_a_sum_is_put_in_as_a_skip_connection_and_brought_to_its_shape(page: Page, server: ServerProcess) -> None:
    add(page, "Add")
    expect(page.get_by_role("alert").filter(has_text="needs the same shape")).to_be_visible()
    page.get_by_role("alert").get_by_role("button", name="Bring it to 4").click()
    with following(server, page) as client:
        client.wait_experiment(lambda e: types(e)[-1] == "add" and len(e["network"]["layers"]) == 5)
        *_, bridge, merge = client.experiment["network"]["layers"]
        assert (bridge["inputs"], merge["inputs"]) == (["dense_2"], ["dense_3", bridge["name"]])


def test_a_layer_is_connected_by_dragging_from_its_output(page: Page, server: ServerProcess) -> None:
    add(page, "Concat")
    concat = page.get_by_role("region", name="Layer 4: Concat")
    expect(page.get_by_title("Shape of what flows between Concat and Output")).to_have_text("10")
    page.get_by_role("region", name="Layer 1: Dense 8, tanh").hover()
    port = button(page, "Drag from Dense 8 to the layer that should read it").bounding_box()
    card = concat.bounding_box()
    assert port is not None
    assert card is not None
    page.mouse.move(port["x"] + port["width"] / 2, port["y"] + port["height"] / 2)
    page.mouse.down()
    page.mouse.move(card["x"] + card["width"] / 2, card["y"] + card["height"] - 12, steps=4)
    page.mouse.up()
    expect(page.get_by_title("Shape of what flows between Concat and Output")).to_have_text("18")
    with following(server, page) as client:
        client.wait_experiment(lambda e: e["network"]["layers"][-1].get("inputs") == ["dense_3", "dense_2", "dense_1"])


def test_layers_are_added_duplicated_and_removed_by_keyboard_alone(page: Page, server: ServerProcess) -> None:
    with following(server, page) as client:
        page.locator("body").press("a")
        page.keyboard.type("layer norm")
        page.keyboard.press("Enter")
        client.wait_experiment(lambda e: types(e)[-1] == "layer_norm")
        page.locator("body").press("Control+d")
        client.wait_experiment(lambda e: types(e)[-2:] == ["layer_norm", "layer_norm"])
        page.locator("body").press("Delete")
        client.wait_experiment(lambda e: types(e) == ["dense", "dense", "dense", "layer_norm"])


def test_consecutive_layers_become_a_block_that_is_repeated(page: Page, server: ServerProcess) -> None:
    add(page, "Layer norm")
    chosen = page.get_by_role("toolbar", name="Chosen layers")
    chosen.get_by_role("button", name="Repeat").click()
    times = page.get_by_role("textbox", name="Times")
    times.fill("3")
    times.press("Enter")
    button(page, "Make a block").click()
    with following(server, page) as client:
        client.wait_experiment(lambda e: types(e)[-1] == "repeat" and e["network"]["layers"][-1]["times"] == 3)
    expect(page.get_by_role("region", name=re.compile("Layer 4: Block × 3"))).to_be_visible()
