"""Fully connected layers, all or some of their connections."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import Activation, LearningLayer, Parameter, Units, per_step
from neuroglow.spec.layers.flow import Flow

Connection = tuple[Annotated[int, Field(ge=0, lt=limits.MAX_UNITS)], Annotated[int, Field(ge=0, lt=limits.MAX_SOURCES)]]
"""(unit, source)"""


class Dense(LearningLayer):
    """A fully connected layer: a = activation(W x + b). Reads sequences step by step, pictures as one vector."""

    type: Literal["dense"] = "dense"
    units: Units = 8
    activation: Activation = "tanh"
    dropout: Annotated[float, Field(ge=0.0, le=limits.MAX_DROPOUT)] = 0.0
    """Share of its units that are silent in an update, drawn anew for every row; the others speak 1 / (1 − dropout)
    times as loud (Srivastava et al. 2014, inverted). Only while training."""

    LIVE: ClassVar[frozenset[str]] = LearningLayer.LIVE | {"dropout"}

    def output(self, *inputs: Flow) -> Flow:
        read = per_step(inputs[0])
        return Flow((*read.shape[:-1], self.units), read.kind)

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        fan_in = per_step(inputs[0]).shape[-1]
        return {
            "weight": Parameter((self.units, fan_in), "weight", fan_in, self.units),
            "bias": Parameter((self.units,), "bias"),
        }

    def operations(self, *inputs: Flow) -> int:
        return per_step(inputs[0]).size * self.units


class SparseDense(Dense):
    """A dense layer with a part of its connections: a = activation((W ∘ M) x + b), M of zeros and ones.

    `method`: `random` keeps a share `density` of every unit's connections, drawn with the seed; `magnitude` keeps the
    largest weights of the layer at the moment the edit takes effect. `cut` and `restored` are single connections on
    top of that.
    """

    type: Literal["sparse_dense"] = "sparse_dense"  # type: ignore[assignment]
    density: Annotated[float, Field(gt=0.0, le=1.0)] = 0.5
    method: Literal["random", "magnitude"] = "random"
    cut: Annotated[tuple[Connection, ...], Field(max_length=limits.MAX_PINS)] = ()
    restored: Annotated[tuple[Connection, ...], Field(max_length=limits.MAX_PINS)] = ()

    LIVE: ClassVar[frozenset[str]] = Dense.LIVE | {"density", "method", "cut", "restored"}

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        dense = super().parameters(*inputs)
        return {**dense, "mask": Parameter(dense["weight"].shape, "mask")}

    def operations(self, *inputs: Flow) -> int:
        return round(super().operations(*inputs) * self.density)
