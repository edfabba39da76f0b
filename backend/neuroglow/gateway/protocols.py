"""uvicorn's protocols with what they leave open: slow requests, unreadable ones, and peers that never read."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, cast

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from neuroglow.errors import InvalidInputError
from neuroglow.wire.messages import CloseCode

WIRE = "neuroglow.wire"
"""Key of a live socket's own `SocketProtocol` in its `scope["extensions"]`."""
HEAD_SECS = 10.0
"""For a request's head to arrive; who sends a byte now and then does not hold a connection for ever."""
MAX_PIECES = 1024
"""Fragments of one message: empty ones weigh nothing against the limit of bytes, and there could be any number."""
MAX_UNREAD_BYTES = 1 << 20
"""Answers to pings that a peer does not read are held up to this size."""
LINGER_SECS = 1.0
"""For a peer that broke the protocol to read why it is closed."""

_ACK = re.compile(rb'\{"type":"ack","seq":(\d{1,15})\}')
"""How every client writes its most frequent message; other spellings take the long way and mean the same."""


class HttpProtocol(HttpToolsProtocol):
    """Bounded time for a request's head, and the one error shape also for what is not HTTP."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        body = json.dumps(InvalidInputError(msg.rstrip(".")).payload()).encode()
        head = (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nx-content-type-options: nosniff\r\n"
            b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
        )
        self.transport.write(head + body)
        self.transport.close()

    def _expect_head(self) -> None:
        self._head_is_here()
        self._patience = self.loop.call_later(HEAD_SECS, self._give_up)

    def _head_is_here(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class _Handshake(ServerProtocol):
    """Refuses a broken handshake in the one error shape."""

    def reject(self, status: StatusLike, text: str) -> Response:
        response = super().reject(status, json.dumps(InvalidInputError(text.strip().rstrip(".")).payload()))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        return response


class SocketProtocol(WebSocketsSansIOProtocol):
    """Hands acknowledgements over without a detour: they are half of all messages. Cuts off who never reads. Ends what
    is no websocket so that the other side learns the close code."""

    on_ack: Callable[[int], None] | None = None
    """Called with `seq` for each acknowledgement, as soon as somebody has said how; they arrive nowhere else then."""

    _has_failed = False

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = _Handshake(max_size=config.ws_max_size, logger=self.logger)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions = cast("dict[str, Any]", self.scope["extensions"])
            extensions[WIRE] = self

    def handle_text(self, event: Frame) -> None:
        if self.on_ack is not None and event.fin and (ack := _ACK.fullmatch(event.data)) is not None:
            self.on_ack(int(ack[1]))
        else:
            super().handle_text(event)

    def cut_off(self) -> None:
        """Closing politely would wait for ever for a peer that never reads."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._has_failed:
            super().data_received(data)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MAX_PIECES:
            super().handle_cont(event)
        else:
            self._fail(CloseCode.TOO_BIG, f"A message may come in {MAX_PIECES} pieces")

    def handle_ping(self) -> None:
        super().handle_ping()
        if self.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.transport.abort()

    async def send(self, message: ASGISendEvent) -> None:
        """What was on its way while this end failed the connection goes nowhere, as if the peer had left; uvicorn would
        blame the application."""
        if self._has_failed:
            raise ClientDisconnected
        await super().send(message)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            # uvicorn would write a traceback to the log for what is only the client's mistake.
            self._fail(CloseCode.NOT_UTF8, "Text must be UTF-8")
        else:
            super().send_receive_event_to_app()

    def _fail(self, code: int, reason: str) -> None:
        self.frames = []
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        """uvicorn would close at once. The system then resets the connection if something is unread, and the other
        side may never see the close frame; so only our half is closed, and what still comes is thrown away."""
        assert self.conn.close_sent is not None
        self._has_failed = self.close_sent = True
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.write_eof()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # With a timer set, the end of the application does not close the transport.
        self.close_timer = self.loop.call_later(LINGER_SECS, self.transport.close)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
