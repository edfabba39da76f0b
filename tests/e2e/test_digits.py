"""Real data: the digits are learned on the page, and each of them fires through the network."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import network, open_idea, pause, resting_picture
from e2e.second_client import following
from e2e.test_drawn_values import assert_glows
from serving import ServerProcess


def test_digits_reach_95_per_cent_and_a_picked_digit_fires(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    open_idea(page, "Digits")
    expect(page).to_have_title("Digits – Neuroglow")
    page.wait_for_function(
        "() => Number.parseFloat(document.querySelector('[data-metric=test_accuracy]').textContent) >= 95"
    )
    pause(page)
    read_right = page.get_by_role("button", name=re.compile(r"^Test sample \d+, a (\d), read as \1$"))
    expect(read_right.nth(29)).to_be_visible()
    picked = page.get_by_role("button", name=re.compile("^Test sample 5,"))
    with following(server, page) as client:
        assert_glows(page, client, {"split": "test", "index": 0})
        before = resting_picture(page)
        picked.click()
        expect(picked).to_have_attribute("aria-pressed", "true")
        client.look("activations", layers=["output"], sample={"split": "test", "index": 4})
        assert resting_picture(page) != before
        assert_glows(page, client, {"split": "test", "index": 4})
    expect(network(page)).to_have_attribute("data-state", "paused")
