"""One unit at all its places: a channel of a picture, a feature of a sequence, or a single number."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Subject
from neuroglow.nets.losses import Head, answer
from neuroglow.nets.model import Network


def require_unit(subject: Subject, layer: str, unit: int) -> None:
    """Raise `InvalidInputError` when there is no such layer, or no such unit of it."""
    if layer not in subject.names:
        raise InvalidInputError(f"No layer is named '{layer}'", field="/layer")
    units = subject.layer(layer).units
    if unit >= units:
        raise InvalidInputError(f"'{layer}' has units 0 to {units - 1}", field="/unit")


def activation(head: Head, number: int, model: Network, x: Array, position: Array, unit: Array) -> Array:
    """x (inputs,) -> f32 (places,): what a unit of block `number` answers; the output after its own activation.

    `position` inside a stack and `unit` are traced.
    """
    a = model.inside(x, number)["a"]
    if number == len(model.blocks) - 1:
        a = answer(head, a)
    return _places(number, model, a, position, unit)


def drive(number: int, model: Network, x: Array, position: Array, unit: Array) -> Array:
    """x (inputs,) -> f32 (places,): what the unit's activation is applied to, or its answer where there is none: it has
    a slope where a rectifier has none."""
    made = model.inside(x, number)
    has_z = "z" in made and made["z"].shape == made["a"].shape
    return _places(number, model, made["z" if has_z else "a"], position, unit)


def _places(number: int, model: Network, made: Array, position: Array, unit: Array) -> Array:
    shape = model.blocks[number].shape
    one = made[position] if shape.is_stack else made
    return jnp.take(one, unit, axis=shape.layer.output.unit_axis).ravel()
