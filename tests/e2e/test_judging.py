"""How good the network is, on the page: confusion and residuals lead to samples, by mouse and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import button, network, open_idea, pause, play, resting_picture

TEST_DIGITS = 359

_COUNTS = "() => [...document.querySelectorAll('[data-cell]')].map((cell) => Number(cell.dataset.count))"


def judge(page: Page) -> Locator:
    return page.get_by_role("region", name="Judge", exact=True)


def unfold(page: Page) -> Locator:
    button(page, "Judge").click()
    return judge(page)


def counts(page: Page) -> list[int]:
    seen: list[int] = page.evaluate(_COUNTS)
    return seen


def test_the_confusion_matrix_of_digits_is_live_and_leads_to_samples(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Digits")
    expect(page).to_have_title("Digits – Neuroglow")
    expect(judge(page).get_by_role("grid")).to_have_count(0)
    section = unfold(page)
    grid = section.get_by_role("grid")
    expect(grid.get_by_role("gridcell")).to_have_count(100, timeout=20_000)
    assert sum(counts(page)) == TEST_DIGITS
    # From the beginning it learns for a while, and the matrix with it.
    button(page, "Reset to update 0").click()
    before = counts(page)
    page.wait_for_function(f"before => JSON.stringify(({_COUNTS})()) !== before", arg=str(before).replace(" ", ""))
    page.wait_for_function(f"() => ({_COUNTS})().filter((count, at) => at % 11 === 0).reduce((a, b) => a + b) > 280")
    assert sum(counts(page)) == TEST_DIGITS
    pause(page)
    shown = resting_picture(page)
    grid.locator('[data-cell="3,3"]').click()
    rows = section.get_by_role("list", name="Samples of the chosen cell").get_by_role("button")
    expect(rows.first).to_have_attribute("aria-pressed", "true")
    expect(rows.first).to_have_attribute("aria-label", re.compile(r"^Test sample \d+, actual 3, predicted 3, loss"))
    assert resting_picture(page) != shown
    # One stop for the tab key; from there the arrow keys.
    grid.locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = grid.locator('[data-cell="5,5"]')
    expect(focused).to_be_focused()
    expect(focused).to_have_attribute("aria-label", re.compile(r"^Actual 5, predicted 5: \d+ rows, "))
    page.keyboard.press("Enter")
    expect(rows.first).to_have_attribute("aria-label", re.compile(r"actual 5, predicted 5"))
    expect(rows.first).to_have_attribute("aria-pressed", "true")
    section.get_by_role("button", name="ROC", exact=True).click()
    curve = section.get_by_role("slider", name="ROC curve of 0")
    curve.focus()
    page.keyboard.press("End")
    expect(curve).to_have_attribute("aria-valuetext", re.compile("100.0 % found, 100.0 % false alarms"))
    play(page)
    button(page, "Judge in a large window").click()
    window = page.get_by_role("dialog", name="Judge: Digits")
    for view in ("Confusion matrix", "Figures of each class", "Worst mistakes", "ROC curve", "Calibration"):
        expect(window.get_by_role("region", name=view)).to_be_visible()
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()


def test_a_regression_shows_its_residuals_and_each_dot_is_a_row(visit: Visits) -> None:
    page = visit()
    section = unfold(page)
    expect(section.get_by_role("grid")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Diabetes")).click()
    expect(network(page)).to_have_attribute("data-state", "running")
    section.get_by_role("button", name="Residuals", exact=True).click()
    plot = section.get_by_role("slider", name="Residuals along the prediction")
    pause(page)
    plot.focus()
    page.keyboard.press("End")
    said = re.match(r"Row (\d+): predicted", plot.get_attribute("aria-valuetext") or "")
    assert said is not None
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text(f"test {said[1]} of")
    section.get_by_text("As a table").click()
    expect(section.get_by_role("table").get_by_role("row")).to_have_count(25)
