"""`POST /api/models`: models fitted beside the network, each in an errand of its own and kept for a while."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path

from neuroglow.gateway.errand import Errand, Errands
from neuroglow.gateway.joined import Joined
from neuroglow.spec.data import with_classes
from neuroglow.spec.models import FitRequest

FIT = Errand(
    "neuroglow.baselines.fit", memory_bytes=4 << 30, cpu_secs=240, wall_secs=600.0, answer_bytes=4 << 20, files=128
)
KEPT_BYTES = 16 << 20


class Models:
    """A class that asks for the same model at once has it fitted once."""

    def __init__(self, errands: Errands, datasets: Path) -> None:
        self._errands, self._datasets = errands, datasets
        self._fitting = Joined[bytes]()
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._size_bytes = 0

    async def get(self, request: FitRequest) -> bytes:
        """The JSON document of a `ModelResult`. Cancel the call when nobody waits for it any more."""
        request = request.model_copy(update={"data": with_classes(request.data)})
        key = json.dumps(request.to_document(), sort_keys=True)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        return await self._fitting.run(key, lambda: self._fit(key, request))

    async def _fit(self, key: str, request: FitRequest) -> bytes:
        result = await self._errands.run(FIT, request.to_document() | {"datasets": str(self._datasets)})
        answer = json.dumps(result, separators=(",", ":")).encode()
        self._answers[key] = answer
        self._size_bytes += len(answer)
        while self._size_bytes > KEPT_BYTES:
            _, dropped = self._answers.popitem(last=False)
            self._size_bytes -= len(dropped)
        return answer
