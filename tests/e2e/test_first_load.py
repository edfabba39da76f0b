"""Whoever opens the page sees a network that is already training."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import button, metric, network, neuron, pause, pictures, play, tile_pixels, update, wait_past


def test_a_network_is_training_when_the_page_opens(visit: Visits) -> None:
    page = visit()
    expect(button(page, "Pause")).to_be_enabled()
    expect(network(page)).to_have_attribute("data-state", "running")
    expect(page).to_have_title("Two spirals – Neuroglow")
    loss = metric(page, "train_loss")
    wait_past(page, wait_past(page, update(page)) + 100)
    page.wait_for_function(
        "loss => document.querySelector('[data-metric=train_loss]').textContent !== loss", arg=loss
    )


def test_what_neurons_show_changes_as_the_network_learns(visit: Visits) -> None:
    page = visit()
    neurons = [neuron(page, 1, "Dense 8"), neuron(page, 3, "Dense 6"), neuron(page, 2, "Dense 4")]
    began = pause(page)
    before = [tile_pixels(page, each) for each in neurons]
    output = pictures(page)[-1]
    # Nothing but training changes them.
    assert [tile_pixels(page, each) for each in neurons] == before
    play(page)
    wait_past(page, began + 500)
    pause(page)
    after = [tile_pixels(page, each) for each in neurons]
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert pictures(page)[-1] != output
