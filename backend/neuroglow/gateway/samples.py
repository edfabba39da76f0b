"""`POST /api/samples`: rows of data sets. Data are a pure function of their spec, so answers are kept for a while."""

from __future__ import annotations

from collections import OrderedDict

from neuroglow.errors import EngineUnavailableError
from neuroglow.gateway.supervisor import Supervisor
from neuroglow.wire import worker as protocol
from neuroglow.wire.http import SamplesRequest

KEPT_BYTES = 8 << 20


class Samples:
    """The most recently asked answers, up to `KEPT_BYTES`."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._size_bytes = 0

    async def get(self, request: SamplesRequest) -> bytes:
        """A safetensors file (`docs/wire.md`); `EngineUnavailableError` while no worker is ready."""
        key = request.model_dump_json()
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        worker = self._supervisor.least_loaded()
        if worker is None or worker.link is None:
            raise EngineUnavailableError("The engine is starting; try again in a moment")
        reply = await worker.link.call(
            protocol.GetSamples,
            data=request.data.to_document(),
            split=request.split,
            start=request.from_,
            count=request.count,
            axes=None if request.axes is None else request.axes.to_document(),
        )
        answer: bytes = reply["tensors"]
        self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: bytes) -> None:
        if key not in self._answers:
            self._size_bytes += len(answer)
        self._answers[key] = answer
        while self._size_bytes > KEPT_BYTES:
            _, dropped = self._answers.popitem(last=False)
            self._size_bytes -= len(dropped)
