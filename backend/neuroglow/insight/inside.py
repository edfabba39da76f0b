"""The `inside` stream: the magnifying glass on a layer of any type, all that it makes of one sample, and its
parameters."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.programs import scalar
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors, sample_inputs
from neuroglow.nets.losses import Head, answer
from neuroglow.nets.model import Network, abstract_model
from neuroglow.nets.shape import NetShape
from neuroglow.spec.layers.wiring import OUTPUT
from neuroglow.spec.limits import MAX_INSIDE_CELLS
from neuroglow.wire.subscriptions import SubscribeInside


def all_inside(head: Head, number: int, is_output: bool, model: Network, x: Array, position: Array) -> dict[str, Array]:
    """x (inputs,) -> what block `number` reads and makes, and its parameters, f32 by name; of the layer at `position`
    where it is a stack. The output's `answer` is that after its own activation."""
    block = model.blocks[number]
    made = {**model.inside(x, number), **block.parameters}
    if block.shape.is_stack:
        made = {name: array[position] for name, array in made.items()}
    return {**made, "answer": answer(head, made["a"])} if is_output else made


def _arguments(shape: NetShape) -> tuple[Network, ShapeDtypeStruct, ShapeDtypeStruct]:
    return abstract_model(shape), ShapeDtypeStruct((shape.inputs,), jnp.float32), scalar(jnp.int32)


@lru_cache(maxsize=64)
def _shapes(head: Head, shape: NetShape, number: int, is_output: bool) -> dict[str, ShapeDtypeStruct]:
    """Of the program's answer. Kept: channels are bound anew at every edit, and tracing takes its time."""
    program = partial(all_inside, head, number, is_output)
    shapes: dict[str, ShapeDtypeStruct] = jax.eval_shape(program, *_arguments(shape))
    return shapes


class InsideProbe:
    """Bound `inside` subscription. Arrays of more than `MAX_INSIDE_CELLS` numbers are left out, and named."""

    def __init__(self, ask: SubscribeInside, subject: Subject) -> None:
        if ask.layer not in subject.names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        self._subject, self._layer = subject, ask.layer
        self._block, self._position = subject.place(ask.layer)
        self._device_x: Array = jax.device_put(sample_inputs(subject, ask.sample))
        self._shapes = _shapes(subject.head, subject.shape, self._block, ask.layer == OUTPUT)
        self._shown = tuple(name for name, array in self._shapes.items() if array.size <= MAX_INSIDE_CELLS)

    def _program(self, model: Network, x: Array, position: Array) -> dict[str, Array]:
        subject = self._subject
        return all_inside(subject.head, self._block, self._layer == OUTPUT, model, x, position)

    @property
    def key(self) -> Hashable:
        return ("inside", self._subject.shape, self._subject.head, self._block)

    @property
    def facts(self) -> dict[str, Any]:
        node = self._subject.graph.node(self._layer)
        return {
            "layer": self._layer,
            "kind": node.output.kind,
            "sources": list(node.sources),
            "parameters": list(node.parameters),
            "activation": self._subject.head if self._layer == OUTPUT else getattr(node.layer, "activation", None),
            "left_out": [name for name in self._shapes if name not in self._shown],
        }

    @property
    def frame_bytes(self) -> int:
        return sum(4 * self._shapes[name].size for name in self._shown)

    def compile(self) -> Callable[..., Outputs]:
        shown = self._shown

        def program(model: Network, x: Array, position: Array) -> dict[str, Array]:
            made = self._program(model, x, position)
            return {name: made[name] for name in shown}

        return jax.jit(program).lower(*_arguments(self._subject.shape)).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._device_x, np.int32(self._position))

    def tensors(self, outputs: Outputs) -> Tensors:
        return {f"{self._layer}.{name}": np.asarray(array, np.float32) for name, array in outputs.items()}
