"""UMAP on demand: what the page lays out keeps the layer's neighbourhoods, and the classes of the digits part."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from e2e.conftest import Visits
from e2e.screen import button, open_idea, pause, play, wait_past
from e2e.second_client import following
from serving import ServerProcess

NEAR = 10


def saved(page: Page) -> Any:
    """The picture's file: (rows, 4) of row, target, x, y."""
    with page.expect_download() as download:
        button(page, "Save the picture's places as CSV").click()
    path = Path(download.value.path())
    assert path.read_text().startswith("row,target,x,y\n")
    return np.loadtxt(path, delimiter=",", skiprows=1)


def agreement(places: Any, targets: Any) -> float:
    """Share of the nearest neighbours that are of a row's own class."""
    near = NearestNeighbors(n_neighbors=NEAR).fit(places).kneighbors(return_distance=False)
    return float(np.mean(targets[near] == targets[:, None]))


def test_digits_are_laid_out_by_class_on_demand_and_back(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    open_idea(page, "Digits")
    wait_past(page, 400)
    button(page, "Why?").click()
    section = page.get_by_role("region", name="Why?", exact=True)
    section.scroll_into_view_if_needed()
    button(page, "A layer’s view").click()
    expect(section.locator("[data-projected]")).to_be_visible()
    at = pause(page)
    layer = str(section.get_by_label("Layer").input_value())
    button(page, "UMAP").click()
    shown = section.locator(f"[data-umap={layer}]")
    expect(shown).to_have_attribute("data-update", str(at))
    places = saved(page)

    with following(server, page) as client:
        told = client.look("projection", layer=layer, split="test", count=300, components=50)
        assert told.update == at
        seen = told.tensors[layer]
    assert len(places) == len(seen) == 300
    assert trustworthiness(seen, places[:, 2:], n_neighbors=NEAR) > 0.9
    chance = max(np.bincount(places[:, 1].astype(int))) / len(places)
    assert agreement(places[:, 2:], places[:, 1]) > 3 * chance

    # The same moment gives the same picture, and a sample is chosen on it.
    button(page, "UMAP of now").click()
    expect(button(page, "UMAP of now")).to_be_visible()
    np.testing.assert_array_equal(saved(page), places)
    page.get_by_role("button", name=re.compile("by UMAP; the arrow keys")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text("test 2 of")

    # It stands still while training goes on, and the live picture comes back.
    play(page)
    wait_past(page, at + 100)
    expect(shown).to_have_attribute("data-update", str(at))
    button(page, "Back to live PCA").click()
    expect(shown).to_have_count(0)
    expect(section.locator(f"[data-projected={layer}]")).to_be_visible()


def test_laying_out_can_be_called_off(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Digits")
    button(page, "Why?").click()
    section = page.get_by_role("region", name="Why?", exact=True)
    section.scroll_into_view_if_needed()
    button(page, "A layer’s view").click()
    # A worker that never answers: it is ended, and nothing comes of it.
    page.route("**/umap.worker*", lambda route: None)
    button(page, "UMAP").click()
    expect(section.get_by_role("progressbar", name="Laying out by UMAP")).to_be_visible()
    button(page, "Cancel").click()
    expect(button(page, "UMAP")).to_be_visible()
    expect(section.locator("[data-projected]")).to_be_visible()
    assert section.locator("[data-umap]").count() == 0
