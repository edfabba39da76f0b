"""The `excites` stream: the rows of a split that excite one unit most, and where in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.programs import scalar
from neuroglow.engine.train import State
from neuroglow.insight.explaining.passes import chunks, per_call, require_affordable
from neuroglow.insight.explaining.rows import SplitRows
from neuroglow.insight.explaining.units import activation, require_unit
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import Head
from neuroglow.nets.model import Network, abstract_model
from neuroglow.spec.layers.wiring import OUTPUT
from neuroglow.wire.subscriptions import SubscribeExcites


def strongest(
    head: Head, number: int, model: Network, rows: Array, position: Array, unit: Array
) -> tuple[Array, Array]:
    """rows (rows, inputs) -> the largest activation of one unit over its places f32 (rows,), and the place i32
    (rows,)."""
    a = jax.vmap(lambda x: activation(head, number, model, x, position, unit))(rows)
    return jnp.max(a, axis=1), jnp.argmax(a, axis=1).astype(jnp.int32)


class ExcitesProbe:
    """Bound `excites` subscription. Rows past the end of the split are left out."""

    def __init__(self, ask: SubscribeExcites, subject: Subject) -> None:
        require_unit(subject, ask.layer, ask.unit)
        self._ask, self._subject = ask, subject
        self._rows = SplitRows(subject, ask.split, ask.count)
        require_affordable(subject, self._rows.count, field="/count")
        self._block, self._position = subject.place(ask.layer)
        self._size = per_call(subject, self._rows.count)
        self._calls = [jax.device_put(part) for part in chunks(self._rows.inputs, self._size)]
        self._top = min(ask.top, self._rows.count)
        flow = subject.flow(ask.layer)
        self._sides = tuple(side for axis, side in enumerate(flow.shape) if axis != flow.unit_axis)

    @property
    def key(self) -> Hashable:
        return ("excites", self._subject.shape, self._subject.head, self._block, self._size)

    @property
    def facts(self) -> dict[str, Any]:
        layer = self._ask.layer
        return {
            "rows": self._rows.count,
            "total": self._rows.total,
            "activation": self._subject.head if layer == OUTPUT else self._subject.layer(layer).activation,
        }

    @property
    def frame_bytes(self) -> int:
        return 4 * self._top * (2 + len(self._sides))

    def compile(self) -> Callable[..., Outputs]:
        head, block = self._subject.head, self._block
        rows = ShapeDtypeStruct((self._size, self._subject.shape.inputs), jnp.float32)
        program = jax.jit(lambda *arguments: strongest(head, block, *arguments))
        model = abstract_model(self._subject.shape)
        return program.lower(model, rows, scalar(jnp.int32), scalar(jnp.int32)).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        position, unit = np.int32(self._position), np.int32(self._ask.unit)
        return [program(state.model, rows, position, unit) for rows in self._calls]

    def tensors(self, outputs: Outputs) -> Tensors:
        count = self._rows.count
        a = np.concatenate([np.asarray(largest) for largest, _ in outputs])[:count]
        places = np.concatenate([np.asarray(at) for _, at in outputs])[:count]
        best = np.argsort(-a, kind="stable")[: self._top]
        where = np.array(np.unravel_index(places[best], self._sides) if self._sides else (), np.uint32)
        return {
            "rows": best.astype(np.uint32),
            "a": a[best],
            "places": where.reshape(len(self._sides), self._top).T.copy(),
        }
