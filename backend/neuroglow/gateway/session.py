"""One live session: its record, its state, its viewers, and what the engine says about it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from neuroglow.gateway.background import Background
from neuroglow.gateway.changes import Changes
from neuroglow.gateway.counters import Counters
from neuroglow.gateway.desk import Desk
from neuroglow.gateway.feed import Feed
from neuroglow.gateway.hosting import FindWorker, Hosting
from neuroglow.gateway.line import Line
from neuroglow.gateway.logs import Log
from neuroglow.gateway.presence import Presence
from neuroglow.gateway.process import Death
from neuroglow.gateway.recorder import Recorder
from neuroglow.gateway.runs import next_run
from neuroglow.gateway.viewer import Viewer
from neuroglow.gateway.watching import Watching
from neuroglow.spec.limits import Limits
from neuroglow.spec.patch import Complete
from neuroglow.store import SessionRecord, SessionStore
from neuroglow.wire import worker as protocol
from neuroglow.wire.messages import (
    PROTOCOL,
    Metrics,
    Point,
    Progress,
    ServerMessage,
    SessionInfo,
    SessionState,
    State,
    Welcome,
)

ENGINE_START_SECS = 6.0
"""What a person is told to expect of an engine that starts."""
HISTORY_SECS = 30.0
"""A running session's history is written at most this often; what a crash loses of it is a piece of a curve."""
SEQ_MARGIN = 1 << 20
"""Added to the stored frame number after a crash: more frames than can have been numbered since it was written."""
CLOSED_NORMALLY = 1000

log = Log("session")


@dataclass(frozen=True)
class House:
    """What all sessions share."""

    limits: Limits
    store: SessionStore
    counters: Counters
    find_worker: FindWorker
    suspects: asyncio.Lock
    complete: Complete


class Session:
    """Made from its record; `begin` takes it to an engine. All methods run on the event loop's thread."""

    def __init__(self, house: House, record: SessionRecord) -> None:
        self.id = record.id
        self.experiment = record.read_experiment()
        self.viewers: set[Viewer] = set()
        self.is_closed = False
        self.limits = house.limits
        self.complete = house.complete
        self.recorder = Recorder(house.store, record)
        self.desk = Desk(house.limits.texts_waiting)
        self.hosting = Hosting(self, house.find_worker, house.suspects)
        self.watching = Watching(self.hosting, self.viewers, house.limits, house.counters)
        self.line = Line(
            run=record.run, update=record.update, epoch=record.epoch, max_points=house.limits.metrics_points
        )
        self.changes = Changes(self)
        self._state = State(type="state", state="compiling", run=record.run, update=record.update, epoch=record.epoch)
        self._state_set_at = time.monotonic()
        self._feed = Feed(self._send_points)
        self._presence = Presence(house.limits.unwatched_pause_secs, self._rest)
        self._background = Background()
        self._seq = record.seq if record.saved else record.seq + SEQ_MARGIN
        self._stood_saved = False
        """Whether it stood still, saved, when the engine went away."""
        self._history_written_at = time.monotonic()

    @property
    def record(self) -> SessionRecord:
        return self.recorder.record

    @property
    def state(self) -> SessionState:
        return self._state.state

    def info(self) -> SessionInfo:
        return SessionInfo(
            id=self.id,
            state=self.state,
            run=self.line.run,
            revision=self.record.revision,
            update=self.line.update,
            epoch=self.line.epoch,
            experiment=self.experiment,
        )

    # --- coming and going ---------------------------------------------------------------------------------------------

    async def begin(self, *, is_new: bool) -> None:
        """Bring it to life. A new one runs for a while even if nobody watches yet."""
        if is_new:
            self._presence.left_alone()
        else:
            self.line.history.add(_readable(await self.recorder.load_history()))
        if self.record.failure is not None:
            self.announce("failed", reason=self.record.failure)
        else:
            self.hosting.start()

    def attach(self, viewer: Viewer, viewer_token: str | None) -> None:
        """Welcome a viewer: who it is, the curve so far, the state; then everything as it comes."""
        # Points that still wait are part of the history that the newcomer gets.
        self._feed.flush()
        members = {"viewer_token": viewer_token} if viewer_token is not None else {}
        viewer.post(
            Welcome(
                type="welcome",
                protocol=PROTOCOL,
                role=viewer.role,
                limits=self.limits,
                session=self.info(),
                **members,
            )
        )
        for text in self.line.history.messages(self.line.run):
            viewer.post(text)
        viewer.post(self._present_state())
        self.viewers.add(viewer)
        self.touch()
        if self._presence.arrived() and self.record.play:
            self._tell_engine("play")

    def detach(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)
        self.watching.forget(viewer)
        self.touch()
        if not self.viewers and not self.is_closed:
            self._presence.left_alone()

    def touch(self) -> None:
        self.recorder.change(touched=time.time())

    async def park(self) -> None:
        """Leave the engine with everything on disk; the session comes back from its record."""
        self._end()
        result = await self.hosting.close(save=True)
        if result is None:
            await self.save(is_exact=self.record.saved)
            return
        self.line.reach(int(result["update"]), int(result["epoch"]))
        # Of a diverged session the last finite moment is kept, not where it stands.
        await self.save(is_exact=result["state"] != "diverged")

    async def save(self, *, is_exact: bool) -> None:
        """Record and history to disk. `is_exact`: the snapshot is where the session stands."""
        line = self.line
        self.recorder.change(update=line.update, epoch=line.epoch, run=line.run, seq=self._seq, saved=is_exact)
        await self.recorder.save()
        await self.recorder.save_history(line.history.to_document())

    async def delete(self) -> None:
        """Close it for good, for everybody."""
        self._end()
        self.announce("closed", reason="The owner closed this session")
        for viewer in list(self.viewers):
            viewer.close(CLOSED_NORMALLY, "The session was closed")
        await self.hosting.close(save=False)
        await self.recorder.delete()

    def _end(self) -> None:
        self.is_closed = True
        self._presence.end()

    def _rest(self) -> None:
        if self.record.play:
            self._tell_engine("pause")

    def _tell_engine(self, action: str) -> None:
        """Ask for something that nobody waits for; while the engine is away, `open_fields` says the same later."""
        if self.hosting.link is not None:
            speed = self.record.updates_per_second
            self._background.run(self.hosting.call(protocol.ControlSession, action=action, updates_per_second=speed))

    # --- what the engine says (the `Guest` of `Hosting`) --------------------------------------------------------------

    def open_fields(self) -> dict[str, Any]:
        """A resume that may have lost updates begins a new run."""
        record = self.record
        nothing_lost = record.saved or self._stood_saved
        run = self.line.run if nothing_lost else next_run(self.line.run)
        self.recorder.change(saved=False, run=run)
        self.recorder.save_soon()
        return {
            "experiment": self.experiment.to_document(),
            "directory": self.recorder.folder(),
            "run": run,
            "seq": self._seq,
            "play": record.play and not self._presence.rests,
            "resume": self.recorder.has_snapshot(),
            "updates_per_second": record.updates_per_second,
        }

    def hosted(self, result: dict[str, Any]) -> None:
        update = int(result["update"])
        self.line.reach(update, int(result["epoch"]))
        if self.record.run != self.line.run:
            self.begin_run(self.record.run, update)
            self.announce(self.state, from_update=update)
        self.watching.reopen()

    def waiting_for_engine(self) -> None:
        progress = Progress(step="engine", elapsed_secs=0.0, expected_secs=ENGINE_START_SECS)
        self.announce("compiling", progress=progress)

    def engine_keeps_dying(self) -> None:
        """While it waits for an engine, people are told that something is wrong with the engine itself."""
        if self.hosting.link is None and self.record.failure is None:
            progress = Progress(step="engine", elapsed_secs=0.0)
            self.announce("compiling", progress=progress, reason="The engine keeps stopping; the server's log says why")

    def set_aside(self, why: str) -> None:
        self.recorder.change(failure=why)
        self.recorder.save_soon()
        self.announce("failed", reason=why)

    def engine_lost(self, death: Death) -> None:
        self._stood_saved = self.state == "paused" and self.line.is_saved
        was_at_work = self.state in ("compiling", "running") or self.changes.is_editing
        self.watching.engine_lost()
        if not self.is_closed:
            self.hosting.lost(death, was_at_work=was_at_work)

    def engine_event(self, event: protocol.SessionChanged | protocol.SessionMetrics | protocol.SnapshotSaved) -> None:
        try:
            if isinstance(event, protocol.SessionChanged):
                self._on_state(State(type="state", **event.state))
            elif isinstance(event, protocol.SessionMetrics):
                self._on_metrics(event.run, [Point(**point) for point in event.points])
            else:
                self._on_snapshot(event)
        except ValidationError as error:
            log.failure("engine_event_unreadable", error, session=self.id)

    def deliver(self, envelope: protocol.FrameEnvelope, data: bytes) -> None:
        self._seq = max(self._seq, envelope.seq)
        self.watching.deliver(envelope, data)

    def _on_state(self, state: State) -> None:
        if state.run != self.line.run:
            self.recorder.change(run=state.run)
            self.recorder.save_soon()
            self.begin_run(state.run, state.from_update)
        elif state.from_update is not None:
            # A resume that lost nothing: there is no new line of history.
            state = State(**state.model_dump(exclude_unset=True, exclude={"from_update"}))
        # Paused with a reason is paused by itself: nobody's return may set it going again.
        stopped = state.state == "paused" and state.reason is not None
        if (state.state == "diverged" or stopped) and self.record.play:
            self.recorder.change(play=False)
            self.recorder.save_soon()
        if state.state in ("paused", "diverged", "failed"):
            self.hosting.settled()
        self.line.reach(state.update, state.epoch)
        self._set_state(state)

    def _on_metrics(self, run: str, points: list[Point]) -> None:
        if self.line.add(run, points):
            self._feed.add(points, viewers=len(self.viewers))

    def _on_snapshot(self, event: protocol.SnapshotSaved) -> None:
        self.hosting.settled(has_snapshot=True)
        self.line.saved(event.run, event.update)
        now = time.monotonic()
        if now - self._history_written_at > HISTORY_SECS and not self.is_closed:
            self._history_written_at = now
            self._background.run(self.save(is_exact=False))

    # --- what everybody is told ---------------------------------------------------------------------------------------

    def begin_run(self, run: str, from_update: int | None) -> None:
        # What is still on its way belongs to the run that ends.
        self._feed.flush()
        self.line.begin(run, from_update)

    def announce(self, state: SessionState, **members: Any) -> None:
        """A state the gateway itself knows of."""
        line = self.line
        self._set_state(State(type="state", state=state, run=line.run, update=line.update, epoch=line.epoch, **members))

    def _set_state(self, state: State) -> None:
        self._state = state
        self._state_set_at = time.monotonic()
        self.broadcast(state)

    def _present_state(self) -> State:
        """The state as it is now, for one who was not there when it began."""
        members = self._state.model_dump(exclude_unset=True, exclude={"from_update"})
        members |= {"update": self.line.update, "epoch": self.line.epoch}
        if "progress" in members:
            members["progress"]["elapsed_secs"] += time.monotonic() - self._state_set_at
        return State(**members)

    def broadcast(self, message: ServerMessage) -> None:
        """In order with everything said before."""
        self._feed.flush()
        self._send(message)

    def _send_points(self, points: list[Point]) -> None:
        self._send(Metrics(type="metrics", run=self.line.run, points=points))

    def _send(self, message: ServerMessage) -> None:
        """Encoded once, whoever watches."""
        text = message.text()
        for viewer in list(self.viewers):
            viewer.post(text)


def _readable(points: list[dict[str, Any]]) -> list[Point]:
    """A stored history; an unreadable one is no history."""
    try:
        return [Point(**point) for point in points]
    except (ValidationError, TypeError) as error:
        log.warning("history_unreadable", why=str(error)[:200])
        return []
