"""Every limit is told to the client and answered by a typed error or a close code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from live_client import create_session, live, raw_socket
from neuroglow.wire.messages import CloseCode
from serving import ServerProcess, serving

pytestmark = pytest.mark.anyio

TIGHT = {
    "NEUROGLOW_LIMITS__MESSAGES_PER_SECOND": "5",
    "NEUROGLOW_LIMITS__MESSAGE_BURST": "10",
    "NEUROGLOW_LIMITS__SUBSCRIPTIONS_PER_VIEWER": "2",
    "NEUROGLOW_LIMITS__PROBES_PER_SESSION": "3",
    "NEUROGLOW_LIMITS__VIEWERS_PER_SESSION": "2",
    "NEUROGLOW_LIMITS__SOCKETS": "3",
    "NEUROGLOW_LIMITS__REQUESTS_PER_SECOND": "10",
    "NEUROGLOW_LIMITS__REQUEST_BURST": "20",
    "NEUROGLOW_LIMITS__BODY_BYTES": "2000",
    "NEUROGLOW_LIMITS__MESSAGE_BYTES": "3000",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with tight limits."""
    with serving(tmp_path_factory.mktemp("data"), environment=TIGHT) as own:
        yield own


async def test_limits_are_told_in_the_welcome(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        limits = client.messages[0]["limits"]
        assert (limits["message_burst"], limits["subscriptions_per_viewer"], limits["body_bytes"]) == (10, 2, 2000)


async def test_too_many_messages_are_answered_then_closed(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        for number in range(40):
            await client.send({"type": "control", "request": number, "action": "pause"})
        assert await client.closed() == CloseCode.TOO_MANY_MESSAGES
        refused = [m for m in client.messages if m.get("code") == "rate_limited"]
        assert refused
        assert all(isinstance(m["request"], int) for m in refused)


async def test_acknowledgements_are_not_counted(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        for number in range(500):
            await client.ack(number)
        assert (await client.control("pause"))["type"] == "done"


async def test_a_viewer_has_so_many_subscriptions_and_a_session_so_many_questions(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token) as one,
        live(server.url, created.id, created.viewer_token) as two,
    ):
        await one.state("paused")
        for resolution in (10, 20):
            assert (await one.subscribe("maps", resolution=resolution))["type"] == "done"
        assert (await one.subscribe("maps", resolution=50))["code"] == "at_capacity"
        # Asking the same again is not another subscription.
        assert (await one.subscribe("maps", resolution=20))["type"] == "done"
        assert (await two.subscribe("maps", resolution=50))["type"] == "done"
        assert (await two.subscribe("maps", resolution=100))["code"] == "at_capacity"


async def test_a_session_has_so_many_viewers_and_the_server_so_many_sockets(server: ServerProcess) -> None:
    created, other = create_session(server.url), create_session(server.url)
    async with (
        live(server.url, created.id, created.owner_token),
        live(server.url, created.id, created.viewer_token),
    ):
        async with raw_socket(server.url, created.id) as third:
            await third.send('{"type":"hello","protocol":1,"token":"%s"}' % created.viewer_token)  # noqa: UP031
            assert '"at_capacity"' in str(await third.recv())
            await third.wait_closed()
            assert third.close_code == CloseCode.TRY_LATER
        async with live(server.url, other.id, other.owner_token):
            with pytest.raises(InvalidStatus) as refused:
                async with raw_socket(server.url, other.id):
                    pytest.fail("the handshake was accepted")
            assert refused.value.response.status_code == 429
            assert int(refused.value.response.headers["retry-after"]) > 0


async def test_making_things_has_a_rate(server: ServerProcess) -> None:
    with server.client() as http:
        answers = [await asyncio.to_thread(http.post, "/api/sessions", content=b"{") for _ in range(40)]
        limited = [answer for answer in answers if answer.status_code == 429]
        assert limited
        assert limited[0].json()["code"] == "rate_limited"
        assert limited[0].headers["retry-after"] == "1"
        assert (await asyncio.to_thread(http.get, "/api/health")).status_code == 200


async def test_sizes_are_settings_too(server: ServerProcess) -> None:
    with server.client() as http:
        answer = await asyncio.to_thread(http.post, "/api/samples", content=b" " * 2001)
        assert answer.status_code == 413


async def test_a_message_above_its_size_closes_the_socket(server: ServerProcess, tmp_path: Path) -> None:
    with serving(tmp_path, environment=TIGHT) as fresh:
        created = create_session(fresh.url)
        async with live(fresh.url, created.id, created.owner_token) as client:
            await client.socket.send("x" * 3001)
            assert await client.closed() == CloseCode.TOO_BIG
