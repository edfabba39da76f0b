"""Data sets on their way in and files of rows on their way out: what is done together stays together, whoever leaves
meanwhile, and the disk is never promised twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event

import pytest
from starlette.requests import Request
from starlette.types import Message

from neuroglow.errors import AtCapacityError, StorageFullError
from neuroglow.gateway.datasets import Datasets
from neuroglow.gateway.errand import Errands
from neuroglow.spec.limits import Limits
from neuroglow.spec.sheet import DataSheet
from neuroglow.store import DatasetStore

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def errands() -> AsyncIterator[Errands]:
    running = Errands(at_once=1, waiting=0)
    yield running
    running.close()


async def _stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("it says nothing and does not leave")


class SlowDisk(DatasetStore):
    """Renames nothing before it `may_go_on`."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.is_publishing, self.may_go_on = Event(), Event()
        self.steps: list[str] = []

    def publish(self, data_id: str, name: str) -> DataSheet:
        self.is_publishing.set()
        self.may_go_on.wait()
        sheet = super().publish(data_id, name)
        self.steps.append("published")
        return sheet

    def abandon(self, data_id: str) -> None:
        self.steps.append("tidied up")
        super().abandon(data_id)


async def test_who_leaves_while_a_set_is_put_in_its_place_leaves_it_whole_and_counted(
    tmp_path: Path, errands: Errands
) -> None:
    store = SlowDisk(tmp_path)
    store.prepare()
    datasets = Datasets(Limits(datasets=1), store, errands)
    client = Request({"type": "http"}, _stays)
    pasting = asyncio.create_task(datasets.paste(client, "age\n4\n7\n", "Ages"))
    await asyncio.to_thread(store.is_publishing.wait)
    pasting.cancel()
    # Whatever the cancellation does at once is done before the disk goes on.
    for _ in range(20):
        await asyncio.sleep(0)
    store.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await pasting
    assert store.steps == ["published", "tidied up"]
    (kept,) = store.root.iterdir()
    assert store.sheet(kept.name).rows == 2
    with pytest.raises(StorageFullError, match="keeps 1 data sets"):
        await datasets.paste(client, "age\n5\n6\n", "More")


class SmallDisk(DatasetStore):
    """Has room for 100 bytes, beside what others wrote."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.written_bytes = 0

    def free_bytes(self) -> int:
        return 100 - self.written_bytes


async def test_room_that_is_set_aside_for_one_answer_is_nobody_elses(tmp_path: Path, errands: Errands) -> None:
    store = SmallDisk(tmp_path)
    store.prepare()
    datasets = Datasets(Limits(free_disk_bytes=10), store, errands)
    async with datasets.departure(60) as first:
        with pytest.raises(StorageFullError):
            await leave_with(datasets, 40)
        async with datasets.departure(30):
            pass
        store.written_bytes = 60
        datasets.written(first)
        async with datasets.departure(30), datasets.arrival() as upload:
            await datasets.require_room(upload, 0)
            store.written_bytes = 61
            with pytest.raises(StorageFullError):
                await datasets.require_room(upload, 1)
    store.written_bytes = 0
    async with datasets.departure(90):
        pass


async def test_of_those_who_ask_together_only_so_many_get_room_as_there_is(tmp_path: Path, errands: Errands) -> None:
    store = SmallDisk(tmp_path)
    datasets, everybody_asked = Datasets(Limits(free_disk_bytes=0), store, errands), asyncio.Event()

    async def ask() -> bool:
        try:
            async with datasets.departure(40):
                await everybody_asked.wait()
        except StorageFullError:
            return False
        return True

    asking = [asyncio.create_task(ask()) for _ in range(5)]
    refused, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    while len(refused) < 3:
        more, _ = await asyncio.wait(set(asking) - refused, return_when=asyncio.FIRST_COMPLETED)
        refused |= more
    everybody_asked.set()
    assert sorted(await asyncio.gather(*asking)) == [False, False, False, True, True]


async def test_only_so_many_answers_leave_at_once(tmp_path: Path, errands: Errands) -> None:
    datasets = Datasets(Limits(uploads=1, free_disk_bytes=0), SmallDisk(tmp_path), errands)
    async with datasets.departure(1) as first:
        datasets.written(first)
        with pytest.raises(AtCapacityError):
            await leave_with(datasets, 1)
    await leave_with(datasets, 1)


async def leave_with(datasets: Datasets, size_bytes: int) -> None:
    async with datasets.departure(size_bytes):
        pass
