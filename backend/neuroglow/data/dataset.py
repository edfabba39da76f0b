"""A data set ready to train on: drawn or read, split, encoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from neuroglow.data import bundled, encoding, multiclass, playground
from neuroglow.data.encoding import Encoder
from neuroglow.data.points import Array, Points
from neuroglow.data.splitting import split_rows
from neuroglow.data.streams import Streams, streams
from neuroglow.spec.data import BundledData, SyntheticData
from neuroglow.spec.datasets import DataSetFacts, facts, split_counts

KEPT_IN_MEMORY = 16
"""Data sets; the largest is about 2 MB."""


@dataclass(frozen=True)
class Split:
    """Rows in their shuffled order; all arrays float32 and read-only.

    `raw` (rows, columns): plane x1, x2; digits pixels 0..16; tables in real units.
    `inputs` (rows, inputs): after features on the plane, after standardisation elsewhere.
    `targets` (rows,): the class index, or the raw number.
    `labels` (rows,): what the loss sees: the class index, or the number in standard deviations of a bundled set.
    """

    raw: NDArray[np.float32]
    inputs: NDArray[np.float32]
    targets: NDArray[np.float32]
    labels: NDArray[np.float32]


@dataclass(frozen=True)
class Dataset:
    """`target_mean` and `target_std`: target = mean + std * label; 0 and 1 unless a bundled regression set."""

    train: Split
    test: Split
    facts: DataSetFacts
    encoder: Encoder
    target_mean: float
    target_std: float

    def encode(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Raw columns (rows, columns) -> network inputs (rows, inputs), exactly as `inputs` came from `raw`."""
        return self.encoder(raw)


@lru_cache(maxsize=KEPT_IN_MEMORY)
def load(data: SyntheticData | BundledData) -> Dataset:
    """The data set of that spec; the same spec gives the same bits."""
    known = facts(data)
    drawn = streams(data.seed)
    points = _draw(data, drawn, classes=len(known.classes)) if isinstance(data, SyntheticData) else _read(data)
    raw, targets = points.raw.astype(np.float32), points.targets.astype(np.float32)
    is_regression = known.task == "regression"
    strata = np.zeros_like(points.targets) if is_regression else points.targets
    train, test = split_rows(drawn.split, strata, split_counts(data)[0])
    encoder = _encoder(data, known, raw[train])
    mean, std = _target_scale(targets[train]) if is_regression and known.source == "bundled" else (0.0, 1.0)

    def split(rows: NDArray[np.intp]) -> Split:
        labels = ((targets[rows] - mean) / std).astype(np.float32)
        return _frozen(Split(raw[rows], encoder(raw[rows]), targets[rows], labels))

    return Dataset(split(train), split(test), known, encoder, mean, std)


def _draw(data: SyntheticData, drawn: Streams, classes: int) -> Points:
    if data.name in multiclass.GENERATORS:
        return multiclass.GENERATORS[data.name](drawn, data.samples, data.noise, classes)
    return playground.GENERATORS[data.name](drawn, data.samples, data.noise)


def _read(data: BundledData) -> Points:
    columns, targets = bundled.read(data.name)
    return Points(columns, targets)


def _encoder(data: SyntheticData | BundledData, known: DataSetFacts, train: NDArray[np.float32]) -> Encoder:
    if isinstance(data, SyntheticData):
        return encoding.PlaneFeatures(data.features)
    return encoding.overall(train) if known.kind == "image" else encoding.per_column(train)


def _target_scale(targets: NDArray[np.float32]) -> tuple[float, float]:
    values: Array = targets.astype(np.float64)
    return float(values.mean()), float(values.std()) or 1.0


def _frozen(split: Split) -> Split:
    for array in (split.raw, split.inputs, split.targets, split.labels):
        array.setflags(write=False)
    return split
