"""How errors become answers: one shape for every 4xx and 5xx, and an id where the reason is nobody's business."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from neuroglow.errors import (
    AtCapacityError,
    EngineUnavailableError,
    InternalError,
    InvalidInputError,
    MethodNotAllowedError,
    NeuroglowError,
    NotFoundError,
    UnauthorizedError,
)
from neuroglow.gateway.logs import Log

ENGINE_RETRY_SECS = 1

log = Log("faults")


def error_response(error: NeuroglowError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The error's payload with its status and the headers that belong to it."""
    own: dict[str, str] = {}
    if isinstance(error, AtCapacityError):
        own["retry-after"] = str(error.retry_after_secs)
    elif isinstance(error, EngineUnavailableError):
        own["retry-after"] = str(ENGINE_RETRY_SECS)
    elif isinstance(error, UnauthorizedError):
        own["www-authenticate"] = "Bearer"
    return JSONResponse(error.payload(), status_code=error.status, headers=own | dict(headers or {}))


async def send_error(error: NeuroglowError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an HTTP request, or a websocket handshake before it is accepted."""
    response = error_response(error)
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).send_denial_response(response)
    else:
        await response(scope, receive, send)


def unexpected(error: Exception) -> InternalError:
    """Log what happened; the answer carries only the id under which the log tells it."""
    fault_id = secrets.token_hex(8)
    log.failure("unexpected_error", error, id=fault_id)
    return InternalError(f"Something went wrong on the server; its log explains it under the id {fault_id}")


class FaultGuard:
    """The outermost resort: whatever nobody caught becomes a 500, once, in the one shape."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_started = False

        async def noting_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send if scope["type"] == "http" else send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            answer = unexpected(error)
            if not has_started:
                await send_error(answer, scope, receive, send)


def exception_handlers() -> dict[Any, ExceptionHandler]:
    """For errors raised by routes, and for the router's own."""
    return {NeuroglowError: _on_neuroglow_error, HTTPException: _on_http_exception}


async def _on_neuroglow_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NeuroglowError)
    return error_response(error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return error_response(NotFoundError("No such page or route"))
    if error.status_code == 405:
        message = f"This route does not take {request.method[:16]}"
        return error_response(MethodNotAllowedError(message), error.headers)
    if error.status_code < 500:
        return error_response(InvalidInputError(str(error.detail)[:200]))
    return error_response(unexpected(error))
