"""The `codes` stream: what one layer makes of many rows, the two-dimensional code of an autoencoder for instance."""

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
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors, half
from neuroglow.nets.losses import answer
from neuroglow.nets.model import Network, over_rows
from neuroglow.spec.layers.wiring import OUTPUT
from neuroglow.wire.subscriptions import SubscribeCodes


class CodesProbe:
    """Bound `codes` subscription. Rows past the end of the split are left out."""

    def __init__(self, ask: SubscribeCodes, subject: Subject) -> None:
        if ask.layer not in subject.names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        self._subject, self._layer = subject, ask.layer
        self._block, self._position = subject.place(ask.layer)
        self._shape = subject.layer(ask.layer)
        split = subject.dataset.train if ask.split == "train" else subject.dataset.test
        inputs = split.inputs[: ask.count]
        self._count, self._total = len(inputs), len(split.inputs)
        self._bucket = bucket(self._count)
        padded = np.zeros((self._bucket, inputs.shape[1]), np.float32)
        padded[: self._count] = inputs
        self._rows: Array = jax.device_put(padded)

    @property
    def key(self) -> Hashable:
        return ("codes", self._subject.shape, self._subject.head, self._block, self._position, self._bucket)

    @property
    def facts(self) -> dict[str, Any]:
        is_output = self._layer == OUTPUT
        return {"layer": self._layer, "activation": self._subject.head if is_output else self._shape.activation}

    @property
    def frame_bytes(self) -> int:
        return 2 * self._count * self._shape.output.size + 4

    def compile(self) -> Callable[..., Outputs]:
        subject, block, position = self._subject, self._block, self._position
        is_output = self._layer == OUTPUT

        def one(model: Network, x: Array) -> Array:
            a = model.inside(x, block)["a"]
            if is_output:
                return answer(subject.head, a).ravel()
            return (a[position] if model.blocks[block].shape.is_stack else a).ravel()

        def program(model: Network, rows: Array) -> Array:
            return half(over_rows(model, rows, lambda x: one(model, x)))

        rows = ShapeDtypeStruct((self._bucket, subject.shape.inputs), jnp.float32)
        return jax.jit(program).lower(abstract_state(subject.shape, "sgd").model, rows).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._rows)

    def tensors(self, outputs: Outputs) -> Tensors:
        return {self._layer: np.asarray(outputs)[: self._count], "rows": np.array([self._total], np.uint32)}
