"""A session's place on a worker: getting one, losing it, getting another. Knows nothing of viewers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from neuroglow.errors import EngineUnavailableError, NeuroglowError
from neuroglow.gateway.link import WorkerLink
from neuroglow.gateway.logs import Log
from neuroglow.gateway.process import Death
from neuroglow.gateway.supervisor import Worker
from neuroglow.wire import worker as protocol

FATAL_DEATHS = 2
"""Deaths in a row, with this session at work and no snapshot in between, after which it is set aside."""
SETTLE_SECS = 15.0
"""How long a session that is suspected of crashing its worker is watched before the next suspect is let in."""

log = Log("hosting")

FindWorker = Callable[[], Awaitable[tuple[Worker, WorkerLink]]]


class Guest(Protocol):
    """What hosting needs of the session."""

    @property
    def id(self) -> str: ...
    def open_fields(self) -> dict[str, Any]:
        """The members of `Open` besides the session's id, decided at the moment it is sent."""

    def hosted(self, result: dict[str, Any]) -> None:
        """A worker has opened it."""

    def waiting_for_engine(self) -> None: ...
    def set_aside(self, why: str) -> None:
        """It cannot be hosted as it is."""


class Hosting:
    """`link` is there from the moment `Open` is sent: commands that follow arrive after it."""

    def __init__(self, guest: Guest, find_worker: FindWorker, suspects: asyncio.Lock) -> None:
        self._guest = guest
        self._find_worker = find_worker
        self._suspects = suspects
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._opened = asyncio.Event()
        self._strikes = 0
        self._has_proved = False
        """Whether it made a snapshot since it was opened: then a death of the worker says nothing about it."""
        self._worker: Worker | None = None
        self.link: WorkerLink | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether it has a place or waits for one."""
        return self.link is not None or (self._task is not None and not self._task.done())

    def start(self) -> None:
        """Look for a place, now or as soon as a worker is ready."""
        if not self.is_wanted:
            self._guest.waiting_for_engine()
            self._task = asyncio.create_task(self._host())

    async def opened(self) -> WorkerLink:
        """The link once a worker has the session."""
        while self.link is None or not self._opened.is_set():
            await self._opened.wait()
        return self.link

    async def call(self, kind: type[protocol.Command], **fields: Any) -> dict[str, Any]:
        """A command about this session; `EngineUnavailableError` while it has no place."""
        if self.link is None:
            raise EngineUnavailableError("The engine is starting; try again in a moment")
        return await self.link.call(kind, session=self._guest.id, **fields)

    def settled(self, *, has_snapshot: bool = False) -> None:
        """It works: it made a snapshot, or rests in a state that needs none."""
        if has_snapshot:
            self._strikes = 0
            self._has_proved = True
        self._settled.set()

    def lost(self, death: Death, *, was_at_work: bool) -> None:
        """The worker died. The session looks for another place, unless it seems to be the reason."""
        self._leave()
        if death.is_own_fault and was_at_work and not self._has_proved:
            self._strikes += 1
        if self._strikes >= FATAL_DEATHS:
            log.warning("session_set_aside", session=self._guest.id, cause=death.cause)
            self._guest.set_aside(
                f"The engine stopped {self._strikes} times while working on this session ({death.cause}). "
                "Change something or reset it to go on"
            )
            return
        self.start()

    def forgive(self) -> None:
        """It was changed: earlier deaths say nothing any more."""
        self._strikes = 0

    async def close(self, *, save: bool) -> dict[str, Any] | None:
        """Leave the worker; what it answered, or None if there was no worker to ask."""
        link = self.link
        self._leave()
        if link is None:
            return None
        try:
            return await link.call(protocol.Close, session=self._guest.id, save=save)
        except NeuroglowError as error:
            log.warning("close_refused", session=self._guest.id, why=error.message)
            return None

    def _leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._worker is not None:
            self._worker.hosted.discard(self._guest.id)
        self._worker = self.link = None
        self._opened.clear()

    async def _host(self) -> None:
        if not self._strikes:
            await self._open()
            return
        # Suspects come back one at a time: if one of them is the reason, the others are not there when it strikes.
        async with self._suspects:
            self._settled.clear()
            await self._open()
            try:
                async with asyncio.timeout(SETTLE_SECS):
                    await self._settled.wait()
            except TimeoutError:
                log.info("suspect_not_settled", session=self._guest.id)

    async def _open(self) -> None:
        self._worker, self.link = await self._find_worker()
        self._worker.hosted.add(self._guest.id)
        self._has_proved = False
        try:
            result = await self.call(protocol.Open, **self._guest.open_fields())
        except EngineUnavailableError:
            # The worker died meanwhile: `lost` follows and starts over.
            return
        except NeuroglowError as error:
            self._worker.hosted.discard(self._guest.id)
            self._worker = self.link = None
            self._guest.set_aside(error.message)
            return
        self._opened.set()
        self._guest.hosted(result)
