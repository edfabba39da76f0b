"""A data set ready to train on: drawn or read, split, encoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuroglow.data import bundled, encoding, multiclass, playground, uploaded
from neuroglow.data.augmenting import with_copies
from neuroglow.data.components import Components, first_two
from neuroglow.data.encoding import Encoder, OwnInputs
from neuroglow.data.enlarging import enlarged
from neuroglow.data.formula import FormulaColumns
from neuroglow.data.kept import Kept
from neuroglow.data.labels import with_label_noise
from neuroglow.data.pictures import pictures
from neuroglow.data.points import Array, Points
from neuroglow.data.preparing import prepare
from neuroglow.data.sequences import sequences
from neuroglow.data.splitting import first_rows, split_rows
from neuroglow.data.streams import Streams, noise_columns, streams
from neuroglow.data.text import text
from neuroglow.errors import InvalidInputError
from neuroglow.spec.data import AnyData, BundledData, DrawnData, SyntheticData
from neuroglow.spec.datasets import DIGITS_SIDE, facts, input_names, offered_inputs, own_counts, source_facts
from neuroglow.spec.facts import DataSetFacts
from neuroglow.spec.formula import parse_formula
from neuroglow.spec.looking import Sample, SampleValues
from neuroglow.spec.pictures import PicturesData
from neuroglow.spec.sequences import SequencesData
from neuroglow.spec.text import TextData
from neuroglow.spec.uploaded import UploadedData

KEPT_BYTES = 256 << 20
"""Of data sets that nobody trains on just now."""


@dataclass(frozen=True)
class Split:
    """Rows in their shuffled order; all arrays float32 and read-only.

    `raw` (rows, columns + noise columns): plane x1, x2; pixels 0..16 of digits, 0..255 of others; tables in real units;
    tokens by their number; then the noise.
    `inputs` (rows, inputs): what the network reads.
    `targets` (rows,): the class index, or the raw number; training rows with the label noise that was asked for.
    (rows, steps) where every step has an answer (`facts.positions`), and so `labels`.
    `labels` (rows,): what the loss sees: the class index, or the number in standard deviations of a bundled set; to
    reconstruct, the inputs themselves (rows, inputs).
    """

    raw: NDArray[np.float32]
    inputs: NDArray[np.float32]
    targets: NDArray[np.float32]
    labels: NDArray[np.float32]

    def part(self, start: int, count: int) -> Split:
        """Some of the rows; those past the end are left out."""
        rows = slice(start, start + count)
        return Split(self.raw[rows], self.inputs[rows], self.targets[rows], self.labels[rows])

    @property
    def size_bytes(self) -> int:
        return sum(array.nbytes for array in (self.raw, self.inputs, self.targets, self.labels))


@dataclass(frozen=True, eq=False)
class Dataset:
    """`target_mean` and `target_std`: target = mean + std * label; 0 and 1 unless a real set to be regressed on."""

    train: Split
    test: Split
    facts: DataSetFacts
    encoder: Encoder
    target_mean: float
    target_std: float
    own_rows: int
    """Training rows that are no copies; those come behind, made by augmentation."""

    def encode(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Raw rows -> network inputs (rows, inputs), exactly as `inputs` came from `raw`.

        Rows without the noise columns, as people type them, are read with those at 0, their mean.
        """
        return self.encoder(raw)

    def raw_row(self, sample: Sample, *, at: str) -> NDArray[np.float32]:
        """A sample as a raw row (columns,), with or without noise columns.

        Raises `InvalidInputError`, below `at`, when the row does not exist or the values are not one per column.
        """
        if isinstance(sample, SampleValues):
            columns, with_noise = self.encoder.columns, self.train.raw.shape[1]
            if len(sample.values) not in (columns, with_noise):
                raise InvalidInputError(
                    f"A sample has {columns} values, one per column; {len(sample.values)} were sent",
                    field=f"{at}/values",
                )
            values = np.array(sample.values, np.float32)
            require_tokens(self.facts, values[None], at=f"{at}/values")
            return values
        split = self.train if sample.split == "train" else self.test
        if sample.index >= len(split.labels):
            raise InvalidInputError(
                f"The {sample.split} set has rows 0 to {len(split.labels) - 1}", field=f"{at}/index"
            )
        row: NDArray[np.float32] = split.raw[sample.index]
        return row

    @cached_property
    def components(self) -> Components:
        """Of the training inputs, of which there are at least two."""
        return first_two(self.train.inputs)


def require_tokens(known: DataSetFacts, raw: NDArray[np.float32], *, at: str) -> None:
    """Raise `InvalidInputError` where rows of tokens hold a number that is none."""
    if known.vocabulary is not None and not np.isin(raw, np.arange(known.vocabulary)).all():
        raise InvalidInputError(f"Tokens are whole numbers from 0 to {known.vocabulary - 1}", field=at)


_kept: Kept[Dataset] = Kept(KEPT_BYTES, lambda dataset: dataset.train.size_bytes + dataset.test.size_bytes)


def load(data: AnyData) -> Dataset:
    """The data set of that spec; the same spec gives the same bits."""
    return _kept.get(data, lambda: make(data))


def is_at_hand(data: AnyData) -> bool:
    """Whether `load` answers at once: what takes time is done where nobody waits for it."""
    return not takes_time(data) or _kept.has(data)


def takes_time(data: AnyData) -> bool:
    """Whether these are large files to be read, thousands of pictures to be drawn, or windows of a long text."""
    return isinstance(data, UploadedData | PicturesData | TextData) or data.augmentation is not None


def make(data: AnyData) -> Dataset:
    """`load` without looking at what is kept."""
    known, source = facts(data), source_facts(data)
    drawn = streams(data.seed)
    points = _points(data, drawn, classes=len(source.classes))
    raw, clean = points.raw.astype(np.float32, copy=False), points.targets.astype(np.float32)
    train, test = _split(data, source, drawn, points.targets)
    encoder = _encoder(data, source, raw[train])
    scaled = known.task == "regression" and known.source in ("bundled", "upload")
    mean, std = _target_scale(clean[train]) if scaled else (0.0, 1.0)
    targets = clean
    if data.label_noise and data.goal == "predict":
        targets = with_label_noise(drawn.labels, clean, train, data.label_noise, len(source.classes))
    if data.noise_columns:
        raw = np.concatenate([raw, noise_columns(data.seed, len(raw), data.noise_columns)], axis=1)

    def split(read: NDArray[np.float32], answers: NDArray[np.float32]) -> Split:
        inputs = encoder(read)
        labels = inputs if data.goal == "reconstruct" else ((answers - mean) / std).astype(np.float32)
        return _frozen(Split(read, inputs, answers, labels))

    learned, answers, own = raw[train], targets[train], len(train)
    if data.augmentation is not None and source.input_shape is not None:
        learned = with_copies(learned, source, data.augmentation, data.seed)
        answers = np.tile(answers, 1 + data.augmentation.copies)
    return Dataset(split(learned, answers), split(raw[test], targets[test]), known, encoder, mean, std, own)


def _points(data: AnyData, drawn: Streams, classes: int) -> Points:
    if isinstance(data, BundledData):
        pixels, target = bundled.read(data.name)
        return Points(pixels if data.size is None or data.size == DIGITS_SIDE else enlarged(pixels, data.size), target)
    if isinstance(data, UploadedData):
        return uploaded.read(data)
    if isinstance(data, PicturesData):
        return pictures(drawn, data)
    if isinstance(data, SequencesData):
        return sequences(drawn, data)
    if isinstance(data, TextData):
        return text(data)
    if isinstance(data, DrawnData):
        table = np.array(data.points, np.float64)
        return Points(table[:, :2], table[:, 2])
    if data.name in multiclass.GENERATORS:
        return multiclass.GENERATORS[data.name](drawn, data.samples, data.noise, classes)
    return playground.GENERATORS[data.name](drawn, data.samples, data.noise)


def _split(
    data: AnyData, source: DataSetFacts, drawn: Streams, targets: Array
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    train = own_counts(data)[0]
    if isinstance(data, TextData):
        return first_rows(drawn.split, len(targets), train)
    has_strata = source.task == "classification" and source.positions is None
    return split_rows(drawn.split, targets if has_strata else np.zeros(len(targets)), train)


def _encoder(data: AnyData, source: DataSetFacts, train: NDArray[np.float32]) -> Encoder:
    own = _own_inputs(data, source, train)
    formulas = None
    if data.formulas:
        trees = tuple(parse_formula(formula.expression, source.columns) for formula in data.formulas)
        computed = FormulaColumns(trees, source.columns)
        on_plane = source.kind == "plane"
        scale = None if on_plane else encoding.per_column(computed(train).astype(np.float32))
        formulas = encoding.ScaledFormulas(computed, scale)
    offered, fed = offered_inputs(data), set(input_names(data))
    kept = tuple(place for place, name in enumerate(offered) if name in fed) if len(fed) < len(offered) else None
    return Encoder(own, len(source.columns), formulas, data.noise_columns, kept)


def _own_inputs(data: AnyData, source: DataSetFacts, train: NDArray[np.float32]) -> OwnInputs:
    if isinstance(data, SyntheticData | DrawnData):
        return encoding.PlaneFeatures(data.features)
    if isinstance(data, UploadedData):
        return prepare(data, train)
    if source.kind in ("sequence", "tokens"):
        return encoding.AsTheyAre()
    return encoding.overall(train) if source.kind == "image" else encoding.per_column(train)


def _target_scale(targets: NDArray[np.float32]) -> tuple[float, float]:
    values: Array = targets.astype(np.float64)
    return float(values.mean()), float(values.std()) or 1.0


def _frozen(split: Split) -> Split:
    for array in (split.raw, split.inputs, split.targets, split.labels):
        array.setflags(write=False)
    return split
