"""Which number of a network's answer is explained: z, before the output's own activation, which would hide how much
further a sure answer moved."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Subject
from neuroglow.nets.losses import Head

LARGEST = -1
"""In place of an output: the one with the largest z."""


def options(head: Head, z: Array) -> Array:
    """z (outputs,) -> a score for each answer: of two classes on one logit, the first has its negative."""
    return jnp.concatenate([-z, z]) if z.shape[0] == 1 and head in ("sigmoid", "tanh") else z


def score(head: Head, z: Array, output: Array, step: Array) -> Array:
    """z (outputs,) or (steps, outputs), `output` and `step` i32 () -> ()."""
    return options(head, z if z.ndim == 1 else z[step])[output]


def chosen(head: Head, z: Array, output: Array, step: Array) -> Array:
    """i32 (): `output`, or the largest."""
    largest = jnp.argmax(options(head, z if z.ndim == 1 else z[step])).astype(jnp.int32)
    return jnp.where(output == LARGEST, largest, output)


def asked_output(subject: Subject, output: int | None) -> int:
    """Raises `InvalidInputError` for an output that there is not."""
    outputs = subject.shape.outputs
    count = 2 if outputs == 1 and subject.head in ("sigmoid", "tanh") else outputs
    if output is not None and output >= count:
        raise InvalidInputError(f"The network has answers 0 to {count - 1}", field="/output")
    return LARGEST if output is None else output


def asked_step(subject: Subject, step: int | None) -> int:
    """Raises `InvalidInputError` for a step that there is not."""
    steps = subject.rule.objective.steps or 1
    if step is not None and step >= steps:
        raise InvalidInputError(f"There are steps 0 to {steps - 1}", field="/step")
    return steps - 1 if step is None else step
