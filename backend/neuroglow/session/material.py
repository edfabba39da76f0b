"""What a session trains on, ready on the device: read, encoded and padded on a thread of its own if it is large."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from neuroglow.data import Dataset, is_at_hand, load, takes_time
from neuroglow.data.kept import Kept
from neuroglow.engine.programs import TrainKey
from neuroglow.engine.train import Rows
from neuroglow.engine.walk import padded
from neuroglow.spec.data import AnyData
from neuroglow.spec.experiment import Experiment

KEPT_BYTES = 64 << 20
"""Of what no session trains on just now. Sessions on equal data share one."""


@dataclass(frozen=True, eq=False)
class Material:
    """`test` holds the first rows of the shuffled test split, as many as are evaluated."""

    dataset: Dataset
    train: Rows
    test: Rows


_kept: Kept[Material] = Kept(KEPT_BYTES, lambda material: _bytes(material.train) + _bytes(material.test))


def material_of(experiment: Experiment, key: TrainKey) -> Material:
    """Takes seconds for a million rows; at once where somebody has it already."""

    def make() -> Material:
        dataset = load(experiment.data)
        return Material(dataset, padded(dataset.train, key.train_bucket), padded(dataset.test, key.test_bucket))

    return _kept.get(_name(experiment, key), make)


def _name(experiment: Experiment, key: TrainKey) -> tuple[Any, ...]:
    return experiment.data, key.train_bucket, key.test_bucket


def _bytes(rows: Rows) -> int:
    return int(rows.inputs.nbytes + rows.labels.nbytes)


class Materials:
    """The thread that reads. Whoever asked for something holds the future until it is used."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="materials")
        self._wake = wake

    def data(self, data: AnyData) -> Future[Dataset] | None:
        """None if it is at hand."""
        return None if is_at_hand(data) else self._do(lambda: load(data))

    def of(self, experiment: Experiment, key: TrainKey) -> Future[Material] | None:
        """None if it is at hand, or so small that it is made at once."""
        at_hand = is_at_hand(experiment.data) and (
            not takes_time(experiment.data) or _kept.has(_name(experiment, key))
        )
        return None if at_hand else self._do(lambda: material_of(experiment, key))

    def _do(self, job: Callable[[], Any]) -> Future[Any]:
        future = self._thread.submit(job)
        future.add_done_callback(lambda _: self._wake())
        return future

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
