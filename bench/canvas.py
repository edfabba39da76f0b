"""How smoothly the canvas moves while two thousand units train: as it opens, and with as much in sight as can be."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench import networks
from bench.house import Effort, fresh_server, new_session, tell
from bench.painting import CLEAR, FIRST_FRAMES, FLAGS, LISTEN, READ, SIZE, WAIT_MS, link
from bench.ratios import middle
from find_browser import find_browser

STEPS_PER_SEC = 30
ZOOMED_OUT = 10
"""Presses of "zoom out" from the largest view to the smallest."""

IN_SIGHT = """
() => [...document.querySelectorAll('[data-unit]')].filter((tile) => {
  const box = tile.getBoundingClientRect();
  return box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
}).length
"""


def measure(effort: Effort) -> dict[str, Any]:
    results = []
    with sync_playwright() as playwright, fresh_server() as server:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        for benchmark in networks.LARGE:
            document = new_session(server, {"experiment": benchmark.experiment, "play": False}).document
            page = browser.new_page(viewport=SIZE)
            page.add_init_script(LISTEN)
            page.goto(server.url + link(document["experiment"]))
            page.wait_for_function(f"() => window.bench.acks > {FIRST_FRAMES}", timeout=WAIT_MS)
            views = {"fitted": _view(page, effort)}
            _show_most(page)
            views["zoomed_out"] = _view(page, effort)
            for view, figures in views.items():
                results.append(
                    {"network": benchmark.label, "links": _links(document["experiment"]), "view": view, **figures}
                )
                tell(f"{benchmark.label}, {view}: {figures['animation_frames_per_second']:.1f} animation frames/s")
            page.close()
        browser.close()
    return {"networks": results}


def _links(experiment: dict[str, Any]) -> int:
    """Weights between hidden layers that follow one another."""
    units = [layer["units"] for layer in experiment["network"]["layers"]]
    return sum(before * after for before, after in pairwise(units))


def _view(page: Page, effort: Effort) -> dict[str, float]:
    resting = [_window(page, effort.secs, drag=False) for _ in range(effort.pairs)]
    dragged = [_window(page, effort.secs, drag=True) for _ in range(effort.pairs)]
    return {
        "tiles_in_sight": page.evaluate(IN_SIGHT),
        "animation_frames_per_second": middle([one["ticks"] / one["secs"] for one in resting]),
        "animation_frames_per_second_dragged": middle([one["ticks"] / one["secs"] for one in dragged]),
        "painted_per_second": middle([one["acks"] / one["secs"] for one in resting]),
    }


def _show_most(page: Page) -> None:
    """The smallest zoom, and the network's beginning at the left edge."""
    for _ in range(ZOOMED_OUT):
        page.get_by_role("button", name="Zoom out").click()
    left, top, width = _pane(page)
    page.mouse.move(left + width - 40, top)
    page.mouse.down()
    page.mouse.move(left + width / 2, top, steps=10)
    page.mouse.up()


def _window(page: Page, secs: float, *, drag: bool) -> dict[str, Any]:
    """What the page counted meanwhile; dragged, the canvas is moved to and fro by its background all the time."""
    left, top, width = _pane(page)
    page.evaluate(CLEAR)
    if drag:
        page.mouse.move(left + width / 2, top)
        page.mouse.down()
        for step in range(round(secs * STEPS_PER_SEC)):
            page.mouse.move(left + width / 2 + 5 * abs(step % 20 - 10) - 50, top)
            page.wait_for_timeout(1000.0 / STEPS_PER_SEC)
        page.mouse.up()
    else:
        page.wait_for_timeout(secs * 1000.0)
    window: dict[str, Any] = page.evaluate(READ)
    return window


def _pane(page: Page) -> tuple[float, float, float]:
    """A line of the canvas's background below the network: left edge, height, width."""
    box = page.locator(".svelte-flow__pane").bounding_box()
    assert box is not None
    return box["x"], box["y"] + box["height"] - 24, box["width"]
