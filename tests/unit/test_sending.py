"""Files as answers: whole to who takes them, and let go by who does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import BinaryIO

import pytest
from starlette.types import Message, Scope

from neuroglow.gateway import sending
from neuroglow.gateway.sending import CHUNK_BYTES, FileAnswer

pytestmark = pytest.mark.anyio

CONTENT = bytes(range(256)) * (CHUNK_BYTES // 128)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["2.3", "2.4"])
def scope(request: pytest.FixtureRequest) -> Scope:
    """Servers of either version tell in their own way that a client is gone."""
    return {"type": "http", "path": "/file", "asgi": {"spec_version": request.param}}


@pytest.fixture
def opened(tmp_path: Path) -> BinaryIO:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    return path.open("rb")


def answer(file: BinaryIO, let_go: Callable[[], None]) -> FileAnswer:
    held = AsyncExitStack()
    held.callback(let_go)
    held.enter_context(file)
    return FileAnswer(file, "rows.npz", held)


async def stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("it says nothing and does not leave")


async def test_a_file_is_sent_whole_and_then_let_go(scope: Scope, opened: BinaryIO) -> None:
    taken, released = bytearray(), asyncio.Event()

    async def take(message: Message) -> None:
        assert not released.is_set()
        taken.extend(message.get("body", b""))

    await answer(opened, released.set)(scope, stays, take)
    assert taken == CONTENT
    assert released.is_set()
    assert opened.closed


async def test_who_takes_nothing_more_keeps_nothing(
    scope: Scope, opened: BinaryIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CHUNK_SECS", 0.05)
    released = asyncio.Event()

    async def stall(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    await answer(opened, released.set)(scope, stays, stall)
    assert released.is_set()
    assert opened.closed


async def test_who_leaves_keeps_nothing(opened: BinaryIO) -> None:
    is_sending, released = asyncio.Event(), asyncio.Event()

    async def leaves() -> Message:
        await is_sending.wait()
        return {"type": "http.disconnect"}

    async def stall(message: Message) -> None:
        if message["type"] == "http.response.body":
            is_sending.set()
            await asyncio.Event().wait()

    scope = {"type": "http", "path": "/file", "asgi": {"spec_version": "2.3"}}
    await answer(opened, released.set)(scope, leaves, stall)
    assert released.is_set()
    assert opened.closed
