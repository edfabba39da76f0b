"""Everything is reachable without a mouse, and who wants no motion gets none."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import animation_frames, button, drag, network, neuron, pictures, update, wait_at, wait_past
from e2e.second_client import following
from serving import ServerProcess

MOST_TABS = 120


def tab_to(page: Page, name: str) -> None:
    """Press the tab key until what has this name is focused."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        label = page.evaluate(
            """() => {
              const at = document.activeElement;
              return at.ariaLabel ?? at.labels?.[0]?.textContent ?? at.textContent;
            }"""
        )
        if re.match(name, label.strip()):
            return
    raise AssertionError(f"No way to {name} by the tab key")


def test_a_run_is_steered_by_the_tab_key_alone(visit: Visits) -> None:
    page = visit()
    tab_to(page, "Pause$")
    page.keyboard.press("Enter")
    expect(button(page, "Play")).to_be_focused()
    tab_to(page, "Noise")
    before = page.get_by_role("slider", name=re.compile("^Noise")).get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("slider", name=re.compile("^Noise"))).not_to_have_attribute("aria-valuetext", before or "")
    tab_to(page, r"Neuron 1 of Dense 8")
    page.keyboard.press("Enter")
    lens = page.get_by_role("region", name="Magnifying glass")
    expect(lens.get_by_text("Total z")).to_be_visible()
    page.keyboard.press("Escape")
    expect(lens).to_be_hidden()
    expect(neuron(page, 1, "Dense 8")).to_be_focused()


def test_the_shortcuts_do_what_the_help_says(visit: Visits) -> None:
    page = visit()
    page.keyboard.press("Space")
    expect(network(page)).to_have_attribute("data-state", "paused")
    page.keyboard.press("r")
    wait_at(page, 0)
    page.keyboard.press("s")
    wait_at(page, 1)
    button(page, "Add a neuron to Dense 6").click()
    expect(neuron(page, 7, "Dense 7")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(neuron(page, 6, "Dense 6")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="How to read this page")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="How to read this page")).to_be_hidden()
    # On a focused button the space bar presses that button, so leave it first.
    page.evaluate("() => document.activeElement?.blur()")
    page.keyboard.press("Space")
    expect(network(page)).to_have_attribute("data-state", "running")


def moved(page: Page) -> bool:
    """Whether the drawings change while the run goes on."""
    seen = pictures(page)
    before = update(page)
    animation_frames(page, 30)
    wait_past(page, before)
    return pictures(page) != seen


def test_pulses_travel_unless_less_motion_is_wanted(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        # So slow that no number moves: whatever still moves is motion for its own sake.
        client.replace(training__optimizer__learning_rate=1e-30, training__regularization={"type": "none", "rate": 0.0})
    drag(page, "Speed", 1)
    wait_past(page, update(page) + 10)
    page.emulate_media(reduced_motion="no-preference")
    assert moved(page)
    page.emulate_media(reduced_motion="reduce")
    animation_frames(page)
    assert not moved(page)
