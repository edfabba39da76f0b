"""Neurons and layers come and go while training runs, and the rest of the network keeps what it has learned."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, insert, network, neuron, update, wait_past
from e2e.second_client import SecondClient, Tensors, following
from serving import ServerProcess

STILL = {
    "training__optimizer__learning_rate": 1e-12,
    "training__regularization": {"type": "none", "rate": 0.0},
}
"""Training goes on and hardly moves a weight, so that before and after an edit can be compared."""
HALF = 2e-3
"""What rounding to 16 bits may differ by, for weights around 1."""


def learned(client: SecondClient, page: Page) -> Tensors:
    """The weights after some training, moving no more than float16 can tell."""
    wait_past(page, 300)
    assert client.replace(**STILL)["type"] == "done"
    return client.weights().tensors


def edited(client: SecondClient, page: Page, units: list[int]) -> Tensors:
    """The weights once the network has these units and has trained on."""
    client.wait_experiment(lambda e: [layer["units"] for layer in e["network"]["layers"]] == units)
    wait_past(page, update(page))
    expect(network(page)).to_have_attribute("data-state", "running")
    return client.weights().tensors


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.allclose(one.astype(np.float64), other.astype(np.float64), atol=HALF)


@pytest.fixture
def page(visit: Visits) -> Page:
    return visit()


def test_a_neuron_is_added_and_removed_while_the_others_keep_their_weights(page: Page, server: ServerProcess) -> None:
    with following(server, page) as client:
        before = learned(client, page)
        reached = update(page)
        button(page, "Add a neuron to Dense 6").click()
        after = edited(client, page, [8, 7, 4])
        expect(neuron(page, 7, "Dense 7")).to_be_visible()
        assert after["dense_2"].shape == (7, 8)
        assert same(after["dense_2"][:6], before["dense_2"])
        assert same(after["dense_3"][:, :6], before["dense_3"])
        assert np.abs(after["dense_3"][:, 6]).max() < HALF
        assert same(after["dense_1"], before["dense_1"])
        assert same(after["output"], before["output"])
        assert update(page) >= reached
        button(page, "Remove a neuron from Dense 7").click()
        back = edited(client, page, [8, 6, 4])
        expect(neuron(page, 6, "Dense 6")).to_be_visible()
        for name in ("dense_1", "dense_2", "dense_3", "output"):
            assert same(back[name], before[name]), name


def test_a_layer_is_added_and_removed_while_the_others_keep_their_weights(page: Page, server: ServerProcess) -> None:
    with following(server, page) as client:
        before = learned(client, page)
        insert(page, "Dense 6 and Dense 4", "Dense")
        after = edited(client, page, [8, 6, 6, 4])
        inserted = client.experiment["network"]["layers"][2]["name"]
        assert after[inserted].shape == (6, 6)
        for name in ("dense_1", "dense_2", "dense_3", "output"):
            assert same(after[name], before[name]), name
        layer = page.get_by_role("region", name="Layer 3: Dense 6, tanh")
        layer.get_by_role("button", name="Settings of Dense 6").click()
        button(page, "Remove layer").click()
        back = edited(client, page, [8, 6, 4])
        assert inserted not in back
        for name in ("dense_1", "dense_2", "dense_3", "output"):
            assert same(back[name], before[name]), name


def test_a_feature_is_switched_on_while_the_other_columns_keep_their_weights(
    page: Page, server: ServerProcess
) -> None:
    with following(server, page) as client:
        before = learned(client, page)
        features = page.get_by_role("group", name="Input features")
        features.get_by_role("button").nth(2).click()
        client.wait_experiment(lambda e: e["data"]["features"] == ["x1", "x2", "x1^2"])
        wait_past(page, update(page))
        after = client.weights().tensors
        assert after["dense_1"].shape == (8, 3)
        assert same(after["dense_1"][:, :2], before["dense_1"])
        expect(features.get_by_role("button").nth(2)).to_have_attribute("aria-pressed", "true")
