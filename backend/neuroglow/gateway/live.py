"""The live socket: the handshake, then requests in and everything else out, until one side has had enough."""

from __future__ import annotations

import asyncio
import functools
import time
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from neuroglow.errors import (
    AtCapacityError,
    InvalidInputError,
    NeuroglowError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnsupportedProtocolError,
)
from neuroglow.gateway import tokens
from neuroglow.gateway.faults import error_response
from neuroglow.gateway.gateway import Gateway, gateway_of
from neuroglow.gateway.protocols import WIRE, SocketProtocol
from neuroglow.gateway.rates import TokenBucket
from neuroglow.gateway.requests import Requests, error_message
from neuroglow.gateway.session import Session
from neuroglow.gateway.viewer import Goodbye, Viewer
from neuroglow.spec.base import parse
from neuroglow.wire import strict_json
from neuroglow.wire.messages import PROTOCOL, Ack, CloseCode, Hello, parse_client_message

VIOLATIONS = 10
"""Messages beyond the rate that are answered before the socket is closed."""
FLUSH_SECS = 1.0
"""For what still waits when a socket is to be closed."""
ABORT_SECS = 3.0
"""For the other side to answer the close; a peer that never reads is cut off."""


class RefusedError(Exception):
    """The handshake failed: tell why, then close with `code`."""

    def __init__(self, error: NeuroglowError, code: int) -> None:
        super().__init__(error.message)
        self.error = error
        self.code = code


async def live(socket: WebSocket) -> None:
    """`WS /api/sessions/{id}/live`"""
    gateway = gateway_of(socket)
    limits = gateway.settings.limits
    if gateway.counters.sockets >= limits.sockets:
        error = AtCapacityError(f"This server has {limits.sockets} connections open; try again later")
        await socket.send_denial_response(error_response(error))
        return
    gateway.counters.sockets += 1
    goodbye: Goodbye | None = None
    try:
        await socket.accept()
        goodbye = await _serve(socket, gateway)
    except RefusedError as refused:
        goodbye = await _refuse(socket, refused)
    except WebSocketDisconnect:
        goodbye = None
    finally:
        gateway.counters.sockets -= 1
        await _close(socket, goodbye)


async def _serve(socket: WebSocket, gateway: Gateway) -> Goodbye | None:
    """From hello to the end. How to close the socket, or None if the other side did."""
    session_id: str = socket.path_params["session_id"]
    limits = gateway.settings.limits
    if not await gateway.registry.knows(session_id):
        raise RefusedError(NotFoundError("No such session"), CloseCode.NO_SUCH_SESSION)
    try:
        async with asyncio.timeout(limits.hello_secs):
            hello = await _hello(socket)
    except TimeoutError:
        raise RefusedError(UnauthorizedError("No hello in time"), CloseCode.NO_HELLO) from None
    session, viewer = await _enter(gateway, session_id, hello)
    reading = asyncio.create_task(_read(socket, session, viewer, gateway))
    sending = asyncio.create_task(viewer.send_all(socket))
    try:
        ends: set[asyncio.Future[Any]] = {reading, sending, viewer.goodbye}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if viewer.goodbye.done() and viewer.goodbye.result().flush:
            await asyncio.wait({sending}, timeout=FLUSH_SECS)
    finally:
        session.detach(viewer)
        for task in (reading, sending):
            task.cancel()
        outcomes = await asyncio.gather(reading, sending, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome
    return viewer.goodbye.result() if viewer.goodbye.done() else None


async def _hello(socket: WebSocket) -> Hello:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    if message.get("text") is None:
        raise RefusedError(InvalidInputError("Messages are text"), CloseCode.BINARY)
    try:
        document = strict_json.loads(message["text"])
        is_hello = isinstance(document, dict) and document.get("type") == "hello"
        # Before anything else of it is judged: another version's hello may look different.
        if is_hello and isinstance(document.get("protocol"), int) and document["protocol"] != PROTOCOL:
            raise RefusedError(
                UnsupportedProtocolError(
                    f"This server speaks protocol {PROTOCOL}; reload the page or update the client"
                ),
                CloseCode.PROTOCOL_VERSION,
            )
        if not is_hello:
            raise InvalidInputError("The first message must be hello", field="/type")
        return parse(Hello, document)
    except NeuroglowError as error:
        raise RefusedError(error, CloseCode.NO_HELLO) from None


async def _enter(gateway: Gateway, session_id: str, hello: Hello) -> tuple[Session, Viewer]:
    """The session and its new viewer, or `RefusedError`."""
    limits = gateway.settings.limits
    try:
        session = await gateway.registry.find(session_id)
    except NotFoundError as error:
        raise RefusedError(error, CloseCode.NO_SUCH_SESSION) from None
    except AtCapacityError as error:
        raise RefusedError(error, CloseCode.TRY_LATER) from None
    role = tokens.role_of(hello.token, session.record)
    if role is None:
        raise RefusedError(UnauthorizedError("That is not a token of this session"), CloseCode.BAD_TOKEN)
    if len(session.viewers) >= limits.viewers_per_session:
        crowd = AtCapacityError(f"{limits.viewers_per_session} viewers already watch this session; try again later")
        raise RefusedError(crowd, CloseCode.TRY_LATER)
    viewer = Viewer(role, limits, gateway.counters)
    session.attach(viewer, tokens.viewer_token(hello.token) if role == "owner" else None)
    return session, viewer


async def _read(socket: WebSocket, session: Session, viewer: Viewer, gateway: Gateway) -> None:
    """Take in messages until the socket or the server's patience ends."""
    limits = gateway.settings.limits
    bucket = TokenBucket(per_second=limits.messages_per_second, burst=limits.message_burst, now=time.monotonic())
    violations = 0
    _wire(socket).on_ack = functools.partial(session.watching.acknowledge, viewer)
    async with Requests(session, viewer) as requests:
        while True:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text: str | None = received.get("text")
            if text is None:
                viewer.close(CloseCode.BINARY, "Messages are text")
                return
            request: int | None = None
            try:
                document = strict_json.loads(text)
                request = _request_of(document)
                message = parse_client_message(document)
                if isinstance(message, Ack):
                    session.watching.acknowledge(viewer, message.seq)
                    continue
                if bucket.allow(time.monotonic()):
                    requests.take(message)
                    continue
            except NeuroglowError as error:
                if bucket.allow(time.monotonic()):
                    viewer.post(error_message(request, error))
                    continue
            violations += 1
            too_fast = RateLimitedError(f"More than {limits.messages_per_second:g} messages a second; slow down")
            viewer.post(error_message(request, too_fast))
            if violations >= VIOLATIONS:
                viewer.close(CloseCode.TOO_MANY_MESSAGES, "Too many messages")
                return


def _request_of(document: Any) -> int | None:
    """The request's number, if the message has a proper one."""
    request = document.get("request") if isinstance(document, dict) else None
    is_number = isinstance(request, int) and not isinstance(request, bool) and 0 <= request < 2**53
    return request if is_number else None


async def _refuse(socket: WebSocket, refused: RefusedError) -> Goodbye | None:
    try:
        async with asyncio.timeout(FLUSH_SECS):
            await socket.send_text(error_message(None, refused.error).text())
    except (TimeoutError, WebSocketDisconnect):
        return None
    return Goodbye(refused.code, refused.error.message)


async def _close(socket: WebSocket, goodbye: Goodbye | None) -> None:
    """Say goodbye where there is someone to hear it; cut off who does not."""
    if goodbye is not None:
        try:
            async with asyncio.timeout(FLUSH_SECS if goodbye.flush else 0.1):
                # A close frame has room for 123 bytes of reason.
                await socket.close(goodbye.code, goodbye.reason.encode()[:120].decode(errors="ignore"))
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            pass
    asyncio.get_running_loop().call_later(ABORT_SECS, _wire(socket).cut_off)


def _wire(socket: WebSocket) -> SocketProtocol:
    wire: SocketProtocol = socket.scope["extensions"][WIRE]
    return wire
