"""What the network reads: playground features on the plane, standardised columns elsewhere; and rows for a page."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import datasets

from neuroglow.data import load, rows_of
from neuroglow.data.encoding import per_column
from neuroglow.errors import InvalidInputError
from neuroglow.spec import BundledData, SyntheticData
from neuroglow.spec.base import parse
from neuroglow.spec.data import BundledName
from neuroglow.spec.datasets import BUNDLED_SETS
from neuroglow.spec.facts import DataSetFacts

TABLES: tuple[BundledName, ...] = ("iris", "wine", "breast_cancer", "diabetes")
BUNDLED: tuple[BundledName, ...] = ("digits", *TABLES)


def test_features_come_in_the_order_asked_and_are_not_standardised() -> None:
    spec = SyntheticData(features=("sin(x2)", "x1*x2", "x1^2", "x2", "sin(x1)", "x2^2", "x1"))
    split = load(spec).train
    for (x1, x2), inputs in zip(split.raw.tolist(), split.inputs, strict=True):
        expected = [math.sin(x2), x1 * x2, x1 * x1, x2, math.sin(x1), x2 * x2, x1]
        assert inputs == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    "spec", [SyntheticData(features=("x1", "sin(x1)")), *(BundledData(name=name) for name in BUNDLED)],
    ids=lambda spec: spec.name,
)  # fmt: skip
def test_encode_is_how_inputs_were_made(spec: SyntheticData | BundledData) -> None:
    data = load(spec)
    for split in (data.train, data.test):
        assert data.encode(split.raw).tobytes() == split.inputs.tobytes()
        assert data.encode(split.raw[:1]).tobytes() == split.inputs[:1].tobytes()
    assert data.encode(data.train.raw).dtype == np.float32


@pytest.mark.parametrize("name", TABLES)
def test_table_columns_have_mean_0_and_deviation_1_over_the_training_rows(name: BundledName) -> None:
    data = load(BundledData(name=name))
    assert data.train.inputs.mean(axis=0) == pytest.approx(0.0, abs=1e-5)
    assert data.train.inputs.std(axis=0) == pytest.approx(1.0, rel=1e-5)
    mean, deviation = data.train.raw.astype(float).mean(axis=0), data.train.raw.astype(float).std(axis=0)
    assert data.test.inputs == pytest.approx((data.test.raw - mean) / deviation, rel=1e-4, abs=1e-5)


def test_digits_share_one_mean_and_deviation() -> None:
    data = load(BundledData(name="digits"))
    pixels = data.train.raw.astype(float)
    assert data.test.inputs == pytest.approx((data.test.raw - pixels.mean()) / pixels.std(), rel=1e-5, abs=1e-6)
    assert (data.test.raw.min(), data.test.raw.max()) == (0, 16)


def test_a_constant_column_becomes_zeros() -> None:
    table = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]], dtype=np.float32)
    assert per_column(table)(table)[:, 0].tolist() == [0.0, 0.0, 0.0]


def test_the_diabetes_target_is_standardised_and_the_mean_and_deviation_lead_back() -> None:
    data = load(BundledData(name="diabetes"))
    assert data.train.labels.mean() == pytest.approx(0.0, abs=1e-6)
    assert data.train.labels.std() == pytest.approx(1.0, rel=1e-6)
    for split in (data.train, data.test):
        assert split.labels * data.target_std + data.target_mean == pytest.approx(split.targets, rel=1e-5)


@pytest.mark.parametrize("known", BUNDLED_SETS, ids=lambda known: known.name)
def test_facts_are_scikit_learns_own(known: DataSetFacts) -> None:
    data = load(parse(BundledData, {"name": known.name}))
    bunch = getattr(datasets, f"load_{data.facts.name}")()
    assert data.facts.rows == len(bunch["data"]) == len(data.train.raw) + len(data.test.raw)
    assert len(data.facts.columns) == bunch["data"].shape[1] == data.train.raw.shape[1]
    if data.facts.kind == "table":
        assert list(data.facts.columns) == list(bunch["feature_names"])
    if data.facts.task == "classification":
        assert list(data.facts.classes) == [str(name) for name in bunch["target_names"]]


def test_tables_are_in_real_units() -> None:
    ages = load(BundledData(name="diabetes")).train.raw[:, 0]
    assert ((ages >= 18) & (ages <= 80) & (ages == np.round(ages))).all()


def test_rows_of_are_the_raw_rows_and_their_metadata() -> None:
    spec = BundledData(name="diabetes")
    tensors, metadata = rows_of(spec, "test", 85, 100)
    test = load(spec).test
    assert tensors["inputs"].tolist() == test.raw[85:].tolist()
    assert tensors["targets"].tolist() == test.targets[85:].tolist()
    assert len(tensors["targets"]) == 3
    assert {key: metadata[key] for key in ("split", "from", "total")} == {"split": "test", "from": "85", "total": "88"}
    assert float(metadata["target_mean"]) == load(spec).target_mean
    assert float(metadata["target_std"]) == load(spec).target_std


def test_rows_of_classes_carry_no_target_scale() -> None:
    tensors, metadata = rows_of(BundledData(name="digits"), "train", 0, 2)
    assert tensors["inputs"].shape == (2, 64)
    assert set(metadata) == {"split", "from", "total"}


@pytest.mark.parametrize(("split", "start", "count", "field"), [
    ("all", 0, 1, "/split"), ("test", -1, 1, "/from"), ("test", 0, -1, "/count"),
])  # fmt: skip
def test_rows_of_refuses_what_is_not_a_range_of_a_split(split: str, start: int, count: int, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        rows_of(SyntheticData(), split, start, count)
    assert refused.value.field == field
