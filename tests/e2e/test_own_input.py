"""An input of one's own: drawn, dropped or filmed, it goes through the network while that learns."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.conftest import FLAGS, Visits
from e2e.screen import PHONE, button, network, open_idea, own_session, pause, play, update, wait_past
from e2e.second_client import following
from find_browser import find_browser
from serving import ServerProcess

Line = list[tuple[float, float]]
"""In shares of the pad."""
ONE: Line = [(0.42, 0.28), (0.5, 0.15), (0.5, 0.85)]
ZERO: Line = [
    (0.5 + 0.22 * math.sin(turn * math.pi / 10), 0.5 - 0.33 * math.cos(turn * math.pi / 10)) for turn in range(21)
]


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Your own input")


def learned(visit: Visits, **options: Any) -> Page:
    page = visit(**options)
    open_idea(page, "Digits")
    page.wait_for_function(
        "() => Number.parseFloat(document.querySelector('[data-metric=test_accuracy]').textContent) >= 95"
    )
    return page


def open_digits(page: Page) -> None:
    page.get_by_role("group", name="Real data sets").get_by_role("button", name=re.compile("^Digits")).click()
    expect(page).to_have_title("Digits – Neuroglow")


def draw(page: Page, line: Line) -> None:
    pad = page.get_by_role("application", name="Drawing pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for place, (x, y) in enumerate(line):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if place == 0:
            page.mouse.down()
    page.mouse.up()


def bars(page: Page) -> list[float]:
    """Per cent by class, in the order of the classes."""
    shown = panel(page).get_by_role("list", name="Answer to your own input").get_by_role("listitem")
    return [float(text.split()[-1]) for text in shown.all_inner_texts()]


def read_pixels(page: Page) -> list[float]:
    """What the page says that the network reads, from the small picture: shares of the largest value."""
    told = panel(page).locator("[data-values]").get_attribute("data-values")
    assert told
    return [float(value) for value in told.split(",")]


def text(values: list[float]) -> str:
    """As the page writes them."""
    return ",".join(f"{value:g}" for value in values)


def predicted(server: ServerProcess, page: Page, values: list[float]) -> list[float]:
    """Per cent by class that any program is told for these pixels."""
    own = own_session(page)
    answer = httpx.post(
        f"{server.url}/api/predict/{own['id']}",
        json={"rows": [values]},
        headers={"authorization": f"Bearer {own['token']}"},
        timeout=60.0,
    )
    assert answer.status_code == 200, answer.text
    return [100.0 * share for share in answer.json()["predictions"][0]["probabilities"]]


def assert_answered_alike(server: ServerProcess, page: Page) -> int:
    """The bars of the paused page are those of a second client's prediction; the class they name."""
    expected = predicted(server, page, read_pixels(page))
    expect(panel(page).locator("[data-own-answer]")).to_have_attribute("data-own-answer", str(int(np.argmax(expected))))
    page.wait_for_function(
        """expected => {
          const numbers = [...document.querySelectorAll('[data-own-answer] li .number')];
          const shown = numbers.map((one) => Number(one.textContent));
          return shown.length === expected.length && shown.every((one, at) => Math.abs(one - expected[at]) < 0.3);
        }""",
        arg=expected,
    )
    return int(np.argmax(expected))


def test_a_drawn_digit_is_answered_while_it_is_drawn_and_while_the_network_learns(
    visit: Visits, server: ServerProcess
) -> None:
    page = learned(visit)
    named = panel(page).locator("[data-own-answer]")
    draw(page, ZERO)
    expect(named).to_have_attribute("data-own-answer", "0")
    before = bars(page)
    assert len(before) == 10
    assert sum(before) == pytest.approx(100.0, abs=1.0)
    # It goes on learning, and what is drawn goes on being read.
    wait_past(page, update(page) + 500)
    button(page, "Clear").click()
    expect(named).to_have_count(0)
    draw(page, ONE[:2])
    expect(named).to_be_visible()
    started = bars(page)
    draw(page, ONE[1:])
    expect(named).to_have_attribute("data-own-answer", "1")
    assert bars(page) != started
    pause(page)
    assert assert_answered_alike(server, page) == 1
    button(page, "Clear").click()
    draw(page, ZERO)
    assert assert_answered_alike(server, page) == 0
    # All views follow it: the network's input holds what was drawn.
    values = read_pixels(page)
    with following(server, page) as client:
        told = client.look("activations", layers=["x", "output"], sample={"values": values}).tensors
    assert told["x"].shape == (1, 8, 8)
    assert int(np.argmax(told["output"])) == 0
    expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text("your own input")
    button(page, "Back to data").click()
    expect(named).to_have_count(0)
    expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text("test 1 of")
    play(page)


def test_keys_draw_as_well(visit: Visits) -> None:
    page = learned(visit)
    pad = page.get_by_role("application", name="Drawing pad")
    pad.focus()
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(page.get_by_text("The brush draws")).to_be_attached()
    for _ in range(16):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(panel(page).locator("[data-own-answer]")).to_be_visible()
    values = np.reshape(read_pixels(page), (8, 8))
    # A line from top to bottom, in the middle.
    assert values[:, 3:5].min() > 8.0
    assert values[:, [0, 7]].max() == 0.0
    page.keyboard.press("Delete")
    expect(panel(page).locator("[data-own-answer]")).to_have_count(0)


def test_a_dropped_picture_is_made_the_size_and_the_paper_of_the_data(visit: Visits, server: ServerProcess) -> None:
    page = learned(visit)
    pause(page)
    # A zero in grey ink on grey paper, as a telephone sees it.
    high, wide = np.mgrid[0:120, 0:120]
    ring = np.hypot((wide - 60) / 30, (high - 60) / 48)
    photo = np.where(np.abs(ring - 1) < 0.22, 70, 200).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "PNG")
    panel(page).scroll_into_view_if_needed()
    panel(page).evaluate(
        """(section, bytes) => {
          const data = new DataTransfer();
          const content = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
          data.items.add(new File([content], 'zero.png', { type: 'image/png' }));
          for (const type of ['dragenter', 'dragover', 'drop']) {
            section.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
          }
        }""",
        base64.b64encode(file.getvalue()).decode(),
    )
    expect(panel(page).get_by_label("Invert")).to_be_checked()
    assert assert_answered_alike(server, page) == 0
    values = np.reshape(read_pixels(page), (8, 8))
    # White ink on black paper, the middle of the ring empty.
    assert values[0, 0] == values[3:5, 3:5].max() == 0.0
    assert values.max() == 16.0
    panel(page).get_by_label("Invert").uncheck(force=True)
    page.wait_for_function("() => document.querySelector('[data-values]').dataset.values.startsWith('16,')")
    np.testing.assert_allclose(np.reshape(read_pixels(page), (8, 8)), 16.0 - values, atol=0.01)
    # It was no data to learn from.
    expect(page.get_by_role("dialog", name="Your data")).to_have_count(0)
    expect(page).to_have_title("Digits – Neuroglow")


def test_what_is_no_picture_and_a_missing_camera_are_explained(visit: Visits) -> None:
    page = learned(visit)
    panel(page).get_by_role("button", name="Picture", exact=True).click()
    panel(page).get_by_label("Picture file").set_input_files(
        {"name": "broken.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(panel(page).get_by_role("alert")).to_contain_text("no picture that the browser can read")
    panel(page).get_by_role("button", name="Camera", exact=True).click()
    expect(panel(page).get_by_role("alert")).to_have_count(0)
    button(page, "Start").click()
    expect(panel(page).get_by_role("alert")).to_contain_text("choose a picture")


@pytest.fixture
def filming(browser: Browser, server: ServerProcess) -> Iterator[Visits]:
    """A browser with a camera that films a moving test picture."""
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    launched = browser.browser_type.launch(executable_path=find_browser(), args=[*FLAGS, *camera])
    visits = Visits(launched, server.url)
    yield visits
    visits.close()
    launched.close()


def test_the_camera_is_followed_until_it_is_held(filming: Visits) -> None:
    page = learned(filming)
    panel(page).get_by_role("button", name="Camera", exact=True).click()
    button(page, "Start").click()
    seen = [read_pixels(page)]
    for _ in range(3):
        page.wait_for_function(
            "seen => document.querySelector('[data-values]')?.dataset.values !== seen", arg=text(seen[-1])
        )
        seen.append(read_pixels(page))
    assert len(bars(page)) == 10
    button(page, "Hold").click()
    expect(button(page, "Go on")).to_be_visible()
    wait_past(page, update(page) + 200)
    button(page, "Back to data").click()
    expect(panel(page).locator("[data-own-answer]")).to_have_count(0)


def test_a_finger_draws_on_a_phone(visit: Visits) -> None:
    page = visit(**PHONE)
    tab = page.get_by_role("navigation", name="Parts of the page")
    tab.get_by_role("button", name="Data").click()
    open_digits(page)
    pad = page.get_by_role("application", name="Drawing pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    assert box["width"] > 200
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(panel(page).locator("[data-own-answer]")).to_be_visible()
    # It stays selected on the other tabs.
    tab.get_by_role("button", name="Network").click()
    expect(network(page)).to_be_visible()
    tab.get_by_role("button", name="Output").click()
    expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text("your own input")


def test_a_text_is_written_on_repeated_by_its_seed_and_shown_in_the_network(visit: Visits) -> None:
    visit.expect_error("422")
    page = visit()
    page.get_by_role("group", name="Pictures, sequences, text").get_by_role("button", name=re.compile("^Text")).click()
    page.get_by_label(re.compile("^Text, ")).fill("the cat sat on the mat. " * 60)
    button(page, "Learn this text").click()
    expect(page.get_by_label(re.compile("^Text, 11 tokens"))).to_be_visible()
    section = page.get_by_role("region", name="Write on")
    expect(button(page, "Write")).to_be_enabled()
    wait_past(page, update(page) + 50)
    pause(page)
    section.get_by_label(re.compile("^Prompt")).fill("the cat ")
    said = section.get_by_role("group", name="Written text")
    texts = []
    for seed in ("3", "4", "3"):
        section.get_by_label("Seed", exact=True).fill(seed)
        button(page, "Write").click()
        expect(section).to_contain_text(f"by update {update(page):,}")
        expect(section).not_to_contain_text("writing…")
        texts.append(said.get_attribute("data-written"))
    assert texts[0] == texts[2]
    assert [len(text or "") for text in texts] == [80, 80, 80]
    assert set(texts[0] or "") <= set("the cat sat on the mat. ")
    button(page, "Show its end in the network").click()
    shown = page.get_by_role("region", name="Sample", exact=True)
    expect(shown).to_contain_text("your own input")
    expect(shown).to_contain_text((texts[0] or "")[-20:])
    section.get_by_label(re.compile("^Prompt")).fill("QUEEN")
    button(page, "Write").click()
    expect(section.get_by_role("alert")).to_contain_text("The text it learns has no 'Q'")
    # A new sample every few seconds, by the network as it is then.
    section.get_by_label(re.compile("^Prompt")).fill("the ")
    play(page)
    section.get_by_label("Again every few seconds").check(force=True)
    wait_past(page, update(page) + 50)
    told = section.get_by_text(re.compile("^by update"))
    before = told.inner_text()
    expect(told).not_to_have_text(before)


def test_a_sequence_is_made_by_hand_and_answered(visit: Visits) -> None:
    page = visit()
    made = page.get_by_role("group", name="Pictures, sequences, text")
    made.get_by_role("button", name=re.compile("^Parity")).click()
    bits = panel(page).get_by_role("group", name="Bits").get_by_role("button")
    expect(bits).to_have_count(20)
    before = bits.first.get_attribute("aria-pressed")
    bits.first.click()
    expect(bits.first).not_to_have_attribute("aria-pressed", before or "")
    expect(panel(page).get_by_role("list", name="Answer to your own input").get_by_role("listitem")).to_have_count(2)
    made.get_by_role("button", name=re.compile("^Sine")).click()
    plot = page.get_by_role("application", name=re.compile("^Sequence"))
    expect(panel(page)).to_contain_text("Step 1:")
    plot.press("ArrowRight")
    expect(panel(page)).to_contain_text("Step 2:")
    plot.press("ArrowUp")
    expect(panel(page)).to_contain_text(re.compile(r"Predicted\s*\S"))
    button(page, "Back to data").click()
    expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text("test 1 of")
