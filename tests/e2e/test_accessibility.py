"""axe-core finds nothing serious on any of the page's main screens, in both themes and on a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import PHONE, button, neuron, open_idea, pause

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# axe is a script of the test's own, which the page's content security policy rightly refuses.
OURS: dict[str, Any] = {"bypass_csp": True}

# What still fades in has less contrast than it will have.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity).map((one) => one.finished.catch(() => {})))"""
RUN = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help}: ${nodes.map((node) => node.html).join(' ; ')}`)"""


def serious(page: Page) -> list[str]:
    """What axe objects to, as sentences."""
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=AXE)
    page.evaluate(SETTLED)
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_main_screen_is_accessible_in_both_themes(visit: Visits, theme: str) -> None:
    page = visit(color_scheme=theme, **OURS)
    pause(page)
    assert serious(page) == []
    neuron(page, 1, "Dense 8").click()
    expect(page.get_by_role("region", name="Magnifying glass").get_by_text("Total z")).to_be_visible()
    assert serious(page) == []
    button(page, "Over time").click()
    expect(page.get_by_role("slider", name="Weights over the run")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    button(page, "Slow motion").click()
    expect(page.get_by_test_id("slow-motion")).to_have_attribute("data-shown", "true")
    assert serious(page) == []
    page.keyboard.press("Escape")
    button(page, "Share").click()
    expect(page.get_by_role("img", name="QR code of the watch link")).to_be_visible()
    assert serious(page) == []


def test_the_digits_are_accessible(visit: Visits) -> None:
    page = visit(**OURS)
    open_idea(page, "Digits")
    expect(page.get_by_role("button", name="Test sample 1, a")).not_to_have_count(0)
    pause(page)
    assert serious(page) == []


def test_the_panels_of_the_strip_and_of_a_layer_are_accessible(visit: Visits) -> None:
    page = visit(**OURS)
    pause(page)
    for name in ("Optimizer Adam", "Settings of Dense 8", "Help"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert serious(page) == []
        page.keyboard.press("Escape")
    for name in ("Draw points", "Empty board"):
        button(page, name).click()
        assert serious(page) == []


def test_the_palette_and_the_magnifying_glass_over_a_picture_are_accessible(visit: Visits) -> None:
    page = visit(**OURS)
    open_idea(page, "LeNet")
    pause(page)
    button(page, "Layer").click()
    expect(page.get_by_role("dialog", name="Add a layer")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Channel 1 of Conv 6")).first.click()
    expect(page.get_by_test_id("lens").locator("[data-from]").first).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_explanations_are_accessible_in_both_themes(visit: Visits, theme: str) -> None:
    page = visit(color_scheme=theme, **OURS)
    open_idea(page, "Digits")
    button(page, "Why?").click()
    section = page.get_by_role("region", name="Why?")
    for tab, kind in (("This answer", "explained"), ("A layer’s view", "projected"), ("Units", "importance")):
        section.get_by_role("button", name=tab, exact=True).click()
        expect(section.locator(f"[data-{kind}]")).to_be_visible()
        assert serious(page) == [], tab
        if kind == "projected":
            button(page, "UMAP").click()
            expect(section.locator("[data-umap]")).to_be_visible()
            assert serious(page) == [], "UMAP"


def test_a_phone_is_accessible_on_every_tab(visit: Visits) -> None:
    page = visit(**PHONE, **OURS)
    pause(page)
    tabs = page.get_by_role("navigation", name="Parts of the page")
    for tab in ("Data", "Network", "Output", "Time"):
        tabs.get_by_role("button", name=tab).click()
        assert serious(page) == [], tab
