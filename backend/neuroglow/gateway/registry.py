"""All sessions of a server: the live ones, the parked ones on disk, and who has to make room for whom."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from neuroglow.errors import AtCapacityError, InvalidInputError, NotFoundError
from neuroglow.gateway import tokens
from neuroglow.gateway.background import Background
from neuroglow.gateway.changes import layer_names
from neuroglow.gateway.counters import Counters
from neuroglow.gateway.hosting import FindWorker
from neuroglow.gateway.logs import Log
from neuroglow.gateway.process import Death
from neuroglow.gateway.runs import FIRST_RUN
from neuroglow.gateway.session import House, Session
from neuroglow.gateway.supervisor import Worker
from neuroglow.settings import Settings
from neuroglow.spec import Experiment
from neuroglow.spec.patch import Complete
from neuroglow.store import SessionRecord, SessionStore
from neuroglow.wire import worker as protocol

CHECK_SECS = 0.25
"""How often it is looked whether viewers still acknowledge."""

log = Log("registry")


@dataclass(frozen=True)
class Created:
    session: Session
    owner_token: str
    viewer_token: str


class Registry:
    """The supervisor's `Sessions`. `load` must have run before anything is looked up."""

    def __init__(
        self,
        settings: Settings,
        store: SessionStore,
        counters: Counters,
        find_worker: FindWorker,
        complete: Complete,
    ) -> None:
        self._settings = settings
        self._store = store
        self._house = House(settings.limits, store, counters, find_worker, asyncio.Lock(), complete)
        self._live: dict[str, Session] = {}
        self._parked: dict[str, float] = {}
        """Id to last touch, of sessions that are only on disk."""
        self._parking: dict[str, asyncio.Task[None]] = {}
        self._loaded = asyncio.Event()
        self._reviving = asyncio.Lock()
        self._background = Background()

    @property
    def live(self) -> int:
        return len(self._live)

    async def load(self) -> None:
        """Find what earlier servers left in the data folder; what cannot be read is set aside."""
        touched, broken = await asyncio.to_thread(self._store.load_all)
        for session_id, why in broken.items():
            log.warning("record_set_aside", session=session_id, why=why)
        # Sessions that were created meanwhile are in the folder too.
        self._parked |= {name: moment for name, moment in touched.items() if name not in self._live}
        self._loaded.set()
        await self._keep_within_bounds()

    async def create(self, experiment: Experiment, *, play: bool, updates_per_second: float | None = None) -> Created:
        """A new session, on disk, on its way to an engine. `AtCapacityError` if no room can be made."""
        self._make_room()
        owner_token = tokens.new_owner_token()
        viewer_token = tokens.viewer_token(owner_token)
        now = time.time()
        record = SessionRecord(
            id=tokens.new_id(),
            experiment=experiment.to_document(),
            owner_digest=tokens.digest(owner_token),
            viewer_digest=tokens.digest(viewer_token),
            run=FIRST_RUN,
            used_names=tuple(layer_names(experiment)),
            play=play,
            updates_per_second=updates_per_second,
            created=now,
            touched=now,
        )
        session = self._live[record.id] = Session(self._house, record)
        try:
            await session.recorder.save()
        except OSError:
            del self._live[record.id]
            raise
        await session.begin(is_new=True)
        return Created(session, owner_token, viewer_token)

    async def knows(self, session_id: str) -> bool:
        """Whether there is such a session, live or on disk."""
        if session_id in self._live:
            return True
        await self._loaded.wait()
        return session_id in self._live or session_id in self._parked or session_id in self._parking

    async def find(self, session_id: str) -> Session:
        """The live session of that id, brought back from disk if it was parked. `NotFoundError`, `AtCapacityError`."""
        if (session := self._live.get(session_id)) is not None:
            return session
        await self._loaded.wait()
        async with self._reviving:
            if (parking := self._parking.get(session_id)) is not None:
                await asyncio.wait({parking})
            if (session := self._live.get(session_id)) is not None:
                return session
            if session_id not in self._parked:
                raise NotFoundError("No such session; it may have been closed, or deleted to make room")
            return await self._revive(session_id)

    async def _revive(self, session_id: str) -> Session:
        self._make_room()
        try:
            record = await asyncio.to_thread(self._store.load, session_id)
        except (NotFoundError, InvalidInputError) as error:
            log.warning("parked_session_lost", session=session_id, why=error.message)
            self._parked.pop(session_id, None)
            raise NotFoundError("This session's record cannot be read any more") from None
        session = Session(self._house, record)
        self._live[session_id] = session
        self._parked.pop(session_id, None)
        session.touch()
        await session.begin(is_new=False)
        return session

    async def delete(self, session: Session) -> None:
        self._live.pop(session.id, None)
        await session.delete()

    def _make_room(self) -> None:
        """Park the least recently touched session that nobody watches, if the server is full."""
        if len(self._live) < self._settings.limits.sessions:
            return
        candidates = [session for session in self._live.values() if not session.viewers]
        if not candidates:
            raise AtCapacityError(
                f"This server runs {self._settings.limits.sessions} sessions at once and all are being watched; "
                "try again later"
            )
        oldest = min(candidates, key=lambda session: session.record.touched)
        del self._live[oldest.id]
        # Until it is on disk it is neither live nor parked; `find` waits for this task.
        self._parking[oldest.id] = asyncio.create_task(self._park(oldest))

    async def _park(self, session: Session) -> None:
        try:
            await session.park()
        except OSError as error:
            log.failure("session_not_parked", error, session=session.id)
        self._parked[session.id] = session.record.touched
        self._parking.pop(session.id, None)
        log.info("session_parked", session=session.id)
        await self._keep_within_bounds()

    async def _keep_within_bounds(self) -> None:
        """Delete the least recently touched parked sessions beyond the setting."""
        surplus = len(self._parked) - self._settings.parked_sessions
        for session_id in sorted(self._parked, key=self._parked.__getitem__)[: max(0, surplus)]:
            del self._parked[session_id]
            await asyncio.to_thread(self._store.delete, session_id)
            log.info("parked_session_deleted", session=session_id)

    async def close(self) -> None:
        """Everything to disk."""
        sessions = list(self._live.values())
        self._live.clear()
        await asyncio.gather(*(self._park(session) for session in sessions), *self._parking.values())

    async def watch_viewers(self) -> None:
        """Until cancelled: see that viewers acknowledge."""
        while True:
            await asyncio.sleep(CHECK_SECS)
            for session in list(self._live.values()):
                if session.viewers:
                    session.watching.check()

    # --- what the supervisor tells ------------------------------------------------------------------------------------

    def worker_event(self, worker: Worker, event: protocol.AnyEvent) -> None:
        if isinstance(event, protocol.Heartbeat):
            for session_id, update in event.sessions.items():
                if (session := self._live.get(session_id)) is not None:
                    session.line.update = update
            return
        if isinstance(event, protocol.SessionChanged | protocol.SessionMetrics | protocol.SnapshotSaved):
            named = self._live.get(event.session)
            if named is not None:
                named.engine_event(event)

    def worker_frame(self, envelope: protocol.FrameEnvelope, data: bytes) -> None:
        if (session := self._live.get(envelope.session)) is not None:
            session.deliver(envelope, data)

    def worker_died(self, worker: Worker, death: Death) -> None:
        if worker.state == "failed":
            log.warning("worker_keeps_dying", worker=worker.id, cause=death.cause)
            for waiting in self._live.values():
                waiting.engine_keeps_dying()
        for session_id in list(worker.hosted):
            if (session := self._live.get(session_id)) is not None:
                session.engine_lost(death)
