"""A server for each module of fault tests; a module says in `environment` what is special about its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import ServerProcess, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """For a server of one's own."""
    return tmp_path / "data"


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Settings of the module's server."""
    return {}


@pytest.fixture(scope="module")
def module_server(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[ServerProcess]:
    # What a test leaves behind stands still: it would take the time of the next one.
    resting = {"NEUROGLOW_LIMITS__UNWATCHED_PAUSE_SECS": "0.5"}
    with serving(tmp_path_factory.mktemp("data"), environment=resting | environment) as own:
        yield own


@pytest.fixture
def server(module_server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """The module's server; what it logged during a test is part of the test's report, and nothing of it unexpected."""
    mark = len(module_server.log)
    yield module_server
    request.node.add_report_section("call", "server log", "\n".join(module_server.log[mark:][-80:]))
