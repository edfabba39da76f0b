"""Splits: exact counts, every row once, the same mix of classes; streams that do not disturb each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import TypeAdapter

from neuroglow.data import Dataset, load
from neuroglow.data.dataset import make
from neuroglow.data.splitting import split_rows
from neuroglow.spec import AnyData, BundledData, DataSpec, SyntheticData
from neuroglow.spec.base import parse
from neuroglow.spec.data import BundledName, SyntheticName
from neuroglow.spec.datasets import ALL_SETS, split_counts

ONE_OF_EACH: TypeAdapter[AnyData] = TypeAdapter(DataSpec)
SPECS = [parse(ONE_OF_EACH, {"source": known.source, "name": known.name}) for known in ALL_SETS]


def everything(data: Dataset) -> NDArray[np.float32]:
    rows = [np.column_stack([split.raw, split.targets]) for split in (data.train, data.test)]
    return np.concatenate(rows)


def as_set(rows: NDArray[np.float32]) -> set[tuple[float, ...]]:
    return set(map(tuple, rows.tolist()))


@given(
    strata=st.lists(st.integers(0, 4), min_size=2, max_size=200),
    share=st.floats(0.1, 0.9),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_row_is_used_once_and_each_class_gives_its_share(strata: list[int], share: float, seed: int) -> None:
    labels = np.array(strata, dtype=np.float64)
    wanted = max(1, round(len(labels) * share))
    train, test = split_rows(np.random.default_rng(seed), labels, wanted)
    assert len(train) == wanted
    assert sorted([*train, *test]) == list(range(len(labels)))
    for stratum in set(strata):
        fair = (labels == stratum).sum() * wanted / len(labels)
        assert abs((labels[train] == stratum).sum() - fair) < 1


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("share", [0.1, 0.37, 0.9])
def test_counts_are_those_the_spec_announces(spec: SyntheticData | BundledData, share: float) -> None:
    spec = spec.model_copy(update={"train_fraction": share})
    data = load(spec)
    assert (len(data.train.raw), len(data.test.raw)) == split_counts(spec)


@pytest.mark.parametrize("name", ["digits", "wine"])
def test_classes_are_mixed_alike_on_both_sides(name: BundledName) -> None:
    data = load(BundledData(name=name))
    train = np.bincount(data.train.labels.astype(int)) / len(data.train.labels)
    test = np.bincount(data.test.labels.astype(int)) / len(data.test.labels)
    assert np.abs(train - test).max() < 0.02


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(spec: SyntheticData | BundledData) -> None:
    first, again = load(spec), make(spec)
    assert again is not first
    assert everything(again).tobytes() == everything(first).tobytes()
    assert again.train.inputs.tobytes() == first.train.inputs.tobytes()
    other = load(spec.model_copy(update={"seed": 1}))
    assert everything(other).tobytes() != everything(first).tobytes()


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_another_seed_splits_the_same_bundled_rows_differently(name: BundledName) -> None:
    first, other = load(BundledData(name=name, seed=1)), load(BundledData(name=name, seed=2))
    assert as_set(everything(first)) == as_set(everything(other))
    assert as_set(first.train.raw) != as_set(other.train.raw)


def test_a_larger_training_share_keeps_the_rows_that_trained_before() -> None:
    small = load(SyntheticData(name="moons", train_fraction=0.3))
    large = load(SyntheticData(name="moons", train_fraction=0.7))
    assert as_set(small.train.raw) < as_set(large.train.raw)


@pytest.mark.parametrize("name", ["spiral", "gauss", "rings"])
def test_noise_keeps_the_order_of_the_rows(name: SyntheticName) -> None:
    still, noisy = load(SyntheticData(name=name)), load(SyntheticData(name=name, noise=0.01))
    assert (still.train.targets == noisy.train.targets).all()
    assert np.abs(still.train.raw - noisy.train.raw).max() < 0.5


def test_rows_are_shuffled() -> None:
    labels = load(BundledData(name="iris")).train.labels
    assert (np.diff(labels) != 0).sum() > 30


def test_what_is_shared_by_sessions_cannot_be_written() -> None:
    data = load(SyntheticData())
    assert load(SyntheticData()) is data
    with pytest.raises(ValueError, match="read-only"):
        data.train.inputs[0, 0] = 1.0
