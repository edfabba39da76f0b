"""The `distributions` stream: how one layer's weights, gradients and activations were spread over the run."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.insight.record import MOMENTS, Record
from neuroglow.insight.spread import DRAWN, KINDS, QUANTILES
from neuroglow.insight.statistics import HealthProbe
from neuroglow.wire.subscriptions import SubscribeDistributions

MILLION = 1_000_000


class DistributionsProbe(HealthProbe):
    """Bound `distributions` subscription: the record, and the present moment as its last."""

    def __init__(self, ask: SubscribeDistributions, subject: Subject, record: Record) -> None:
        if ask.layer not in subject.names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        super().__init__(subject, record)
        self._layer = ask.layer

    @property
    def facts(self) -> dict[str, Any]:
        rows = int(self._subject.probe_rows.valid)
        return {"layer": self._layer, "rows": rows, "quantiles": list(QUANTILES), "drawn": DRAWN}

    @property
    def frame_bytes(self) -> int:
        """At most: a record grows."""
        return MOMENTS * (4 * len(KINDS) * len(QUANTILES) + 8)

    def tensors(self, outputs: Outputs) -> Tensors:
        updates, spreads = self._record.of(self._layer)
        counted = np.array([divmod(at, MILLION) for at in updates], np.uint32).reshape(-1, 2)
        tensors: Tensors = {f"{self._layer}.updates": counted}
        for number, kind in enumerate(KINDS if updates else ()):
            if not np.isnan(spreads[:, number]).all():
                tensors[f"{self._layer}.{kind}"] = np.ascontiguousarray(spreads[:, number])
        return tensors
