"""Pictures, sequences and texts: chosen, set, seen and learned from on the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import button, update, wait_past


def choose(page: Page, title: str) -> None:
    group = page.get_by_role("group", name="Pictures, sequences, text")
    chosen = group.get_by_role("button", name=re.compile(f"^{title}"))
    chosen.click()
    expect(chosen).to_have_attribute("aria-pressed", "true")


def preview(page: Page) -> Locator:
    return page.get_by_role("region", name="Training samples")


def painted(page: Page, selector: str) -> list[list[int]]:
    """The pixels of small canvases."""
    pixels: list[list[int]] = page.eval_on_selector_all(
        selector,
        """all => all.map((one) =>
          [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data].filter((_, at) => at % 4 === 0))""",
    )
    return pixels


def test_objects_are_drawn_learned_and_augmented(visit: Visits) -> None:
    page = visit()
    choose(page, "Objects")
    pictures = preview(page).locator("canvas")
    expect(pictures).to_have_count(10)
    wait_past(page, update(page) + 20)
    page.get_by_role("group", name="Objects").get_by_role("button", name="Shapes").click()
    expect(page.get_by_role("list", name="Prediction").get_by_role("listitem")).to_have_count(3)
    page.get_by_label("Copies").fill("100")
    copies = page.locator("[data-copies] canvas")
    expect(copies).to_have_count(10)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-copies] canvas')].every(({ width }) => width === 32)"
    )
    shown = painted(page, "[aria-label='Training samples'] canvas")
    assert len(shown) == 20
    assert all(original != copy for original, copy in zip(shown[:10], shown[10:], strict=True))
    wait_past(page, update(page) + 20)


def test_digits_are_shown_at_the_size_that_is_chosen(visit: Visits) -> None:
    page = visit()
    page.get_by_role("group", name="Real data sets").get_by_role("button", name=re.compile("^Digits")).click()
    button(page, "28×28").click()
    page.wait_for_function("() => document.querySelector(`[aria-label^='Test sample 5,'] canvas`)?.width === 28")
    wait_past(page, update(page) + 20)


@pytest.mark.parametrize(("title", "steps"), [("Sine", "20 steps"), ("Parity", "20 steps"), ("Adding", "20 steps")])
def test_sequences_are_lines_that_are_learned(visit: Visits, title: str, steps: str) -> None:
    page = visit()
    choose(page, title)
    expect(page.get_by_role("button", name=re.compile(f"^{title} {steps}"))).to_be_visible()
    expect(preview(page).locator("svg")).to_have_count(3)
    wait_past(page, update(page) + 20)


def test_copying_answers_at_every_step_and_says_where_it_is_wrong(visit: Visits) -> None:
    page = visit()
    choose(page, "Copying")
    expect(preview(page)).to_contain_text("Each step is answered by a token")
    wait_past(page, update(page) + 20)
    expect(page.get_by_role("region", name="Test samples")).to_contain_text(re.compile(r"Says \d+\.\d % right"))


def test_a_pasted_text_is_learned_character_by_character(visit: Visits) -> None:
    page = visit()
    choose(page, "Text")
    field = page.get_by_label(re.compile("^Text, 58 tokens"))
    expect(field).to_have_value(re.compile("^From fairest creatures"))
    field.fill("too short")
    expect(page.get_by_text("Windows of 32 need at least 66 characters")).to_be_visible()
    expect(button(page, "Learn this text")).to_be_disabled()
    field.fill("the cat sat on the mat. " * 60)
    button(page, "Learn this text").click()
    expect(page.get_by_label(re.compile("^Text, 11 tokens"))).to_be_visible()
    wait_past(page, update(page) + 20)
    samples = page.get_by_role("region", name="Test samples")
    expect(samples).to_contain_text(re.compile(r"Says \d+\.\d % right"))
    expect(preview(page)).to_contain_text(re.compile("cat|mat|sat"))
    button(page, "Sonnets").click()
    expect(page.get_by_label(re.compile("^Text, 58 tokens"))).to_be_visible()
