"""What governs learning, on the page: a schedule the engine follows, a rule that stops the run, a tested rate."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, network, open_idea, pause, update, wait_at, wait_past
from e2e.second_client import following
from serving import ServerProcess

PER_EPOCH = 25
"""Batches of 10 in the 250 training rows of that preset."""


def tab(page: Page, name: str) -> None:
    page.get_by_role("group", name="Part of training").get_by_role("button", name=name, exact=True).click()


def type_into(page: Page, label: str, value: str) -> None:
    page.get_by_role("textbox", name=label, exact=True).fill(value)
    page.keyboard.press("Enter")


def test_a_schedule_is_followed_a_rule_stops_the_run_and_a_tested_rate_is_used(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    open_idea(page, "Exclusive or")
    pause(page)
    page.keyboard.press("r")
    wait_at(page, 0)
    with following(server, page) as client:
        # By keyboard alone.
        page.get_by_role("button", name=re.compile("^Training")).focus()
        page.keyboard.press("Enter")
        page.get_by_role("group", name="Schedule").get_by_role("button", name="Step").focus()
        page.keyboard.press("Space")
        type_into(page, "Updates per step", "50")
        tab(page, "Stop")
        page.get_by_text("After so many epochs").click()
        type_into(page, "Epochs", "5")
        client.wait_experiment(lambda e: e["training"]["stop"] == {"epochs": 5})
        assert client.experiment["training"]["schedule"] == {"type": "step", "warmup": 0, "every": 50, "factor": 0.5}
        expect(page.get_by_text("Pauses after 5 epochs.")).to_be_visible()
        page.keyboard.press("Escape")

        button(page, "Play").click()
        stopped = page.get_by_role("status").filter(has_text="5 epochs are done")
        expect(stopped).to_be_visible()
        wait_at(page, 5 * PER_EPOCH)
        button(page, "Training: step schedule, stop rule").click()
        tab(page, "Schedule")
        rate = client.experiment["training"]["optimizer"]["learning_rate"]
        shown = page.get_by_role("dialog", name="Training").locator("[data-rate]")
        expect(shown).to_have_attribute("data-rate", str(rate / 4))

        tab(page, "Rate test")
        button(page, "Test learning rates").click()
        use = page.get_by_role("button", name=re.compile("^Use "))
        expect(use).to_be_visible()
        assert update(page) == 5 * PER_EPOCH
        tested = float(use.inner_text().removeprefix("Use "))
        use.click()
        client.wait_experiment(lambda e: e["training"]["optimizer"]["learning_rate"] == tested)
        page.keyboard.press("Escape")
        button(page, "Undo: Learning rate of the test").click()
        client.wait_experiment(lambda e: e["training"]["optimizer"]["learning_rate"] == rate)

        stopped.get_by_role("button", name="Go on").click()
        wait_past(page, 6 * PER_EPOCH)
        expect(network(page)).to_have_attribute("data-state", "running")
