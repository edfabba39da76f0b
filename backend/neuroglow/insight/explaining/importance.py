"""The `importance` stream: how much the mean loss rises when a unit's answer is 0, for every unit of the layers asked.

Many units are switched off side by side, each in a network of its own; what comes before the first of the layers is
computed once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.programs import label_shape, scalar
from neuroglow.engine.train import State, bucket
from neuroglow.errors import InvalidInputError
from neuroglow.insight.explaining.passes import chunks, per_call, require_affordable
from neuroglow.insight.explaining.rows import SplitRows
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import Objective, loss
from neuroglow.nets.model import Chance, Network, abstract_model
from neuroglow.nets.shape import Block
from neuroglow.spec.layers import Sampling
from neuroglow.spec.layers.wiring import INPUT, OUTPUT
from neuroglow.spec.limits import Limits
from neuroglow.wire.subscriptions import SubscribeImportance

NOTHING = (-1, 0, 0)
"""A place that no unit has."""


def switched_off(blocks: Sequence[Block], wanted: Sequence[bool], place: Array) -> Chance:
    """Factors that are 0 for one unit, 1 elsewhere, of the blocks that are `wanted`; `place` i32 (3,) is (block,
    position inside a stack, unit)."""

    def of(number: int, block: Block) -> Array:
        output = block.layer.output
        ahead = (block.count,) if block.is_stack else ()
        shape = (*ahead, *output.shape)
        hit = jax.lax.broadcasted_iota(jnp.int32, shape, len(ahead) + output.unit_axis) == place[2]
        hit &= place[0] == number
        if ahead:
            hit &= jax.lax.broadcasted_iota(jnp.int32, shape, 0) == place[1]
        return jnp.where(hit, 0.0, 1.0)

    return tuple(of(number, block) if wanted[number] else None for number, block in enumerate(blocks))


def losses_without(
    objective: Objective,
    wanted: Sequence[bool],
    model: Network,
    inputs: Array,
    labels: Array,
    count: Array,
    parameter: Array | None,
    places: Array,
) -> Array:
    """Per place (places, 3) the mean loss f32 (places,) over the first `count` rows with that unit switched off."""
    blocks = [block.shape for block in model.blocks]

    def mean(place: Array) -> Array:
        factors = switched_off(blocks, wanted, place)
        each = jax.vmap(lambda x, label: loss(objective, model(x, factors), label, parameter))(inputs, labels)
        return jnp.sum(jnp.where(jnp.arange(len(inputs)) < count, each, 0.0)) / count.astype(jnp.float32)

    return jax.vmap(mean)(places)


class ImportanceProbe:
    """Bound `importance` subscription. Rows past the end of the split are left out, and those for which the network is
    too wide to take them at once."""

    def __init__(self, ask: SubscribeImportance, subject: Subject) -> None:
        self._subject = subject
        self._layers = self._asked(ask, subject)
        self._rows = SplitRows(subject, ask.split, min(ask.count, subject.shape.rows_at_once))
        self._places = self._all_places()
        units, most = len(self._places) - 1, Limits().importance_units
        if units > most:
            raise InvalidInputError(f"That is {units:,} units, the limit is {most:,}; name fewer", field="/layers")
        require_affordable(subject, len(self._places) * self._rows.count, field="/count")
        self._wanted = subject.wanted_blocks(self._layers)
        self._bucket = bucket(self._rows.count)
        self._size = per_call(subject, len(self._places), self._bucket)
        self._inputs, self._labels = self._rows.padded(self._bucket)

    @staticmethod
    def _asked(ask: SubscribeImportance, subject: Subject) -> tuple[str, ...]:
        if ask.layers == "all":
            return tuple(name for name in subject.names if name != OUTPUT and subject.layer(name).parameters)
        asked = tuple(name for name in subject.select(ask.layers) if name != INPUT)
        for name in asked:
            # What is drawn for it is noise, and takes the place of the factors.
            if isinstance(subject.layer(name).layer, Sampling):
                raise InvalidInputError(f"'{name}' draws its answer; ask for the layer before it", field="/layers")
        return asked

    def _all_places(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        places = [NOTHING]
        for name in self._layers:
            block, position = self._subject.place(name)
            places += [(block, position, unit) for unit in range(self._subject.layer(name).units)]
        return np.array(places, np.int32)

    @property
    def key(self) -> Hashable:
        objective = self._subject.rule.objective
        return ("importance", self._subject.shape, objective, self._wanted, self._bucket, self._size)

    @property
    def facts(self) -> dict[str, Any]:
        return {"rows": self._rows.count, "total": self._rows.total}

    @property
    def frame_bytes(self) -> int:
        return 4 * len(self._places)

    def compile(self) -> Callable[..., Outputs]:
        subject, objective, wanted = self._subject, self._subject.rule.objective, self._wanted
        inputs = ShapeDtypeStruct((self._bucket, subject.shape.inputs), jnp.float32)
        labels = ShapeDtypeStruct((self._bucket, *label_shape(subject.shape, objective)), jnp.float32)
        parameter = abstract_hyper(subject.rule, subject.shape).loss_parameter
        places = ShapeDtypeStruct((self._size, 3), jnp.int32)
        program = jax.jit(lambda *arguments: losses_without(objective, wanted, *arguments))
        model = abstract_model(subject.shape)
        return program.lower(model, inputs, labels, scalar(jnp.int32), parameter, places).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        count = np.int32(self._rows.count)
        return [
            program(state.model, self._inputs, self._labels, count, hyper.loss_parameter, places)
            for places in chunks(self._places, self._size)
        ]

    def tensors(self, outputs: Outputs) -> Tensors:
        losses = np.concatenate([np.asarray(part) for part in outputs])[: len(self._places)]
        tensors: Tensors = {"loss": losses[:1]}
        start = 1
        for name in self._layers:
            units = self._subject.layer(name).units
            tensors[name] = losses[start : start + units] - losses[0]
            start += units
        return tensors
