"""Request bodies: bounded in size, strict in JSON."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neuroglow.errors import InvalidInputError, TooLargeError
from neuroglow.gateway.faults import send_error
from neuroglow.spec.base import parse
from neuroglow.wire import strict_json

T = TypeVar("T")

BODY_SECS = 30.0
"""A body that is not there by then never comes."""


class BodyLimit:
    """Answers 413 as soon as a body is known to be above `max_bytes`, declared or counted.

    `files`: paths, as regular expressions, that take files, and how large these may be.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, files: Mapping[str, int]) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._files = {re.compile(path): limit for path, limit in files.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = self._limit(scope["path"])
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > max_bytes:
            await send_error(_too_large(max_bytes), scope, receive, send)
            return
        received = 0

        async def counting_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise _too_large(max_bytes)
            return message

        await self._app(scope, counting_receive, send)

    def _limit(self, path: str) -> int:
        return next((limit for pattern, limit in self._files.items() if pattern.fullmatch(path)), self._max_bytes)


def _too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError(f"A body may have at most {max_bytes} bytes")


async def read_json(request: Request, kind: type[T]) -> T:
    """The body as `kind`, or the error that says what is wrong with it and where."""
    try:
        async with asyncio.timeout(BODY_SECS):
            body = await request.body()
    except TimeoutError:
        raise InvalidInputError(f"The body was not complete after {BODY_SECS:.0f} s") from None
    except ClientDisconnect:
        raise InvalidInputError("The client went away before its body was complete") from None
    document: Any = strict_json.loads(body)
    return parse(kind, document)
