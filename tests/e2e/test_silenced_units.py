"""A unit is silenced, held at a value or frozen while the others go on learning."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import button, neuron, pause, play, update, wait_past
from e2e.second_client import SecondClient, following
from serving import ServerProcess

ROW: dict[str, Any] = {"split": "test", "index": 0}
UNIT = {"layer": "dense_3", "unit": 1}


def done_to(page: Page, name: str) -> Locator:
    """The buttons of the magnifying glass for this unit."""
    return page.get_by_role("group", name=f"What is done to {name}", exact=True)


def clamps(client: SecondClient) -> Any:
    return client.experiment["network"].get("clamps")


def answers(client: SecondClient, layer: str, unit: int, value: float) -> np.ndarray[Any, Any]:
    """Of a layer for the first test row, once the unit answers this."""

    def fits(tensors: dict[str, Any]) -> bool:
        return bool((np.take(tensors[layer], unit, axis=-1) == value).all())

    return client.look("activations", fits, layers=[layer], sample=ROW).tensors[layer].astype(float)


def test_a_neuron_is_silenced_held_and_frozen_by_mouse_and_each_is_one_step_of_undo(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    with following(server, page) as client:
        neuron(page, 2, "Dense 4").click()
        does = done_to(page, "Neuron 2 of Dense 4")
        does.get_by_role("button", name="Silence").click()
        client.wait_experiment(lambda e: e["network"].get("clamps") == [{**UNIT, "value": 0}])
        silent = page.get_by_role("button", name=re.compile("^Neuron 2 of Dense 4, activation 0.00, silenced$"))
        expect(silent).to_be_visible()
        heard = answers(client, "dense_3", 1, 0.0)
        assert (np.delete(heard, 1) != 0.0).all()
        before = client.weights().tensors
        wait_past(page, update(page) + 200)
        after = client.weights().tensors
        assert (after["dense_2"] != before["dense_2"]).any(), "the others train on"

        does.get_by_role("button", name="Hold…").click()
        panel = page.get_by_role("dialog", name="Hold Neuron 2 of Dense 4")
        panel.get_by_role("textbox", name="Answers").fill("0.5")
        page.keyboard.press("Enter")
        client.wait_experiment(lambda e: e["network"].get("clamps") == [{**UNIT, "value": 0.5}])
        page.keyboard.press("Escape")
        expect(does.get_by_role("button", name="At +0.5")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Neuron 2 of Dense 4, .*, held at [+]0.5$"))).to_be_visible()
        assert answers(client, "dense_3", 1, 0.5).shape == (4,)
        expect(page.locator("[data-a]")).to_have_text("+0.500")

        does.get_by_role("button", name="At +0.5").click()
        panel.get_by_role("button", name="Freeze").click()
        client.wait_experiment(lambda e: e["network"].get("frozen_units") == [UNIT])
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=re.compile("held at [+]0.5, frozen$"))).to_be_visible()
        before = client.weights().tensors
        wait_past(page, update(page) + 200)
        after = client.weights().tensors
        np.testing.assert_array_equal(after["dense_3"][1], before["dense_3"][1])
        assert (np.delete(after["dense_3"], 1, 0) != np.delete(before["dense_3"], 1, 0)).any()

        for remains in ([{**UNIT, "value": 0.5}], [{**UNIT, "value": 0}], None):
            page.keyboard.press("Control+z")
            client.wait_experiment(
                lambda e, remains=remains: (e["network"].get("clamps"), e["network"].get("frozen_units"))
                == (remains, None)
            )
        expect(page.get_by_role("button", name=re.compile("^Neuron 2 of Dense 4, activation [^,]*$"))).to_be_visible()


def test_a_neuron_is_silenced_by_keyboard_while_the_run_stands_and_when_it_goes_on(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    stood = pause(page)
    with following(server, page) as client:
        neuron(page, 1, "Dense 4").focus()
        page.keyboard.press("Enter")
        silence = done_to(page, "Neuron 1 of Dense 4").get_by_role("button", name=re.compile("^Silence"))
        silence.focus()
        page.keyboard.press("Space")
        client.wait_experiment(lambda e: e["network"].get("clamps") == [{**UNIT, "unit": 0, "value": 0}])
        expect(silence).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name=re.compile("^Neuron 1 of Dense 4, .*silenced$"))).to_be_visible()
        assert update(page) == stood
        play(page)
        wait_past(page, stood + 200)
        assert answers(client, "dense_3", 0, 0.0).shape == (4,)
        silence.focus()
        page.keyboard.press("Space")
        client.wait_experiment(lambda e: "clamps" not in e["network"])
        expect(silence).to_have_attribute("aria-pressed", "false")


def test_a_hidden_unit_of_a_recurrent_layer_is_chosen_in_its_glass_and_silenced(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    pause(page)
    with following(server, page) as client:
        client.edit(
            {"op": "replace", "path": "/data", "value": {"source": "bundled", "name": "digits"}},
            {"op": "replace", "path": "/network/layers", "value": [
                {"type": "reshape", "shape": [8, 8]},
                {"type": "gru", "units": 4, "return_sequences": True},
                {"type": "rnn", "units": 3},
            ]},
        )  # fmt: skip
        page.locator("[data-layer=gru_1] [data-unit]").click()
        lens = page.get_by_test_id("lens")
        expect(lens).to_have_attribute("data-update", re.compile(r"\d+"))
        lens.get_by_role("combobox", name="Neuron").select_option("3")
        done_to(page, "Neuron 3 of GRU 4").get_by_role("button", name="Silence").click()
        client.wait_experiment(lambda e: e["network"].get("clamps") == [{"layer": "gru_1", "unit": 2, "value": 0}])
        states = answers(client, "gru_1", 2, 0.0)
        assert states.shape == (8, 4)
        assert (np.delete(states, 2, 1) != 0.0).any()
        expect(lens.get_by_text("This unit is held: it answers 0")).to_be_visible()
        expect(button(page, "GRU 4, all steps, 1 held")).to_be_visible()
