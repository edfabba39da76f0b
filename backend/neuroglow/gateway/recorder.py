"""One session's record and history on disk: written one at a time, off the event loop, the newest always last."""

from __future__ import annotations

import asyncio
from typing import Any

from neuroglow.gateway.logs import Log
from neuroglow.store import SessionRecord, SessionStore

log = Log("recorder")


class Recorder:
    def __init__(self, store: SessionStore, record: SessionRecord) -> None:
        self.record = record
        self._store = store
        self._lock = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None
        self._deleted = False

    def change(self, **fields: Any) -> None:
        """In memory; `save` or `save_soon` brings it to disk."""
        self.record = self.record.model_copy(update=fields)

    async def save(self) -> None:
        """Durable when this returns."""
        async with self._lock:
            if not self._deleted:
                await asyncio.to_thread(self._store.save, self.record)

    def save_soon(self) -> None:
        """For what may be lost in a crash. Calls in a row become one write."""
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._save_quietly())

    async def _save_quietly(self) -> None:
        await asyncio.sleep(0)
        try:
            await self.save()
        except OSError as error:
            log.failure("record_not_saved", error, session=self.record.id)

    async def save_history(self, points: list[dict[str, Any]]) -> None:
        async with self._lock:
            if self._deleted:
                return
            try:
                await asyncio.to_thread(self._store.save_history, self.record.id, points)
            except OSError as error:
                log.failure("history_not_saved", error, session=self.record.id)

    async def load_history(self) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._store.load_history, self.record.id)

    async def delete(self) -> None:
        async with self._lock:
            self._deleted = True
            await asyncio.to_thread(self._store.delete, self.record.id)

    def has_snapshot(self) -> bool:
        return self._store.has_snapshot(self.record.id)

    def discard_snapshot(self) -> None:
        self._store.discard_snapshot(self.record.id)

    def folder(self) -> str:
        return str(self._store.folder(self.record.id).resolve())
