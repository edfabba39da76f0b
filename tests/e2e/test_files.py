"""What comes in and what goes out: playground links, experiment files, weights, code, lessons."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, metric, own_session, pause, started, update, wait_at, wait_past
from serving import ServerProcess
from unit.playground_links import whole


def experiment(page: Page, server: ServerProcess) -> dict[str, Any]:
    """Of the tab's own session, as the server has it."""
    own = own_session(page)
    headers = {"Authorization": f"Bearer {own['token']}"}
    with server.client() as client:
        document: dict[str, Any] = client.get(f"/api/sessions/{own['id']}", headers=headers).json()["experiment"]
    return document


def imported(server: ServerProcess, link: str) -> dict[str, Any]:
    with server.client() as client:
        body = {"format": "tensorflow-playground", "text": link}
        answer: httpx.Response = client.post("/api/experiments/import", json=body)
    document: dict[str, Any] = answer.json()["experiment"]
    return document


def in_menu(page: Page, entry: str) -> None:
    button(page, "File").click()
    page.get_by_role("button", name=re.compile(f"^{entry}")).click()


def test_a_playground_link_opens_the_same_experiment(visit: Visits, server: ServerProcess) -> None:
    visit.expect_error("status of 422")
    page = visit()
    link = whole(dataset="xor", networkShape="3,2", noise="85", activation="relu", noise_hide="true", discretize="true")
    before = own_session(page)["id"]
    in_menu(page, "Open")
    field = page.get_by_role("textbox", name="A link, or the text of an experiment file")
    # By keyboard alone: nonsense is answered by a sentence, the link opens.
    field.fill("https://example.org/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Not JSON")).to_be_visible()
    field.fill(link)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Opened from TensorFlow Playground")).to_be_visible()
    assert own_session(page)["id"] != before
    assert experiment(page, server) == imported(server, link)
    expect(page.get_by_role("slider", name=re.compile("^Noise"))).to_be_hidden()
    expect(page.get_by_role("checkbox", name="Hard edges")).to_be_checked()
    expect(page).to_have_title("Exclusive or – Neuroglow")
    # Pasted anywhere on the page, and as an address of this page.
    other = whole(dataset="gauss", networkShape="5")
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
        }""",
        other,
    )
    expect(page).to_have_title("Two clouds – Neuroglow")
    assert experiment(page, server) == imported(server, other)
    by_address = visit(f"/#{other.partition('#')[2]}", start=False)
    expect(by_address).to_have_title("Two clouds – Neuroglow")
    assert experiment(by_address, server) == imported(server, other)
    expect(by_address.get_by_role("slider", name=re.compile("^Noise"))).to_be_visible()


def test_a_run_goes_out_as_files_and_comes_back(visit: Visits, server: ServerProcess, tmp_path: Path) -> None:
    page = visit()
    wait_past(page, 50)
    reached = pause(page)
    losses = metric(page, "test_loss")
    with page.expect_download() as saved:
        in_menu(page, "Save experiment")
    document = tmp_path / saved.value.suggested_filename
    saved.value.save_as(document)
    assert document.name == "spiral.neuroglow.json"
    assert json.loads(document.read_text()) == experiment(page, server)
    with page.expect_download() as downloaded:
        in_menu(page, "Download weights")
    weights = tmp_path / downloaded.value.suggested_filename
    downloaded.value.save_as(weights)

    # Code: another library is another tab.
    in_menu(page, "Copy as code")
    script = page.get_by_label("Script")
    expect(script).to_contain_text("import equinox as eqx")
    button(page, "Keras").click()
    expect(script).to_contain_text("import keras")
    with page.expect_download() as code:
        button(page, "Download").click()
    ast.parse(Path(code.value.path()).read_text())
    page.keyboard.press("Escape")

    button(page, "Reset to update 0").click()
    wait_at(page, 0)
    in_menu(page, "Open")
    page.get_by_label("File to open").set_input_files(weights)
    button(page, "Load the weights").click()
    wait_at(page, reached)
    page.wait_for_function("was => document.querySelector('[data-metric=test_loss]').textContent === was", arg=losses)

    in_menu(page, "Open")
    before = own_session(page)["id"]
    page.get_by_label("File to open").set_input_files(document)
    page.wait_for_function("was => !sessionStorage.getItem('neuroglow.session').includes(was)", arg=before)
    assert experiment(page, server) == json.loads(document.read_text())


def test_a_lesson_link_leaves_controls_out_for_good(visit: Visits, server: ServerProcess) -> None:
    teacher = visit()
    button(teacher, "Share").click()
    button(teacher, "Lesson link…").click()
    for name in ("Noise", "Play and pause", "Learning rate", "Timeline"):
        teacher.get_by_role("checkbox", name=name, exact=True).uncheck(force=True)
    field = teacher.get_by_role("textbox", name="Lesson link")
    expect(field).to_have_value(re.compile(r"&hide=play,noise,learning_rate,timeline$"))
    link = field.input_value()
    teacher.keyboard.press("Escape")
    expect(teacher.get_by_role("slider", name=re.compile("^Noise"))).to_be_visible()

    page = visit(link.removeprefix(server.url))

    def hides() -> None:
        expect(page.get_by_role("slider", name=re.compile("^Noise"))).to_be_hidden()
        expect(page.get_by_role("button", name=re.compile("^Learning rate"))).to_be_hidden()
        expect(button(page, "Pause")).to_be_hidden()
        expect(page.get_by_role("slider", name=re.compile("^Train share"))).to_be_visible()

    hides()
    # Not by its key either.
    at = update(page)
    page.locator("body").press("Space")
    wait_past(page, at + 5)
    button(page, "Circle").click()
    expect(page).to_have_title("Circle – Neuroglow")
    page.wait_for_function("() => location.hash.endsWith('&hide=play,noise,learning_rate,timeline')")
    hides()
    page.reload()
    started(page)
    hides()
    button(page, "Share").click()
    button(page, "Show everything").click()
    expect(page.get_by_role("slider", name=re.compile("^Noise"))).to_be_visible()
