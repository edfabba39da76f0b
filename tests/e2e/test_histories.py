"""How a layer's numbers moved over the run, on the page: what is written is what a second client is told."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import PHONE, button, neuron, pause, update, wait_past
from e2e.second_client import Tensors, following
from serving import ServerProcess

LINES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
TENS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def number(text: str) -> float:
    """As a person reads it: 1.2·10⁻³, a true minus."""
    mantissa, _, power = text.replace("−", "-").partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(TENS) or 0)


def written(page: Page, kind: str) -> list[float]:
    return [number(page.locator(f"[data-quantile='{kind}.{share:g}']").inner_text()) for share in LINES]


def counted(tensors: Tensors) -> Any:
    return tensors["dense_1.updates"] @ np.array([1_000_000, 1])


def close(found: list[float], expected: Any) -> None:
    """Three digits are written, two of very small numbers."""
    expected = np.asarray(expected, np.float64)
    tolerance = np.where(np.abs(expected) < 0.01, 0.051, 0.051 / 10) * np.abs(expected)
    assert (np.abs(np.asarray(found) - expected) <= np.maximum(tolerance, 0.00051 * (np.abs(expected) >= 0.01))).all()


def test_weights_gradients_and_activations_are_read_at_any_moment_of_the_run(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    # The figures under the cards are there: the page looks at the health of its layers anyway.
    expect(page.locator(".health b").nth(1)).not_to_have_text("")
    opened = wait_past(page, update(page))
    neuron(page, 2, "Dense 8").click()
    button(page, "Over time").click()
    shown = page.locator("[data-history=dense_1]")
    expect(shown).to_be_visible()
    wait_past(page, opened + 1_000)
    at = pause(page)
    expect(shown).to_have_attribute("data-update", str(at))
    with following(server, page) as client:
        told = client.look("distributions", lambda t: int(counted(t)[-1]) == at, layer="dense_1")
        places = [told.facts["quantiles"].index(share) for share in LINES]
        kinds = ("weights", "gradients", "activations")
        for kind in kinds:
            close(written(page, kind), told.tensors[f"dense_1.{kind}"][-1][places])
        updates = counted(told.tensors)
        # The page came before it was asked for and kept the record going: it begins before the layer was opened.
        assert len(updates) > 2
        assert updates[0] < opened

        chart = page.get_by_role("slider", name="Weights over the run")
        expect(chart).to_have_attribute("aria-valuemax", str(len(updates) - 1))
        chart.focus()
        page.keyboard.press("Home")
        expect(shown.locator("[data-figure=moment]")).to_have_text(f"{updates[0]:,}")
        for kind in kinds:
            close(written(page, kind), told.tensors[f"dense_1.{kind}"][0][places])
        page.keyboard.press("ArrowRight")
        expect(chart).to_have_attribute("aria-valuetext", re.compile(f"^update {updates[1]:,}: median "))
        button(page, "Log").click()
        box = chart.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(shown.get_by_text(re.compile("% below"))).to_be_visible()
    page.mouse.move(0, 0)
    expect(shown.locator("[data-figure=moment]")).to_have_text(f"{at:,}")


def test_on_a_phone_a_finger_chooses_the_moment(visit: Visits) -> None:
    page = visit(**PHONE)
    wait_past(page, 300)
    neuron(page, 2, "Dense 8").tap()
    button(page, "Over time").tap()
    shown = page.locator("[data-history=dense_1]")
    expect(shown).to_be_visible()
    chart = page.get_by_role("slider", name="Weights over the run")
    expect(chart).to_have_attribute("aria-valuemax", re.compile("[1-9]"))
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 60, box["y"] + 60)
    expect(chart).to_have_attribute("aria-valuenow", "0")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
