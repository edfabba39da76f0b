"""What a person sees on the page and does there, by the names it carries for people."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

WAIT_MS = 120_000
"""Far more than anything takes on a machine with a core to spare."""

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

UNPAINTED_WIDTH = 300
"""What the HTML standard gives a canvas that nobody sized."""

_COUNT = "Number(document.querySelector('[data-counter=update]').textContent.replaceAll(',', ''))"


def started(page: Page) -> None:
    """Until a network is there and its answer was drawn and measured."""
    expect(network(page)).to_be_visible()
    page.wait_for_function(
        """() => {
          const loss = document.querySelector('[data-metric=train_loss]');
          const map = document.querySelector('[data-canvas=output]');
          return (!loss || loss.textContent !== '–') && (!map || map.width !== UNPAINTED);
        }""".replace("UNPAINTED", str(UNPAINTED_WIDTH))
    )


def network(page: Page) -> Locator:
    return page.get_by_role("region", name="Network", exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def insert(page: Page, between: str, title: str) -> None:
    """Put a layer on an edge: `insert(page, "Dense 6 and Dense 4", "Dense")`."""
    button(page, f"Insert a layer between {between}").click()
    pick(page, title)


def pick(page: Page, title: str) -> None:
    """From the open palette, by mouse."""
    palette = page.get_by_role("dialog", name="Add a layer")
    palette.get_by_role("option").filter(has=page.get_by_text(title, exact=True)).click()


def neuron(page: Page, unit: int, layer: str) -> Locator:
    """The tile of a neuron, counted from 1: `neuron(page, 1, "Dense 8")`."""
    return page.get_by_role("button", name=re.compile(rf"^Neuron {unit} of {layer}(,|$)"))


def update(page: Page) -> int:
    """The update counter of the top bar."""
    return int(page.evaluate(_COUNT))


def wait_past(page: Page, count: int) -> int:
    """Until the counter is beyond this; where it is then."""
    page.wait_for_function(f"count => {_COUNT} > count", arg=count)
    return update(page)


def wait_at(page: Page, count: int) -> None:
    page.wait_for_function(f"count => {_COUNT} === count", arg=count)


def metric(page: Page, name: str) -> str:
    """As written: `metric(page, "test_loss")`."""
    return page.locator(f"[data-metric={name}]").first.inner_text()


def pause(page: Page) -> int:
    """Press pause; the update at which everything on the page stands."""
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    expect(network(page)).to_have_attribute("data-state", "paused")
    resting_picture(page)
    return update(page)


def play(page: Page) -> None:
    button(page, "Play").click()
    expect(network(page)).to_have_attribute("data-state", "running")


def animation_frames(page: Page, count: int = 10) -> None:
    """Let the page paint so many times."""
    page.evaluate(
        """async (count) => {
          for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame);
        }""",
        count,
    )


_PICTURES = """() => [...document.querySelectorAll('section[aria-label=Network] canvas, [data-canvas=output]')]
  .filter((canvas) => canvas.width > 0).map((canvas) => canvas.toDataURL())"""


def pictures(page: Page) -> list[str]:
    """Every pixel of the network's and of the output's drawings."""
    drawn: list[str] = page.evaluate(_PICTURES)
    return drawn


def resting_picture(page: Page) -> list[str]:
    """The drawings once nothing moves in them any more, nor in the counter."""
    before: Any = None
    for _ in range(100):
        now = (update(page), pictures(page))
        if now == before:
            return now[1]
        before = now
        animation_frames(page)
    raise AssertionError("Something keeps moving")


def tile_pixels(page: Page, tile: Locator) -> bytes:
    """The inner part of a neuron's tile as a picture, without halo and links around it."""
    box = tile.bounding_box()
    assert box is not None
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return page.screenshot(clip={"x": middle_x - 8, "y": middle_y - 8, "width": 16, "height": 16})


def own_session(page: Page) -> dict[str, str]:
    """Id and tokens of the tab's own session, as the tab remembers them."""
    remembered: dict[str, str] = page.evaluate("() => JSON.parse(sessionStorage.getItem('neuroglow.session'))")
    return remembered


def open_idea(page: Page, title: str) -> None:
    """One of the presets under "Try an idea", until it starts over: before, the figures are those of the run before."""
    run = network(page).get_attribute("data-run")
    page.get_by_role("listitem").get_by_role("button", name=re.compile(f"^{title}")).click()
    expect(network(page)).not_to_have_attribute("data-run", run or "")


def drag(page: Page, name: str, position: float) -> None:
    """Move a slider of the page; the position is that of its range input."""
    page.get_by_role("slider", name=re.compile(rf"^{name}\b")).fill(str(position))
