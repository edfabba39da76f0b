"""Sick networks are found on the page, in words with numbers, and the button that is offered helps."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import PHONE, button, network, open_idea, update, wait_past
from e2e.second_client import following
from serving import ServerProcess


def line(page: Page) -> Locator:
    return page.get_by_test_id("diagnosis")


def finding(page: Page, name: str) -> Locator:
    """Wait until it is found, open what is said about it."""
    expect(line(page)).to_have_attribute("data-findings", re.compile(name))
    line(page).get_by_role("button").click()
    return page.get_by_role("dialog", name="What is the matter").locator(f"[data-finding='{name}']")


def gone(page: Page, name: str, updates: int) -> None:
    """So many updates after the change there is still nothing of it."""
    wait_past(page, update(page) + updates)
    expect(line(page)).to_have_attribute("data-early", "false")
    expect(line(page)).not_to_have_attribute("data-findings", re.compile(name))


def test_vanishing_gradients_of_ten_sigmoid_layers_are_found_and_another_activation_brings_them_back(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    open_idea(page, "Fading gradients")
    found = finding(page, "vanishing")
    said = re.compile(r"Gradients vanish towards the inputs: .* in Output, .* in Dense 8 \(layer 1\)")
    expect(found).to_contain_text(said)
    with following(server, page) as client:
        found.get_by_role("button", name="Use leaky relu in 10 layers").click()
        client.wait_experiment(lambda e: {layer["activation"] for layer in e["network"]["layers"]} == {"leaky_relu"})
        gone(page, "vanishing", 3_000)
        page.keyboard.press("Escape")
        button(page, "Undo: Use leaky relu in 10 layers").click()
        client.wait_experiment(lambda e: {layer["activation"] for layer in e["network"]["layers"]} == {"sigmoid"})


def test_a_divergence_names_where_it_began_and_goes_on_from_before_it(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Too fast")
    found = finding(page, "not finite")
    expect(found).to_contain_text(re.compile(r"no numbers? any more, at update [\d,]+"))
    found.get_by_role("button", name=re.compile("^Go back and on with learning rate")).click()
    expect(network(page)).to_have_attribute("data-state", "running")
    gone(page, "not finite", 500)


def test_rows_learned_by_heart_are_found_and_weights_that_cost_stop_it(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    open_idea(page, "Learned by heart")
    found = finding(page, "overfitting")
    expect(found).to_contain_text(
        re.compile(r"test loss rose from [\d.]+ to [\d.]+, while train loss fell from [\d.]+ to [\d.]+")
    )
    with following(server, page) as client:
        found.get_by_role("button", name="Add L2 of 0.003").click()
        client.wait_experiment(lambda e: e["training"]["regularization"] == {"type": "l2", "rate": 0.003})
        gone(page, "overfitting", 5_000)


def test_a_phone_reads_the_findings_as_a_sheet(visit: Visits) -> None:
    page = visit(**PHONE)
    page.get_by_role("button", name="Data", exact=True).click()
    page.get_by_role("listitem").get_by_role("button", name=re.compile("^Fading gradients")).click()
    page.get_by_role("button", name="Network", exact=True).click()
    found = finding(page, "vanishing")
    expect(found.get_by_role("button", name="Use leaky relu in 10 layers")).to_be_visible()
    box = page.get_by_role("dialog", name="What is the matter").bounding_box()
    assert box is not None
    assert 0 <= box["x"] < box["x"] + box["width"] <= 390
