"""What was done can be undone, and a run that blew up goes back to its last good moment."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import button, network, open_idea, update, wait_at, wait_past
from e2e.second_client import following
from e2e.strip import choose, type_number
from serving import ServerProcess


def test_undo_brings_the_last_edits_back_one_by_one(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    expect(button(page, "Nothing to undo")).to_be_disabled()
    with following(server, page) as client:
        first = client.experiment
        button(page, "Add a neuron to Dense 6").click()
        second = client.wait_experiment(lambda e: e["network"]["layers"][1]["units"] == 7)
        choose(page, "Learning rate", "Learning rates", "0.03")
        client.wait_experiment(lambda e: e["training"]["optimizer"]["learning_rate"] == 0.03)
        button(page, "Circle").click()
        client.wait_experiment(lambda e: e["data"]["name"] == "circle")
        page.get_by_role("button", name=re.compile("^Undo: Data")).click()
        client.wait_experiment(lambda e: e["data"]["name"] == "spiral")
        page.get_by_role("button", name=re.compile("^Undo: ")).click()
        client.wait_experiment(lambda e: e == second)
        page.get_by_role("button", name=re.compile("^Undo: Add a neuron")).click()
        client.wait_experiment(lambda e: e == first)
    expect(button(page, "Nothing to undo")).to_be_disabled()
    wait_past(page, update(page))


def test_a_diverged_run_is_explained_and_goes_back_in_one_click(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Regression plane")
    expect(page).to_have_title("Plane – Neuroglow")
    wait_past(page, 500)
    type_number(page, "Learning rate", "Learning rate", "1e6")
    banner = page.get_by_role("alert").filter(has_text="The loss is no longer a number")
    expect(banner).to_contain_text(re.compile(r"At update [\d,]+ .* of (dense_1|dense_2|output) grew beyond"))
    way_back = banner.get_by_role("button", name=re.compile(r"^Back to the last good moment, update [\d,]+$"))
    good = int(re.sub(r"\D", "", way_back.inner_text()))
    began = int(re.sub(r"\D", "", re.findall(r"At update ([\d,]+)", banner.inner_text())[0]))
    assert began > good > 0
    way_back.click()
    expect(banner).to_be_hidden()
    expect(network(page)).to_have_attribute("data-state", "paused")
    wait_at(page, good)


def test_after_a_divergence_a_gentler_rate_goes_on_training(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Regression plane")
    expect(page).to_have_title("Plane – Neuroglow")
    wait_past(page, 500)
    type_number(page, "Learning rate", "Learning rate", "100000")
    expect(page.get_by_role("alert")).to_contain_text("The loss is no longer a number")
    run = network(page).get_attribute("data-run")
    # The rate before this one did no harm.
    button(page, "Try learning rate 0.03").click()
    expect(network(page)).not_to_have_attribute("data-run", run or "")
    expect(network(page)).to_have_attribute("data-state", "running")
    expect(page.get_by_role("button", name=re.compile("^Learning rate"))).to_contain_text("0.03")
    wait_past(page, update(page) + 100)
