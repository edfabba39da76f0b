"""The `mislabelled` stream: rows whose class is doubtful, as the network sees them now."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.explaining.doubt import doubtful
from neuroglow.insight.explaining.passes import chunks, per_call, require_affordable
from neuroglow.insight.explaining.rows import SplitRows
from neuroglow.insight.judgement import PROBABLE, class_scores
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.model import abstract_model
from neuroglow.wire.subscriptions import SubscribeMislabelled


class MislabelledProbe:
    """Bound `mislabelled` subscription: for one class a row, and a loss that trains probabilities."""

    def __init__(self, ask: SubscribeMislabelled, subject: Subject) -> None:
        has_classes = subject.dataset.facts.task == "classification" and subject.rule.objective.steps is None
        if not has_classes or subject.experiment.training.loss not in PROBABLE:
            raise InvalidInputError(
                "Doubt needs one class for each row, and a loss that trains probabilities (cross-entropy, focal)",
                field="/stream",
            )
        self._subject, self._top = subject, ask.top
        self._rows = SplitRows(subject, ask.split, ask.count)
        require_affordable(subject, self._rows.count, field="/count")
        self._size = per_call(subject, self._rows.count)
        self._calls = [jax.device_put(part) for part in chunks(self._rows.inputs, self._size)]

    @property
    def key(self) -> Hashable:
        return ("mislabelled", self._subject.shape, self._size)

    @property
    def facts(self) -> dict[str, Any]:
        return {"rows": self._rows.count, "total": self._rows.total}

    @property
    def frame_bytes(self) -> int:
        return 4 * (5 * self._top + 1 + len(self._subject.dataset.facts.classes))

    def compile(self) -> Callable[..., Outputs]:
        shape = self._subject.shape
        rows = ShapeDtypeStruct((self._size, shape.inputs), jnp.float32)
        return jax.jit(lambda model, rows: jax.vmap(model)(rows)).lower(abstract_model(shape), rows).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return [program(state.model, rows) for rows in self._calls]

    def tensors(self, outputs: Outputs) -> Tensors:
        z = np.concatenate([np.asarray(part) for part in outputs])[: self._rows.count]
        chances = class_scores(z, are_probabilities=True)
        given = self._rows.targets.astype(np.int64)
        doubt = doubtful(chances, given)
        rows, predicted = doubt.rows[: self._top], doubt.predicted[: self._top]
        return {
            "rows": rows.astype(np.uint32),
            "given": given[rows].astype(np.uint32),
            "predicted": predicted.astype(np.uint32),
            "probability": np.stack([chances[rows, given[rows]], chances[rows, predicted]], axis=1).astype(np.float32),
            "doubtful": np.array([len(doubt.rows)], np.uint32),
            "certain": np.minimum(doubt.threshold, 1.0).astype(np.float32),
        }
