"""What a session tells the gateway: answers to commands, its state, points of its curve, snapshots on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from neuroglow.errors import IllegalStateError, NeuroglowError
from neuroglow.session.standing import Standing
from neuroglow.wire.worker import Event, Reply, SessionChanged, SessionMetrics, SnapshotSaved


class Telling:
    """`call` None is nobody's: there is nothing to answer."""

    def __init__(self, session: str, standing: Standing, send: Callable[[Event], None]) -> None:
        self._session, self._standing, self._send = session, standing, send

    def reply(self, call: int | None, result: dict[str, Any]) -> None:
        if call is not None:
            self._send(Reply(call=call, result=result))

    def refuse(self, call: int | None, reason: str | None) -> None:
        self.fail(call, IllegalStateError(reason or "The session stopped"))

    def fail(self, call: int | None, error: NeuroglowError) -> None:
        if call is not None:
            self._send(Reply(call=call, error=error.payload()))

    def settle(self, call: int, answer: dict[str, Any] | NeuroglowError) -> None:
        if isinstance(answer, NeuroglowError):
            self.fail(call, answer)
        else:
            self.reply(call, answer)

    def state(self, **members: Any) -> None:
        """The public `state` message; what is null is left out, but for the speed dial, where null is full speed."""
        state = {"run": str(self._standing.run), "from_update": self._standing.tell_from_update(), **members}
        self._send(
            SessionChanged(
                session=self._session,
                state={k: v for k, v in state.items() if v is not None or k == "updates_per_second"},
            )
        )

    def point(self, point: dict[str, Any]) -> None:
        self._send(SessionMetrics(session=self._session, run=str(self._standing.run), points=[point]))

    def saved(self, update: int) -> None:
        """From the keeper's thread."""
        self._send(SnapshotSaved(session=self._session, run=str(self._standing.run), update=update))
