"""A run is pinned, stays as a ghost beside the next one, and can be told apart from it and reopened."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, metric, network, pause, play, wait_past
from e2e.second_client import following
from e2e.strip import choose
from serving import ServerProcess


def cells(page: Page, row: str) -> list[str]:
    """A row of the table of runs: the live run, then the pinned ones."""
    found = page.get_by_role("dialog", name="Pinned runs").get_by_role("row", name=re.compile(f"^{row}"))
    return [text.split(",")[0] for text in found.get_by_role("cell").all_text_contents()]


def test_a_pinned_run_stays_to_compare_with_and_can_be_reopened(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 300)
    pause(page)
    kept = metric(page, "test_loss")
    button(page, "Pin run").click()
    with following(server, page) as client:
        first_run = network(page).get_attribute("data-run") or ""
        choose(page, "Learning rate", "Learning rates", "0.03")
        button(page, "Reset to update 0").click()
        expect(network(page)).not_to_have_attribute("data-run", first_run)
        play(page)
        wait_past(page, 100)
        # The ghost says what sets it apart, in the chart and beneath the map.
        chart = page.get_by_role("img", name=re.compile("dashed, the test curves of Learning rate 0.005"))
        expect(chart).to_be_visible()
        button(page, "Pinned map").click()
        expect(page.get_by_role("heading", name="Output of Learning rate 0.005")).to_be_visible()
        button(page, "Pinned map").click()

        page.keyboard.press("p")
        button(page, "2 runs pinned").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Pinned runs")
        expect(dialog).to_be_visible()
        assert dialog.locator("[data-path]").count() == 1
        assert cells(page, "Learning rate") == ["0.03", "0.005", "0.03"]
        assert cells(page, "Test loss")[1] == kept
        name = dialog.get_by_role("textbox", name="Name of Learning rate 0.005")
        name.fill("slow")
        name.press("Enter")
        page.reload()
        button(page, "2 runs pinned").click()
        assert cells(page, "Test loss")[1] == kept
        dialog.get_by_role("button", name="Reopen slow").press("Enter")
        client.wait_experiment(lambda e: e["training"]["optimizer"]["learning_rate"] == 0.005)
        wait_past(page, 10)
        page.keyboard.press("Control+z")
        client.wait_experiment(lambda e: e["training"]["optimizer"]["learning_rate"] == 0.03)
    button(page, "2 runs pinned").click()
    dialog.get_by_role("button", name="Unpin slow").click()
    dialog.get_by_role("button", name=re.compile("^Unpin")).press("Enter")
    expect(dialog).to_be_hidden()
    expect(button(page, "No run pinned")).to_be_disabled()
