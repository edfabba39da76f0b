"""A neuron under the magnifying glass: its numbers add up, move while it trains, and go away with Escape."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import network, neuron, own_session, pause, play, wait_past
from e2e.second_client import following
from serving import ServerProcess


def glass(page: Page) -> Locator:
    return page.get_by_role("region", name="Magnifying glass")


def number(text: str) -> float:
    """As a person reads it: a true minus, a plus sign."""
    return float(text.replace("−", "-").replace("+", ""))


def written(lens: Locator, term: str) -> float:
    """The number beside a term."""
    return number(lens.locator("dt", has_text=term).locator("xpath=following-sibling::dd[1]").inner_text())


def rows(lens: Locator) -> list[tuple[float, float, float]]:
    """Input, weight and signal of every row as written."""
    found = []
    for row in lens.get_by_role("region", name="Inputs of this neuron").locator("tbody tr").all():
        cells = row.locator("td").all_inner_texts()
        found.append((number(cells[0]), number(cells[1]), number(cells[3])))
    return found


def test_the_numbers_of_a_neuron_add_up_as_written(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 200)
    pause(page)
    neuron(page, 3, "Dense 6").click()
    lens = glass(page)
    expect(lens.get_by_role("heading", name="Neuron 3 of Dense 6")).to_be_visible()
    expect(lens.get_by_text("Total z")).to_be_visible()
    expect(lens).to_have_attribute("data-exact", "true")
    listed = rows(lens)
    assert len(listed) == 8
    for value, weight, signal in listed:
        # Both factors are rounded to hundredths, and so is the product.
        assert abs(value * weight - signal) <= 0.005 * (abs(value) + abs(weight)) + 0.0051
    total, bias, z = written(lens, "Sum of signals"), written(lens, "Bias"), written(lens, "Total z")
    assert total == pytest.approx(sum(signal for *_, signal in listed), abs=0.005 * len(listed) + 0.0011)
    assert round(total + bias, 3) == z
    assert written(lens, "tanh(z)") == pytest.approx(math.tanh(z), abs=0.0011)
    with following(server, page) as client:
        unit = client.look("unit", layer="dense_2", unit=2).tensors
    assert (bias, z) == (round(float(unit["dense_2.bias"][0]), 3), round(float(unit["dense_2.z"][0]), 3))


def test_the_numbers_move_while_training_and_escape_closes(visit: Visits) -> None:
    page = visit()
    neuron(page, 1, "Dense 8").click()
    lens = glass(page)
    expect(lens.get_by_text("Total z")).to_be_visible()
    first = lens.get_attribute("data-update")
    page.wait_for_function(
        "first => document.querySelector('[aria-label=\"Magnifying glass\"]').dataset.update !== first", arg=first
    )
    page.keyboard.press("Escape")
    expect(lens).to_be_hidden()
    expect(neuron(page, 1, "Dense 8")).to_be_focused()


def test_the_bias_of_the_output_is_shown(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 200)
    pause(page)
    network(page).locator("[data-layer=output] [data-unit]").click()
    lens = glass(page)
    expect(lens.get_by_role("heading", name="Output", exact=True)).to_be_visible()
    expect(lens.get_by_text("Bias", exact=True)).to_be_visible()
    expect(lens).to_have_attribute("data-exact", "true")
    with following(server, page) as client:
        unit = client.look("unit", layer="output", unit=0).tensors
    assert written(lens, "Bias") == round(float(unit["output.bias"][0]), 3)
    assert written(lens, "sigmoid(z)") == pytest.approx(float(unit["output.a"][0]), abs=0.0006)


def test_the_glass_stays_open_over_a_pause_and_closes_by_its_button(visit: Visits) -> None:
    page = visit()
    neuron(page, 2, "Dense 4").click()
    lens = glass(page)
    expect(lens.get_by_text("Total z")).to_be_visible()
    pause(page)
    play(page)
    expect(lens).to_be_visible()
    lens.get_by_role("button", name="Close the magnifying glass").click()
    expect(lens).to_be_hidden()
    assert own_session(page)["id"]
