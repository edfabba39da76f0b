"""A server for the tests of the HTTP and live interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving import ServerProcess, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests that leave it as they found it."""
    # Sessions that a test left behind stand still: they would take the time of the next ones.
    environment = {"NEUROGLOW_LIMITS__UNWATCHED_PAUSE_SECS": "0.5"}
    with serving(tmp_path_factory.mktemp("data"), environment=environment) as server:
        yield server


@pytest.fixture
def server(shared_server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """The shared server; what it logged during a test is part of the test's report."""
    mark = len(shared_server.log)
    yield shared_server
    request.node.add_report_section("call", "server log", "\n".join(shared_server.log[mark:][-80:]))


@pytest.fixture(scope="session")
def http(shared_server: ServerProcess) -> Iterator[httpx.Client]:
    with shared_server.client() as client:
        yield client


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """For a server of one's own."""
    return tmp_path / "data"
