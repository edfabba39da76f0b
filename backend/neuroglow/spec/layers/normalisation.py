"""Normalisation over the batch, the example or groups of channels; and dropout, the other regulariser."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import AnyLayer, Parameter, ShapeError
from neuroglow.spec.layers.flow import Flow

Epsilon = Annotated[float, Field(gt=0.0, le=1.0)]


class _Norm(AnyLayer):
    frozen: bool = False
    """Keeps what it has learned while the others train."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"frozen"})
    OF_UNITS: ClassVar[dict[str, int]] = {"gain": 0, "bias": 0, "mean": 0, "variance": 0}

    def output(self, *inputs: Flow) -> Flow:
        return inputs[0]

    def operations(self, *inputs: Flow) -> int:
        return 4 * inputs[0].size


class BatchNorm(_Norm):
    """(x − mean) / √(variance + eps) · gain + bias per channel or feature (Ioffe & Szegedy 2015).

    While training, mean and variance are the batch's; running ones, `momentum` of the old and the rest of the new,
    are what the trained network uses.
    """

    type: Literal["batch_norm"] = "batch_norm"
    momentum: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.9
    eps: Epsilon = 1e-5

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        shape = (inputs[0].units,)
        return {
            "gain": Parameter(shape, "gain"),
            "bias": Parameter(shape, "bias"),
            "mean": Parameter(shape, "mean"),
            "variance": Parameter(shape, "variance"),
        }


class LayerNorm(_Norm):
    """The same over the numbers of one example; over the features of one step in a sequence (Ba et al. 2016)."""

    type: Literal["layer_norm"] = "layer_norm"
    eps: Epsilon = 1e-5

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        (flow,) = inputs
        shape = flow.shape[-1:] if flow.kind == "sequence" else flow.shape
        return {"gain": Parameter(shape, "gain"), "bias": Parameter(shape, "bias")}


class GroupNorm(_Norm):
    """The same over groups of channels of one example, gain and bias per channel (Wu & He 2018)."""

    type: Literal["group_norm"] = "group_norm"
    groups: Annotated[int, Field(ge=1, le=limits.MAX_CHANNELS)] = 4
    eps: Epsilon = 1e-5

    def output(self, *inputs: Flow) -> Flow:
        flow = super().output(*inputs)
        if flow.units % self.groups:
            fitting = math.gcd(flow.units, self.groups)
            raise ShapeError(
                f"{self.groups} groups do not divide {flow.units} channels",
                member="groups",
                set={"groups": fitting},
                say=f"Use {fitting} group{'s' if fitting > 1 else ''}",
            )
        return flow

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        shape = (inputs[0].units,)
        return {"gain": Parameter(shape, "gain"), "bias": Parameter(shape, "bias")}


class Dropout(AnyLayer):
    """Silences a share of the numbers it reads in an update, drawn anew for every row; the others speak 1 / (1 − rate)
    times as loud (Srivastava et al. 2014, inverted). Only while training."""

    type: Literal["dropout"] = "dropout"
    rate: Annotated[float, Field(ge=0.0, le=limits.MAX_DROPOUT)] = 0.5

    LIVE: ClassVar[frozenset[str]] = frozenset({"rate"})

    def output(self, *inputs: Flow) -> Flow:
        return inputs[0]
