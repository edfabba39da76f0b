"""The address is the experiment: it gives the same numbers again, outlives a reload, and nonsense is a sentence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, metric, own_session, pause, resting_picture, started, update, wait_at, wait_past
from e2e.second_client import following
from serving import ServerProcess


def after_steps(page: Page, server: ServerProcess, steps: int) -> object:
    """Everything that shows after so many updates from the beginning."""
    with following(server, page) as client:
        pause(page)
        button(page, "Reset to update 0").click()
        wait_at(page, 0)
        client.control("step", updates=steps)
        wait_at(page, steps)
        resting_picture(page)
        return client.experiment, client.fingerprint(), metric(page, "train_loss"), metric(page, "test_loss")


def test_an_experiment_link_gives_the_same_numbers_again(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        client.replace(training__optimizer__learning_rate=0.02, data__seed=5, training__seed=7, data__noise=0.15)
        button(page, "Add a neuron to Dense 6").click()
        client.wait_experiment(lambda e: e["network"]["layers"][1]["units"] == 7)
    button(page, "Share").click()
    link = page.get_by_role("textbox", name="Experiment link").input_value()
    page.keyboard.press("Escape")
    first = after_steps(page, server, 90)
    other = visit(link.removeprefix(server.url))
    assert own_session(other)["id"] != own_session(page)["id"]
    assert after_steps(other, server, 90) == first


def test_the_address_bar_follows_the_edits(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    address = page.url
    assert "#e=1." in address
    button(page, "Circle").click()
    page.wait_for_function("was => location.href !== was", arg=address)
    # Opened in a tab that knows nothing, it is that experiment.
    other = visit(page.url.removeprefix(server.url))
    expect(other).to_have_title("Circle – Neuroglow")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/#e=1.not-a-link-at-all", "The link is damaged; copy the whole of it"),
        ("/#e=1.", "The link is incomplete; copy the whole of it"),
        ("/#e=99.abc", "The link was made by a newer Neuroglow; update this one to open it"),
        # The JSON document {} in raw deflate.
        ("/#e=1.q64FAA", "The link holds something else than an experiment"),
    ],
)
def test_an_address_that_is_no_link_is_answered_by_a_sentence(visit: Visits, address: str, sentence: str) -> None:
    page = visit(address, start=False)
    expect(page.get_by_text(sentence)).to_be_visible()
    started(page)


def test_a_reload_comes_back_to_the_same_session(visit: Visits) -> None:
    page = visit()
    session = own_session(page)["id"]
    reached = wait_past(page, 200)
    page.reload()
    started(page)
    assert own_session(page)["id"] == session
    assert update(page) >= reached
