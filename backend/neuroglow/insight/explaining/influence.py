"""The `influence` stream: which rows push one weight up now, and which down."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.cells import Places
from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.programs import label_shape, scalar
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.explaining.passes import BACKWARD, chunks, per_call, require_affordable
from neuroglow.insight.explaining.rows import SplitRows
from neuroglow.insight.explaining.units import require_unit
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import Objective, loss
from neuroglow.nets.model import Block, Network, abstract_model
from neuroglow.spec.network import Cell
from neuroglow.wire.subscriptions import SubscribeInfluence

_BIAS, _WEIGHT = "bias", "weight"


def pushes(
    objective: Objective,
    number: int,
    part: str,
    model: Network,
    inputs: Array,
    labels: Array,
    parameter: Array | None,
    place: Array,
) -> Array:
    """f32 (rows,): −∂loss/∂w of every row, where descent on that row alone would take the weight.

    w is a number of `part` ("weight" or "bias") of block `number`; `place` i32 () counts it in the flat array. The
    slope is taken forwards: it is that of one number, however many parameters there are.
    """

    def moved(by: Array) -> Network:
        array = model.blocks[number].parameters[part]
        changed = array.ravel().at[place].add(by).reshape(array.shape)
        block = Block({**model.blocks[number].parameters, part: changed}, model.blocks[number].shape)
        return Network((*model.blocks[:number], block, *model.blocks[number + 1 :]), model.clamps)

    def push(x: Array, label: Array) -> Array:
        zero = jnp.zeros(())
        slope: Array
        _, slope = jax.jvp(lambda by: loss(objective, moved(by)(x), label, parameter), (zero,), (zero + 1.0,))
        return -slope

    return jax.vmap(push)(inputs, labels)


class InfluenceProbe:
    """Bound `influence` subscription. Rows past the end of the split are left out."""

    def __init__(self, ask: SubscribeInfluence, subject: Subject) -> None:
        require_unit(subject, ask.layer, ask.unit)
        cell = Cell(layer=ask.layer, unit=ask.unit, source=ask.source, value=0.0)
        found = Places(subject.experiment).find(cell)
        if found is None:
            what = "bias" if ask.source is None else f"weight from {ask.source!r}"
            raise InvalidInputError(f"Unit {ask.unit} of '{ask.layer}' has no {what}", field="/source")
        self._subject = subject
        _, row, column = found
        self._part = _BIAS if column is None else _WEIGHT
        self._block, position = subject.place(ask.layer)
        rows, columns = subject.layer(ask.layer).matrix
        inside = row if column is None else row * columns + column
        self._place = position * (rows if column is None else rows * columns) + inside
        self._rows = SplitRows(subject, ask.split, ask.count)
        require_affordable(subject, BACKWARD * self._rows.count, field="/count")
        self._size = per_call(subject, BACKWARD * self._rows.count)
        parts = (chunks(array, self._size) for array in (self._rows.inputs, self._rows.labels))
        self._calls = [tuple(jax.device_put(part) for part in call) for call in zip(*parts, strict=True)]

    @property
    def key(self) -> Hashable:
        objective = self._subject.rule.objective
        return ("influence", self._subject.shape, objective, self._block, self._part, self._size)

    @property
    def facts(self) -> dict[str, Any]:
        return {"rows": self._rows.count, "total": self._rows.total}

    @property
    def frame_bytes(self) -> int:
        return 8 * self._rows.count

    def compile(self) -> Callable[..., Outputs]:
        subject, objective, number, part = self._subject, self._subject.rule.objective, self._block, self._part
        inputs = ShapeDtypeStruct((self._size, subject.shape.inputs), jnp.float32)
        labels = ShapeDtypeStruct((self._size, *label_shape(subject.shape, objective)), jnp.float32)
        parameter = abstract_hyper(subject.rule, subject.shape).loss_parameter
        program = jax.jit(lambda *arguments: pushes(objective, number, part, *arguments))
        return program.lower(abstract_model(subject.shape), inputs, labels, parameter, scalar(jnp.int32)).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        place = np.int32(self._place)
        return [program(state.model, *call, hyper.loss_parameter, place) for call in self._calls]

    def tensors(self, outputs: Outputs) -> Tensors:
        values = np.concatenate([np.asarray(part) for part in outputs])[: self._rows.count]
        order = np.argsort(-values, kind="stable")
        return {"rows": order.astype(np.uint32), "push": values[order]}
