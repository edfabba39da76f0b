"""The `activations` stream (each unit for one sample) and the `unit` stream (the magnifying glass on one neuron)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.programs import scalar
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors, half, host_half, sample_inputs
from neuroglow.insight.weights import matrix
from neuroglow.nets.losses import Head, answer
from neuroglow.nets.model import Network
from neuroglow.nets.shape import LayerShape
from neuroglow.spec.layers.wiring import INPUT, OUTPUT
from neuroglow.wire.subscriptions import SubscribeActivations, SubscribeUnit


def sample_activations(head: Head, model: Network, x: Array) -> tuple[Array, ...]:
    """x (inputs,) -> per block f16 of the layer's shape, a stack's with a leading axis; the output after its own
    activation."""
    answers = [a for a in model.outputs(x) if a is not None]
    return tuple(half(a) for a in (*answers[:-1], answer(head, answers[-1])))


class ActivationsProbe:
    def __init__(self, ask: SubscribeActivations, subject: Subject) -> None:
        self._subject = subject
        self._layers = subject.select(ask.layers)
        self._x = sample_inputs(subject, ask.sample)
        self._device_x: Array = jax.device_put(self._x)

    @property
    def key(self) -> Hashable:
        return ("activations", self._subject.shape, self._subject.head)

    @property
    def facts(self) -> dict[str, Any]:
        return {"activation": self._subject.head}

    @property
    def frame_bytes(self) -> int:
        return sum(2 * self._subject.flow(name).size for name in self._layers)

    def compile(self) -> Callable[..., Outputs]:
        subject = self._subject
        model = abstract_state(subject.shape, "sgd").model
        x = ShapeDtypeStruct((subject.shape.inputs,), jnp.float32)
        return jax.jit(lambda m, xi: sample_activations(subject.head, m, xi)).lower(model, x).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._device_x)

    def tensors(self, outputs: Outputs) -> Tensors:
        return {
            name: host_half(self._x).reshape(self._subject.shape.entrance.shape)
            if name == INPUT
            else self._subject.pick(outputs, name)
            for name in self._layers
        }


def one_unit(
    head: Head, block: int, following: int | None, model: Network, x: Array, unit: Array, position: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """inputs (fan_in,), weights (fan_in,), bias, z, a, outgoing (next layer's units,) of one unit of a dense layer.

    `block` and `following` (the block of the dense layer that reads it, if one does) are static, `unit` and `position`
    inside a stack are traced. `z` is the sum of inputs x weights, then the bias: what a person who adds up the numbers
    gets.
    """
    inside, this = model.inside(x, block), model.blocks[block]
    weight, bias = matrix(this), this.parameters["bias"]
    if this.shape.is_stack:
        inputs, weights, bias = inside["read"][position], weight[position, unit], bias[position, unit]
        a = inside["a"][position, unit]
    else:
        inputs, weights, bias, a = inside["read"].ravel(), weight[unit], bias[unit], inside["a"][unit]
    z = jnp.sum(inputs * weights) + bias
    if block == len(model.blocks) - 1:
        a = answer(head, inside["a"])[unit]
    return inputs, weights, bias[None], z[None], a[None], _outgoing(block, following, model, unit, position)


def _outgoing(block: int, following: int | None, model: Network, unit: Array, position: Array) -> Array:
    if following is None:
        return jnp.zeros((0,))
    weight = matrix(model.blocks[following])
    if model.blocks[following].shape.is_stack:
        return weight[jnp.where(following == block, position + 1, 0), :, unit]
    return weight[:, unit]


def _is_plain(shape: LayerShape) -> bool:
    """Dense on one vector: every unit has a row of weights, one for each number that it reads."""
    return shape.layer.type in ("dense", "sparse_dense") and shape.output.kind == "vector"


def _plain_reader(subject: Subject, layer: str) -> str | None:
    """The only layer that reads this one, if it is plain: it says where a unit goes."""
    readers = [node.name for node in subject.graph.nodes if layer in node.sources]
    return readers[0] if len(readers) == 1 and _is_plain(subject.layer(readers[0])) else None


class UnitProbe:
    """Bound `unit` subscription. A layer or unit that an edit removed leaves an empty answer (`is_gone`)."""

    def __init__(self, ask: SubscribeUnit, subject: Subject) -> None:
        names = subject.names
        if ask.layer not in names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        self._index = names.index(ask.layer)
        shape = subject.shape.layers[self._index]
        if not _is_plain(shape):
            raise InvalidInputError(
                f"'{ask.layer}' has no single units with weights of their own; subscribe to `inside`", field="/layer"
            )
        if ask.unit >= shape.units:
            raise InvalidInputError(f"'{ask.layer}' has units 0 to {shape.units - 1}", field="/unit")
        self._subject, self._ask, self._layer_shape = subject, ask, shape
        self._block, self._position = subject.place(ask.layer)
        self._reader = _plain_reader(subject, ask.layer)
        self._following = None if self._reader is None else subject.place(self._reader)[0]
        self._device_x: Array = jax.device_put(sample_inputs(subject, ask.sample))

    @property
    def key(self) -> Hashable:
        return ("unit", self._subject.shape, self._subject.head, self._block, self._following)

    @property
    def facts(self) -> dict[str, Any]:
        is_output = self._ask.layer == OUTPUT
        return {
            "unit": self._ask.unit,
            "activation": self._subject.head if is_output else self._layer_shape.activation,
            "inputs_from": self._subject.graph.node(self._ask.layer).sources[0],
            "outgoing_to": self._reader,
        }

    @property
    def frame_bytes(self) -> int:
        outgoing = 0 if self._reader is None else self._subject.layer(self._reader).units
        return 4 * (2 * self._layer_shape.fan_in + outgoing + 3)

    def compile(self) -> Callable[..., Outputs]:
        subject, block, following = self._subject, self._block, self._following
        model = abstract_state(subject.shape, "sgd").model
        x = ShapeDtypeStruct((subject.shape.inputs,), jnp.float32)
        program = jax.jit(lambda m, xi, unit, position: one_unit(subject.head, block, following, m, xi, unit, position))
        return program.lower(model, x, scalar(jnp.int32), scalar(jnp.int32)).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._device_x, np.int32(self._ask.unit), np.int32(self._position))

    def tensors(self, outputs: Outputs) -> Tensors:
        parts = ("inputs", "weights", "bias", "z", "a", "outgoing")
        layer = self._ask.layer
        return {f"{layer}.{part}": np.asarray(array) for part, array in zip(parts, outputs, strict=True)}
