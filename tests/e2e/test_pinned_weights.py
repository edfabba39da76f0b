"""A single weight or bias is pointed at, changed and held in place while the others go on learning."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import button, neuron, pause, play, update, wait_past
from e2e.second_client import SecondClient, following
from serving import ServerProcess


def tile(page: Page, layer: str, unit: int) -> Locator:
    return page.locator(f"[data-layer={layer}] [data-unit='{unit}']")


def middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def click_wire(page: Page, start: Locator, end: Locator) -> None:
    """A quarter of the way along a wire, which leaves and arrives level: there it has parted from the others."""
    (left, upper), (right, lower) = middle(start), middle(end)
    viewport = page.locator(".svelte-flow__viewport")
    zoom = float(viewport.evaluate("one => new DOMMatrix(getComputedStyle(one).transform).a"))
    left, right = left + 18 * zoom, right - 18 * zoom
    share, rest = 0.25, 0.75
    half = (left + right) / 2
    page.mouse.click(
        rest**3 * left + 3 * rest * share * half + share**3 * right,
        rest**2 * (rest + 3 * share) * upper + share**2 * (share + 3 * rest) * lower,
    )


def test_a_weight_is_clicked_edited_and_pinned_and_a_bias_by_keyboard(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    pause(page)
    with following(server, page) as client:
        click_wire(page, tile(page, "dense_3", 1), tile(page, "output", 0))
        editor = page.get_by_role("group", name="Weight from neuron 2 of Dense 4 to Output")
        editor.get_by_role("textbox", name="Value").fill("1.5")
        page.keyboard.press("Enter")
        before = settled(client, 1.5)
        editor.get_by_role("button", name="Pin it here").click()
        client.wait_experiment(lambda e: len(e["network"]["pins"]) == 1)
        pin = client.experiment["network"]["pins"][0]
        assert (pin["value"], pin["source"]) == (1.5, 1)
        editor.get_by_role("button", name="Close").click()

        # The output's bias, which the pointer finds as well, by keyboard.
        neuron_of_output = page.get_by_role("button", name=re.compile("^Output(,|$)"))
        neuron_of_output.focus()
        page.keyboard.press("Enter")
        bias = page.get_by_role("button", name=re.compile("^Bias"))
        bias.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("group", name="Bias of Output").get_by_role("textbox")).to_be_focused()
        page.keyboard.type("-0.5")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        client.wait_experiment(lambda e: len(e["network"]["pins"]) == 2)
        page.keyboard.press("Escape")
        expect(bias).to_be_focused()

        play(page)
        wait_past(page, update(page) + 200)
        after = client.weights().tensors
        assert (after["output"][0, 1], after["output.bias"][0]) == (1.5, -0.5)
        assert (after["output"][0, [0, 2, 3]] != before).all()
        expect(button(page, "Weight from neuron 2 of Dense 4 to Output, +1.50, pinned")).to_be_visible()

        # A pin is an edit like any other.
        page.keyboard.press("Control+z")
        client.wait_experiment(lambda e: len(e["network"]["pins"]) == 1)
        page.keyboard.press("Control+z")
        client.wait_experiment(lambda e: e["network"]["pins"] == [])
        wait_past(page, update(page) + 200)
        assert client.weights().tensors["output"][0, 1] != 1.5
        expect(neuron(page, 1, "Dense 4")).to_be_visible()


def test_what_is_typed_replaces_a_weight_that_training_moves_meanwhile(visit: Visits) -> None:
    page = visit()
    click_wire(page, tile(page, "dense_3", 1), tile(page, "output", 0))
    field = page.get_by_role("group", name="Weight from neuron 2 of Dense 4 to Output").get_by_role("textbox")
    expect(field).to_be_focused()
    stood = field.input_value()
    expect(field).not_to_have_value(stood)
    page.keyboard.type("0.75")
    expect(field).to_have_value("0.75")


def settled(client: SecondClient, value: float) -> object:
    """The output's other weights once this one is what was typed."""
    found = client.weights(lambda tensors: tensors["output"][0, 1] == value).tensors["output"]
    return found[0, [0, 2, 3]]
