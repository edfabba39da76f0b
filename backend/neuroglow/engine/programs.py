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
from neuroglow.nets.losses import Head
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
    def label_outputs(self) -> int | None:
        """Numbers per label; None where a label is one number."""
        return self.shape.outputs if self.rule.objective.reads_vectors else None


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
    train = jax.jit(partial(train_chunk, key.rule, key.batch_bucket), donate_argnums=0)
    compiled = train.lower(
        state,
        hyper,
        abstract_rows(key.shape.inputs, key.train_bucket, key.label_outputs),
        Batches(
            order=ShapeDtypeStruct((order_capacity(key.batch_bucket),), jnp.int32),
            batch_size=scalar(jnp.int32),
            per_epoch=scalar(jnp.int32),
            position=scalar(jnp.int32),
            epoch=scalar(jnp.uint32),
            skipped=scalar(jnp.int32),
        ),
        scalar(jnp.int32),
    ).compile()
    evaluation = jax.jit(partial(evaluate, key.rule.objective))
    test = abstract_rows(key.shape.inputs, key.test_bucket, key.label_outputs)
    return TrainProgram(key, compiled, evaluation.lower(state.model, hyper, test).compile())


def scalar(dtype: Any) -> ShapeDtypeStruct:
    return ShapeDtypeStruct((), dtype)


def abstract_rows(inputs: int, rows_bucket: int, label_outputs: int | None = None) -> Any:
    return Rows(
        inputs=ShapeDtypeStruct((rows_bucket, inputs), jnp.float32),
        labels=ShapeDtypeStruct((rows_bucket,) if label_outputs is None else (rows_bucket, label_outputs), jnp.float32),
        valid=scalar(jnp.int32),
    )
