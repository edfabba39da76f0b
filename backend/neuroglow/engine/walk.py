"""The walk over the training rows: which batches a chunk sees, built on the host ahead of the device."""

from __future__ import annotations

import copy

import jax
import numpy as np

from neuroglow.data import Dataset, Split
from neuroglow.engine.order import Cursor, batches_per_epoch, epoch_order
from neuroglow.engine.programs import TrainKey
from neuroglow.engine.train import Batches, Rows, order_capacity

_EPOCHS_COUNTED = 1 << 32
"""Beyond that, draws that follow the epoch come round again."""


def padded(split: Split, rows_bucket: int) -> Rows:
    """A split on the device, padded to its bucket with zero rows that masks leave out."""
    count, width = split.inputs.shape
    inputs = np.zeros((rows_bucket, width), np.float32)
    labels = np.zeros((rows_bucket, *split.labels.shape[1:]), np.float32)
    inputs[:count], labels[:count] = split.inputs, split.labels
    rows: Rows = jax.device_put(Rows(inputs, labels, np.int32(count)))
    return rows


class Walk:
    """Batches for any stretch of a run, a pure function of (seed, epoch) and the row count.

    Keeps the last epochs it put on the device, so stepping one update at a time sends no order twice.
    """

    def __init__(self, dataset: Dataset, key: TrainKey, seed: int, batch_size: int) -> None:
        self.rows = padded(dataset.train, key.train_bucket)
        self.batch_bucket = key.batch_bucket
        self._count = len(dataset.train.labels)
        self._batch_size = min(batch_size, self._count)
        self._seed = seed
        self._capacity = order_capacity(key.train_bucket, key.batch_bucket)
        self._epochs_at_once = (self._capacity - key.batch_bucket) // self._count
        self._first_epoch, self._epochs = 0, 0
        self._order = np.zeros(self._capacity, np.int32)

    def copy(self) -> Walk:
        """A walk of its own over the same rows, for another thread."""
        return copy.copy(self)

    @property
    def per_epoch(self) -> int:
        return batches_per_epoch(self._count, self._batch_size)

    def room(self, cursor: Cursor) -> int:
        """The most updates one chunk can take from here."""
        return self._epochs_at_once * self.per_epoch - cursor.position

    def advanced(self, cursor: Cursor, updates: int) -> Cursor:
        return cursor.advanced(updates, self.per_epoch)

    def batches(self, cursor: Cursor, updates: int) -> Batches:
        """What a chunk of `updates` (at most `room`) needs."""
        epochs = -(-(cursor.position + updates) // self.per_epoch)
        if cursor.epoch < self._first_epoch or cursor.epoch + epochs > self._first_epoch + self._epochs:
            self._fill(cursor.epoch, epochs)
        skipped = (cursor.epoch - self._first_epoch) * self.per_epoch
        return Batches(
            order=self._order,
            batch_size=np.int32(self._batch_size),
            per_epoch=np.int32(self.per_epoch),
            position=np.int32(skipped + cursor.position),
            epoch=np.uint32(self._first_epoch % _EPOCHS_COUNTED),
        )

    def _fill(self, epoch: int, epochs: int) -> None:
        # A new array each time: the device may still read the old one.
        order = np.zeros(self._capacity, np.int32)
        for number in range(epochs):
            start = number * self._count
            order[start : start + self._count] = epoch_order(self._seed, epoch + number, self._count)
        self._order, self._first_epoch, self._epochs = order, epoch, epochs
