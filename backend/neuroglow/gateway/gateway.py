"""What a gateway is made of, wired, and in which order the parts start and stop."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import HTTPConnection

from neuroglow.gateway.counters import Counters
from neuroglow.gateway.datasets import Datasets
from neuroglow.gateway.errand import Errands
from neuroglow.gateway.logs import Log
from neuroglow.gateway.models import Models
from neuroglow.gateway.public_sets import PublicSets
from neuroglow.gateway.rates import TokenBucket
from neuroglow.gateway.registry import Registry
from neuroglow.gateway.samples import Samples
from neuroglow.gateway.supervisor import Supervisor
from neuroglow.settings import Settings
from neuroglow.store import DatasetStore, SessionStore

STOP_SECS = 5.0
"""For saving all sessions at the end; what is not saved by then resumes from its last snapshot."""

log = Log("gateway")


class Gateway:
    """Made inside a running event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.counters = Counters()
        self.requests = TokenBucket(
            per_second=settings.limits.requests_per_second, burst=settings.limits.request_burst, now=time.monotonic()
        )
        self._store = SessionStore(settings.data_dir)
        self.supervisor = Supervisor(settings)
        self.errands = Errands(at_once=settings.limits.errands, waiting=settings.limits.errands_waiting)
        self.dataset_store = DatasetStore(settings.data_dir)
        self.datasets = Datasets(settings.limits, self.dataset_store, self.errands)
        self.public_sets = PublicSets(settings.limits, self.dataset_store, self.datasets)
        self.models = Models(self.errands, self.dataset_store.root)
        self.registry = Registry(
            settings, self._store, self.counters, self.supervisor.wait_ready, self.datasets.complete
        )
        self.samples = Samples(self.supervisor)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Requests are answered right after this; workers and records arrive in their own time."""
        self._store.prepare()
        self.dataset_store.prepare()
        self._tasks += [
            asyncio.create_task(self.registry.load()),
            asyncio.create_task(self.datasets.load()),
            asyncio.create_task(self.registry.watch_viewers()),
            asyncio.create_task(self.supervisor.start(self.registry)),
        ]

    async def stop(self) -> None:
        """Everything to disk, no worker and no errand left."""
        self.errands.close()
        await self.public_sets.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(STOP_SECS):
                await self.registry.close()
        except TimeoutError:
            log.warning("sessions_not_saved_in_time")
        await self.supervisor.stop()


def gateway_of(connection: HTTPConnection) -> Gateway:
    """The gateway that answers this request or socket."""
    gateway: Gateway = connection.app.state.gateway
    return gateway
