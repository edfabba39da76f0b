"""A live session without a worker process: the dispatch loop's turns, with everything it sends collected."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from neuroglow.engine.compiler import Compiler
from neuroglow.session.keeper import Keeper
from neuroglow.session.live import LiveSession
from neuroglow.session.material import Materials
from neuroglow.session.tools import Tools
from neuroglow.spec import Experiment
from neuroglow.spec.limits import Limits
from neuroglow.wire import worker as protocol
from neuroglow.wire.frames import FrameHeader, decode_frame

PATIENCE_SECS = 120.0


class Stage:
    """Hosts sessions one at a time on the calling thread, as the worker's dispatch thread does."""

    def __init__(self, directory: Path, limits: Limits | None = None, compiler: Compiler | None = None) -> None:
        self.events: list[protocol.Event] = []
        self.frames: list[tuple[int, FrameHeader, dict[str, Any]]] = []
        self._woken = threading.Event()
        self._directory = directory
        self._calls = count(1)
        self._names = count(1)
        self.compiler = compiler or Compiler()
        self.tools = Tools(
            compiler=self.compiler,
            keeper=Keeper(),
            materials=Materials(self._woken.set),
            limits=limits or Limits(),
            send=self._heard,
            send_frame=self._framed,
            wake=self._woken.set,
        )

    def _heard(self, event: protocol.Event) -> None:
        self.events.append(event)
        self._woken.set()

    def _framed(self, envelope: protocol.FrameEnvelope, frame: bytes) -> None:
        self.frames.append((envelope.audience, *decode_frame(frame)))

    def open(
        self, spec: Experiment, *, play: bool = False, name: str | None = None, resume: bool = False
    ) -> LiveSession:
        name = name or f"s{next(self._names)}"
        command = protocol.Open(
            call=next(self._calls),
            session=name,
            experiment=spec.to_document(),
            directory=str(self._directory / name),
            run="0",
            play=play,
            resume=resume,
        )
        session = LiveSession(command, self.tools)
        if not play and not resume:
            self.until(session, lambda: session.facts["state"] == "paused")
        return session

    def until(self, session: LiveSession, reached: Callable[[], bool]) -> None:
        """Take turns until something is so; every wait is on an event or a due time."""
        free_at, end = 0.0, time.monotonic() + PATIENCE_SECS
        while not reached():
            now = time.monotonic()
            assert now < end, f"gave up; the last events were {self.events[-4:]}"
            due = session.due_at()
            if due is not None and due <= now:
                work = session.launch(now)
                if work is not None:
                    free_at = session.finish(work, free_at)
                continue
            self._woken.wait(min(1.0, (due - now) if due is not None else 1.0))
            self._woken.clear()

    def rest(self, session: LiveSession) -> None:
        """Take turns until nothing is due at once."""
        self.until(session, lambda: (due := session.due_at()) is None or due > time.monotonic())

    def control(self, session: LiveSession, action: str, **numbers: Any) -> int:
        """Send a control command; returns its call."""
        call = next(self._calls)
        session.control(protocol.ControlSession(call=call, session=session.id, action=action, **numbers))
        return call

    def step(self, session: LiveSession, updates: int) -> None:
        call = self.control(session, "step", updates=updates)
        self.until(session, lambda: self.reply(call) is not None)

    def edit(self, session: LiveSession, spec: Experiment) -> bool:
        """Apply an experiment and wait until it has taken effect; True if that was at once."""
        call = next(self._calls)
        command = protocol.EditSession(call=call, session=session.id, experiment=spec.to_document())
        if session.edit(command) is not None:
            return True
        self.until(session, lambda: self.reply(call) is not None)
        reply = self.reply(call)
        assert reply is not None
        assert reply.error is None, reply.error
        return False

    def subscribe(self, session: LiveSession, channel: str, **ask: Any) -> dict[str, Any]:
        subscription = {"type": "subscribe", "request": 1, **ask}
        command = protocol.OpenChannel(call=1, session=session.id, channel=channel, subscription=subscription)
        return session.open_channel(command)

    def seat(self, session: LiveSession, *audiences: protocol.Audience, refresh: list[int] | None = None) -> None:
        session.viewing.set_audiences(list(audiences), refresh or [])

    def reply(self, call: int) -> protocol.Reply | None:
        return next((event for event in self.events if isinstance(event, protocol.Reply) and event.call == call), None)

    def states(self) -> list[dict[str, Any]]:
        return [event.state for event in self.events if isinstance(event, protocol.SessionChanged)]

    def points(self) -> list[dict[str, Any]]:
        return [p for event in self.events if isinstance(event, protocol.SessionMetrics) for p in event.points]

    def close(self) -> None:
        self.tools.keeper.close()
        self.compiler.close()
