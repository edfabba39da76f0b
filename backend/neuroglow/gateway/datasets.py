"""Data sets that people bring: taken in within the bounds of the disk, read by an errand, kept, looked up, deleted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request

from neuroglow.errors import (
    AtCapacityError,
    ErrandLimitError,
    ForbiddenError,
    InternalError,
    NotFoundError,
    StorageFullError,
    TooLargeError,
    UnknownDataSetError,
    UploadRejectedError,
)
from neuroglow.gateway.errand import Errand, Errands, while_connected
from neuroglow.gateway.logs import Log
from neuroglow.gateway.multipart import receive_file
from neuroglow.gateway.tokens import new_id
from neuroglow.gateway.undivided import undivided
from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.data import AnyData
from neuroglow.spec.limits import Limits
from neuroglow.spec.public import public_set_of
from neuroglow.spec.sheet import DataSheet
from neuroglow.spec.uploaded import UploadedData, completed
from neuroglow.store import DatasetStore

READER = "neuroglow.intake.read"
CPU_SECS = 20
"""For reading any file; large ones get more by their size, for a million rows are honest work and no attack."""
CPU_BYTES_PER_SEC = 8 << 20
WALL_FACTOR = 6
"""Wall time per processor time: at its low priority a child waits for everybody else."""
KEPT_SHEETS = 64
FAILED = "The file could not be read to its end; it is damaged, or not what it says it is"

log = Log("datasets")


class Datasets:
    def __init__(self, limits: Limits, store: DatasetStore, errands: Errands) -> None:
        self._limits, self._store, self._errands = limits, store, errands
        self._sizes: dict[str, int] = {}
        self._sheets: dict[str, DataSheet] = {}
        self._arriving: dict[str, int] = {}
        """Bytes on disk of what is being received or read."""
        self._leaving: dict[str, int] = {}
        """Bytes that are yet to be written of files made for an answer."""

    async def load(self) -> None:
        """Find what earlier servers kept."""
        self._sizes |= await asyncio.to_thread(self._store.sizes)

    async def upload(self, request: Request) -> DataSheet:
        """The multipart body as a data set. What can go wrong is a typed error, and then nothing is left of it."""
        async with self.arrival() as data_id:

            async def before_write(size_bytes: int) -> None:
                await self.require_room(data_id, size_bytes)

            path = self._store.spooled(data_id)
            received = await receive_file(request, path, self._limits.upload_bytes, before_write)
            return await while_connected(request, self._read(data_id, received.name, received.size_bytes))

    async def paste(self, request: Request, text: str, title: str) -> DataSheet:
        """A table that was pasted as text."""
        async with self.arrival() as data_id:
            data = text.encode()
            await self.require_room(data_id, len(data))
            await asyncio.to_thread(self._store.spooled(data_id).write_bytes, data)
            return await while_connected(request, self._read(data_id, title, len(data)))

    async def sheet(self, data_id: str) -> DataSheet:
        return await asyncio.to_thread(self._store.sheet, data_id)

    def complete(self, document: Any, at: str = "") -> Any:
        """The document of an experiment with everything written out that only the server knows of uploaded data.

        Raises `UnknownDataSetError` if they are not here. What is no experiment stays as it is.
        """
        data = document.get("data") if isinstance(document, dict) else None
        if not isinstance(data, dict) or data.get("source") != "upload" or not isinstance(data.get("dataset"), str):
            return document
        return document | {"data": self._completed(data, f"{at}/data")}

    def completed(self, data: AnyData) -> AnyData:
        """The same for a data spec that has been read already."""
        if not isinstance(data, UploadedData):
            return data
        return checked_data(parse(UploadedData, self._completed(data.to_document(), "/data"), at="/data"), at="/data")

    def _completed(self, data: dict[str, Any], at: str) -> dict[str, Any]:
        data_id: str = data["dataset"]
        try:
            sheet = self._sheets.get(data_id) or self._store.sheet(data_id)
        except NotFoundError as error:
            raise UnknownDataSetError(_absent(data_id) or error.message, field=f"{at}/dataset") from None
        self._sheets[data_id] = sheet
        if len(self._sheets) > KEPT_SHEETS:
            self._sheets.pop(next(iter(self._sheets)))
        return completed(data, sheet, lambda places: self._store.missing_rows(data_id, places))

    async def delete(self, data_id: str) -> None:
        if public_set_of(data_id) is not None:
            raise ForbiddenError("Public sets are shared by everybody who learns from them, and stay")
        await asyncio.to_thread(self._store.delete, data_id)
        self._sizes.pop(data_id, None)
        self._sheets.pop(data_id, None)

    async def publish(self, arrival: str, result: dict[str, Any], *, name: str) -> DataSheet:
        """What an errand wrote into the folder of the arrival becomes the data set `name`. Not to be cancelled."""
        stored_bytes = int(result["stored_bytes"])
        await self.require_room(arrival, self._arriving[arrival] + stored_bytes)
        sheet = await asyncio.to_thread(self._store.publish, arrival, name)
        self._sizes[name] = stored_bytes
        log.info("dataset_stored", dataset=name, rows=sheet.rows, bytes=sheet.stored_bytes)
        return sheet

    @contextlib.asynccontextmanager
    async def arrival(self) -> AsyncIterator[str]:
        """An id for what comes, and a clean place afterwards however it ended."""
        if len(self._arriving) >= self._limits.uploads:
            raise AtCapacityError("Many files are being uploaded just now; try again in a moment")
        if len(self._sizes) + len(self._arriving) >= self._limits.datasets:
            raise StorageFullError(
                f"This server keeps {self._limits.datasets} data sets and has that many; delete one first"
            )
        data_id = new_id()
        self._arriving[data_id] = 0
        try:
            yield data_id
        finally:
            del self._arriving[data_id]
            await asyncio.to_thread(self._store.abandon, data_id)

    async def require_room(self, arrival: str, size_bytes: int) -> None:
        """What arrives takes that much by now. Raises `TooLargeError` or `StorageFullError` if that is too much."""
        self._arriving[arrival] = size_bytes
        if sum(self._sizes.values()) + sum(self._arriving.values()) > self._limits.datasets_bytes:
            raise TooLargeError(
                f"All data sets of this server together may have {self._limits.datasets_bytes >> 20:,} MiB, and with "
                "this file they would have more; delete one first"
            )
        if await self._spare_bytes() < 0:
            raise StorageFullError("The server's disk is nearly full; nothing can be taken in until there is room")

    @contextlib.asynccontextmanager
    async def departure(self, size_bytes: int) -> AsyncIterator[str]:
        """An id for a file of that size that is made for an answer: room for it is set aside, and it keeps its place
        among those that leave at once, until it is out. Say `written` when it is on the disk."""
        spare_bytes = await self._spare_bytes()
        if len(self._leaving) >= self._limits.uploads:
            raise AtCapacityError("Many files are being taken along just now; try again in a moment")
        if spare_bytes < size_bytes:
            raise StorageFullError("The server's disk is nearly full; the rows cannot be written into a file just now")
        data_id = new_id()
        self._leaving[data_id] = size_bytes
        try:
            yield data_id
        finally:
            del self._leaving[data_id]

    def written(self, departure: str) -> None:
        """Its bytes are on the disk, and no longer free there."""
        self._leaving[departure] = 0

    async def _spare_bytes(self) -> int:
        """Of the disk, beyond what has to stay free and what is set aside."""
        free_bytes = await asyncio.to_thread(self._store.free_bytes)
        return free_bytes - self._limits.free_disk_bytes - sum(self._leaving.values())

    async def _read(self, data_id: str, title: str, size_bytes: int) -> DataSheet:
        limits = self._limits
        cpu_secs = CPU_SECS + size_bytes // CPU_BYTES_PER_SEC
        errand = Errand(
            READER, memory_bytes=limits.reader_memory_bytes, cpu_secs=cpu_secs, wall_secs=WALL_FACTOR * cpu_secs
        )
        folder = await asyncio.to_thread(self._store.begin, data_id)
        request = {
            "path": str(self._store.spooled(data_id)),
            "folder": str(folder),
            "id": data_id,
            "title": title,
            "bounds": bounds_document(limits),
        }
        try:
            result = await self._errands.run(errand, request)
        except ErrandLimitError as error:
            raise UploadRejectedError(
                f"Reading the file broke off. {error.message}; upload a smaller part of it"
            ) from None
        except InternalError:
            raise UploadRejectedError(FAILED) from None
        return await undivided(self.publish(data_id, result, name=data_id))


def _absent(data_id: str) -> str | None:
    """What to do about a public set that is not here."""
    public = public_set_of(data_id)
    if public is None:
        return None
    return f"{public.title} was not fetched on this server yet; fetch it among the public sets, then open this again"


def bounds_document(limits: Limits) -> dict[str, Any]:
    return {
        "rows": limits.upload_rows,
        "columns": limits.upload_columns,
        "cells": limits.upload_cells,
        "unpacked_bytes": limits.unpacked_bytes,
        "image_side": limits.image_side,
    }
