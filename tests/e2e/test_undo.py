"""Every edit can be taken back and done again: the server's experiment is then the same to the letter."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import button, drag, insert, neuron, open_idea
from e2e.second_client import SecondClient, following
from e2e.strip import choose
from serving import ServerProcess


def test_undo_and_redo_lead_through_the_same_experiments(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        seen = [document(client)]

        def edited() -> None:
            client.wait_experiment(lambda _: document(client) != seen[-1])
            seen.append(document(client))

        insert(page, "Dense 6 and Dense 4", "Dense")
        edited()
        button(page, "Add a neuron to Dense 8").click()
        edited()
        choose(page, "Learning rate", "Learning rates", "0.1")
        edited()
        drag(page, "Noise", 7)
        edited()
        open_idea(page, "Exclusive or")
        edited()
        expect(neuron(page, 1, "Dense 9")).to_be_hidden()

        # From a slider, which has the focus now: it has no undo of its own.
        page.get_by_role("slider", name="Noise").focus()
        for before in seen[-2::-1]:
            page.keyboard.press("Control+z")
            arrives(client, before)
        expect(button(page, "Nothing to undo")).to_be_disabled()
        expect(neuron(page, 1, "Dense 4")).to_be_visible()

        ways = ["Control+Shift+Z", "Control+y", "Meta+Shift+Z", "Control+y"]
        for after, keys in zip(seen[1:], ways, strict=False):
            page.keyboard.press(keys)
            arrives(client, after)
        button(page, "Redo: Open Exclusive or").click()
        arrives(client, seen[-1])
        expect(button(page, "Nothing to redo")).to_be_disabled()
        button(page, "Undo: Open Exclusive or").click()
        arrives(client, seen[-2])
        expect(neuron(page, 9, "Dense 9")).to_be_visible()
        # Something else was done instead.
        drag(page, "Noise", 3)
        expect(button(page, "Nothing to redo")).to_be_disabled()


def document(client: SecondClient) -> str:
    return json.dumps(client.experiment)


def arrives(client: SecondClient, expected: str) -> None:
    client.wait_experiment(lambda _: document(client) == expected)
