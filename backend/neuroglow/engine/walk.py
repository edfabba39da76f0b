"""The walk over the training rows: which batches a chunk sees, built on the host ahead of the device."""

from __future__ import annotations

import copy

import jax
import numpy as np

from neuroglow.data import Dataset, Split
from neuroglow.engine.order import Cursor, LongOrders, batches_per_epoch, epoch_order
from neuroglow.engine.programs import TrainKey
from neuroglow.engine.train import ORDER_ROWS, Batches, Rows, order_capacity

_EPOCHS_COUNTED = 1 << 32
"""Beyond that, draws that follow the epoch come round again."""


def padded(split: Split, rows_bucket: int) -> Rows:
    """A split on the device, as much of it as the bucket holds, padded with zero rows that masks leave out."""
    count = min(len(split.labels), rows_bucket)
    inputs = np.zeros((rows_bucket, *split.inputs.shape[1:]), np.float32)
    labels = np.zeros((rows_bucket, *split.labels.shape[1:]), np.float32)
    inputs[:count], labels[:count] = split.inputs[:count], split.labels[:count]
    rows: Rows = jax.device_put(Rows(inputs, labels, np.int32(count)))
    return rows


class Walk:
    """Batches for any stretch of a run, a pure function of (seed, epoch) and the row count.

    Keeps the last order it put on the device, so stepping one update at a time sends none twice: whole epochs where
    they are short, a window of one where it is long.
    """

    def __init__(
        self,
        dataset: Dataset,
        key: TrainKey,
        seed: int,
        batch_size: int,
        *,
        rows: Rows | None = None,
        before: Walk | None = None,
    ) -> None:
        """`rows`: the training rows on the device, if they are there. `before`: a walk whose orders may be of use."""
        self.rows = padded(dataset.train, key.train_bucket) if rows is None else rows
        self.batch_bucket = key.batch_bucket
        self._count = len(dataset.train.labels)
        self._batch_size = min(batch_size, self._count)
        self._seed = seed
        self._capacity = order_capacity(key.batch_bucket)
        self._epochs_at_once = ORDER_ROWS // self._count
        self._first_epoch, self._first, self._last = 0, 0, 0
        self._order = np.zeros(self._capacity, np.int32)
        self.long = self._long_orders(before) if self._epochs_at_once == 0 else None

    def _long_orders(self, before: Walk | None) -> LongOrders:
        known = before.long if before is not None else None
        fits = known is not None and (known.seed, known.rows) == (self._seed, self._count)
        return known if known is not None and fits else LongOrders(self._seed, self._count)

    def copy(self) -> Walk:
        """A walk of its own over the same rows, for another thread."""
        return copy.copy(self)

    @property
    def per_epoch(self) -> int:
        return batches_per_epoch(self._count, self._batch_size)

    def room(self, cursor: Cursor) -> int:
        """The most updates one chunk can take from here."""
        if self.long is not None:
            return min(ORDER_ROWS // self._batch_size, self.per_epoch - cursor.position)
        return self._epochs_at_once * self.per_epoch - cursor.position

    def advanced(self, cursor: Cursor, updates: int) -> Cursor:
        return cursor.advanced(updates, self.per_epoch)

    def batches(self, cursor: Cursor, updates: int) -> Batches:
        """What a chunk of `updates` (at most `room`) needs."""
        position = (cursor.epoch - self._first_epoch) * self.per_epoch + cursor.position
        if position < self._first or position + updates > self._last:
            position = cursor.position
            if self.long is None:
                self._fill(cursor.epoch, -(-(position + updates) // self.per_epoch))
            else:
                self._fill_window(self.long, cursor.epoch, position)
        return Batches(
            order=self._order,
            batch_size=np.int32(self._batch_size),
            per_epoch=np.int32(self.per_epoch),
            position=np.int32(position),
            epoch=np.uint32(self._first_epoch % _EPOCHS_COUNTED),
            skipped=np.int32(self._first * self._batch_size),
        )

    def _fill(self, epoch: int, epochs: int) -> None:
        """Whole epochs."""
        # A new array each time: the device may still read the old one.
        order = np.zeros(self._capacity, np.int32)
        for number in range(epochs):
            start = number * self._count
            order[start : start + self._count] = epoch_order(self._seed, epoch + number, self._count)
        self._order, self._first_epoch, self._first, self._last = order, epoch, 0, epochs * self.per_epoch

    def _fill_window(self, long: LongOrders, epoch: int, first: int) -> None:
        """As much of one epoch, from its batch `first` on, as there is room for."""
        last = min(first + ORDER_ROWS // self._batch_size, self.per_epoch)
        window = long.of(epoch)[first * self._batch_size : last * self._batch_size]
        order = np.zeros(self._capacity, np.int32)
        order[: len(window)] = window
        self._order, self._first_epoch, self._first, self._last = order, epoch, first, last
