"""A second browser watches the same run: it sees what happens, cannot change it, and may take a copy."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, network, own_session, pause, play, started, update, wait_at, wait_past
from e2e.second_client import attached, following
from serving import ServerProcess


def watch_link(owner: Page) -> str:
    """As the share menu gives it."""
    button(owner, "Share").click()
    link = owner.get_by_role("textbox", name="Watch link").input_value()
    owner.keyboard.press("Escape")
    return link


def reads_without_changing(watcher: Page, panel: str) -> None:
    """Open a panel: it shows its settings and lets none be changed."""
    button(watcher, panel).click()
    settings = watcher.get_by_role("dialog", name=panel).locator("fieldset")
    expect(settings.get_by_role("textbox").first).to_be_disabled()
    assert settings.locator("input:enabled, button:enabled, select:enabled").count() == 0
    watcher.keyboard.press("Escape")


def test_a_watcher_sees_the_run_and_has_nothing_to_edit(visit: Visits, server: ServerProcess) -> None:
    owner = visit()
    watcher = visit(watch_link(owner).removeprefix(server.url))
    expect(watcher.get_by_text("Watching", exact=True)).to_be_visible()
    wait_past(watcher, wait_past(owner, update(owner)))
    for name in ("Pause", "One update", "Reset to update 0", "Circle", "New draw"):
        expect(button(watcher, name)).to_be_disabled()
    for name in ("Learning rate", "Optimizer", "Two spirals"):
        expect(watcher.get_by_role("button", name=re.compile(f"^{name}")).first).to_be_disabled()
    for name in (r"^Add a neuron", r"^Remove a neuron", r"^Insert a layer", r"^Undo", r"^Redo"):
        expect(watcher.get_by_role("button", name=re.compile(name))).to_have_count(0)
    expect(watcher.get_by_role("slider", name="Noise")).to_be_disabled()
    reads_without_changing(watcher, "Training")
    reads_without_changing(watcher, "Settings of Dense 6")
    # What the owner does is seen at once.
    wait_at(watcher, pause(owner))
    button(owner, "One update").click()
    wait_at(watcher, update(owner) + 1)
    wait_at(owner, update(watcher))
    button(owner, "Add a neuron to Dense 6").click()
    expect(watcher.get_by_role("region", name="Layer 2: Dense 7, tanh")).to_be_visible()
    # A key is no way around it.
    watcher.keyboard.press("s")
    watcher.keyboard.press("r")
    play(owner)
    wait_past(watcher, wait_past(owner, update(owner)))


def test_a_watchers_token_is_refused_whatever_it_asks_to_change(visit: Visits, server: ServerProcess) -> None:
    owner = visit()
    session_id, token = watch_link(owner).removeprefix(f"{server.url}/s/").split("#")
    with attached(server, session_id, token) as client:
        for action in ("pause", "play", "step", "reset"):
            members = {"updates": 1} if action == "step" else {}
            assert client.control(action, **members)["code"] == "forbidden"
        assert client.replace(training__batch_size=3)["code"] == "forbidden"
        assert client.look("maps", layers=["output"], resolution=10).tensors
    with server.client() as http:
        answer = http.delete(f"/api/sessions/{session_id}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403
    expect(network(owner)).to_have_attribute("data-state", "running")


def test_a_copy_is_a_session_of_ones_own(visit: Visits, server: ServerProcess) -> None:
    owner = visit()
    with following(server, owner) as client:
        client.replace(training__optimizer__learning_rate=0.003)
    watcher = visit(watch_link(owner).removeprefix(server.url))
    button(watcher, "Take a copy").click()
    expect(watcher.get_by_text("Watching", exact=True)).to_be_hidden()
    started(watcher)
    mine, theirs = own_session(watcher), own_session(owner)
    assert mine["id"] != theirs["id"]
    with following(server, watcher) as copy, following(server, owner) as original:
        assert copy.experiment == original.experiment
        button(watcher, "Add a neuron to Dense 6").click()
        copy.wait_experiment(lambda e: e["network"]["layers"][1]["units"] == 7)
        assert original.experiment["network"]["layers"][1]["units"] == 6
