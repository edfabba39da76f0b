"""The network an experiment trains: layers in the order data flows, each with a name for life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.training import Regularization

Activation = Literal["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "silu", "elu", "softplus", "sine", "linear"]
Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal", "zeros", "playground"
]
ACTIVATIONS: tuple[str, ...] = get_args(Activation)
INITIALIZERS: tuple[str, ...] = get_args(Initializer)

INPUT = "x"
OUTPUT = "output"

LayerName = Annotated[str, Field(pattern=limits.NAME_PATTERN, max_length=limits.MAX_NAME_LENGTH)]


class Dense(Spec):
    """A fully connected layer: a = activation(W x + b).

    `name` is filled in by the server when absent. `inputs` names the layers it reads; absent means the layer before.
    """

    type: Literal["dense"] = "dense"
    name: LayerName | None = None
    inputs: Annotated[tuple[LayerName, ...], Field(min_length=1, max_length=1)] | None = None
    units: Annotated[int, Field(ge=1, le=limits.MAX_UNITS)] = 8
    activation: Activation = "tanh"
    initializer: Initializer = "glorot_uniform"
    dropout: Annotated[float, Field(ge=0.0, le=limits.MAX_DROPOUT)] = 0.0
    """Share of its units that are silent in an update, drawn anew for every row; the others speak 1 / (1 − dropout)
    times as loud (Srivastava et al. 2014, inverted). Only while training."""
    regularization: Regularization | None = None
    """Of this layer's weights; null is the one of `training`."""
    frozen: bool = False
    """Keeps its weights and biases while the others train."""


# A tagged union of one for now: convolution, attention and others join it under their own `type`.
Layer = Dense


UnitIndex = Annotated[int, Field(ge=0, lt=limits.MAX_UNITS)]
ParameterValue = Annotated[float, Field(ge=-limits.MAX_WEIGHT, le=limits.MAX_WEIGHT)]


class Cell(Spec):
    """One weight or bias, by the unit it feeds and where it comes from.

    `source`: the index of a unit in the layer before; for the layer that reads `x`, the name of an input. Null is the
    bias.
    """

    layer: LayerName
    unit: UnitIndex
    source: UnitIndex | Annotated[str, Field(min_length=1, max_length=limits.MAX_SOURCE_LENGTH)] | None = None
    value: ParameterValue

    @property
    def place(self) -> tuple[str, int, int | str | None]:
        return self.layer, self.unit, self.source


class Network(Spec):
    """Hidden layers; the input `x` and the last layer `output` are implied by the data."""

    layers: Annotated[tuple[Layer, ...], Field(max_length=limits.MAX_LAYERS)] = (Dense(units=4), Dense(units=2))
    output_initializer: Initializer = "glorot_uniform"
    output_regularization: Regularization | None = None
    output_frozen: bool = False
    pins: Annotated[tuple[Cell, ...], Field(max_length=limits.MAX_PINS)] = ()
    """Weights and biases held at a value while training. A pin whose layer, unit or source is not there rests, and
    holds again when it is back."""

    @field_validator("pins")
    @classmethod
    def _one_pin_a_place(cls, pins: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if len({pin.place for pin in pins}) != len(pins):
            raise ValueError("Each weight or bias may be pinned once")
        return pins

    @model_validator(mode="after")
    def _names_and_wiring(self) -> Self:
        seen: set[str] = set()
        before: str | None = INPUT
        for layer in self.layers:
            if layer.name in {INPUT, OUTPUT}:
                raise ValueError(f"'{layer.name}' is the name of the network's {_ROLES[layer.name]}; choose another")
            if layer.name is not None and layer.name in seen:
                raise ValueError(f"Two layers are named '{layer.name}'; names are unique")
            if layer.inputs is not None and layer.inputs != (before,):
                raise ValueError(f"A dense layer reads the layer before it, '{before}'; leave `inputs` out")
            if layer.name is not None:
                seen.add(layer.name)
            before = layer.name
        return self


_ROLES = {INPUT: "input", OUTPUT: "output"}


def with_names(network: Network, used: Iterable[str] = ()) -> Network:
    """Name the nameless layers `dense_1`, `dense_2`, ..., never one in `used` or already in the network.

    Explicit `inputs` that say what is the case anyway are dropped: the canonical form is "the layer before".
    """
    taken = set(used) | {layer.name for layer in network.layers if layer.name is not None}
    number = 0
    layers: list[Layer] = []
    for layer in network.layers:
        name = layer.name
        while name is None:
            number += 1
            candidate = f"{layer.type}_{number}"
            name = candidate if candidate not in taken else None
        taken.add(name)
        layers.append(layer.model_copy(update={"name": name, "inputs": None}))
    return network.model_copy(update={"layers": tuple(layers)})
