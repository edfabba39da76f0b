"""Every number that may change live changes through the page while training runs, and nothing is compiled for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from e2e.conftest import Visits
from e2e.screen import button, drag, network, open_idea, update, wait_past
from e2e.second_client import following
from e2e.strip import choose, type_number
from serving import ServerProcess

QUIET_SECS = 1.1
"""Two heartbeats that tell of no compile: what the page looks at is prepared."""


def compiles(server: ServerProcess) -> tuple[int, int]:
    """How many programs the workers have compiled, and how many they have still to do."""
    with server.client() as http:
        workers = http.get("/api/health").json()["workers"]
    return sum(worker["compiles"] for worker in workers), sum(worker["compiling"] for worker in workers)


def settled_compiles(server: ServerProcess) -> int:
    """The counter once the programs of the probes are there as well, which follow the first frames."""
    pause = threading.Event()
    seen, since = compiles(server), time.monotonic()
    while time.monotonic() - since < QUIET_SECS:
        pause.wait(0.1)
        now = compiles(server)
        if now != seen or now[1] > 0:
            seen, since = now, time.monotonic()
    return seen[0]


def test_traced_numbers_change_while_running_and_compile_nothing(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    edits: list[tuple[str, Callable[[], object], Callable[[dict[str, Any]], Any], Any]] = [
        (
            "learning rate",
            lambda: choose(page, "Learning rate", "Learning rates", "0.003"),
            lambda e: e["training"]["optimizer"]["learning_rate"],
            0.003,
        ),
        (
            "first moment decay",
            lambda: type_number(page, "Optimizer", "First moment decay β₁", "0.8"),
            lambda e: e["training"]["optimizer"]["b1"],
            0.8,
        ),
        (
            "second moment decay",
            lambda: type_number(page, "Optimizer", "Second moment decay β₂", "0.99"),
            lambda e: e["training"]["optimizer"]["b2"],
            0.99,
        ),
        (
            "epsilon",
            lambda: type_number(page, "Optimizer", "Epsilon", "1e-6"),
            lambda e: e["training"]["optimizer"]["eps"],
            1e-6,
        ),
        (
            "regularisation rate",
            lambda: choose(page, "L2", "Regularisation rates", "0.003"),
            lambda e: e["training"]["regularization"]["rate"],
            0.003,
        ),
        ("noise", lambda: drag(page, "Noise", 80), lambda e: e["data"]["noise"], 0.2),
        ("data seed", lambda: button(page, "New draw").click(), lambda e: e["data"]["seed"], 1),
        ("training seed", lambda: button(page, "New weights").click(), lambda e: e["training"]["seed"], 1),
        # 10 and 14 rows are both padded to 16; 400 samples and 450, half and 55 % of them, to the same powers of two.
        ("batch size", lambda: drag(page, "Batch", 100), lambda e: e["training"]["batch_size"], 14),
        ("samples", lambda: drag(page, "Samples", 110), lambda e: e["data"]["samples"], 450),
        ("train share", lambda: drag(page, "Train share", 113), lambda e: e["data"]["train_fraction"], 0.55),
    ]
    wait_past(page, 100)
    before = settled_compiles(server)
    with following(server, page) as client:
        for name, change, read, value in edits:
            assert read(client.experiment) != value, name
            change()
            client.wait_experiment(lambda experiment, read=read, value=value: read(experiment) == value)
            wait_past(page, update(page))
            expect(network(page)).to_have_attribute("data-state", "running")
    # What an edit sets off would come within the time that counts as quiet.
    assert settled_compiles(server) == before


def test_coefficients_of_other_optimizers_change_while_running_and_compile_nothing(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    with following(server, page) as client:
        for optimizer, field, coefficient, value in (
            ("Momentum", "Momentum", "momentum", 0.5),
            ("AdamW", "Weight decay", "weight_decay", 0.1),
        ):
            choose(page, "Optimizer", "Optimizer", optimizer)
            client.wait_experiment(lambda e, kind=optimizer: e["training"]["optimizer"]["type"] == kind.lower())
            wait_past(page, update(page))
            before = settled_compiles(server)
            type_number(page, "Optimizer", field, str(value))
            client.wait_experiment(lambda e, c=coefficient, v=value: e["training"]["optimizer"][c] == v)
            wait_past(page, update(page))
            assert settled_compiles(server) == before, optimizer


def test_another_data_set_is_trained_and_shown(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        button(page, "Circle").click()
        client.wait_experiment(lambda e: e["data"]["name"] == "circle")
        expect(page).to_have_title("Circle – Neuroglow")
        open_idea(page, "Iris")
        client.wait_experiment(lambda e: e["data"]["name"] == "iris")
        expect(button(page, "Test sample 1")).to_be_visible()
        page.wait_for_function(
            "() => Number.parseFloat(document.querySelector('[data-metric=test_accuracy]').textContent) > 80"
        )


def test_back_from_other_data_the_plane_is_drawn_again(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Iris")
    open_idea(page, "Exclusive or")
    # The page asks for the maps while the server still has the flowers, who have no plane.
    expect(page.locator("[data-canvas=output]")).to_be_visible()
    page.wait_for_function(
        """() => {
          const map = document.querySelector('[data-canvas=output]');
          const copy = new OffscreenCanvas(map.width, map.height).getContext('2d', { willReadFrequently: true });
          copy.drawImage(map, 0, 0);
          const { data } = copy.getImageData(0, 0, map.width, map.height);
          const at = (x, y) => 4 * (Math.round(y * map.height) * map.width + Math.round(x * map.width));
          // Opposite quarters alike, neighbours not: red less blue has the sign of the class.
          const lean = (x, y) => Math.sign(data[at(x, y)] - data[at(x, y) + 2]);
          const [a, b, c, d] = [lean(0.02, 0.02), lean(0.98, 0.02), lean(0.02, 0.98), lean(0.98, 0.98)];
          return a !== 0 && a === d && b === c && a === -b;
        }"""
    )
