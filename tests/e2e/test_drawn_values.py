"""What is drawn is what the engine computed: wires are weights, pulses are inputs × weights, tiles are activations."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

from e2e.conftest import Visits
from e2e.screen import pause, resting_picture, wait_past
from e2e.second_client import SecondClient, following
from serving import ServerProcess

FIRST_TEST_SAMPLE = {"split": "test", "index": 0}
FAINTEST = 0.08
"""Weaker signals are not drawn."""

DESCRIBE = """(layers) => {
  const view = document.querySelector('section[aria-label=Network]');
  const links = [];
  layers.slice(1).forEach(([to, units], gap) => {
    const [from, senders] = layers[gap];
    for (let b = 0; b < units; b++)
      for (let a = 0; a < senders; a++) links.push([from, a, to, b, view.describeLink(from, a, to, b)]);
  });
  const glows = layers.flatMap(([name, units]) =>
    Array.from({ length: units }, (_, unit) => [name, unit, view.describeUnit(name, unit)]));
  return { links, glows };
}"""


def drawn(page: Page, layers: list[tuple[str, int]]) -> dict[str, Any]:
    """Every wire, pulse and glow as the renderer has it."""
    described: dict[str, Any] = page.evaluate(DESCRIBE, layers)
    return described


def assert_glows(page: Page, client: SecondClient, sample: dict[str, Any]) -> None:
    """Every neuron glows with the engine's activation for this sample."""
    names = [layer["name"] for layer in client.experiment["network"]["layers"]]
    activations = client.look("activations", layers=[*names, "output"], sample=sample).tensors
    shown = drawn(page, [(name, len(activations[name])) for name in [*names, "output"]])
    for name, unit, glow in shown["glows"]:
        assert glow == float(activations[name][unit])


def assert_drawn_as_computed(page: Page, client: SecondClient, sample: dict[str, Any]) -> None:
    """So does it, and wires and pulses are its weights and its signals, all of one update."""
    assert_glows(page, client, sample)
    names = [layer["name"] for layer in client.experiment["network"]["layers"]]
    weights = client.weights()
    activations = client.look("activations", layers=["x", *names, "output"], sample=sample)
    assert weights.update == activations.update
    layers = [(name, len(activations.tensors[name])) for name in ["x", *names, "output"]]
    shown = drawn(page, layers)
    assert len(shown["links"]) == sum(a * b for (_, a), (_, b) in pairwise(layers))
    strongest: dict[str, float] = {}
    for source, a, target, b, link in shown["links"]:
        weight = float(weights.tensors[target][b, a])
        assert (link["weight"], link["update"]) == (weight, weights.update)
        assert link["signal"] == pytest.approx(weight * float(activations.tensors[source][a]))
        strongest[target] = max(strongest.get(target, 1.0), abs(link["signal"]))
    pulses = 0
    for _, _, target, _, link in shown["links"]:
        strength = abs(link["signal"]) / strongest[target]
        # The strongest 40 of a gap are drawn; which of them is not this test's matter.
        assert link["strength"] in (0, pytest.approx(strength))
        assert link["strength"] == 0 or strength >= FAINTEST
        pulses += link["strength"] > 0
    assert pulses > 0


def test_wires_and_pulses_are_the_engines_weights_and_signals(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 200)
    pause(page)
    with following(server, page) as client:
        assert_drawn_as_computed(page, client, FIRST_TEST_SAMPLE)
        # Another moment has other numbers, and they are drawn together.
        client.control("step", updates=50)
        resting_picture(page)
        assert_drawn_as_computed(page, client, FIRST_TEST_SAMPLE)


def test_a_picked_sample_fires_through_the_network(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    wait_past(page, 200)
    pause(page)
    before = resting_picture(page)
    page.get_by_role("button", name="Next sample").click()
    page.wait_for_function(
        """() => document.querySelector('section[aria-label=Sample]').textContent.includes('test 2 of')"""
    )
    with following(server, page) as client:
        # The answer of the engine to the second client comes after that to the page, which asked first.
        client.look("activations", layers=["output"], sample={"split": "test", "index": 1})
        assert resting_picture(page) != before
        assert_drawn_as_computed(page, client, {"split": "test", "index": 1})
