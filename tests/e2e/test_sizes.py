"""From a phone to two hundred layers: nothing is out of reach, and the page answers."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import PHONE, button, metric, network, open_idea, pause, update, wait_at, wait_past

MANY_CARDS = 40


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return width


def test_a_phone_shows_every_part_without_scrolling_sideways(visit: Visits) -> None:
    page = visit(**PHONE)
    tabs = page.get_by_role("navigation", name="Parts of the page")
    parts = {
        "Data": page.get_by_role("group", name="Data on the plane"),
        "Output": page.get_by_role("region", name="Output map"),
        "Time": page.get_by_role("region", name="Timeline of the loss"),
        "Network": network(page),
    }
    for tab, part in parts.items():
        tabs.get_by_role("button", name=tab).click()
        expect(part).to_be_visible()
        assert overflow(page) <= 0, tab
    began = pause(page)
    button(page, "One update").click()
    wait_at(page, began + 1)


def test_two_hundred_layers_fold_and_the_page_still_answers(visit: Visits) -> None:
    page = visit()
    open_idea(page, "200 layers")
    folded = page.get_by_role("button", name=re.compile(r"^\d+ layers of Dense 16, tanh: open$"))
    expect(folded).to_be_visible()
    page.wait_for_function("() => document.querySelector('section[aria-label=Network]').dataset.state === 'running'")
    wait_past(page, 10)
    assert metric(page, "train_loss") != "–"
    cards = page.get_by_role("region", name=re.compile(r"^Layer \d+: Dense 16"))
    assert cards.count() < MANY_CARDS
    # An action is answered while it trains.
    reached = pause(page)
    button(page, "One update").click()
    wait_at(page, reached + 1)
    folded.click()
    fold = button(page, "Fold 200 equal layers")
    expect(fold).to_be_visible()
    fold.click()
    expect(folded).to_be_visible()
    assert cards.count() < MANY_CARDS
    assert update(page) == reached + 1
