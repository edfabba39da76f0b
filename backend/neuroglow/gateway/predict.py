"""`POST /api/predict/{id}`: what the session's network answers to rows that someone brings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from neuroglow.errors import EngineUnavailableError, IllegalStateError
from neuroglow.gateway.bodies import read_json
from neuroglow.gateway.errand import while_connected
from neuroglow.gateway.gateway import gateway_of
from neuroglow.gateway.permits import authorized, count
from neuroglow.gateway.session import Session
from neuroglow.wire import worker as protocol
from neuroglow.wire.http import PredictRequest

OPENING_SECS = 30.0
"""How long a session that is not open yet is waited for: its data may have to be read first."""


async def predict(request: Request) -> Response:
    """For whoever may watch; nothing of the run changes."""
    session, _ = await authorized(request)
    count(gateway_of(request))
    body = await read_json(request, PredictRequest)
    return JSONResponse(await while_connected(request, answers(session, body.rows)))


async def answers(session: Session, rows: Sequence[Any]) -> dict[str, Any]:
    """`PredictionsMade` as a document; the session may still be opened."""
    if session.record.failure is not None:
        raise IllegalStateError("This session has failed; change something or reset it first")
    try:
        async with asyncio.timeout(OPENING_SECS):
            await session.hosting.opened()
    except TimeoutError:
        raise EngineUnavailableError("The engine is starting; try again in a moment") from None
    return await session.hosting.call(protocol.Predict, rows=list(rows))
