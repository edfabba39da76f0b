"""Who asks and how often: what every route that makes something or belongs to a session checks first."""

from __future__ import annotations

import time

from starlette.requests import Request

from neuroglow.errors import ForbiddenError, RateLimitedError, UnauthorizedError
from neuroglow.gateway.gateway import Gateway, gateway_of
from neuroglow.gateway.session import Session
from neuroglow.gateway.tokens import role_of
from neuroglow.wire.messages import Role


async def authorized(request: Request) -> tuple[Session, Role]:
    """The session that the path names and what the bearer token allows there."""
    found = await gateway_of(request).registry.find(request.path_params["session_id"])
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    role = role_of(token.strip(), found.record) if scheme.lower() == "bearer" else None
    if role is None:
        raise UnauthorizedError("This session needs its token: Authorization: Bearer TOKEN")
    return found, role


async def owned(request: Request, what: str) -> Session:
    """The session of the path, for its owner; `what` says what only the owner can do."""
    found, role = await authorized(request)
    if role != "owner":
        raise ForbiddenError(f"Only the owner can {what}")
    return found


def count(gateway: Gateway) -> None:
    """Count a request that makes something; `RateLimitedError` when there are too many."""
    if not gateway.requests.allow(time.monotonic()):
        raise RateLimitedError("Too many requests at once; wait a second")
