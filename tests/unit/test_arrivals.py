"""Data sets on their way in: what is done together stays together, whoever leaves meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event

import pytest
from starlette.requests import Request
from starlette.types import Message

from neuroglow.errors import StorageFullError
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
