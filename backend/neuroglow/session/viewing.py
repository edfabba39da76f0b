"""Who looks at what: channels, audiences, and the frames that answer them.

Each distinct channel is computed once per moment and shared by all audiences that are due; each audience's frame is
encoded once. Nobody awake, nothing probed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from neuroglow.engine.compiler import Compiler
from neuroglow.engine.hyper import Hyper
from neuroglow.engine.order import Cursor
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError, NotFoundError
from neuroglow.insight.bind import bind, require_layers
from neuroglow.insight.probe import Outputs, Probe, Subject, Tensors
from neuroglow.insight.record import Record
from neuroglow.insight.statistics import HealthProbe
from neuroglow.spec.limits import Limits
from neuroglow.wire.frames import FrameHeader, encode_frame
from neuroglow.wire.subscriptions import AnySubscribe
from neuroglow.wire.worker import Audience, FrameEnvelope

log = structlog.get_logger()

EARLY = 0.25
"""A channel due within this share of its period joins a frame that goes out anyway."""
LEAST_SCALE = 0.05
RECOVERY = 1.25
BUDGET_WINDOW_SECS = 1.0


@dataclass
class _Channel:
    ask: AnySubscribe
    probe: Probe | None = None
    """None while the experiment has no such thing (a layer that was removed)."""
    program: Future[Any] | None = None


@dataclass
class _Due:
    """When a channel of an audience was last answered."""

    next_at: float = 0.0
    moment: int = -1


@dataclass
class _Seat:
    audience: Audience
    due: dict[str, _Due] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """What probes are asked of. `number` rises whenever the state or the experiment changed."""

    number: int
    state: State
    hyper: Hyper


@dataclass(frozen=True)
class Launched:
    """Probes under way and whom they are for."""

    outputs: dict[str, tuple[Probe, Outputs]]
    deliveries: list[tuple[int, list[str]]]


class Budget:
    """Keeps the share of time spent on probes below its limit by lowering the rate of frames."""

    def __init__(self, share: float) -> None:
        self._share = share
        self.scale = 1.0
        self._spent = 0.0
        self._since: float | None = None

    def spent(self, secs: float, now: float) -> bool:
        """Count time spent; True when the scale changed enough to tell people."""
        if self._since is None:
            self._since = now
        self._spent += secs
        elapsed = now - self._since
        if elapsed < BUDGET_WINDOW_SECS:
            return False
        before, share = self.scale, self._spent / elapsed
        if share > self._share:
            self.scale = max(LEAST_SCALE, self.scale * self._share / share)
        else:
            self.scale = min(1.0, self.scale * min(RECOVERY, self._share / max(share, 1e-9)))
        self._spent, self._since = 0.0, now
        return round(before, 1) != round(self.scale, 1)


class Viewing:
    """The channels and audiences of one session."""

    def __init__(self, session: str, seq: int, limits: Limits, compiler: Compiler, wake: Callable[[], None]) -> None:
        self._session, self._seq, self._limits = session, seq, limits
        self._compiler, self._wake = compiler, wake
        self._channels: dict[str, _Channel] = {}
        self._seats: dict[int, _Seat] = {}
        self.budget = Budget(limits.probe_share)
        self.record = Record()
        """How the layers' numbers were spread over the run, as far as anyone was looking."""

    @property
    def seq(self) -> int:
        return self._seq

    def open(self, name: str, ask: AnySubscribe, subject: Subject) -> dict[str, Any]:
        """Bind a channel and return the facts for `done`; raises `InvalidInputError`."""
        require_layers(ask, subject)
        probe = bind(ask, subject, self._limits.frame_bytes, self.record)
        if probe.frame_bytes > self._limits.frame_bytes:
            raise InvalidInputError(
                f"That is {probe.frame_bytes} bytes a frame, the limit is {self._limits.frame_bytes}; "
                "ask for fewer layers, units or cells",
                field="/layers",
            )
        channel = self._channels[name] = _Channel(ask)
        self._give(name, channel, probe)
        return probe.facts

    def close(self, name: str) -> None:
        if self._channels.pop(name, None) is None:
            raise NotFoundError(f"No channel '{name}'")

    def rebind(self, subject: Subject) -> None:
        """After an edit: every channel asks the same of the new experiment, or nothing if it has no such thing."""
        for name, channel in self._channels.items():
            channel.probe, channel.program = None, None
            with suppress(InvalidInputError):
                probe = bind(channel.ask, subject, self._limits.frame_bytes, self.record)
                if probe.frame_bytes <= self._limits.frame_bytes:
                    self._give(name, channel, probe)

    def set_audiences(self, audiences: list[Audience], refresh: list[int]) -> None:
        """Replace all audiences; those that stay keep their rhythm unless refreshed."""
        seats: dict[int, _Seat] = {}
        for audience in audiences:
            old = self._seats.get(audience.id)
            keeps = old is not None and audience.id not in refresh
            known = old.due if old is not None and keeps else {}
            seats[audience.id] = _Seat(audience, {name: known.get(name, _Due()) for name in audience.channels})
        self._seats = seats

    def next_due(self, moment: int, *, running: bool) -> float | None:
        """When a frame is due: 0.0 at once, None if nobody waits for one."""
        times = [
            due.next_at if running else 0.0
            for seat in self._awake()
            for name, due in seat.due.items()
            if due.moment != moment and self._is_ready(name)
        ]
        return min(times, default=None)

    def launch(self, moment: Moment, now: float, *, running: bool) -> Launched | None:
        """Enqueue every probe that is due now, each once; None when none is."""
        deliveries: list[tuple[int, list[str]]] = []
        for seat in self._awake():
            channels = [name for name in seat.due if self._is_due(seat, name, moment.number, now, running)]
            if channels and (not running or any(seat.due[name].next_at <= now for name in channels)):
                deliveries.append((seat.audience.id, channels))
                for name in channels:
                    self._answered(seat, name, moment.number, now)
        outputs: dict[str, tuple[Probe, Outputs]] = {}
        health: Outputs | None = None
        for name in {name for _, channels in deliveries for name in channels}:
            channel = self._channels[name]
            if channel.probe is None or channel.program is None:
                continue
            # All who ask for the health of the layers ask the same of the device.
            is_health = isinstance(channel.probe, HealthProbe)
            found = health if is_health else None
            if found is None:
                found = channel.probe.launch(channel.program.result(), moment.state, moment.hyper)
            health = found if is_health else health
            outputs[name] = (channel.probe, found)
        return Launched(outputs, deliveries) if outputs else None

    def frames(self, launched: Launched, run: str, cursor: Cursor) -> Iterator[tuple[FrameEnvelope, bytes]]:
        """Fetch the answers and encode one frame per audience; equal sets of channels share the bytes' making."""
        for probe, out in launched.outputs.values():
            if isinstance(probe, HealthProbe):
                probe.remember(out, cursor.update)
                break
        answers: dict[str, Tensors] = {name: probe.tensors(out) for name, (probe, out) in launched.outputs.items()}
        for audience, channels in launched.deliveries:
            self._seq += 1
            header = FrameHeader(self._session, run, self._seq, cursor.update, cursor.epoch, time.time() * 1000.0)
            tensors = {f"{name}/{key}": array for name in channels for key, array in answers[name].items()}
            yield FrameEnvelope(self._session, audience, self._seq, channels), encode_frame(header, tensors)

    def _awake(self) -> Iterator[_Seat]:
        return (seat for seat in self._seats.values() if seat.audience.awake)

    def _is_due(self, seat: _Seat, name: str, moment: int, now: float, running: bool) -> bool:
        due = seat.due[name]
        if due.moment == moment or not self._is_ready(name):
            return False
        return not running or now >= due.next_at - EARLY * self._period(seat, name)

    def _answered(self, seat: _Seat, name: str, moment: int, now: float) -> None:
        due, period = seat.due[name], self._period(seat, name)
        due.moment = moment
        # Keep the rhythm, unless so late that the rhythm is lost.
        due.next_at = due.next_at + period if now - due.next_at < period else now + period

    def _period(self, seat: _Seat, name: str) -> float:
        rate = min(seat.audience.channels[name], self._limits.frames_per_second)
        return 1.0 / (rate * self.budget.scale)

    def _is_ready(self, name: str) -> bool:
        channel = self._channels.get(name)
        program = None if channel is None else channel.program
        return program is not None and program.done() and program.exception() is None

    def _give(self, name: str, channel: _Channel, probe: Probe) -> None:
        def wanted() -> bool:
            return self._channels.get(name) is channel and channel.probe is probe

        channel.probe = probe
        channel.program = self._compiler.request(probe.key, probe.compile, wake=self._wake, wanted=wanted)
        channel.program.add_done_callback(partial(self._report, name))

    def _report(self, name: str, program: Future[Any]) -> None:
        """From the compile thread. A stream that cannot be made stays silent; the run has nothing to do with it."""
        error = program.exception()
        if error is not None:
            log.error("stream failed to compile", session=self._session, channel=name, exc_info=error)
