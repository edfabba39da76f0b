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

from neuroglow.engine.chance import chance_of
from neuroglow.engine.hyper import Hyper, Leaf, later
from neuroglow.engine.optimizers import apply_update, bounded, kept
from neuroglow.engine.rule import Rule
from neuroglow.nets.layers import ROWS_AXIS
from neuroglow.nets.losses import Head, Objective, loss, score
from neuroglow.nets.model import Chance, Network, Statistics, with_statistics

SMALLEST_BUCKET = 8
ORDER_ROWS = 32_768
"""Rows of batch order passed to one call: room for about 10 ms of the fastest networks."""


def bucket(count: int) -> int:
    """The power of two at or above `count`."""
    return max(SMALLEST_BUCKET, 1 << (count - 1).bit_length())


def order_capacity(batch_bucket: int) -> int:
    """Length of the `order` argument: with a batch's width of padding that a short last slice reads."""
    return ORDER_ROWS + batch_bucket


class State(eqx.Module):
    """What training changes."""

    model: Network
    moments: Any
    """The optimizer's state, shaped like the bare model where it has moments."""


class Rows(NamedTuple):
    """One split, padded to a bucket."""

    inputs: Leaf
    """f32 (bucket, inputs)"""
    labels: Leaf
    """f32 (bucket,), or (bucket, outputs) where the answer is a vector, (bucket, steps) where every step has one"""
    valid: Leaf
    """i32 (), true rows"""


class Batches(NamedTuple):
    """How rows are walked: `order` holds epochs one after the other, the walk starts `position` batches in.

    Of a long epoch it holds a part only: `skipped` rows before it are left out.
    """

    order: Leaf
    """i32 (order_capacity,)"""
    batch_size: Leaf
    per_epoch: Leaf
    position: Leaf
    epoch: Leaf
    """u32 (), the epoch that `order` begins with"""
    skipped: Leaf


class Batch(NamedTuple):
    inputs: Array
    """f32 (batch, inputs)"""
    labels: Array
    """f32 (batch,) or (batch, outputs)"""
    mask: Array
    """f32 (batch,), 1 where there is a row"""


class Sums(NamedTuple):
    """Running sums over examples, f32; means and R² are taken on the host (`engine.metrics`)."""

    examples: Array
    loss: Array
    """With class weights, of weighted losses."""
    score: Array
    """Hits on classes, squared residuals of all outputs on numbers."""
    label: Array
    """() or (outputs,), as the next"""
    label_squared: Array


class ChunkResult(NamedTuple):
    state: State
    sums: Sums
    updates: Array
    """i32 (), fewer than asked for when the loss stopped being finite"""
    finite: Array
    """bool (), the loss of every update was finite"""


def _zero_sums(labels: Array) -> Sums:
    zero, of_labels = jnp.zeros((), jnp.float32), jnp.zeros(labels.shape[1:], jnp.float32)
    return Sums(zero, zero, zero, of_labels, of_labels)


def _masked_sums(head: Head, z: Array, labels: Array, losses: Array, mask: Array) -> Sums:
    scores = jax.vmap(lambda zi, yi: score(head, zi, yi))(z, labels)

    def total(values: Array) -> Array:
        # Not a product: a padded row may hold anything, and 0 · inf is NaN.
        used = mask > 0 if values.ndim == 1 else mask[:, None] > 0
        return jnp.sum(jnp.where(used, values, 0.0), axis=0)

    return Sums(
        examples=jnp.sum(mask),
        loss=total(losses),
        score=total(scores),
        label=total(labels),
        label_squared=total(labels * labels),
    )


def batch_loss(
    objective: Objective, model: Network, hyper: Hyper, batch: Batch, chance: Chance = ()
) -> tuple[Array, tuple[Sums, Statistics]]:
    """Mean loss over the unmasked rows as while training, their sums, and what normalisation saw of them. `chance`
    is what was drawn for each of them.

    What layers add to the loss is in the mean, not in the sums: those are comparable between networks.
    """
    trained = jax.vmap(model.trained, out_axes=(0, 0, None), axis_name=ROWS_AXIS)
    z, penalties, statistics = trained(batch.inputs, batch.mask, chance)
    mean, sums = _reduced(objective, hyper, batch, z)
    if penalties is not None:
        mean = mean + jnp.sum(jnp.where(batch.mask > 0, penalties, 0.0)) / sums.examples
    return mean, (sums, statistics)


def _reduced(objective: Objective, hyper: Hyper, batch: Batch, z: Array) -> tuple[Array, Sums]:
    """Mean loss and sums of answers z (rows, ...).

    Class weights multiply the losses; the mean still divides by the number of rows.
    """
    weights = None if hyper.class_weights is None else jnp.asarray(hyper.class_weights)
    losses = jax.vmap(lambda zi, yi: loss(objective, zi, yi, hyper.loss_parameter, weights))(z, batch.labels)
    sums = _masked_sums(objective.head, z, batch.labels, losses, batch.mask)
    return sums.loss / sums.examples, sums


def gradient(
    objective: Objective, model: Network, hyper: Hyper, batch: Batch, chance: Chance = ()
) -> tuple[tuple[Array, tuple[Sums, Statistics]], Network]:
    """((mean loss, (sums, statistics)), gradient of the mean loss with respect to the bare model)."""

    def lost(bare: Network) -> tuple[Array, tuple[Sums, Statistics]]:
        return batch_loss(objective, bare.clamped_like(model), hyper, batch, chance)

    return jax.value_and_grad(lost, has_aux=True)(model.bare)


def one_update(
    rule: Rule, state: State, hyper: Hyper, batch: Batch, chance: Chance = ()
) -> tuple[State, Array, Sums]:
    """One optimizer step on one batch -> new state, mean loss before it, sums."""
    (mean, (sums, statistics)), slope = gradient(rule.objective, state.model, hyper, batch, chance)
    model, moments = apply_update(rule, hyper, state.model, state.moments, bounded(rule, hyper, slope))
    model = with_statistics(model, statistics)
    if rule.holds:
        model = kept(hyper.held, state.model, model)
    return State(model, moments), mean, sums


def picked_at(rows: Rows, batches: Batches, batch_bucket: int, index: Array) -> tuple[Array, Array]:
    """The rows of batch number `index` of the walk, i32 (batch_bucket,), and which of them are more than padding."""
    epoch, position = jnp.divmod(batches.position + index, batches.per_epoch)
    first = position * batches.batch_size
    size = jnp.minimum(batches.batch_size, rows.valid - first)
    start = epoch * rows.valid + first - batches.skipped
    picked = jax.lax.dynamic_slice(jnp.asarray(batches.order), (start,), (batch_bucket,))
    is_row = jnp.arange(batch_bucket) < size
    # Where there is no row, repeat the first: its slope is finite if the batch's is, and no neighbour's overflow
    # leaks in.
    return jnp.where(is_row, picked, picked[0]), is_row


def batch_at(rows: Rows, batches: Batches, batch_bucket: int, index: Array) -> Batch:
    """Batch number `index` of the walk, padded to its bucket."""
    picked, is_row = picked_at(rows, batches, batch_bucket, index)
    mask = is_row.astype(jnp.float32)
    inputs = jnp.asarray(rows.inputs).at[picked].get(mode="promise_in_bounds")
    labels = jnp.asarray(rows.labels).at[picked].get(mode="promise_in_bounds")
    return Batch(inputs, labels, mask)


def chance_at(rule: Rule, model: Network, hyper: Hyper, batches: Batches, batch: Batch, index: Array) -> Chance:
    """What is drawn for batch number `index` of the walk."""
    if not rule.chance:
        return ()
    assert hyper.chance is not None
    epoch, position = jnp.divmod(batches.position + index, batches.per_epoch)
    absolute = jnp.asarray(batches.epoch) + epoch.astype(jnp.uint32)
    return chance_of(hyper.chance, model, absolute, position, len(batch.mask))


def train_chunk(
    rule: Rule,
    batch_bucket: int,
    state: State,
    hyper: Hyper,
    rows: Rows,
    batches: Batches,
    updates: Array,
) -> ChunkResult:
    """Train `updates` (i32, traced) updates, or until the loss is not finite.

    `rule` and `batch_bucket` are static. The same experiment and seed give the same bits however the updates are cut
    into chunks: nothing here depends on where a chunk starts but the walk and the update count.
    """

    def unfinished(carry: tuple[Array, State, Sums, Array]) -> Array:
        index, _, _, finite = carry
        return (index < updates) & finite

    def update(carry: tuple[Array, State, Sums, Array]) -> tuple[Array, State, Sums, Array]:
        index, state, sums, _ = carry
        state, mean, more = walked_update(rule, batch_bucket, state, hyper, rows, batches, index)
        return index + 1, state, jax.tree.map(jnp.add, sums, more), jnp.isfinite(mean)

    start = (jnp.zeros((), jnp.int32), state, _zero_sums(jnp.asarray(rows.labels)), jnp.ones((), bool))
    done, state, sums, finite = jax.lax.while_loop(unfinished, update, start)
    return ChunkResult(state, sums, done, finite)


def walked_update(
    rule: Rule, batch_bucket: int, state: State, hyper: Hyper, rows: Rows, batches: Batches, index: Array
) -> tuple[State, Array, Sums]:
    """Update number `index` of a chunk: its batch, what is drawn for it, its learning rate."""
    batch = batch_at(rows, batches, batch_bucket, index)
    chance = chance_at(rule, state.model, hyper, batches, batch, index)
    return one_update(rule, state, later(hyper, index), batch, chance)


def evaluate(objective: Objective, model: Network, hyper: Hyper, rows: Rows) -> Sums:
    """Sums over a whole split, every unit speaking."""
    mask = (jnp.arange(rows.inputs.shape[0]) < rows.valid).astype(jnp.float32)
    batch = Batch(jnp.asarray(rows.inputs), jnp.asarray(rows.labels), mask)
    return _reduced(objective, hyper, batch, model.of_rows(batch.inputs))[1]
