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

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.rule import Rule, rule_of
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
from neuroglow.nets.losses import Head, Objective
from neuroglow.nets.model import Network
from neuroglow.nets.shape import NetShape, net_shape
from neuroglow.spec.datasets import split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.limits import MAX_EVALUATED_ROWS


@dataclass(frozen=True)
class TrainKey:
    """What a training program depends on. Learning rates, seeds, row counts and batch sizes are not here: traced."""

    shape: NetShape
    rule: Rule
    batch_bucket: int
    train_bucket: int
    test_bucket: int

    @property
    def head(self) -> Head:
        return self.rule.objective.head

    @property
    def label_shape(self) -> tuple[int, ...]:
        """Of one row's label."""
        return label_shape(self.shape, self.rule.objective)


def train_key(experiment: Experiment) -> TrainKey:
    train, test = split_counts(experiment.data)
    return TrainKey(
        shape=net_shape(experiment),
        rule=rule_of(experiment),
        batch_bucket=bucket(min(experiment.training.batch_size, train)),
        train_bucket=bucket(train),
        test_bucket=bucket(min(test, MAX_EVALUATED_ROWS)),
    )


@dataclass(frozen=True)
class TrainProgram:
    """`train(state, hyper, rows, batches, updates)` donates the state; `evaluate(model, hyper, rows)` sums over test
    rows."""

    key: TrainKey
    train: Callable[[State, Hyper, Rows, Batches, Any], ChunkResult]
    evaluate: Callable[[Network, Hyper, Rows], Sums]


def compile_train(key: TrainKey) -> TrainProgram:
    """Trace and compile. Takes seconds; runs on the compile thread."""
    state, hyper = abstract_state(key.shape, key.rule.optimizer), abstract_hyper(key.rule, key.shape)
    rows = abstract_rows(key.shape.inputs, key.train_bucket, key.label_shape)
    batches = abstract_batches(key)
    chunk = jax.jit(partial(train_chunk, key.rule, key.batch_bucket), donate_argnums=0)
    train = chunk.lower(state, hyper, rows, batches, scalar(jnp.int32)).compile()
    evaluation = jax.jit(partial(evaluate, key.rule.objective))
    test = abstract_rows(key.shape.inputs, key.test_bucket, key.label_shape)
    return TrainProgram(key, train, evaluation.lower(state.model, hyper, test).compile())


def abstract_batches(key: TrainKey) -> Batches:
    """Shapes and dtypes of `Walk.batches`."""
    count: Any = scalar(jnp.int32)
    return Batches(
        order=ShapeDtypeStruct((order_capacity(key.batch_bucket),), jnp.int32),
        batch_size=count,
        per_epoch=count,
        position=count,
        epoch=scalar(jnp.uint32),
        skipped=count,
    )


def label_shape(shape: NetShape, objective: Objective) -> tuple[int, ...]:
    """() for one number, (outputs,) for a vector, (steps,) where every step has a label."""
    if objective.steps is not None:
        return (objective.steps,)
    return (shape.outputs,) if objective.reads_vectors else ()


def scalar(dtype: Any) -> ShapeDtypeStruct:
    return ShapeDtypeStruct((), dtype)


def abstract_rows(inputs: int, rows_bucket: int, label_shape: tuple[int, ...] = ()) -> Any:
    return Rows(
        inputs=ShapeDtypeStruct((rows_bucket, inputs), jnp.float32),
        labels=ShapeDtypeStruct((rows_bucket, *label_shape), jnp.float32),
        valid=scalar(jnp.int32),
    )
