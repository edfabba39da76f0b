"""The training loop as one pure function, `train_chunk`, and evaluation beside it.

Shapes are padded to powers of two (`bucket`), so that row counts and batch sizes inside a bucket share one program; the
true counts are traced and mask the rest.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.engine.optimizers import Hyper, Leaf, apply_update
from neuroglow.nets.losses import Head, loss, score
from neuroglow.nets.model import Network

SMALLEST_BUCKET = 8
ORDER_ROWS = 32_768
"""Rows of batch order passed to one call at least: room for about 10 ms of the fastest networks."""


def bucket(count: int) -> int:
    """The power of two at or above `count`."""
    return max(SMALLEST_BUCKET, 1 << (count - 1).bit_length())


def order_capacity(rows_bucket: int, batch_bucket: int) -> int:
    """Length of the `order` argument: whole epochs, and a batch's width of padding that a short last slice reads."""
    return max(ORDER_ROWS, 2 * rows_bucket) + batch_bucket


class State(eqx.Module):
    """What training changes."""

    model: Network
    moments: Any
    """The optimizer's state, shaped like the model where it has moments."""


class Rows(NamedTuple):
    """One split, padded to a bucket."""

    inputs: Leaf
    """f32 (bucket, inputs)"""
    labels: Leaf
    """f32 (bucket,)"""
    valid: Leaf
    """i32 (), true rows"""


class Batches(NamedTuple):
    """How rows are walked: `order` holds whole epochs one after the other, the walk starts `position` batches in."""

    order: Leaf
    """i32 (order_capacity,)"""
    batch_size: Leaf
    per_epoch: Leaf
    position: Leaf


class Sums(NamedTuple):
    """Running sums over examples, f32 scalars; means and R² are taken on the host (`engine.metrics`)."""

    examples: Array
    loss: Array
    score: Array
    """Hits on classes, squared residuals on regression."""
    label: Array
    label_squared: Array


class ChunkResult(NamedTuple):
    state: State
    sums: Sums
    updates: Array
    """i32 (), fewer than asked for when the loss stopped being finite"""
    finite: Array
    """bool (), the loss of every update was finite"""


def _zero_sums() -> Sums:
    return Sums(*(jnp.zeros((), jnp.float32) for _ in Sums._fields))


def _masked_sums(head: Head, z: Array, labels: Array, losses: Array, mask: Array) -> Sums:
    scores = jax.vmap(lambda zi, yi: score(head, zi, yi))(z, labels)

    def total(values: Array) -> Array:
        # Not a product: a padded row may hold anything, and 0 · inf is NaN.
        return jnp.sum(jnp.where(mask > 0, values, 0.0))

    return Sums(
        examples=jnp.sum(mask),
        loss=total(losses),
        score=total(scores),
        label=total(labels),
        label_squared=total(labels * labels),
    )


def batch_loss(head: Head, model: Network, inputs: Array, labels: Array, mask: Array) -> tuple[Array, Sums]:
    """Mean loss over the unmasked rows of inputs (batch, inputs), labels (batch,), mask f32 (batch,); their sums."""
    z = jax.vmap(model)(inputs)
    losses = jax.vmap(lambda zi, yi: loss(head, zi, yi))(z, labels)
    sums = _masked_sums(head, z, labels, losses, mask)
    return sums.loss / sums.examples, sums


def gradient(
    head: Head, model: Network, inputs: Array, labels: Array, mask: Array
) -> tuple[tuple[Array, Sums], Network]:
    """((mean loss, sums), gradient of the mean loss with respect to the model)."""
    return jax.value_and_grad(lambda m: batch_loss(head, m, inputs, labels, mask), has_aux=True)(model)


def one_update(
    head: Head, optimizer: str, state: State, hyper: Hyper, inputs: Array, labels: Array, mask: Array
) -> tuple[State, Array, Sums]:
    """One optimizer step on one batch -> new state, mean loss before it, sums."""
    (mean, sums), slope = gradient(head, state.model, inputs, labels, mask)
    model, moments = apply_update(optimizer, hyper, state.model, state.moments, slope)
    return State(model, moments), mean, sums


def batch_at(rows: Rows, batches: Batches, batch_bucket: int, index: Array) -> tuple[Array, Array, Array]:
    """Batch number `index` of the walk: inputs (bucket, inputs), labels (bucket,), mask f32 (bucket,)."""
    epoch, position = jnp.divmod(batches.position + index, batches.per_epoch)
    first = position * batches.batch_size
    size = jnp.minimum(batches.batch_size, rows.valid - first)
    picked = jax.lax.dynamic_slice(jnp.asarray(batches.order), (epoch * rows.valid + first,), (batch_bucket,))
    is_row = jnp.arange(batch_bucket) < size
    # Where there is no row, repeat the first: its slope is finite if the batch's is, and no neighbour's overflow
    # leaks in.
    picked = jnp.where(is_row, picked, picked[0])
    mask = is_row.astype(jnp.float32)
    inputs = jnp.asarray(rows.inputs).at[picked].get(mode="promise_in_bounds")
    labels = jnp.asarray(rows.labels).at[picked].get(mode="promise_in_bounds")
    return inputs, labels, mask


def train_chunk(
    head: Head,
    optimizer: str,
    batch_bucket: int,
    state: State,
    hyper: Hyper,
    rows: Rows,
    batches: Batches,
    updates: Array,
) -> ChunkResult:
    """Train `updates` (i32, traced) updates, or until the loss is not finite.

    `head`, `optimizer` and `batch_bucket` are static. The same experiment and seed give the same bits however the
    updates are cut into chunks: nothing here depends on where a chunk starts but the walk.
    """

    def unfinished(carry: tuple[Array, State, Sums, Array]) -> Array:
        index, _, _, finite = carry
        return (index < updates) & finite

    def update(carry: tuple[Array, State, Sums, Array]) -> tuple[Array, State, Sums, Array]:
        index, state, sums, _ = carry
        inputs, labels, mask = batch_at(rows, batches, batch_bucket, index)
        state, mean, more = one_update(head, optimizer, state, hyper, inputs, labels, mask)
        return index + 1, state, jax.tree.map(jnp.add, sums, more), jnp.isfinite(mean)

    start = (jnp.zeros((), jnp.int32), state, _zero_sums(), jnp.ones((), bool))
    done, state, sums, finite = jax.lax.while_loop(unfinished, update, start)
    return ChunkResult(state, sums, done, finite)


def evaluate(head: Head, model: Network, rows: Rows) -> Sums:
    """Sums over a whole split."""
    mask = (jnp.arange(rows.inputs.shape[0]) < rows.valid).astype(jnp.float32)
    return batch_loss(head, model, jnp.asarray(rows.inputs), jnp.asarray(rows.labels), mask)[1]
