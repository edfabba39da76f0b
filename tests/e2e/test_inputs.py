"""What the network reads, chosen on the page while it trains: formulas, noise columns, any column."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import button, open_idea, started, update, wait_past
from e2e.second_client import following
from serving import ServerProcess


def test_a_formula_is_typed_seen_and_trained_and_noise_is_switched_off_while_training(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    with following(server, page) as client:
        field = page.get_by_label("Formula over the columns")
        field.fill("x1 * sin(x3)")
        expect(page.get_by_text("There is no column 'x3'; there are x1, x2 (character 10)")).to_be_visible()
        field.press("Enter")
        field.fill("x1 * sin(x2)")
        drawn = page.locator(".said canvas")
        expect(drawn).to_be_visible()
        assert drawn.evaluate("canvas => new Set(canvas.getContext('2d').getImageData(0, 0, 24, 24).data).size") > 10
        field.press("Enter")
        client.wait_experiment(lambda e: e["data"]["formulas"] == [{"expression": "x1 * sin(x2)"}])
        inputs = page.get_by_role("group", name="Input features")
        expect(inputs.get_by_role("button", name="x1 * sin(x2)", exact=True)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name="Input x₁ sin(x₂)")).to_be_visible()

        button(page, "More: Noise columns").press("Enter")
        noise = inputs.get_by_role("button", name="noise 1", exact=True)
        expect(noise).to_have_attribute("aria-pressed", "true")
        client.wait_experiment(lambda e: e["data"]["noise_columns"] == 1)
        wait_past(page, update(page))
        before = client.weights().tensors["dense_1"]
        assert before.shape == (8, 4)
        noise.press(" ")
        client.wait_experiment(lambda e: e["data"]["switched_off"] == ["noise_1"])
        wait_past(page, update(page))
        assert client.weights().tensors["dense_1"].shape == (8, 3)
        # In the link like everything else.
        page.reload()
        started(page)
        expect(inputs.get_by_role("button", name="x1 * sin(x2)", exact=True)).to_have_attribute("aria-pressed", "true")
        expect(noise).to_have_attribute("aria-pressed", "false")


def test_columns_of_a_table_are_switched_while_it_trains(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    open_idea(page, "Iris")
    with following(server, page) as client:
        columns = page.get_by_role("group", name="Columns")
        columns.get_by_role("button", name="sepal width (cm)").click()
        client.wait_experiment(lambda e: e["data"]["switched_off"] == ["sepal width (cm)"])
        wait_past(page, update(page))
        assert client.weights().tensors["dense_1"].shape == (8, 3)
        expect(page.get_by_text("3 of 4 on")).to_be_visible()
