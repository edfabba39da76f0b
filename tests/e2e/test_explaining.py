"""Why the network answers as it does, on the page: its words are the server's numbers at that update."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import button, neuron, open_idea, pause, wait_past
from e2e.second_client import following
from serving import ServerProcess

FIRST = {"split": "test", "index": 0}


def why(page: Page) -> Locator:
    section = page.get_by_role("region", name="Why?", exact=True)
    section.scroll_into_view_if_needed()
    return section


def number(text: str) -> float:
    """As a person reads it: a true minus, a plus sign."""
    return float(text.replace("−", "-").replace("+", ""))


def written(section: Locator, figure: str) -> float:
    return number(section.locator(f"[data-figure={figure}]").inner_text())


def settled(section: Locator, kind: str, update: int) -> None:
    """Until what is shown is of this update."""
    expect(section.locator(f"[{kind}]")).to_have_attribute("data-update", str(update))


def test_an_answer_a_layer_and_the_units_are_explained_in_the_servers_numbers(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    assert why(page).locator("[data-update]").count() == 0
    button(page, "Why?").click()
    section = why(page)
    expect(section.locator("[data-explained]")).to_be_visible()
    wait_past(page, 200)
    at = pause(page)
    settled(section, "data-explained", at)
    with following(server, page) as client:
        told = client.look("explanation", method="integrated_gradients", sample=FIRST, steps=128)
        here, baseline = (float(z) for z in told.tensors["score"])
        assert told.update == at
        assert written(section, "score") == pytest.approx(here, abs=0.0006)
        assert written(section, "baseline") == pytest.approx(baseline, abs=0.0006)
        assert written(section, "sum") == pytest.approx(float(told.tensors["x"].sum()), abs=0.0006)
        assert written(section, "sum") == pytest.approx(
            written(section, "score") - written(section, "baseline") + written(section, "gap"), abs=0.0021
        )

        # Another method, the other class, another sample.
        section.get_by_label("Method").select_option("saliency")
        section.get_by_role("combobox", name=re.compile("^For")).select_option(label="blue")
        button(page, "Next sample").click()
        expect(section.locator("[data-explained=saliency]")).to_be_visible()
        slopes = client.look("explanation", method="saliency", sample=FIRST | {"index": 1}, output=1).tensors["x"]
        shares = section.get_by_role("list", name="Shares of the inputs").get_by_role("listitem")
        largest = max((float(slope) for slope in slopes), key=abs)
        expect(shares.first).to_contain_text(f"{abs(largest):.3f}")

        button(page, "A layer’s view").click()
        section.get_by_label("Layer").select_option(label="Dense 6")
        expect(section.locator("[data-projected=dense_2]")).to_be_visible()
        explained = client.look("projection", layer="dense_2", split="test", count=300).tensors["dense_2.explained"]
        expect(section.locator("[data-figure=explained]")).to_have_text(
            f"{100 * float(explained[0]):.1f} % + {100 * float(explained[1]):.1f} %"
        )
        button(page, "Test samples as Dense 6 sees them; the arrow keys walk from sample to sample").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text("test 3 of")

        button(page, "Units").click()
        expect(section.locator("[data-importance]")).to_be_visible()
        rises = client.look("importance", layers="all", split="test", count=256).tensors
        assert written(section, "loss") == pytest.approx(float(rises["loss"][0]), abs=0.0006)
        top = section.locator("[data-importance-of=dense_1]")
        assert number(top.inner_text()) == pytest.approx(float(rises["dense_1"].max()), abs=0.0006)
        top.click()
        unit = int(rises["dense_1"].argmax())
        expect(page.get_by_role("heading", name=f"Neuron {unit + 1} of Dense 8")).to_be_visible()


def test_a_neuron_shows_what_excites_it_and_a_weight_which_rows_push_it(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 200)
    pause(page)
    neuron(page, 3, "Dense 6").click()
    button(page, "What excites it").click()
    glass = page.get_by_role("region", name="Magnifying glass")
    rows = glass.get_by_role("region", name="Samples that excite it most").get_by_role("button")
    expect(rows).to_have_count(9)
    with following(server, page) as client:
        strongest = client.look("excites", layer="dense_2", unit=2, split="test", count=500, top=9).tensors
        first = int(strongest["rows"][0])
        expect(rows.first).to_have_attribute("aria-label", re.compile(rf"^Test sample {first + 1},"))
        assert number(rows.first.locator("[data-activation]").inner_text()) == pytest.approx(
            float(strongest["a"][0]), abs=0.0006
        )
        rows.first.click()
        expect(page.get_by_role("region", name="Sample", exact=True)).to_contain_text(f"test {first + 1} of")
        button(page, "Make its ideal input").click()
        ideal = client.look("ideal", layer="dense_2", unit=2).tensors
        expect(glass.locator("[data-figure=ideal]")).to_be_visible()
        assert written(glass, "ideal") == pytest.approx(float(ideal["mean"][1]), abs=0.0006)
        assert ideal["mean"][1] > ideal["mean"][0]

        button(page, "What excites it").click()
        page.get_by_role("button", name=re.compile("^Bias")).click()
        button(page, "Which rows push it").click()
        pushes = glass.locator("[data-push]")
        expect(pushes.first).to_be_visible()
        told = client.look("influence", layer="dense_2", unit=2, split="train", count=256).tensors["push"]
        assert number(pushes.first.inner_text()) == pytest.approx(float(told[0]), abs=0.00006)


def test_pictures_carry_their_map_and_doubtful_labels_lead_to_their_samples(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    open_idea(page, "Digits")
    wait_past(page, 100)
    button(page, "Why?").click()
    section = why(page)
    expect(section.locator("[data-canvas=explanation]")).to_be_visible()
    at = pause(page)
    settled(section, "data-explained", at)
    with following(server, page) as client:
        told = client.look("explanation", method="integrated_gradients", sample=FIRST, steps=128).tensors
        assert written(section, "score") == pytest.approx(float(told["score"][0]), abs=0.0006)
        section.get_by_label("Method").select_option("occlusion")
        expect(section.locator("[data-explained=occlusion]")).to_be_visible()

        button(page, "Judge").click()
        judge = page.get_by_role("region", name="Judge", exact=True)
        judge.get_by_role("button", name="Train", exact=True).click()
        judge.get_by_role("button", name="Doubtful labels", exact=True).click()
        found = judge.locator("[data-doubtful]")
        expect(found).to_be_visible()
        doubt = client.look("mislabelled", split="train", top=24).tensors
        expect(found).to_have_attribute("data-doubtful", str(int(doubt["doubtful"][0])))
        lines = judge.get_by_role("button", name=re.compile("^Training sample .* rather"))
        expect(lines).to_have_count(len(doubt["rows"]))
        if len(doubt["rows"]) > 0:
            lines.first.click()
            named = page.get_by_role("region", name="Sample", exact=True)
            expect(named).to_contain_text(f"train {int(doubt['rows'][0]) + 1:,} of")
