"""The `ideal` stream: an input made for one unit, by gradient ascent from where the data are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from neuroglow.engine.hyper import Hyper, Leaf
from neuroglow.engine.programs import scalar
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.explaining.attribution import place_axes
from neuroglow.insight.explaining.passes import BACKWARD, require_affordable
from neuroglow.insight.explaining.units import activation, drive, require_unit
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import Head
from neuroglow.nets.model import Network, abstract_model
from neuroglow.spec.layers import Flow
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.wire.subscriptions import SubscribeIdeal

_SMALLEST = 1e-12
_CORNER = 1e-4
"""Total variation is rounded off here, so that it has a slope where neighbours are equal."""


class Ascent(NamedTuple):
    """f32, all traced."""

    start: Leaf
    """(inputs,), as the next three"""
    low: Leaf
    high: Leaf
    width: Leaf
    """What a step is measured in."""
    rate: Leaf
    l2: Leaf
    variation: Leaf
    steps: Leaf
    """i32"""


def damped(entrance: Flow, x: Array, ascent: Ascent) -> Array:
    """f32 (): l2 · mean ((x − start) / width)² + variation · mean |difference of neighbours|, in widths."""
    wide = (x - ascent.start) / ascent.width
    penalty: Array = ascent.l2 * jnp.mean(jnp.square(wide))
    if entrance.kind == "vector":
        return penalty
    drawn = (x / ascent.width).reshape(entrance.shape)
    for axis in place_axes(entrance):
        if entrance.shape[axis] > 1:
            steps = jnp.diff(drawn, axis=axis)
            penalty = penalty + ascent.variation * jnp.mean(jnp.sqrt(jnp.square(steps) + _CORNER**2))
    return penalty


def ascended(
    head: Head, entrance: Flow, number: int, model: Network, position: Array, unit: Array, ascent: Ascent
) -> tuple[Array, Array, Array]:
    """The best input on the way (inputs,), and the unit's activation at the start and there: f32 (2,) the mean over its
    places, f32 (2,) the largest.

    Every step goes along the slope of the mean drive less the damping, its length that of `rate` deviations for each
    input, shorter towards the end; what leaves the range of the data is put back.
    """

    def mean_drive(x: Array) -> Array:
        return jnp.mean(drive(number, model, x, position, unit))

    def step(index: Array, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        x, best, most = carry
        slope = jax.grad(lambda x: mean_drive(x) - damped(entrance, x, ascent))(x) * ascent.width
        length = jnp.sqrt(jnp.mean(jnp.square(slope))) + _SMALLEST
        left = 1.0 - index.astype(jnp.float32) / ascent.steps.astype(jnp.float32)
        x = jnp.clip(x + ascent.rate * left * ascent.width * slope / length, ascent.low, ascent.high)
        reached = mean_drive(x)
        is_better = reached > most
        return x, jnp.where(is_better, x, best), jnp.where(is_better, reached, most)

    start = jnp.clip(ascent.start, ascent.low, ascent.high)
    _, best, _ = jax.lax.fori_loop(0, ascent.steps, step, (start, start, mean_drive(start)))
    a = jax.vmap(lambda x: activation(head, number, model, x, position, unit))(jnp.stack([start, best]))
    return best, jnp.mean(a, axis=1), jnp.max(a, axis=1)


class IdealProbe:
    """Bound `ideal` subscription."""

    def __init__(self, ask: SubscribeIdeal, subject: Subject) -> None:
        require_unit(subject, ask.layer, ask.unit)
        self._ask, self._subject = ask, subject
        self._entrance = subject.shape.entrance
        if self._entrance.kind == "tokens":
            raise InvalidInputError("Tokens do not change by degrees; see which rows excite the unit", field="/layer")
        require_affordable(subject, (BACKWARD + 1) * ask.steps, field="/steps")
        self._block, self._position = subject.place(ask.layer)
        inputs = subject.dataset.train.inputs
        mean = inputs.mean(axis=0)
        self._low, self._high = inputs.min(axis=0), inputs.max(axis=0)
        self._ascent = Ascent(
            start=jax.device_put(mean if ask.start == "mean" else np.zeros_like(mean)),
            low=jax.device_put(self._low),
            high=jax.device_put(self._high),
            width=jax.device_put(np.full_like(mean, inputs.std() or 1.0)),
            rate=np.float32(ask.rate),
            l2=np.float32(ask.l2),
            variation=np.float32(ask.variation),
            steps=np.int32(ask.steps),
        )

    @property
    def key(self) -> Hashable:
        return ("ideal", self._subject.shape, self._subject.head, self._block)

    @property
    def facts(self) -> dict[str, Any]:
        return {"low": float(self._low.min()), "high": float(self._high.max())}

    @property
    def frame_bytes(self) -> int:
        return 4 * (self._entrance.size + 4)

    def compile(self) -> Callable[..., Outputs]:
        head, entrance, block = self._subject.head, self._entrance, self._block
        inputs = ShapeDtypeStruct((self._subject.shape.inputs,), jnp.float32)
        number, whole = scalar(jnp.float32), scalar(jnp.int32)
        ascent = Ascent(inputs, inputs, inputs, inputs, number, number, number, whole)
        program = jax.jit(lambda *arguments: ascended(head, entrance, block, *arguments))
        return program.lower(abstract_model(self._subject.shape), whole, whole, ascent).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, np.int32(self._position), np.int32(self._ask.unit), self._ascent)

    def tensors(self, outputs: Outputs) -> Tensors:
        best, mean, largest = (np.asarray(array) for array in outputs)
        return {INPUT: best.reshape(self._entrance.shape), "mean": mean, "largest": largest}
