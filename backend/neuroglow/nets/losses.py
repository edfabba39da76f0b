"""Losses, what they make of the output layer, and what counts as a hit. All for one example; the mean is the caller's.

Two things that are often taken for one: the output's activation (`Head`), which is what people see, and the loss, which
reads z, the numbers before it. `spec.training.Training` has the formulas. Labels are 0 or 1 for two classes and one
logit, 0..K-1 for K, numbers for regression and reconstruction.

- `sigmoid`, `softmax`  cross-entropy and focal: probabilities
- `tanh`                losses of numbers on classes: one unit per logit, −1..1, its sign the side; hinge on two
                        classes, squashed for the eye only
- `softmax`             hinge on K classes, for the eye only: scores compared, not probabilities
- `linear`              numbers
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import jax
import jax.numpy as jnp
import optax
from jax import Array

from neuroglow.spec.datasets import facts, source_facts
from neuroglow.spec.experiment import Experiment

Head = Literal["sigmoid", "softmax", "tanh", "linear"]


@dataclass(frozen=True)
class Objective:
    """What training minimises. Static: a program is made for one."""

    head: Head
    loss: str
    """A name of the spec, never "auto"."""
    reads_vectors: bool = False
    """Labels are f32 (outputs,) instead of one number."""
    steps: int | None = None
    """Every one of so many steps has an answer and a label of its own; the loss is their mean."""


def objective_of(experiment: Experiment) -> Objective:
    """The loss and the output's activation, implied by task and spec."""
    about, loss = facts(experiment.data), experiment.training.loss
    steps = source_facts(experiment.data).positions
    if about.task != "classification":
        return Objective("linear", "squared_error" if loss == "auto" else loss, about.task == "reconstruction", steps)
    many = len(about.classes) > 2
    if loss in ("auto", "cross_entropy", "focal"):
        return Objective("softmax" if many else "sigmoid", "focal" if loss == "focal" else "cross_entropy", steps=steps)
    return Objective("softmax" if many and loss == "hinge" else "tanh", loss, steps=steps)


def head_of(experiment: Experiment) -> Head:
    """The output's activation."""
    return objective_of(experiment).head


def answer(head: Head, z: Array) -> Array:
    """The output's activation: z (..., outputs) -> a (..., outputs)."""
    if head == "sigmoid":
        return jax.nn.sigmoid(z)
    if head == "softmax":
        return jax.nn.softmax(z, axis=-1)
    if head == "tanh":
        return jnp.tanh(z)
    return z


def loss(
    objective: Objective, z: Array, label: Array, parameter: Any = None, class_weights: Array | None = None
) -> Array:
    """z (outputs,), label () or (outputs,) -> loss (). `parameter` is focal's gamma or huber's delta, `class_weights`
    (classes,) multiply the loss.

    With steps: z (steps, outputs), label (steps,) -> the mean over the steps.
    """
    if objective.steps is not None:
        of_one = replace(objective, steps=None)
        return jnp.mean(jax.vmap(lambda zi, yi: loss(of_one, zi, yi, parameter, class_weights))(z, label))
    value = _loss(objective, z, label, parameter)
    return value if class_weights is None else value * class_weights[label.astype(jnp.int32)]


def _loss(objective: Objective, z: Array, label: Array, parameter: Any) -> Array:
    kind = objective.loss
    if kind == "cross_entropy":
        if z.shape[0] == 1:
            return jnp.asarray(optax.losses.sigmoid_binary_cross_entropy(z[0], label))
        return jnp.asarray(optax.losses.softmax_cross_entropy_with_integer_labels(z, label.astype(jnp.int32)))
    if kind == "focal":
        return _focal(z, label, parameter)
    if kind == "hinge":
        return _hinge(z, label)
    if objective.head == "tanh":
        return _residual_loss(kind, jnp.tanh(z) - _signs(z, label), parameter)
    # One output needs no mean, and then the program has none.
    total = _residual_loss(kind, z - label, parameter)
    return total / z.shape[0] if z.shape[0] > 1 else total


def _focal(z: Array, label: Array, gamma: Any) -> Array:
    """−(1 − p)^γ·log p, both logarithms taken without their exponentials: finite however sure the network is."""
    if z.shape[0] == 1:
        side = z[0] * (2.0 * label - 1.0)
        log_right, log_wrong = jax.nn.log_sigmoid(side), jax.nn.log_sigmoid(-side)
    else:
        hot = _one_hot(z, label) > 0
        everything = jax.nn.logsumexp(z)
        log_right = jnp.sum(jnp.where(hot, z, 0.0)) - everything
        log_wrong = jax.nn.logsumexp(jnp.where(hot, -jnp.inf, z)) - everything
    return -jnp.exp(gamma * log_wrong) * log_right


def _hinge(z: Array, label: Array) -> Array:
    if z.shape[0] == 1:
        return jax.nn.relu(1.0 - (2.0 * label - 1.0) * z[0])
    hot = _one_hot(z, label) > 0
    return jax.nn.relu(1.0 + jnp.max(jnp.where(hot, -jnp.inf, z)) - jnp.sum(jnp.where(hot, z, 0.0)))


def _residual_loss(kind: str, residuals: Array, delta: Any) -> Array:
    """Summed over outputs: residuals (outputs,) -> ()."""
    if kind == "absolute_error":
        return jnp.sum(jnp.abs(residuals))
    if kind == "huber":
        return jnp.sum(jnp.asarray(optax.losses.huber_loss(residuals, delta=delta)))
    if kind == "log_cosh":
        return jnp.sum(jnp.asarray(optax.losses.log_cosh(residuals)))
    return 0.5 * jnp.sum(residuals**2)


def _signs(z: Array, label: Array) -> Array:
    """Targets of numbers' losses on classes: ±1 per output."""
    if z.shape[0] == 1:
        return (2.0 * label - 1.0)[None]
    return 2.0 * _one_hot(z, label) - 1.0


def _one_hot(z: Array, label: Array) -> Array:
    return jax.nn.one_hot(label.astype(jnp.int32), z.shape[0], dtype=z.dtype)


def score(head: Head, z: Array, label: Array) -> Array:
    """1.0 for a hit on classes, the squared residual on numbers; z (outputs,), label () or (outputs,) -> ().

    With steps, z (steps, outputs) and label (steps,), the share of hits.
    """
    if z.ndim == 2:
        return jnp.mean(jax.vmap(lambda zi, yi: score(head, zi, yi))(z, label))
    if head == "linear":
        return jnp.sum((z - label) ** 2)
    predicted = (z[0] > 0).astype(jnp.float32) if z.shape[0] == 1 else jnp.argmax(z).astype(jnp.float32)
    return (predicted == label).astype(jnp.float32)
