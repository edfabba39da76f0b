"""The `backward` stream: one sample's loss, how it changes with all that one layer makes and has, and what an update
along that slope would do. With `inside` it tells a whole update in slow motion."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.optimizers import apply_update, bounded
from neuroglow.engine.programs import label_shape, scalar
from neuroglow.engine.rule import Rule
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.activations import ACTIVATIONS
from neuroglow.nets.layers import Call, Clamp, clamped, forward
from neuroglow.nets.losses import loss
from neuroglow.nets.model import Block, Network
from neuroglow.nets.shape import NetShape
from neuroglow.spec.limits import MAX_INSIDE_CELLS
from neuroglow.wire.subscriptions import SubscribeBackward


def one_backward(
    rule: Rule, number: int, state: State, hyper: Hyper, x: Array, label: Array, position: Array
) -> dict[str, Array]:
    """x (inputs,), label as the objective reads it -> `target` that label, `loss` (1,), slopes of the loss `a.slope`,
    `z.slope` (where there is one) and `PARAMETER.slope`, and `PARAMETER.after` one update along the slope; of the layer
    at `position` where the block is a stack.

    Normalisation uses its running figures, as it does for a single sample.
    """
    weights = None if hyper.class_weights is None else jnp.asarray(hyper.class_weights)

    def lost(z: Array) -> Array:
        return loss(rule.objective, z, label, hyper.loss_parameter, weights)

    value, slopes = jax.value_and_grad(lambda model: lost(model(x)))(state.model)
    slopes = _of_learned(slopes)
    after, _ = apply_update(rule, hyper, state.model, state.moments, bounded(rule, hyper, slopes))
    block = state.model.blocks[number]
    learned = [name for name, parameter in block.shape.layer.parameters.items() if parameter.is_learned]
    parameters = {
        **{f"{name}.slope": slopes.blocks[number].parameters[name] for name in learned},
        **{f"{name}.after": after.blocks[number].parameters[name] for name in learned},
    }
    made = {**_of_answer(state.model, number, x, lost), **parameters}
    if block.shape.is_stack:
        made = {name: array[position] for name, array in made.items()}
    return {"target": jnp.atleast_1d(label), "loss": value[None], **made}


def _of_learned(slopes: Network) -> Network:
    """Running figures follow the batches and no slope: a single row has one for them, training does not."""

    def of(block: Block) -> Block:
        roles = block.shape.layer.parameters
        kept = {name: a if roles[name].is_learned else jnp.zeros_like(a) for name, a in block.parameters.items()}
        return Block(kept, block.shape)

    return Network(tuple(of(block) for block in slopes.blocks))


def _of_answer(model: Network, number: int, x: Array, lost: Callable[[Array], Array]) -> dict[str, Array]:
    """Of a stack for every layer, with a leading axis."""
    made = model.inside(x, number)
    block = model.blocks[number]

    def lost_beside(aside: Array) -> Array:
        is_stack, clamp = block.shape.is_stack, model.clamp(number)
        return lost(model.onward(x, {number: _beside(block, clamp, made["read"], aside) if is_stack else aside}))

    slope = jax.grad(lost_beside)(jnp.zeros_like(made["a"]) if block.shape.is_stack else made["a"])
    if "z" not in made or made["z"].shape != made["a"].shape:
        return {"a.slope": slope}
    _, steepness = jax.jvp(ACTIVATIONS[block.shape.layer.activation], (made["z"],), (jnp.ones_like(made["z"]),))
    return {"a.slope": slope, "z.slope": slope * steepness}


def _beside(stack: Block, clamp: Clamp | None, reads: Array, aside: Array) -> Array:
    """The last answer of a stack whose layers each answer so much beside what they would; both (layers, ...). Held
    units stay what they are."""
    shape = stack.shape.layer

    def layer(x: Array, at: tuple[Any, Clamp | None, Array]) -> tuple[Array, None]:
        parameters, held, beside = at
        return clamped(held, shape.output.unit_axis, forward(Call(shape, parameters, (x,)))["a"] + beside), None

    return jax.lax.scan(layer, reads[0].reshape(shape.reads[0].shape), (stack.parameters, clamp, aside))[0]


def _arguments(rule: Rule, shape: NetShape) -> tuple[Any, ...]:
    return (
        abstract_state(shape, rule.optimizer),
        abstract_hyper(rule, shape),
        ShapeDtypeStruct((shape.inputs,), jnp.float32),
        ShapeDtypeStruct(label_shape(shape, rule.objective), jnp.float32),
        scalar(jnp.int32),
    )


@lru_cache(maxsize=64)
def _shapes(rule: Rule, shape: NetShape, number: int) -> dict[str, ShapeDtypeStruct]:
    """Of the program's answer. Kept: channels are bound anew at every edit, and tracing takes its time."""
    shapes: dict[str, ShapeDtypeStruct] = jax.eval_shape(
        partial(one_backward, rule, number), *_arguments(rule, shape)
    )
    return shapes


class BackwardProbe:
    """Bound `backward` subscription. Arrays of more than `MAX_INSIDE_CELLS` numbers are left out, and named."""

    def __init__(self, ask: SubscribeBackward, subject: Subject) -> None:
        if ask.layer not in subject.names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        split = subject.dataset.train if ask.sample.split == "train" else subject.dataset.test
        if ask.sample.index >= len(split.labels):
            raise InvalidInputError(f"This split has {len(split.labels)} rows", field="/sample/index")
        self._subject, self._layer = subject, ask.layer
        self._block, self._position = subject.place(ask.layer)
        row: tuple[NDArray[np.float32], NDArray[np.float32]] = (
            split.inputs[ask.sample.index], np.asarray(split.labels[ask.sample.index], np.float32),
        )  # fmt: skip
        self._row: tuple[Array, Array] = jax.device_put(row)
        self._shapes = _shapes(subject.rule, subject.shape, self._block)
        self._shown = tuple(name for name, array in self._shapes.items() if array.size <= MAX_INSIDE_CELLS)

    def _program(self, state: State, hyper: Hyper, x: Array, label: Array, position: Array) -> dict[str, Array]:
        return one_backward(self._subject.rule, self._block, state, hyper, x, label, position)

    @property
    def key(self) -> Hashable:
        return ("backward", self._subject.shape, self._subject.rule, self._block)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "layer": self._layer,
            "objective": self._subject.rule.objective.loss,
            "optimizer": self._subject.rule.optimizer,
            "left_out": [name for name in self._shapes if name not in self._shown],
        }

    @property
    def frame_bytes(self) -> int:
        return sum(4 * self._shapes[name].size for name in self._shown)

    def compile(self) -> Callable[..., Outputs]:
        shown = self._shown

        def program(*arguments: Any) -> dict[str, Array]:
            made = self._program(*arguments)
            return {name: made[name] for name in shown}

        return jax.jit(program).lower(*_arguments(self._subject.rule, self._subject.shape)).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state, hyper, *self._row, np.int32(self._position))

    def tensors(self, outputs: Outputs) -> Tensors:
        return {f"{self._layer}.{name}": np.asarray(array, np.float32) for name, array in outputs.items()}
