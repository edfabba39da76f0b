"""The live socket's handshake: hello, welcome, and every way it can go wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from live_client import create_session, live, raw_socket
from neuroglow.spec import Limits
from neuroglow.wire.messages import CloseCode, Welcome
from serving import ServerProcess, serving

pytestmark = pytest.mark.anyio


async def until_closed(socket: ClientConnection) -> tuple[list[dict[str, Any]], int | None]:
    """What came before the close, and its code."""
    messages: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(20):
            while True:
                messages.append(json.loads(await socket.recv()))
    except ConnectionClosed:
        pass
    return messages, socket.close_code


async def test_the_owner_is_welcomed_with_everything_a_page_needs(server: ServerProcess) -> None:
    created = create_session(server.url, {"preset": "iris"})
    async with live(server.url, created.id, created.owner_token) as client:
        document = client.messages[0]
        welcome = Welcome.model_validate_json(json.dumps(document))
        assert (welcome.role, welcome.protocol) == ("owner", 1)
        assert welcome.viewer_token == created.viewer_token
        assert document["limits"] == Limits(unwatched_pause_secs=0.5).model_dump(mode="json")
        assert document["session"]["experiment"] == created.document["experiment"]
        assert (welcome.session.id, welcome.session.run, welcome.session.revision) == (created.id, "1", 1)
        await client.message("metrics")
        await client.message("state")
        assert [message["type"] for message in client.messages[:3]] == ["welcome", "metrics", "state"]


async def test_a_viewer_learns_no_token(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with live(server.url, created.id, created.viewer_token) as client:
        assert client.messages[0]["role"] == "viewer"
        assert "viewer_token" not in client.messages[0]


@pytest.mark.parametrize(
    ("first", "error", "code"),
    [
        ("{", "malformed_json", CloseCode.NO_HELLO),
        ("[]", "invalid", CloseCode.NO_HELLO),
        ('{"type":"ack","seq":1}', "invalid", CloseCode.NO_HELLO),
        ('{"type":"hello"}', "invalid", CloseCode.NO_HELLO),
        ('{"type":"hello","protocol":1,"token":5}', "invalid", CloseCode.NO_HELLO),
        ('{"type":"hello","protocol":1,"token":"x","more":1}', "invalid", CloseCode.NO_HELLO),
        ('{"type":"hello","protocol":1,"token":"wrong"}', "unauthorized", CloseCode.BAD_TOKEN),
        ('{"type":"hello","protocol":2,"token":"x"}', "unsupported_protocol", CloseCode.PROTOCOL_VERSION),
        ('{"type":"hello","protocol":2,"key":"of a future"}', "unsupported_protocol", CloseCode.PROTOCOL_VERSION),
        (b"\x00", "invalid", CloseCode.BINARY),
    ],
)
async def test_a_first_message_that_is_no_hello(
    server: ServerProcess, first: str | bytes, error: str, code: int
) -> None:
    created = create_session(server.url)
    async with raw_socket(server.url, created.id) as socket:
        await socket.send(first)
        messages, close_code = await until_closed(socket)
    assert [(message["type"], message["code"], message["request"]) for message in messages] == [("error", error, None)]
    assert close_code == code


async def test_a_session_that_is_not_there(server: ServerProcess) -> None:
    async with raw_socket(server.url, "AAAAAAAAAAAAAAAAAAAAAA") as socket:
        messages, close_code = await until_closed(socket)
    assert messages[0]["code"] == "not_found"
    assert close_code == CloseCode.NO_SUCH_SESSION


async def test_a_token_of_another_session(server: ServerProcess) -> None:
    created, other = create_session(server.url), create_session(server.url)
    async with raw_socket(server.url, created.id) as socket:
        await socket.send(json.dumps({"type": "hello", "protocol": 1, "token": other.owner_token}))
        _, close_code = await until_closed(socket)
    assert close_code == CloseCode.BAD_TOKEN


async def test_who_never_says_hello_is_closed(data_dir: Path) -> None:
    with serving(data_dir, environment={"NEUROGLOW_LIMITS__HELLO_SECS": "0.2"}) as server:
        created = create_session(server.url)
        async with raw_socket(server.url, created.id) as socket:
            _, close_code = await until_closed(socket)
        assert close_code == CloseCode.NO_HELLO
