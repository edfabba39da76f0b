"""A network that answers with its own inputs: its code moves while it learns, and what comes out is drawn beside it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, open_idea, pause, update, wait_past


def code(page: Page) -> str:
    """The pixels of the code's drawing."""
    drawn: str = page.evaluate("() => document.querySelector('[data-canvas=code]').toDataURL()")
    return drawn


def test_the_code_of_an_autoencoder_moves_and_its_answers_are_drawn(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Autoencoder")
    scatter = page.get_by_role("region", name="Code").get_by_role("button")
    expect(scatter).to_have_accessible_description(re.compile("^359 test samples, both axes from"))
    before = code(page)
    wait_past(page, update(page) + 20)
    page.wait_for_function("before => document.querySelector('[data-canvas=code]').toDataURL() !== before", arg=before)
    pause(page)

    expect(page.locator("[data-answer] canvas")).to_have_count(12)
    assert (
        page.locator("[data-answer] canvas").first.evaluate(
            """(canvas) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
        )
        > 8
    )
    page.get_by_role("button", name=re.compile("^Test sample 3,")).click()
    sample = page.get_by_role("region", name="Sample", exact=True)
    expect(sample.get_by_text("test 3 of 359")).to_be_visible()
    scatter.focus()
    page.keyboard.press("ArrowRight")
    expect(sample.get_by_text("test 4 of 359")).to_be_visible()
    box = scatter.bounding_box()
    assert box is not None
    # The code lies around the middle: on the way across, some digits are hit.
    for share in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
        scatter.click(position={"x": share * box["width"], "y": share * box["height"]})
    expect(sample.get_by_text("test 4 of 359")).to_be_hidden()

    button(page, "Predict").press("Enter")
    expect(page.get_by_role("region", name="Code")).to_be_hidden()
    expect(page.locator("[data-metric=train_accuracy]").first).to_be_visible()
    button(page, "Rebuild inputs").press("Enter")
    expect(page.get_by_role("region", name="Code")).to_be_visible()
