"""`GET /api/sessions/{id}/data`: the rows that the run learns from, as its network reads them, in one file."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from starlette.requests import Request
from starlette.responses import Response

from neuroglow.export import rows_name
from neuroglow.gateway.errand import Errand, while_connected
from neuroglow.gateway.gateway import gateway_of
from neuroglow.gateway.permits import authorized, count
from neuroglow.gateway.sending import FileAnswer
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import input_names, label_count, split_counts

TAKE = Errand("neuroglow.data.rows_file", memory_bytes=4 << 30, cpu_secs=120, wall_secs=600.0)
_FLOATS_BESIDES = 2
"""Of every row, room for what is around the numbers."""


async def rows(request: Request) -> Response:
    session, _ = await authorized(request)
    gateway = gateway_of(request)
    count(gateway)
    data, store = session.experiment.data, gateway.dataset_store
    async with AsyncExitStack() as held:
        departure = await held.enter_async_context(gateway.datasets.departure(_size_bytes(data)))
        file = store.spooled(departure)
        work = {"data": data.to_document(), "datasets": str(store.root), "file": str(file)}
        try:
            await while_connected(request, gateway.errands.run(TAKE, work))
            gateway.datasets.written(departure)
            opened = held.enter_context(await asyncio.to_thread(file.open, "rb"))
        finally:
            # What was opened can be read to its end though its name is gone.
            await asyncio.to_thread(file.unlink, missing_ok=True)
        return FileAnswer(opened, rows_name(data), held.pop_all())


def _size_bytes(data: AnyData) -> int:
    """Of the file to be."""
    return sum(split_counts(data)) * (len(input_names(data)) + label_count(data) + _FLOATS_BESIDES) * 4
