"""Losses, what they make of the output layer, and what counts as a hit. All for one example; the mean is the caller's.

`kind` is static and implied by task and loss:
- `sigmoid`   two classes, one logit: binary cross-entropy, nats; label 0 or 1
- `softmax`   K classes, K logits: cross-entropy, nats; label 0..K-1
- `tanh`      classes under squared error: ½ Σ (tanh(z) − t)², t = ±1, as TensorFlow Playground
- `linear`    regression and reconstruction: ½ Σ (z − y)²
"""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import optax
from jax import Array

from neuroglow.spec.datasets import facts
from neuroglow.spec.experiment import Experiment

Head = Literal["sigmoid", "softmax", "tanh", "linear"]


def head_of(experiment: Experiment) -> Head:
    """The output's activation, implied by task and loss."""
    about = facts(experiment.data)
    if about.task != "classification":
        return "linear"
    if experiment.training.loss == "squared_error":
        return "tanh"
    return "softmax" if len(about.classes) > 2 else "sigmoid"


def answer(head: Head, z: Array) -> Array:
    """The output's activation: z (..., outputs) -> a (..., outputs)."""
    if head == "sigmoid":
        return jax.nn.sigmoid(z)
    if head == "softmax":
        return jax.nn.softmax(z, axis=-1)
    if head == "tanh":
        return jnp.tanh(z)
    return z


def loss(head: Head, z: Array, label: Array) -> Array:
    """z (outputs,), label () -> loss ()."""
    if head == "sigmoid":
        return jnp.asarray(optax.losses.sigmoid_binary_cross_entropy(z[0], label))
    if head == "softmax":
        return jnp.asarray(optax.losses.softmax_cross_entropy_with_integer_labels(z, label.astype(jnp.int32)))
    if head == "tanh":
        return 0.5 * jnp.sum((jnp.tanh(z) - _signs(z, label)) ** 2)
    return 0.5 * jnp.sum((z - label) ** 2)


def _signs(z: Array, label: Array) -> Array:
    """Targets of the squared error on classes: ±1 per output."""
    if z.shape[0] == 1:
        return (2.0 * label - 1.0)[None]
    return 2.0 * jax.nn.one_hot(label.astype(jnp.int32), z.shape[0], dtype=z.dtype) - 1.0


def score(head: Head, z: Array, label: Array) -> Array:
    """1.0 for a hit on classes, the squared residual on regression; z (outputs,), label () -> ()."""
    if head == "linear":
        return jnp.sum((z - label) ** 2)
    predicted = (z[0] > 0).astype(jnp.float32) if z.shape[0] == 1 else jnp.argmax(z).astype(jnp.float32)
    return (predicted == label).astype(jnp.float32)
