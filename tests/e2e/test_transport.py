"""Play, pause, step, reset and the speed dial do exactly what they say."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import (
    button,
    drag,
    metric,
    network,
    own_session,
    pause,
    play,
    resting_picture,
    update,
    wait_at,
    wait_past,
)
from e2e.second_client import following
from serving import ServerProcess


def test_after_a_pause_nothing_moves_until_play(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    stands_at = pause(page)
    picture = resting_picture(page)
    with following(server, page) as client:
        # A round trip through engine and gateway: whatever was under way has arrived.
        assert client.control("pause")["update"] == stands_at
    assert resting_picture(page) == picture
    assert update(page) == stands_at
    play(page)
    wait_past(page, stands_at)


def test_a_step_is_exactly_one_update(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    began = pause(page)
    own = own_session(page)
    for steps in (1, 2, 3):
        button(page, "One update").click()
        wait_at(page, began + steps)
    with server.client() as http:
        told = http.get(f"/api/sessions/{own['id']}", headers={"Authorization": f"Bearer {own['token']}"}).json()
    assert (told["update"], told["state"]) == (began + 3, "paused")


def test_n_steps_are_exactly_n_updates(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    began = pause(page)
    with following(server, page) as client:
        assert client.control("step", updates=777)["update"] == began + 777
    wait_at(page, began + 777)


def test_after_a_reset_the_same_steps_give_the_same_numbers(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    pause(page)
    seen = []
    with following(server, page) as client:
        for _ in range(2):
            button(page, "Reset to update 0").click()
            wait_at(page, 0)
            client.control("step", updates=130)
            wait_at(page, 130)
            resting_picture(page)
            seen.append((client.fingerprint(), metric(page, "train_loss"), metric(page, "test_loss")))
    assert seen[0] == seen[1]


def test_a_reset_while_running_starts_over_and_goes_on(visit: Visits) -> None:
    page = visit()
    drag(page, "Speed", 2)
    reached = wait_past(page, 200)
    button(page, "Reset to update 0").click()
    page.wait_for_function(
        "was => Number(document.querySelector('[data-counter=update]').textContent.replaceAll(',', '')) < was",
        arg=reached,
    )
    expect(network(page)).to_have_attribute("data-state", "running")
    wait_past(page, update(page))


def test_the_dial_slows_training_down_to_single_updates(visit: Visits) -> None:
    page = visit()
    drag(page, "Speed", 1)
    dial = page.get_by_role("slider", name="Speed")
    expect(dial).to_have_attribute("aria-valuetext", "10 updates a second")
    # The dial has taken effect once the rate over the last seconds has fallen.
    page.wait_for_function("() => Number(document.querySelector('[data-counter=rate]').textContent) <= 15")
    began, at = time.monotonic(), update(page)
    passed = wait_past(page, at + 10) - at
    assert passed <= 12 * (time.monotonic() - began) + 5
