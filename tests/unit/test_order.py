"""The walk over the rows: every row once an epoch, an order from seed and epoch alone, short last batches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuroglow.data import Dataset, Split, load
from neuroglow.engine.order import Cursor, batches_per_epoch, epoch_order
from neuroglow.engine.programs import train_key
from neuroglow.engine.train import ORDER_ROWS, batch_at, bucket, order_capacity
from neuroglow.engine.walk import Walk
from neuroglow.spec import Experiment
from unit.rig import experiment

Ints = NDArray[np.integer[Any]]


def walk_of(spec: Experiment) -> Walk:
    batch = min(spec.training.batch_size, len(load(spec.data).train.labels))
    return Walk(load(spec.data), train_key(spec), spec.training.seed, batch)


def rows_of_batches(walk: Walk, cursor: Cursor, updates: int) -> list[Ints]:
    """Row numbers of each batch, read from what a chunk is given; the same arithmetic as the program, in NumPy."""
    given_ = walk.batches(cursor, updates)
    count, size, per_epoch = int(walk.rows.valid), int(given_.batch_size), int(given_.per_epoch)
    batches = []
    for index in range(updates):
        epoch, position = divmod(int(given_.position) + index, per_epoch)
        first = epoch * count + position * size
        batches.append(np.asarray(given_.order)[first : first + min(size, count - position * size)])
    return batches


@settings(max_examples=40)
@given(
    samples=st.integers(10, 200),
    batch=st.integers(1, 300),
    seed=st.integers(0, 2**32 - 1),
    epoch=st.integers(0, 10**6),
)
def test_every_row_is_seen_once_an_epoch(samples: int, batch: int, seed: int, epoch: int) -> None:
    spec = experiment(data={"samples": samples}, training={"batch_size": batch, "seed": seed})
    walk = walk_of(spec)
    count = int(walk.rows.valid)
    batches = rows_of_batches(walk, Cursor(update=0, epoch=epoch, position=0), walk.per_epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(count))
    assert [len(rows) for rows in batches[:-1]] == [min(batch, count)] * (walk.per_epoch - 1)
    assert 1 <= len(batches[-1]) <= min(batch, count)
    assert np.concatenate(batches).tolist() == epoch_order(seed, epoch, count).tolist()


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), epoch=st.integers(0, 2**40), rows=st.integers(1, 500))
def test_order_is_a_permutation_and_a_function_of_seed_and_epoch(seed: int, epoch: int, rows: int) -> None:
    order = epoch_order(seed, epoch, rows)
    epoch_order.cache_clear()
    assert order.tobytes() == epoch_order(seed, epoch, rows).tobytes()
    assert sorted(order.tolist()) == list(range(rows))


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {epoch_order(seed, epoch, 50).tobytes() for seed in range(6) for epoch in range(6)}
    assert len(orders) == 36


def test_order_is_the_same_on_every_machine() -> None:
    """Frozen: links made by one release give the same run in the next."""
    assert epoch_order(0, 0, 12).tolist() == [5, 3, 8, 9, 10, 0, 6, 7, 11, 1, 2, 4]
    assert epoch_order(7, 3, 12).tolist() == [4, 8, 2, 9, 10, 0, 6, 11, 5, 1, 7, 3]


@settings(max_examples=60)
@given(cuts=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_the_walk_does_not_depend_on_where_chunks_start(cuts: list[int]) -> None:
    spec = experiment()
    whole = rows_of_batches(walk_of(spec), Cursor(), sum(cuts))
    walk, cursor, pieces = walk_of(spec), Cursor(), []
    for updates in cuts:
        pieces += rows_of_batches(walk, cursor, updates)
        cursor = walk.advanced(cursor, updates)
    assert [rows.tolist() for rows in pieces] == [rows.tolist() for rows in whole]


def test_a_batch_larger_than_the_set_is_the_whole_set() -> None:
    walk = walk_of(experiment(training={"batch_size": 10_000}))
    assert walk.per_epoch == 1
    [rows] = rows_of_batches(walk, Cursor(), 1)
    assert len(rows) == 30


def test_a_chunk_never_reads_past_the_order_it_was_given() -> None:
    for samples, batch in [(10, 1), (60, 7), (2_000, 9), (10_000, 1)]:
        spec = experiment(data={"samples": samples, "train_fraction": 0.9}, training={"batch_size": batch})
        walk, key = walk_of(spec), train_key(spec)
        count = int(walk.rows.valid)
        cursor = Cursor(update=3, epoch=5, position=min(2, walk.per_epoch - 1))
        room = walk.room(cursor)
        assert room >= 1
        given_ = walk.batches(cursor, room)
        epochs = -(-(int(given_.position) + room) // walk.per_epoch)
        # The last slice is as wide as the bucket even if its batch is short.
        assert epochs * count + key.batch_bucket <= order_capacity(key.batch_bucket)
        assert len(np.asarray(given_.order)) == order_capacity(key.batch_bucket)


def test_the_program_picks_the_rows_of_the_walk_and_masks_the_rest() -> None:
    spec = experiment()
    walk = walk_of(spec)
    train = load(spec.data).train
    given_ = walk.batches(Cursor(), 10)
    for index, rows in enumerate(rows_of_batches(walk, Cursor(), 10)):
        inputs, labels, mask = batch_at(walk.rows, given_, walk.batch_bucket, jnp.int32(index))
        count = len(rows)
        assert np.asarray(mask).tolist() == [1.0] * count + [0.0] * (walk.batch_bucket - count)
        assert np.asarray(inputs)[:count].tobytes() == train.inputs[rows].tobytes()
        assert np.asarray(labels)[:count].tobytes() == train.labels[rows].tobytes()
        # What fills the bucket is a row of this batch, so that nobody else's overflow can leak in.
        assert (np.asarray(inputs)[count:] == np.asarray(inputs)[0]).all()


@pytest.mark.parametrize(("count", "expected"), [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (10_000, 16_384)])
def test_buckets_are_powers_of_two(count: int, expected: int) -> None:
    assert bucket(count) == expected


@settings(max_examples=100)
@given(rows=st.integers(1, 10_000), batch=st.integers(1, 10_000), first=st.integers(0, 500), second=st.integers(0, 500))
def test_cursor_arithmetic_adds_up(rows: int, batch: int, first: int, second: int) -> None:
    per_epoch = batches_per_epoch(rows, min(batch, rows))
    at_once = Cursor().advanced(first + second, per_epoch)
    assert at_once == Cursor().advanced(first, per_epoch).advanced(second, per_epoch)
    assert at_once.epoch * per_epoch + at_once.position == at_once.update == first + second
    assert 0 <= at_once.position < per_epoch


def test_an_epoch_that_an_edit_shortens_below_its_position_is_over() -> None:
    cursor = Cursor(update=90, epoch=4, position=5)
    assert cursor.rescaled(6) == cursor
    assert cursor.rescaled(5) == Cursor(update=90, epoch=5, position=0)


def long_walk(rows: int, batch: int, before: Walk | None = None) -> tuple[Walk, Dataset]:
    """A walk over more rows than an order holds; the rows themselves do not matter."""
    column = np.arange(rows, dtype=np.float32)
    split = Split(column[:, None], column[:, None], column, column)
    small = load(experiment().data)
    dataset = Dataset(split, split, small.facts, small.encoder, 0.0, 1.0, rows)
    key = replace(train_key(experiment()), train_bucket=bucket(rows), batch_bucket=bucket(batch))
    return Walk(dataset, key, 5, batch, before=before), dataset


@settings(max_examples=12)
@given(rows=st.integers(ORDER_ROWS + 1, 120_000), batch=st.integers(1, 10_000), start=st.integers(0, 10_000))
def test_a_long_epoch_is_walked_in_the_order_of_a_short_one(rows: int, batch: int, start: int) -> None:
    walk, _ = long_walk(rows, batch)
    cursor = Cursor().advanced(start % (2 * walk.per_epoch), walk.per_epoch)
    epoch, seen = cursor.epoch, []
    first = cursor.position
    while cursor.epoch == epoch:
        updates = walk.room(cursor)
        assert 1 <= updates <= walk.per_epoch - cursor.position
        given_ = walk.batches(cursor, updates)
        assert len(np.asarray(given_.order)) == order_capacity(walk.batch_bucket)
        for index in (0, updates - 1):
            at = int(given_.position) + index
            size = min(batch, rows - at * batch)
            begin = at * batch - int(given_.skipped)
            assert begin + walk.batch_bucket <= len(np.asarray(given_.order))
            seen.append((at, np.asarray(given_.order)[begin : begin + size]))
        cursor = walk.advanced(cursor, updates)
    whole = epoch_order(5, epoch, rows)
    assert seen[0][0] == first
    assert all(picked.tolist() == whole[at * batch : (at + 1) * batch].tolist() for at, picked in seen)


def test_a_live_edit_keeps_the_orders_of_long_epochs() -> None:
    walk, _ = long_walk(50_000, 10)
    walk.batches(Cursor(), 5)
    again, _ = long_walk(50_000, 20, before=walk)
    assert again.long is walk.long
    other, _ = long_walk(60_000, 20, before=walk)
    assert other.long is not walk.long
