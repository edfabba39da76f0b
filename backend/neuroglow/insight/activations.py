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
from neuroglow.nets.losses import Head, answer
from neuroglow.nets.model import Dense, Network, Stack
from neuroglow.spec.layers.wiring import INPUT, OUTPUT
from neuroglow.wire.messages import SubscribeActivations, SubscribeUnit


def sample_activations(head: Head, model: Network, x: Array) -> tuple[Array, ...]:
    """x (inputs,) -> per block f16 (units,) or (layers, units); the output after its own activation."""
    captured = [a for _, a in model.capture(x)]
    return tuple(half(a) for a in (*captured[:-1], answer(head, captured[-1])))


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
        layers = dict(zip(self._subject.names, self._subject.shape.layers, strict=True))
        return sum(2 * (layers[name].units if name != INPUT else self._x.size) for name in self._layers)

    def compile(self) -> Callable[..., Outputs]:
        subject = self._subject
        model = abstract_state(subject.shape, "sgd").model
        x = ShapeDtypeStruct((subject.shape.inputs,), jnp.float32)
        return jax.jit(lambda m, xi: sample_activations(subject.head, m, xi)).lower(model, x).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._device_x)

    def tensors(self, outputs: Outputs) -> Tensors:
        return {
            name: host_half(self._x) if name == INPUT else self._subject.pick(outputs, name)
            for name in self._layers
        }


def one_unit(
    head: Head, block: int, following: int | None, model: Network, x: Array, unit: Array, position: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """inputs (fan_in,), weights (fan_in,), bias, z, a, outgoing (next layer's units,) of one unit.

    `block` and `following` (the next layer's block) are static, `unit` and `position` inside a stack are traced. `z` is
    the sum of inputs x weights, then the bias: what a person who adds up the numbers gets.
    """
    captured = model.capture(x)
    before = x if block == 0 else _last(model.blocks[block - 1], captured[block - 1][1])
    this = model.blocks[block]
    if isinstance(this, Stack):
        inside = jnp.where(position > 0, captured[block][1][position - 1], before)
        inputs, weights, bias = inside, this.weight[position, unit], this.bias[position, unit]
        a = captured[block][1][position, unit]
    else:
        inputs, weights, bias = before, this.weight[unit], this.bias[unit]
        a = captured[block][1][unit]
    z = jnp.sum(inputs * weights) + bias
    if following is None:
        return inputs, weights, bias[None], z[None], answer(head, captured[block][1])[unit][None], jnp.zeros((0,))
    after = model.blocks[following]
    if isinstance(after, Stack):
        outgoing = after.weight[jnp.where(following == block, position + 1, 0), :, unit]
    else:
        outgoing = after.weight[:, unit]
    return inputs, weights, bias[None], z[None], a[None], outgoing


def _last(block: Dense | Stack, a: Array) -> Array:
    return a[-1] if isinstance(block, Stack) else a


class UnitProbe:
    """Bound `unit` subscription. A layer or unit that an edit removed leaves an empty answer (`is_gone`)."""

    def __init__(self, ask: SubscribeUnit, subject: Subject) -> None:
        names = subject.names
        if ask.layer not in names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        self._index = names.index(ask.layer)
        shape = subject.shape.layers[self._index]
        if ask.unit >= shape.units:
            raise InvalidInputError(f"'{ask.layer}' has units 0 to {shape.units - 1}", field="/unit")
        self._subject, self._ask, self._layer_shape = subject, ask, shape
        self._block, self._position = subject.place(ask.layer)
        is_output = ask.layer == OUTPUT
        self._following = None if is_output else subject.shape.place(self._index + 1)[0]
        self._device_x: Array = jax.device_put(sample_inputs(subject, ask.sample))

    @property
    def key(self) -> Hashable:
        return ("unit", self._subject.shape, self._subject.head, self._block, self._following)

    @property
    def facts(self) -> dict[str, Any]:
        names = self._subject.names
        is_output = self._following is None
        return {
            "unit": self._ask.unit,
            "activation": self._subject.head if is_output else self._layer_shape.activation,
            "inputs_from": INPUT if self._index == 0 else names[self._index - 1],
            "outgoing_to": None if is_output else names[self._index + 1],
        }

    @property
    def frame_bytes(self) -> int:
        layers = self._subject.shape.layers
        outgoing = 0 if self._following is None else layers[self._index + 1].units
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
