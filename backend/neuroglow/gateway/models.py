"""`POST /api/models`: models fitted beside the network, each in an errand of its own and kept for a while."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from neuroglow.gateway.errand import Errand, Errands
from neuroglow.spec.data import with_classes
from neuroglow.spec.models import FitRequest

FIT = Errand(
    "neuroglow.baselines.fit", memory_bytes=4 << 30, cpu_secs=240, wall_secs=600.0, answer_bytes=4 << 20, files=128
)
KEPT_BYTES = 16 << 20


@dataclass
class _Running:
    """A fit under way and how many requests wait for it; the last to leave ends it."""

    task: asyncio.Task[bytes]
    waiting: int = 0


class Models:
    """A class that asks for the same model at once has it fitted once."""

    def __init__(self, errands: Errands, datasets: Path) -> None:
        self._errands, self._datasets = errands, datasets
        self._running: dict[str, _Running] = {}
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._size_bytes = 0

    async def get(self, request: FitRequest) -> bytes:
        """The JSON document of a `ModelResult`. Cancel the call when nobody waits for it any more."""
        request = request.model_copy(update={"data": with_classes(request.data)})
        key = json.dumps(request.to_document(), sort_keys=True)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = _Running(asyncio.create_task(self._fit(key, request)))
        running.waiting += 1
        try:
            return await asyncio.shield(running.task)
        finally:
            running.waiting -= 1
            if running.waiting == 0:
                running.task.cancel()
                self._running.pop(key, None)

    async def _fit(self, key: str, request: FitRequest) -> bytes:
        result = await self._errands.run(FIT, request.to_document() | {"datasets": str(self._datasets)})
        answer = json.dumps(result, separators=(",", ":")).encode()
        self._answers[key] = answer
        self._size_bytes += len(answer)
        while self._size_bytes > KEPT_BYTES:
            _, dropped = self._answers.popitem(last=False)
            self._size_bytes -= len(dropped)
        return answer
