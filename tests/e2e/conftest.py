"""A browser and a server for the tests of the page, and pages that report every error they logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from e2e.screen import WAIT_MS, started
from find_browser import find_browser
from openml import NO_NETWORK
from serving import ServerProcess, serving

# Without a GPU these drawings are painted fastest by the processor alone; the rest is what a test has no use for.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visits:
    """Opens pages, each in a browser context of its own, and keeps what they complained about."""

    browser: Browser
    url: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, path: str = "/", *, start: bool = True, **options: Any) -> Page:
        """Open an address of the server; with `start`, wait until the page shows a network that has frames."""
        context = self.browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        self.contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.goto(f"{self.url}{path}")
        if start:
            started(page)
        return page

    def expect_error(self, pattern: str) -> None:
        """What the browser itself logs when a test takes the server away."""
        self.expected.append(pattern)

    def _said(self, message: ConsoleMessage) -> None:
        text = f"{message.type}: {message.text} ({message.location.get('url', '')})"
        if message.type in ("error", "warning") and not any(re.search(one, text) for one in self.expected):
            self.problems.append(text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert not self.problems, "The page logged errors:\n" + "\n".join(self.problems)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests of the page: what one has compiled the next finds ready."""
    # Sessions that a test left behind stand still: they would take the time of the next ones.
    environment = {"NEUROGLOW_LIMITS__UNWATCHED_PAUSE_SECS": "0.5"} | NO_NETWORK
    with serving(tmp_path_factory.mktemp("data"), environment=environment) as server:
        yield server


@pytest.fixture
def server(shared_server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """The shared server; what it logged during a test is part of the test's report."""
    mark = len(shared_server.log)
    yield shared_server
    request.node.add_report_section("call", "server log", "\n".join(shared_server.log[mark:][-80:]))


@pytest.fixture
def visit(browser: Browser, server: ServerProcess) -> Iterator[Visits]:
    """Opens pages of the server. A test fails when any of them logged an error."""
    visits = Visits(browser, server.url)
    yield visits
    visits.close()


@pytest.fixture
def visits_to(browser: Browser) -> Iterator[Callable[[str], Visits]]:
    """For tests with a server of their own."""
    made: list[Visits] = []

    def make(url: str) -> Visits:
        made.append(Visits(browser, url))
        return made[-1]

    yield make
    for visits in made:
        visits.close()
