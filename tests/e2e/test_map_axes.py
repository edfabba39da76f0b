"""Which plane through a table the maps show: chosen on the page, drawn as the engine answers over the same plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import load

from e2e.conftest import Visits
from e2e.screen import WAIT_MS, button, open_idea, wait_past
from e2e.second_client import SecondClient, following
from live_client import Message
from serving import ServerProcess, until

COMPONENTS = {"type": "components"}
SEED = 5
"""Draws training rows that leave out the longest or the shortest petal of the first draw."""
SIDE = 50
CLEAR = 0.3
"""Cells this far from the border are painted in the colour of their side, whatever smooths between cells."""

_COLOURS = """(canvas, side) => {
  const copy = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0, side, side);
  const { data } = copy.getImageData(0, 0, side, side);
  return Array.from({ length: side * side }, (_, cell) => data[4 * cell + 2] - data[4 * cell]);
}"""
"""Blue less red of each cell."""

_INK = """(canvas, places) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const at = ([x, y]) => 4 * (Math.floor(y * canvas.height) * canvas.width + Math.floor(x * canvas.width)) + 3;
  return places.map((place) => data[at(place)]);
}"""
"""How opaque the drawing of the samples is at places in shares of it."""


@dataclass(frozen=True)
class Answer:
    """The engine's, over the same plane."""

    facts: Message
    values: NDArray[np.float64]
    """Of the first class, (cells,)."""


def petals(others: Any) -> dict[str, Any]:
    return {"type": "columns", "columns": ["petal length (cm)", "petal width (cm)"], "others": others}


def answer(client: SecondClient, axes: dict[str, Any]) -> Answer:
    moment = client.look("maps", layers=["output"], resolution=SIDE, axes=axes)
    low, high = moment.tensors["output.range"].tolist()
    return Answer(moment.facts, low + (high - low) * moment.tensors["output"][0].astype(float).ravel() / 255.0)


def the_map(page: Page) -> Locator:
    return page.get_by_role("button", name="Output map")


def titles(page: Page) -> list[str]:
    """Across, then up."""
    return [page.locator(f"[data-axis={axis}]").inner_text() for axis in ("across", "up")]


def assert_drawn(page: Page, server: ServerProcess, client: SecondClient, axes: dict[str, Any]) -> NDArray[np.float64]:
    """The map as the engine answers, the training rows where the server places them; (rows, 2) in shares of the map."""
    expected = answer(client, axes)
    sides = 2.0 * expected.values - 1.0
    clear = np.abs(sides) > CLEAR
    assert clear.mean() > 0.5

    def agrees() -> bool:
        colours = np.array(page.locator("[data-canvas=output]").evaluate(_COLOURS, SIDE), float)
        # Neighbours of the drawn border are darker or lighter than their own colour.
        alike = (np.sign(colours[clear]) == np.sign(sides[clear])).mean()
        return bool(alike > 0.99 and np.corrcoef(colours, sides)[0, 1] > 0.95)

    until(agrees, secs=WAIT_MS / 1000, why="The map is another than the engine's")
    left, right, bottom, top = expected.facts["domain"]

    def placed(split: str) -> NDArray[np.float64]:
        ask = {"data": client.experiment["data"], "split": split, "count": 500, "axes": axes}
        with server.client() as http:
            rows = load(http.post("/api/samples", json=ask).content)["places"].astype(float)
        return np.stack([(rows[:, 0] - left) / (right - left), (top - rows[:, 1]) / (top - bottom)], axis=1)

    shares = placed("train")
    samples = page.locator("[data-canvas=output] + canvas")
    assert min(samples.evaluate(_INK, shares.tolist())) > 0
    # The sample that is walked is ringed, whichever it is.
    everything = np.concatenate([shares, placed("test")])
    grid = (np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1).reshape(-1, 2) + 0.5) / 20
    empty = np.linalg.norm(grid[:, None] - everything, axis=2).min(axis=1) > 0.06
    assert empty.sum() > 50
    assert max(samples.evaluate(_INK, grid[empty].tolist())) == 0
    return shares


def column_of(page: Page, axis: str) -> Locator:
    return page.get_by_role("group", name="Plane of the maps").get_by_role("combobox", name=axis)


def test_the_maps_of_a_table_are_drawn_over_the_plane_that_is_chosen(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    open_idea(page, "Iris")
    wait_past(page, 300)
    button(page, "Pause").click()
    with following(server, page) as client:
        assert_drawn(page, server, client, COMPONENTS)
        expect(button(page, "Principal components")).to_have_attribute("aria-pressed", "true")
        first, second = answer(client, COMPONENTS).facts["explained"]
        assert titles(page) == [f"component 1, {100 * first:.1f} % →", f"↑ component 2, {100 * second:.1f} %"]

        button(page, "Two columns").click()
        column_of(page, "Across").select_option("petal length (cm)")
        expect(page.locator("[data-axis=across]")).to_have_text("petal length (cm) →")
        # By the keyboard: the next in the list, which leaves out what goes across.
        column_of(page, "Up").press("ArrowDown")
        expect(page.locator("[data-axis=up]")).to_have_text("↑ petal width (cm)")
        shares = assert_drawn(page, server, client, petals("mean"))

        # A click chooses the nearest row, the arrow keys the next one; the other columns follow it.
        alone = int(np.argmax(np.sort(np.linalg.norm(shares[:, None] - shares, axis=2), axis=1)[:, 1]))
        box = the_map(page).bounding_box()
        assert box is not None
        x, y = float(shares[alone, 0] * box["width"]), float(shares[alone, 1] * box["height"])
        the_map(page).click(position={"x": x + 2, "y": y})
        expect(page.get_by_text(f"train {alone + 1} of 120")).to_be_visible()
        page.keyboard.press("ArrowRight")
        chosen = (alone + 1) % 120
        expect(page.get_by_text(f"train {chosen + 1} of 120")).to_be_visible()
        column_of(page, "Others at").select_option("this sample")
        assert_drawn(page, server, client, petals({"split": "train", "index": chosen}))

        # The choice stays with other training rows, which lie elsewhere.
        column_of(page, "Others at").select_option("median")
        before = answer(client, petals("median")).facts["domain"]
        client.replace(data__seed=SEED)
        assert answer(client, petals("median")).facts["domain"] != before
        assert_drawn(page, server, client, petals("median"))
