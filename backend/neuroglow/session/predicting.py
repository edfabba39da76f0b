"""Predictions for rows that someone brings: kept until their program is there, answered behind the chunk under way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from jax import Array

from neuroglow.engine.train import State
from neuroglow.errors import InternalError, NeuroglowError
from neuroglow.insight.answers import RowAnswers
from neuroglow.insight.probe import Subject
from neuroglow.session.tools import Tools


@dataclass(frozen=True)
class Asked:
    """Predictions under way, and the moment they are of."""

    call: int
    rows: RowAnswers
    outputs: Array | BaseException
    moment: dict[str, Any]

    def answer(self) -> dict[str, Any] | NeuroglowError:
        """The reply, or why there is none; waits for the device."""
        if isinstance(self.outputs, BaseException):
            return InternalError("The engine could not prepare these predictions; its log says why")
        try:
            return self.moment | self.rows.document(self.outputs)
        except NeuroglowError as error:
            return error


@dataclass
class _Waiting:
    call: int
    rows: list[Any]
    bound: RowAnswers | None = None
    """None while no network is there."""
    program: Future[Any] | None = None

    @property
    def is_ready(self) -> bool:
        return self.program is not None and self.program.done()


class Predicting:
    """A queue of commands with their rows."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._waiting: list[_Waiting] = []

    @property
    def is_ready(self) -> bool:
        return any(waiting.is_ready for waiting in self._waiting)

    def ask(self, call: int, rows: list[Any], subject: Subject | None) -> None:
        """Raises `InvalidInputError` for rows that do not fit; without a subject that is found out by `rebind`."""
        waiting = _Waiting(call, rows)
        if subject is not None:
            self._bind(waiting, subject)
        self._waiting.append(waiting)

    def rebind(self, subject: Subject) -> Iterator[tuple[int, NeuroglowError]]:
        """After an edit the rows are of another experiment; yields the calls whose rows do not fit it."""
        asked, self._waiting = self._waiting, []
        for waiting in asked:
            try:
                self._bind(waiting, subject)
            except NeuroglowError as error:
                yield waiting.call, error
            else:
                self._waiting.append(waiting)

    def launch(self, state: State, update: int, run: str) -> list[Asked]:
        """Enqueue all whose program is there."""
        ready = [waiting for waiting in self._waiting if waiting.is_ready]
        self._waiting = [waiting for waiting in self._waiting if not waiting.is_ready]
        return [_launched(waiting, state, {"run": run, "update": update}) for waiting in ready]

    def drop(self) -> list[int]:
        """Forget all; the calls that now need another answer."""
        calls = [waiting.call for waiting in self._waiting]
        self._waiting = []
        return calls

    def _bind(self, waiting: _Waiting, subject: Subject) -> None:
        waiting.bound = bound = RowAnswers(waiting.rows, subject)
        waiting.program = self._tools.compiler.request(
            bound.key, bound.compile, wake=self._tools.wake, wanted=lambda: waiting.bound is bound
        )


def _launched(waiting: _Waiting, state: State, moment: dict[str, Any]) -> Asked:
    assert waiting.bound is not None, "ready means bound"
    assert waiting.program is not None, "and its program made"
    error = waiting.program.exception()
    outputs = error if error is not None else waiting.bound.launch(waiting.program.result(), state)
    return Asked(waiting.call, waiting.bound, outputs, moment)
