"""The network an experiment trains: a directed acyclic graph of layers in the order data flows, each with a name for
life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field, field_validator

from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.layers import Layer, Repeat
from neuroglow.spec.layers.base import AnyLayer, Initializer, LayerName
from neuroglow.spec.layers.dense import Dense
from neuroglow.spec.layers.wiring import INPUT, OUTPUT
from neuroglow.spec.training import Regularization

UnitIndex = Annotated[int, Field(ge=0, lt=limits.MAX_UNITS)]
SourceIndex = Annotated[int, Field(ge=0, lt=limits.MAX_SOURCES)]
SourceName = Annotated[str, Field(min_length=1, max_length=limits.MAX_SOURCE_LENGTH)]
ParameterValue = Annotated[float, Field(ge=-limits.MAX_WEIGHT, le=limits.MAX_WEIGHT)]


class Cell(Spec):
    """One weight or bias, by the unit it feeds and where it comes from.

    `source`: the index of a unit in the layer before, of a convolution's kernel counted channel by channel and row by
    row; for a layer that reads `x` as a list of numbers, the name of an input. Null is the bias.
    """

    layer: LayerName
    unit: UnitIndex
    source: SourceIndex | SourceName | None = None
    value: ParameterValue

    @property
    def place(self) -> tuple[str, int, int | str | None]:
        return self.layer, self.unit, self.source


class _HeldUnit(Spec):
    """A neuron, a channel, a feature of every step, a hidden unit with all its gates."""

    layer: LayerName
    unit: SourceIndex

    @property
    def place(self) -> tuple[str, int]:
        return self.layer, self.unit


class FrozenUnit(_HeldUnit):
    """A unit that keeps its incoming weights and its bias while the others train."""


class Clamp(_HeldUnit):
    """A unit that answers `value` whatever it reads, at all its places: 0 silences it. Of a repeated block it is what
    the last turn makes."""

    value: ParameterValue = 0.0

    @field_validator("layer")
    @classmethod
    def _of_a_layer_between(cls, layer: str) -> str:
        if layer in (INPUT, OUTPUT):
            raise ValueError("Units between the input and the output can be held; these two are the task's")
        return layer


H = TypeVar("H", bound=_HeldUnit)


class Network(Spec):
    """Hidden layers; the input `x` and the last layer `output`, which reads the last of them, are implied by the data.
    Whether the layers fit together is for `spec.graph` to say."""

    layers: Annotated[tuple[Layer, ...], Field(max_length=limits.MAX_LAYERS)] = (Dense(units=4), Dense(units=2))
    output_initializer: Initializer = "glorot_uniform"
    output_regularization: Regularization | None = None
    output_frozen: bool = False
    pins: Annotated[tuple[Cell, ...], Field(max_length=limits.MAX_PINS)] = ()
    """Weights and biases held at a value while training. A pin whose layer, unit or source is not there rests, and
    holds again when it is back."""
    clamps: Annotated[tuple[Clamp, ...], Field(max_length=limits.MAX_HELD_UNITS)] | None = None
    """Units held at a value, while training and for all that looks at the network; null or none. They rest as pins
    do."""
    frozen_units: Annotated[tuple[FrozenUnit, ...], Field(max_length=limits.MAX_HELD_UNITS)] | None = None
    """Units whose weights stay as they are while the others train; null or none. They rest as pins do."""

    @field_validator("layers")
    @classmethod
    def _few_enough_inside(cls, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        if sum(len(layer.layers) for layer in layers if isinstance(layer, Repeat)) > limits.MAX_LAYERS:
            raise ValueError(f"All repeated blocks together hold at most {limits.MAX_LAYERS} layers")
        return layers

    @field_validator("pins")
    @classmethod
    def _one_pin_a_place(cls, pins: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if len({pin.place for pin in pins}) != len(pins):
            raise ValueError("Each weight or bias may be pinned once")
        return pins

    @field_validator("clamps", "frozen_units")
    @classmethod
    def _once_each(cls, units: tuple[H, ...] | None) -> tuple[H, ...] | None:
        """No units are written as none at all: an experiment without them stays the document that it was."""
        if units and len({unit.place for unit in units}) != len(units):
            raise ValueError("Each unit may be held once")
        return units or None


def with_names(network: Network, used: Iterable[str] = ()) -> Network:
    """Name the nameless layers `dense_1`, `conv2d_1`, ..., never one in `used` or already in the network.

    Explicit `inputs` that say what is the case anyway are dropped: the canonical form is "the layer before".
    """
    return network.model_copy(update={"layers": _named(network.layers, used)})


L = TypeVar("L", bound=AnyLayer)


def _named(layers: Sequence[L], used: Iterable[str] = ()) -> tuple[L, ...]:
    taken = set(used) | {layer.name for layer in layers if layer.name is not None}
    numbers: dict[str, int] = {}
    named: list[L] = []
    before = INPUT
    for layer in layers:
        name = layer.name
        while name is None:
            numbers[layer.type] = numbers.get(layer.type, 0) + 1
            candidate = f"{layer.type}_{numbers[layer.type]}"
            name = candidate if candidate not in taken else None
        taken.add(name)
        changed: dict[str, Any] = {"name": name, "inputs": None if layer.inputs == (before,) else layer.inputs}
        if isinstance(layer, Repeat):
            changed["layers"] = _named(layer.layers)
        named.append(layer.model_copy(update=changed))
        before = name
    return tuple(named)
