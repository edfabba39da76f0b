"""A page whose connection is lost says so, comes back by itself and goes on with the same run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from e2e.cable import laid_cable
from e2e.conftest import Visits
from e2e.screen import button, network, own_session, pause, play, resting_picture, update, wait_past
from e2e.second_client import following
from serving import serving

# The browser's own words for a socket that is refused; no page can keep it from logging them.
REFUSED = r"WebSocket connection to .* failed|ERR_CONNECTION_REFUSED"


def answering_as(host: str) -> dict[str, str]:
    """The browser names the cable's end, which is not a name that the server would know by itself."""
    return {"NEUROGLOW_ALLOWED_HOSTS": json.dumps([host])}


def lost(page: Page) -> None:
    expect(page.get_by_text("Connection lost, the run goes on")).to_be_visible()
    expect(button(page, "One update")).to_be_disabled()


def back(page: Page) -> None:
    expect(page.get_by_text("Connection lost, the run goes on")).to_be_hidden()
    expect(button(page, "One update")).to_be_enabled()


def test_a_cut_socket_is_mended_by_itself_and_the_run_went_on(
    visits_to: Callable[[str], Visits], tmp_path: Path
) -> None:
    with laid_cable() as line, serving(tmp_path / "data", environment=answering_as(line.address)) as server:
        line.connect(server.port)
        visit = visits_to(line.url)
        visit.expect_error(REFUSED)
        page = visit()
        session = own_session(page)["id"]
        reached = wait_past(page, 100)
        line.pull()
        lost(page)
        line.plug()
        back(page)
        assert wait_past(page, reached) > reached
        assert own_session(page)["id"] == session
        # The streams are there again as well, not only the counter.
        began = pause(page)
        picture = resting_picture(page)
        button(page, "One update").click()
        wait_past(page, began)
        assert resting_picture(page) != picture


def test_a_restarted_server_goes_on_with_the_run_on_the_open_page(
    visits_to: Callable[[str], Visits], tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    with serving(data_dir) as first:
        visit = visits_to(first.url)
        visit.expect_error(REFUSED)
        page = visit()
        session = own_session(page)["id"]
        reached = wait_past(page, 100)
        first.stop()
        lost(page)
        reached = max(reached, update(page))
    with serving(data_dir, arguments=("--port", str(first.port))) as second:
        back(page)
        expect(network(page)).to_have_attribute("data-state", "running")
        # A server that stops in peace saves everything, and what it had trained is not lost.
        assert wait_past(page, reached) > reached
        assert own_session(page)["id"] == session
        pause(page)
        with following(second, page) as client:
            assert client.weights().update == update(page)
        play(page)
