"""Programs: compiled functions for one experiment shape.

A key is everything a program depends on; whatever is not in it is traced. Today every network gets the specialised
program of its exact shape; a universal program for small dense networks would be another `compile_` function with a
coarser key, chosen in `train_key`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import ShapeDtypeStruct

from neuroglow.engine.optimizers import Hyper
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import (
    Batches,
    ChunkResult,
    Rows,
    State,
    Sums,
    bucket,
    evaluate,
    order_capacity,
    train_chunk,
)
from neuroglow.nets.losses import Head, head_of
from neuroglow.nets.model import Network
from neuroglow.nets.shape import NetShape, net_shape
from neuroglow.spec.datasets import split_counts
from neuroglow.spec.experiment import Experiment


@dataclass(frozen=True)
class TrainKey:
    """What a training program depends on. Learning rates, seeds, row counts and batch sizes are not here: traced."""

    shape: NetShape
    head: Head
    optimizer: str
    batch_bucket: int
    train_bucket: int
    test_bucket: int


def train_key(experiment: Experiment) -> TrainKey:
    train, test = split_counts(experiment.data)
    return TrainKey(
        shape=net_shape(experiment),
        head=head_of(experiment),
        optimizer=experiment.training.optimizer.type,
        batch_bucket=bucket(min(experiment.training.batch_size, train)),
        train_bucket=bucket(train),
        test_bucket=bucket(test),
    )


@dataclass(frozen=True)
class TrainProgram:
    """`train(state, hyper, rows, batches, updates)` donates the state; `evaluate(model, rows)` sums over test rows."""

    key: TrainKey
    train: Callable[[State, Hyper, Rows, Batches, Any], ChunkResult]
    evaluate: Callable[[Network, Rows], Sums]


def compile_train(key: TrainKey) -> TrainProgram:
    """Trace and compile. Takes seconds; runs on the compile thread."""
    state = abstract_state(key.shape, key.optimizer)
    train = jax.jit(partial(train_chunk, key.head, key.optimizer, key.batch_bucket), donate_argnums=0)
    compiled = train.lower(
        state,
        Hyper(*(scalar(jnp.float32) for _ in Hyper._fields)),
        abstract_rows(key.shape.inputs, key.train_bucket),
        Batches(
            order=ShapeDtypeStruct((order_capacity(key.train_bucket, key.batch_bucket),), jnp.int32),
            batch_size=scalar(jnp.int32),
            per_epoch=scalar(jnp.int32),
            position=scalar(jnp.int32),
        ),
        scalar(jnp.int32),
    ).compile()
    evaluation = jax.jit(partial(evaluate, key.head))
    evaluated = evaluation.lower(state.model, abstract_rows(key.shape.inputs, key.test_bucket)).compile()
    return TrainProgram(key, compiled, evaluated)


def scalar(dtype: Any) -> ShapeDtypeStruct:
    return ShapeDtypeStruct((), dtype)


def abstract_rows(inputs: int, rows_bucket: int) -> Any:
    return Rows(
        inputs=ShapeDtypeStruct((rows_bucket, inputs), jnp.float32),
        labels=ShapeDtypeStruct((rows_bucket,), jnp.float32),
        valid=scalar(jnp.int32),
    )
