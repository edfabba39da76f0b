"""Networks that are known by their shape learn on the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, metric, network, open_idea, pause, pick, update, wait_past
from e2e.second_client import following
from serving import ServerProcess

LEARNED = 97.0
"""Per cent of the test digits."""

LEARNT_BY = 1000
"""Updates after which a LeNet's test accuracy has come to rest, at 98 to 99 % (of three learning rates tried)."""


@pytest.fixture
def page(visit: Visits) -> Page:
    return visit()


def test_a_lenet_learns_digits_while_its_feature_maps_are_watched(page: Page) -> None:
    open_idea(page, "LeNet")
    maps = page.get_by_role("button", name=re.compile(r"^Channel 1 of Conv 6"))
    expect(maps.first).to_be_visible()
    wait_past(page, LEARNT_BY)
    pause(page)
    assert float(metric(page, "test_accuracy").removesuffix("%")) >= LEARNED


def test_two_hundred_residual_layers_are_one_click_away_and_train(page: Page, server: ServerProcess) -> None:
    open_idea(page, "200 residual layers")
    with following(server, page) as client:
        client.wait_experiment(lambda e: e["network"]["layers"][-1].get("times") == 200)
    expect(network(page)).to_have_attribute("data-state", "running")
    wait_past(page, update(page))


def test_two_hundred_layers_are_built_by_hand_in_under_ten_clicks_and_train(page: Page, server: ServerProcess) -> None:
    page.evaluate("() => { window.clicks = 0; addEventListener('click', () => (window.clicks += 1), true); }")
    button(page, "Layer").click()
    button(page, "Empty canvas").click()
    for title in ("Dense", "Repeated block"):
        button(page, "Layer").click()
        pick(page, title)
    times = page.get_by_role("toolbar", name="Chosen layers").get_by_role("button", name=re.compile("^Settings"))
    times.click()
    field = page.get_by_role("textbox", name="Times")
    field.click()
    field.fill("200")
    field.press("Enter")
    with following(server, page) as client:
        client.wait_experiment(lambda e: [layer.get("times") for layer in e["network"]["layers"]] == [None, 200])
    assert page.evaluate("() => window.clicks") < 10
    wait_past(page, update(page) + 10)
    expect(network(page)).to_have_attribute("data-state", "running")
