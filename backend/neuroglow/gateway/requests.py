"""Requests of one viewer: each is answered by exactly one `done` or `error`, and a slow one holds up no other."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from neuroglow.errors import ForbiddenError, InvalidInputError, NeuroglowError, RateLimitedError
from neuroglow.gateway.faults import unexpected
from neuroglow.gateway.session import Session
from neuroglow.gateway.viewer import Viewer
from neuroglow.wire.messages import (
    Ack,
    AnyClientMessage,
    Control,
    Done,
    Edit,
    ErrorMessage,
    Hello,
    RateTest,
    SetWeights,
    Unsubscribe,
)
from neuroglow.wire.subscriptions import AnySubscribe

UNDER_WAY = 64
"""Requests of one viewer that may wait for the engine at once."""

Request = Control | Edit | SetWeights | RateTest | AnySubscribe | Unsubscribe


def error_message(request: int | None, error: NeuroglowError) -> ErrorMessage:
    return ErrorMessage(request=request, **error.payload())


class Requests:
    """Leaving the context drops what is under way: nobody is left to be answered. An edit in progress still ends
    one way or the other, for it is shielded."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()

    def take(self, message: AnyClientMessage) -> None:
        """Start on it. Tasks begin in the order of the messages, so commands reach the engine in that order."""
        if isinstance(message, Hello):
            self._viewer.post(error_message(None, InvalidInputError("Hello was said already", field="/type")))
            return
        assert not isinstance(message, Ack), "acknowledgements are no requests"
        if len(self._tasks) >= UNDER_WAY:
            error = RateLimitedError(f"{UNDER_WAY} requests are under way; wait for answers")
            self._viewer.post(error_message(message.request, error))
            return
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Request) -> None:
        try:
            self._viewer.post(await self._do(message))
        except NeuroglowError as error:
            self._viewer.post(error_message(message.request, error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request is answered, and the log says what it was
            self._viewer.post(error_message(message.request, unexpected(error)))

    async def _do(self, message: Request) -> Done:
        match message:
            case Control():
                self._require_owner("control")
                update = await self._session.changes.control(message)
                return Done(type="done", request=message.request, update=update)
            case Edit():
                self._require_owner("edit")
                # An edit the engine has taken must be committed even if its socket goes away meanwhile.
                revision, update = await _outlive(asyncio.create_task(self._session.changes.edit(message)))
                return Done(type="done", request=message.request, revision=revision, update=update)
            case SetWeights():
                self._require_owner("set weights")
                update = await self._session.changes.set_weights(message)
                return Done(type="done", request=message.request, update=update)
            case RateTest():
                self._require_owner("test learning rates")
                facts = await self._session.changes.test_rates(message)
                return Done(**(facts | {"type": "done", "request": message.request}))
            case Unsubscribe():
                self._session.watching.unsubscribe(self._viewer, message.channel)
                return Done(type="done", request=message.request)
            case _:
                channel, facts = await self._session.watching.subscribe(self._viewer, message)
                return Done(**(facts | {"type": "done", "request": message.request, "channel": channel}))

    def _require_owner(self, what: str) -> None:
        if self._viewer.role != "owner":
            raise ForbiddenError(f"Viewers watch; only the owner can {what}. Take a copy to change things")


async def _outlive(edit: asyncio.Task[tuple[int, int]]) -> tuple[int, int]:
    """Wait for an edit that goes on if the waiting is cancelled."""
    try:
        return await asyncio.shield(edit)
    except asyncio.CancelledError:
        edit.add_done_callback(_note)
        raise


def _note(edit: asyncio.Task[tuple[int, int]]) -> None:
    """An edit ended with nobody left to be answered: a refusal is fine, anything else belongs to the log."""
    error = None if edit.cancelled() else edit.exception()
    if isinstance(error, Exception) and not isinstance(error, NeuroglowError):
        unexpected(error)
