"""Steps that are done together or not at all, whoever stops waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def undivided(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`. A cancelled call ends when `work` has: a thread that renames files cannot be called back,
    and nobody may tidy up under its hands."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
    return task.result()
