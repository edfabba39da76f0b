"""Work nobody waits for: kept alive until done, its refusals logged."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from neuroglow.errors import NeuroglowError
from neuroglow.gateway.logs import Log

log = Log("background")


class Background:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(_quietly(work))
        # The event loop holds tasks weakly; this set keeps them.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks)


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except NeuroglowError as error:
        log.info("background_work_refused", code=error.code, why=error.message)
    except OSError as error:
        log.failure("background_work_failed", error)
