"""Keeps the engine workers alive: starts them, watches their heartbeats, kills what hangs, starts them again."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import zmq.asyncio

from neuroglow.errors import NeuroglowError
from neuroglow.gateway.backoff import Backoff
from neuroglow.gateway.link import WorkerLink
from neuroglow.gateway.logs import Log
from neuroglow.gateway.process import (
    Death,
    count_gpus,
    explain_exit,
    kill,
    out_of_memory_kills,
    start_worker,
    worker_count,
)
from neuroglow.settings import Settings
from neuroglow.wire import worker as protocol
from neuroglow.wire.http import WorkerHealth, WorkerState

START_SECS = 90.0
"""A worker that is not ready by then (importing JAX takes 3 s, on a loaded machine much longer) is started again."""
SILENT_SECS = 10.0
COMPILE_SECS = 120.0
SHUTDOWN_SECS = 2.5
HEALTHY_SECS = 60.0
FAILED_AFTER = 5
"""Deaths in a row, without a snapshot or a healthy minute in between,
after which a worker counts as failed (it is still started again)."""

_SOCKETS_PREFIX = "neuroglow-"

log = Log("supervisor")


class Sessions(Protocol):
    """What the supervisor tells the sessions' registry."""

    def worker_event(self, worker: Worker, event: protocol.AnyEvent) -> None: ...
    def worker_frame(self, envelope: protocol.FrameEnvelope, data: bytes) -> None: ...
    def worker_died(self, worker: Worker, death: Death) -> None: ...


@dataclass(eq=False)
class Worker:
    """One place for a worker process; processes come and go, the id stays. `link` is there while one is ready."""

    id: str
    index: int
    state: WorkerState = "starting"
    device: str | None = None
    link: WorkerLink | None = None
    heartbeat: protocol.Heartbeat | None = None
    hosted: set[str] = field(default_factory=set)
    """Ids of the sessions it hosts."""
    silent_secs: float = 0.0
    deaths: int = 0
    """In a row, by its own fault, without a snapshot or a healthy minute in between."""

    def health(self) -> WorkerHealth:
        beat = self.heartbeat
        return WorkerHealth(
            id=self.id,
            state=self.state,
            device=self.device,
            compiles=beat.compiles if beat else 0,
            compiling=beat.compiling if beat else 0,
            resident_bytes=beat.resident_bytes if beat else 0,
        )


class Supervisor:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context = zmq.asyncio.Context()
        self._folder = _sockets_folder(settings.data_dir / "sockets")
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._gpus = 0
        self._started = 0
        self._any_ready = asyncio.Event()
        self.workers: list[Worker] = []

    async def start(self, sessions: Sessions) -> None:
        """Start all workers; they get ready in their own time and tell `sessions` what happens."""
        self._gpus = await count_gpus(self._settings)
        count = worker_count(self._settings, self._gpus)
        self.workers += [Worker(id=f"w{index}", index=index) for index in range(count)]
        self._tasks += [asyncio.create_task(self._keep_alive(worker, sessions)) for worker in self.workers]

    def least_loaded(self) -> Worker | None:
        """The ready worker that hosts the fewest sessions."""
        ready = [worker for worker in self.workers if worker.link is not None]
        return min(ready, key=lambda worker: (len(worker.hosted), worker.index), default=None)

    async def wait_ready(self) -> tuple[Worker, WorkerLink]:
        """The ready worker that hosts the fewest sessions, as soon as there is one."""
        while (worker := self.least_loaded()) is None or worker.link is None:
            self._any_ready.clear()
            await self._any_ready.wait()
        return worker, worker.link

    async def stop(self) -> None:
        """Let every worker save and exit, kill those that do not within a few seconds, remove the sockets."""
        self._stopping = True
        async with asyncio.TaskGroup() as tasks:
            for worker in self.workers:
                tasks.create_task(self._shut_down(worker))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._context.destroy(linger=0)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _shut_down(self, worker: Worker) -> None:
        if worker.link is None:
            return
        try:
            async with asyncio.timeout(SHUTDOWN_SECS):
                await worker.link.call(protocol.Shutdown)
        except (TimeoutError, NeuroglowError) as error:
            log.warning("worker_shutdown_unanswered", worker=worker.id, why=repr(error))

    async def _keep_alive(self, worker: Worker, sessions: Sessions) -> None:
        backoff = Backoff()
        while not self._stopping:
            death = await self._live_once(worker, sessions)
            if self._stopping:
                return
            # Being killed from outside says nothing about how well it works.
            worker.deaths += 1 if death.is_own_fault else 0
            if worker.deaths <= 1:
                backoff.reset()
            worker.state = "failed" if worker.deaths >= FAILED_AFTER else "starting"
            pause_secs = backoff.next_secs()
            log.warning("worker_died", worker=worker.id, cause=death.cause, again_in_secs=round(pause_secs, 2))
            sessions.worker_died(worker, death)
            worker.hosted.clear()
            await asyncio.sleep(pause_secs)

    async def _live_once(self, worker: Worker, sessions: Sessions) -> Death:
        """One process from start to end."""
        self._started += 1
        link = WorkerLink(self._context, self._folder, f"{worker.id}-{self._started}")
        memory_kills = out_of_memory_kills()
        process = await start_worker(self._settings, link, worker.id, index=worker.index, gpus=self._gpus)
        log.info("worker_started", worker=worker.id, pid=process.pid)
        receiving = asyncio.create_task(
            link.receive(
                lambda event: self._on_event(worker, link, event, sessions),
                sessions.worker_frame,
            )
        )
        watching = asyncio.create_task(self._watch(worker))
        exiting = asyncio.create_task(process.wait())
        killed_because: str | None = None
        try:
            await asyncio.wait({receiving, watching, exiting}, return_when=asyncio.FIRST_COMPLETED)
            if not exiting.done():
                killed_because = _why(receiving, watching)
                kill(process)
                await exiting
        finally:
            # Also on cancellation, when the server stops: no worker is left behind.
            kill(process)
            await process.wait()
            for task in (receiving, watching):
                task.cancel()
            await asyncio.gather(receiving, watching, return_exceptions=True)
            worker.link = None
            worker.heartbeat = None
            link.close()
        ran_out = out_of_memory_kills() > memory_kills
        return explain_exit(await exiting, killed_because=killed_because, ran_out_of_memory=ran_out)

    def _on_event(self, worker: Worker, link: WorkerLink, event: protocol.AnyEvent, sessions: Sessions) -> None:
        if isinstance(event, protocol.Ready):
            worker.device = event.device
            worker.state = "ready"
            worker.link = link
            worker.silent_secs = 0.0
            self._any_ready.set()
            log.info("worker_ready", worker=worker.id, device=event.device, pid=event.pid)
            return
        if isinstance(event, protocol.Heartbeat):
            worker.heartbeat = event
            worker.silent_secs = 0.0
        elif isinstance(event, protocol.SnapshotSaved):
            worker.deaths = 0
        elif isinstance(event, protocol.WorkerFailing):
            log.warning("worker_failing", worker=worker.id, reason=event.reason)
        sessions.worker_event(worker, event)

    async def _watch(self, worker: Worker) -> str:
        """Returns why the worker must be killed.

        Silence is counted in ticks of this loop, not by the clock: a server that was suspended itself must not
        mistake its own absence for the workers'.
        """
        tick_secs = 1.0
        worker.silent_secs = 0.0
        starting_secs = healthy_secs = 0.0
        while True:
            await asyncio.sleep(tick_secs)
            if worker.link is None:
                starting_secs += tick_secs
                if starting_secs > START_SECS:
                    return f"not ready after {START_SECS:.0f} s"
                continue
            healthy_secs += tick_secs
            if healthy_secs > HEALTHY_SECS:
                worker.deaths = 0
            worker.silent_secs += tick_secs
            if worker.silent_secs > SILENT_SECS:
                return f"no heartbeat for {SILENT_SECS:.0f} s"
            if worker.heartbeat is not None and worker.heartbeat.compiling_secs > COMPILE_SECS:
                return f"compiling for more than {COMPILE_SECS:.0f} s"


def _sockets_folder(link: Path) -> Path:
    """A new folder (mode 0700) for sockets, with `link` pointing to it; what a killed server left behind is removed.

    Addresses of local sockets are short (107 bytes), so the data folder itself will not do.
    """
    if link.is_symlink():
        old = link.readlink()
        if old.name.startswith(_SOCKETS_PREFIX):
            shutil.rmtree(old, ignore_errors=True)
        link.unlink()
    folder = Path(tempfile.mkdtemp(prefix=_SOCKETS_PREFIX))
    link.symlink_to(folder)
    return folder


def _why(receiving: asyncio.Task[None], watching: asyncio.Task[str]) -> str:
    if watching.done():
        return watching.result()
    error = receiving.exception()
    if error is not None:
        log.failure("worker_link_failed", error)
    return "the gateway could not read what it sent"
