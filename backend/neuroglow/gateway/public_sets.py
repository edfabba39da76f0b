"""The well-known data sets: each is fetched once, when it is first asked for, and then shared by all sessions."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from neuroglow.errors import ErrandLimitError, FetchFailedError, InternalError, NotFoundError
from neuroglow.gateway.datasets import Datasets, bounds_document
from neuroglow.gateway.errand import Errand, Errands
from neuroglow.gateway.logs import Log
from neuroglow.gateway.undivided import undivided
from neuroglow.spec.limits import Limits
from neuroglow.spec.public import PublicSet
from neuroglow.spec.sheet import DataSheet
from neuroglow.store import DatasetStore

FETCHER = "neuroglow.intake.fetch"
VALUE_BYTES = 8
"""Of a number, as scikit-learn reads it."""
BASE_BYTES = 3 << 29
CPU_SECS = 60
VALUES_PER_CPU_SEC = 500_000
"""An eighth of what was measured on one core."""
WALL_SECS = 3600.0
"""CIFAR-10 over a slow line. A connection that goes silent is given up much sooner."""

log = Log("public_sets")


class PublicSets:
    """One is fetched at a time, beside the other errands: a slow line must not keep anybody's upload waiting.

    A fetch goes on when nobody waits for it any more: whatever stands between a browser and this server cuts a request
    that is silent for a minute, and what had arrived by then would be lost each time.
    """

    def __init__(self, limits: Limits, store: DatasetStore, datasets: Datasets) -> None:
        self._limits, self._store, self._datasets = limits, store, datasets
        self._errands = Errands(at_once=1, waiting=limits.errands_waiting)
        self._fetching: dict[str, asyncio.Task[DataSheet]] = {}

    async def get(self, public: PublicSet) -> tuple[DataSheet, bool]:
        """The set, and whether it had to be fetched for that. Who asks meanwhile waits for the same fetch."""
        # What cannot be read is fetched anew and replaced.
        with contextlib.suppress(NotFoundError, InternalError):
            return await asyncio.to_thread(self._store.whole_sheet, public.dataset), False
        fetching = self._fetching.get(public.name) or self._begin(public)
        await asyncio.wait({fetching})
        return fetching.result(), True

    async def close(self) -> None:
        """End all fetches."""
        self._errands.close()
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)

    def _begin(self, public: PublicSet) -> asyncio.Task[DataSheet]:
        fetching = self._fetching[public.name] = asyncio.create_task(self._fetch(public))

        def ended(task: asyncio.Task[DataSheet]) -> None:
            del self._fetching[public.name]
            # Perhaps nobody is there to be told.
            if not task.cancelled() and (error := task.exception()):
                log.warning("public_set_not_fetched", name=public.name, text=str(error))

        fetching.add_done_callback(ended)
        return fetching

    async def _fetch(self, public: PublicSet) -> DataSheet:
        try:
            async with self._datasets.arrival() as arrival:
                # What is downloaded is text, packed: about as large as what is made of it.
                await self._datasets.require_room(arrival, public.rows * public.columns)
                folder = await asyncio.to_thread(self._store.begin, arrival)
                home = self._store.downloads(public.name)
                result = await self._errands.run(
                    _errand(public),
                    {
                        "name": public.name,
                        "home": str(home),
                        "folder": str(folder),
                        "bounds": bounds_document(self._limits),
                    },
                )
                return await undivided(self._keep(public, arrival, result))
        except ErrandLimitError as error:
            raise FetchFailedError(
                f"Fetching {public.title} broke off. {error.message}; try again later, {public.way_out}"
            ) from None
        except InternalError:
            raise FetchFailedError(
                f"Fetching {public.title} broke off, and the server's log says why; try again, {public.way_out}"
            ) from None

    async def _keep(self, public: PublicSet, arrival: str, result: dict[str, Any]) -> DataSheet:
        sheet = await self._datasets.publish(arrival, result, name=public.dataset)
        await asyncio.to_thread(self._store.drop_downloads, public.name)
        return sheet


def _errand(public: PublicSet) -> Errand:
    values = public.rows * (public.columns + 1)
    cpu_secs = CPU_SECS + values // VALUES_PER_CPU_SEC
    # Scikit-learn holds the file's values, and those without the target beside them.
    memory_bytes = BASE_BYTES + 2 * VALUE_BYTES * values
    return Errand(FETCHER, memory_bytes=memory_bytes, cpu_secs=cpu_secs, wall_secs=WALL_SECS)
