"""`GET /api/sessions/{id}/data`: the rows that the run learns from, as its network reads them, in one file."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from neuroglow.errors import StorageFullError
from neuroglow.export import rows_name
from neuroglow.gateway.errand import Errand, while_connected
from neuroglow.gateway.gateway import gateway_of
from neuroglow.gateway.permits import authorized, count
from neuroglow.gateway.sending import file_answer
from neuroglow.gateway.tokens import new_id
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import input_names, row_count

TAKE = Errand("neuroglow.data.rows_file", memory_bytes=4 << 30, cpu_secs=120, wall_secs=600.0)
_FLOATS_BESIDES = 2
"""The target of every row, and room for what is around the numbers."""


async def rows(request: Request) -> Response:
    session, _ = await authorized(request)
    gateway = gateway_of(request)
    count(gateway)
    data, store = session.experiment.data, gateway.dataset_store
    file = store.spooled(new_id())
    free_bytes = await asyncio.to_thread(store.free_bytes)
    if free_bytes - _size_bytes(data) < gateway.settings.limits.free_disk_bytes:
        raise StorageFullError("The server's disk is nearly full; the rows cannot be written into a file just now")
    work = {"data": data.to_document(), "datasets": str(store.root), "file": str(file)}
    try:
        await while_connected(request, gateway.errands.run(TAKE, work))
        # What was opened can be read to its end though its name is gone.
        return file_answer(await asyncio.to_thread(file.open, "rb"), rows_name(data))
    finally:
        await asyncio.to_thread(file.unlink, missing_ok=True)


def _size_bytes(data: AnyData) -> int:
    """Of the file to be; a reconstruction holds its inputs twice."""
    columns = len(input_names(data)) * (2 if data.goal == "reconstruct" else 1)
    return row_count(data) * (columns + _FLOATS_BESIDES) * 4
