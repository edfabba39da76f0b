"""Uploaded columns become inputs as scikit-learn would make them, by figures of the training rows only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

from neuroglow.data import Dataset, load
from neuroglow.data.dataset import make
from neuroglow.errors import InvalidInputError, UnknownDataSetError
from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.datasets import facts, input_names, output_count, split_counts
from neuroglow.spec.sheet import DataSheet
from neuroglow.spec.uploaded import Preparation, UploadedData, completed
from unit.uploading import Shelf

ROWS = 200
RANDOM = np.random.default_rng(7)
NUMBER = np.where(RANDOM.random(ROWS) < 0.1, np.nan, RANDOM.gamma(2.0, 3.0, ROWS).round(3))
WORD = RANDOM.choice(["ash", "beech", "elm", "oak", ""], ROWS, p=[0.4, 0.25, 0.15, 0.1, 0.1])
DAY = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=int(hours)) for hours in RANDOM.integers(0, 9_000, ROWS)]
HEIGHT = RANDOM.normal(10.0, 4.0, ROWS).round(3)
KIND = np.where(HEIGHT > 10.0, "tall", "short")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def sheet(shelf: Shelf) -> DataSheet:
    lines = [
        f"{'' if np.isnan(number) else number},{word},{day:%Y-%m-%d %H:%M},{height},{kind}"
        for number, word, day, height, kind in zip(NUMBER, WORD, DAY, HEIGHT, KIND, strict=True)
    ]
    return shelf.put("number,word,day,height,kind\n" + "\n".join(lines) + "\n")


def recipe(missing: str, encode: str, scale: str, categories: int = 20) -> dict[str, Any]:
    return {"missing": missing, "encode": encode, "scale": scale, "categories": categories}


def one_input(shelf: Shelf, sheet: DataSheet, name: str, **members: Any) -> tuple[UploadedData, Dataset]:
    data = shelf.spec(sheet, inputs=[name], target="kind", preparation={name: recipe(**members)})
    return data, load(data)


def rows_of(dataset: Dataset, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The raw column of the training rows and of the test rows: the raw cells say which rows those are."""
    return dataset.train.raw[:, 0].astype(np.float64), dataset.test.raw[:, 0].astype(np.float64)


SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}


@pytest.mark.parametrize("scale", ["standard", "minmax", "robust", "none"])
@pytest.mark.parametrize("missing", ["mean", "median", "most_frequent", "zero"])
def test_numbers_are_imputed_and_scaled_as_by_scikit_learn(
    shelf: Shelf, sheet: DataSheet, missing: str, scale: str
) -> None:
    _, dataset = one_input(shelf, sheet, "number", missing=missing, encode="number", scale=scale)
    train, test = rows_of(dataset, NUMBER)
    strategy = {"zero": "constant"}.get(missing, missing)
    imputer = SimpleImputer(strategy=strategy, fill_value=0.0 if missing == "zero" else None)
    filled = imputer.fit_transform(train[:, None]), imputer.transform(test[:, None])
    scaler = SCALERS[scale]().fit(filled[0]) if scale != "none" else None
    for split, values in zip((dataset.train, dataset.test), filled, strict=True):
        expected = values if scaler is None else scaler.transform(values)
        assert np.allclose(split.inputs, expected, atol=1e-5)


@pytest.mark.parametrize("categories", [1, 2, 4, 20])
def test_categories_are_one_input_each_with_the_rest_together(shelf: Shelf, sheet: DataSheet, categories: int) -> None:
    members = {"missing": "category", "encode": "category", "scale": "none", "categories": categories}
    data, dataset = one_input(shelf, sheet, "word", **members)
    by_frequency = sorted(set(WORD) - {""}, key=lambda word: -int((word == WORD).sum()))
    names = [f"word={word}" for word in by_frequency[:categories]]
    names += ["word=other"] * (categories < 4) + ["word=missing"]
    assert list(input_names(data)) == names
    codes = dataset.train.raw[:, 0]
    words = np.array(["missing" if np.isnan(code) else by_frequency[int(code)] for code in codes])
    words[~np.isin(words, [*by_frequency[:categories], "missing"])] = "other"
    order = [name.removeprefix("word=") for name in names]
    expected = OneHotEncoder(categories=[order], sparse_output=False).fit_transform(words[:, None])
    assert dataset.train.inputs.tolist() == expected.tolist()


def test_ordinal_categories_are_their_place_in_the_alphabet(shelf: Shelf, sheet: DataSheet) -> None:
    _, dataset = one_input(shelf, sheet, "word", missing="most_frequent", encode="ordinal", scale="none")
    by_frequency = sorted(set(WORD) - {""}, key=lambda word: -int((word == WORD).sum()))
    codes = np.nan_to_num(dataset.train.raw[:, 0], nan=0.0).astype(int)
    expected = OrdinalEncoder().fit_transform(np.array(by_frequency)[codes][:, None])
    assert dataset.train.inputs.tolist() == expected.tolist()


@pytest.mark.parametrize("encode", ["category", "ordinal"])
def test_a_missing_word_is_the_most_frequent_of_the_training_rows(shelf: Shelf, encode: str) -> None:
    """Two words are nearly tied, so which is more frequent depends on the split."""
    words = ["oak"] * 20 + ["ash"] * 19 + [""] * 9
    sheet = shelf.put("word,kind\n" + "".join(f"{word},{row % 2}\n" for row, word in enumerate(words)))
    stand_ins = set()
    for seed in range(8):
        scale = "standard" if encode == "ordinal" else "none"
        preparation = {"word": recipe("most_frequent", encode, scale)}
        dataset = load(shelf.spec(sheet, inputs=["word"], target="kind", seed=seed, preparation=preparation))
        train, test = (
            np.array([np.nan if np.isnan(code) else ("oak", "ash")[int(code)] for code in split.raw[:, 0]], object)
            for split in (dataset.train, dataset.test)
        )
        if (train == "oak").sum() == (train == "ash").sum():
            continue
        imputer = SimpleImputer(strategy="most_frequent").fit(train[:, None])
        one_hot = [OneHotEncoder(categories=[["oak", "ash"]], sparse_output=False)]
        oracle = make_pipeline(imputer, *([OrdinalEncoder(), StandardScaler()] if encode == "ordinal" else one_hot))
        expected = oracle.fit_transform(train[:, None]), oracle.transform(test[:, None])
        stand_ins.add(imputer.statistics_[0])
        for split, values in zip((dataset.train, dataset.test), expected, strict=True):
            assert np.allclose(split.inputs, values, atol=1e-5)
    assert stand_ins == {"oak", "ash"}


def test_dates_become_their_parts(shelf: Shelf, sheet: DataSheet) -> None:
    data, dataset = one_input(shelf, sheet, "day", missing="mean", encode="date_parts", scale="none")
    assert [name.removeprefix("day ") for name in input_names(data)] == ["year", "month", "day", "weekday", "hour"]
    for days, parts in zip(dataset.train.raw[:, 0], dataset.train.inputs, strict=True):
        moment = min(DAY, key=lambda day: abs(day.timestamp() / 86_400 - days))
        assert parts.tolist() == [moment.year, moment.month, moment.day, moment.weekday(), moment.hour]


def test_dropped_rows_are_gone_and_counted_beforehand(shelf: Shelf, sheet: DataSheet) -> None:
    preparation = {"number": recipe("drop", "number", "standard"), "word": recipe("drop", "category", "none")}
    data = shelf.spec(sheet, inputs=["number", "word"], target="kind", preparation=preparation)
    dataset = load(data)
    left = int((~np.isnan(NUMBER) & (WORD != "")).sum())
    assert facts(data).rows == sum(split_counts(data)) == left
    assert len(dataset.train.raw) + len(dataset.test.raw) == left
    assert np.isfinite(dataset.train.raw).all()


def test_rows_without_a_target_are_left_out(shelf: Shelf, sheet: DataSheet) -> None:
    data = shelf.spec(sheet, inputs=["height"], target="number")
    dataset = load(data)
    assert data.task == "regression"
    assert len(dataset.train.raw) + len(dataset.test.raw) == int((~np.isnan(NUMBER)).sum())
    assert np.isfinite(dataset.train.targets).all()
    assert abs(float(dataset.train.labels.mean())) < 1e-5
    assert dataset.train.labels * dataset.target_std + dataset.target_mean == pytest.approx(dataset.train.targets)


def test_classes_are_the_targets_values_and_mixed_alike_on_both_sides(shelf: Shelf, sheet: DataSheet) -> None:
    data = shelf.spec(sheet, inputs=["height"], target="kind")
    dataset = load(data)
    assert facts(data).classes == ("short", "tall")
    assert output_count(data) == 1
    assert ((dataset.train.raw[:, 0] > 10.0) == (dataset.train.targets == 1.0)).all()
    shares = [float(split.targets.mean()) for split in (dataset.train, dataset.test)]
    assert abs(shares[0] - shares[1]) < 0.03


def test_statistics_are_those_of_the_training_rows(shelf: Shelf, sheet: DataSheet) -> None:
    data = shelf.spec(sheet, inputs=["height"], target="kind", train_fraction=0.5)
    dataset = load(data)
    assert float(dataset.train.inputs.mean()) == pytest.approx(0.0, abs=1e-5)
    assert abs(float(dataset.test.inputs.mean())) > 1e-4


def test_a_row_of_ones_own_is_prepared_as_the_rows_were(shelf: Shelf, sheet: DataSheet) -> None:
    dataset = load(shelf.spec(sheet))
    for split in (dataset.train, dataset.test):
        assert dataset.encode(split.raw).tobytes() == split.inputs.tobytes()
    alone = dataset.encode(dataset.test.raw[3:4])
    assert alone.tobytes() == dataset.test.inputs[3:4].tobytes()


def test_fewer_rows_are_drawn_with_the_seed(shelf: Shelf, sheet: DataSheet) -> None:
    few = [make(shelf.spec(sheet, max_rows=50, seed=seed)) for seed in (1, 1, 2)]
    kept = [np.concatenate([found.train.raw, found.test.raw]) for found in few]
    assert len(kept[0]) == 50
    assert kept[0].tobytes() == kept[1].tobytes() != kept[2].tobytes()


def test_the_same_spec_gives_the_same_bytes(shelf: Shelf, sheet: DataSheet) -> None:
    first, again = make(shelf.spec(sheet)), make(shelf.spec(sheet))
    assert first.train.inputs.tobytes() == again.train.inputs.tobytes()
    assert first.test.labels.tobytes() == again.test.labels.tobytes()


COLUMNS = ("number", "word", "day", "height")
RECIPES = st.fixed_dictionaries({
    "missing": st.sampled_from(["mean", "median", "most_frequent", "zero", "drop", "category"]),
    "encode": st.sampled_from(["number", "category", "ordinal", "date_parts"]),
    "scale": st.sampled_from(["standard", "minmax", "robust", "none"]),
    "categories": st.integers(1, 30),
})  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    inputs=st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1),
    recipes=st.lists(RECIPES, min_size=4, max_size=4),
)
def test_the_facts_are_those_of_the_arrays_or_the_recipe_is_refused(
    shelf: Shelf, sheet: DataSheet, inputs: list[str], recipes: list[dict[str, Any]]
) -> None:
    preparation = dict(zip(COLUMNS, recipes, strict=True))
    chosen = {name: preparation[name] for name in inputs}
    try:
        data = shelf.spec(sheet, inputs=inputs, target="kind", preparation=chosen)
    except InvalidInputError as error:
        where = error.field or "nowhere"
    else:
        where = ""
    if where:
        assert where.startswith("/preparation/")
        return
    dataset = load(data)
    names = input_names(data)
    assert len(set(names)) == len(names) == dataset.train.inputs.shape[1]
    assert (len(dataset.train.labels), len(dataset.test.labels)) == split_counts(data)
    assert np.isfinite(dataset.train.inputs).all()
    assert np.isfinite(dataset.test.inputs).all()
    assert dataset.encode(dataset.test.raw).tobytes() == dataset.test.inputs.tobytes()


def refused(shelf: Shelf, sheet: DataSheet, **members: Any) -> str | None:
    with pytest.raises(InvalidInputError) as refusal:
        shelf.spec(sheet, **members)
    return refusal.value.field


def test_what_does_not_fit_the_columns_is_pointed_at(shelf: Shelf, sheet: DataSheet) -> None:
    assert refused(shelf, sheet, inputs=["height", "nothing"], target="kind") == "/inputs/1"
    assert refused(shelf, sheet, inputs=["height", "height"], target="kind") == "/inputs/1"
    assert refused(shelf, sheet, inputs=["kind"], target="kind") == "/inputs/0"
    assert refused(shelf, sheet, inputs=["height"], target="nothing") == "/target"
    assert refused(shelf, sheet, inputs=["height"], target="day") == "/target"
    assert refused(shelf, sheet, inputs=["height"], target="height") == "/inputs/0"
    unknown = {"nothing": recipe("mean", "number", "none")}
    assert refused(shelf, sheet, inputs=["height"], target="kind", preparation=unknown) == "/preparation/nothing"
    for member, value in (("encode", "number"), ("missing", "mean"), ("scale", "minmax")):
        preparation = {"word": {member: value}}
        assert refused(shelf, sheet, target="kind", preparation=preparation) == f"/preparation/word/{member}"


def test_what_is_written_out_once_stays_as_it_is(shelf: Shelf, sheet: DataSheet) -> None:
    data = shelf.spec(sheet)
    again = completed(data.to_document(), sheet, lambda places: shelf.store.missing_rows(sheet.id, places))
    assert parse(UploadedData, again) == data
    assert hash(data) == hash(parse(UploadedData, again))


def test_a_sheet_that_a_client_made_up_is_replaced(shelf: Shelf, sheet: DataSheet) -> None:
    document = {"source": "upload", "dataset": sheet.id, "sheet": {"title": "x", "rows": 5, "columns": []}}
    again = completed(document, sheet, lambda places: shelf.store.missing_rows(sheet.id, places))
    assert parse(UploadedData, again) == shelf.spec(sheet)


def test_facts_without_a_sheet_and_data_that_are_gone_say_to_upload(shelf: Shelf, sheet: DataSheet) -> None:
    with pytest.raises(UnknownDataSetError, match="upload"):
        checked_data(UploadedData(dataset=sheet.id, inputs=("height",), preparation={}), at="/data")
    gone = shelf.spec(sheet).model_copy(update={"dataset": "A" * 22})
    with pytest.raises(UnknownDataSetError, match="upload"):
        make(gone)


def test_a_constant_column_becomes_zeros_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    sheet = shelf.put("same,empty,y\n" + "".join(f"7,,{row % 2}\n" for row in range(20)))
    # What says nothing is not suggested, but what is the same throughout may be chosen.
    assert sheet.inputs == ()
    assert refused(shelf, sheet, inputs=["empty"], target="y") == "/preparation/empty/encode"
    assert not load(shelf.spec(sheet, inputs=["same"], target="y")).train.inputs.any()


def test_a_preparation_is_complete_in_the_document(shelf: Shelf, sheet: DataSheet) -> None:
    document = shelf.spec(sheet).to_document()
    assert set(document["preparation"]) == set(document["inputs"])
    assert all(set(members) == set(Preparation.model_fields) for members in document["preparation"].values())
