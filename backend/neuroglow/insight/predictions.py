"""The `predictions` stream: the output for rows of one split."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State, bucket
from neuroglow.insight.probe import Outputs, Subject, Tensors, half
from neuroglow.nets.losses import answer
from neuroglow.nets.model import Network
from neuroglow.spec.layers.wiring import OUTPUT
from neuroglow.wire.subscriptions import SubscribePredictions


class PredictionsProbe:
    """Rows past the end of the split are left out; none at all is an empty answer."""

    def __init__(self, ask: SubscribePredictions, subject: Subject) -> None:
        dataset = subject.dataset
        self._subject = subject
        split = dataset.train if ask.split == "train" else dataset.test
        inputs = split.inputs[ask.from_ : ask.from_ + ask.count]
        self._count, self._total = len(inputs), len(split.labels)
        self._bucket = bucket(max(1, self._count))
        padded = np.zeros((self._bucket, inputs.shape[1]), np.float32)
        padded[: self._count] = inputs
        self._rows: Array = jax.device_put(padded)

    @property
    def key(self) -> Hashable:
        return ("predictions", self._subject.shape, self._subject.head, self._bucket)

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"activation": self._subject.head}
        if self._subject.head == "linear" and self._subject.dataset.facts.task == "regression":
            dataset = self._subject.dataset
            facts |= {"target_mean": dataset.target_mean, "target_std": dataset.target_std}
        return facts

    @property
    def frame_bytes(self) -> int:
        return 2 * self._count * self._subject.flow(OUTPUT).size + 4

    def compile(self) -> Callable[..., Outputs]:
        subject = self._subject

        def program(model: Network, rows: Array) -> Array:
            return half(answer(subject.head, model.of_rows(rows)))

        rows = ShapeDtypeStruct((self._bucket, subject.shape.inputs), jnp.float32)
        return jax.jit(program).lower(abstract_state(subject.shape, "sgd").model, rows).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._rows)

    def tensors(self, outputs: Outputs) -> Tensors:
        return {OUTPUT: np.asarray(outputs)[: self._count], "rows": np.array([self._total], np.uint32)}
