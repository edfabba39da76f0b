"""Formulas, noise columns, switches, label noise, drawn points, reconstruction: what they add and leave alone."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuroglow.data import Dataset, load, rows_of
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.errors import InvalidInputError
from neuroglow.spec import AnyData, BundledData, checked_data, facts, parse_experiment
from neuroglow.spec.base import parse
from neuroglow.spec.data import DrawnData, SyntheticData
from neuroglow.spec.datasets import input_names, offered_inputs, output_count, split_counts

PLANE: dict[str, Any] = {"source": "synthetic", "name": "xor", "samples": 200, "noise": 0.1}
IRIS: dict[str, Any] = {"source": "bundled", "name": "iris"}
FURTHER: dict[str, Any] = {"formulas": [{"expression": "2 * x1"}, {"expression": "x1 / x2"}], "noise_columns": 2}


def spec(document: dict[str, Any], **changes: Any) -> AnyData:
    return parse_experiment({"data": document | changes}).data


def same_rows(one: Dataset, other: Dataset, names: str = "raw inputs targets labels") -> bool:
    pairs = [(getattr(one.train, n), getattr(other.train, n)) for n in names.split()]
    pairs += [(getattr(one.test, n), getattr(other.test, n)) for n in names.split()]
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


# --- what was there before


@pytest.mark.parametrize(("document", "data", "weights"), [
    (PLANE, "7b4fa795848b753d", "53c87f01d61d05c2"), (IRIS, "5adb13cec4f989f5", "522e95ef70e0925b"),
])  # fmt: skip
def test_an_experiment_without_them_keeps_the_bits_of_the_first_release(
    document: dict[str, Any], data: str, weights: str
) -> None:
    experiment = parse_experiment({"data": document})
    loaded = load(experiment.data)
    arrays = [getattr(s, name) for s in (loaded.train, loaded.test) for name in ("raw", "inputs", "targets", "labels")]
    assert _digest(arrays) == data
    layers = initial_snapshot(experiment).layers
    assert _digest([array for layer in layers.values() for array in (layer["weight"], layer["bias"])]) == weights


def _digest(arrays: list[NDArray[np.float32]]) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[:16]


# --- formulas


def test_on_the_plane_formulas_are_inputs_as_they_are() -> None:
    train = load(spec(PLANE, formulas=FURTHER["formulas"])).train
    x1, x2 = train.raw.astype(float).T
    np.testing.assert_allclose(train.inputs, np.stack([x1, x2, 2 * x1, x1 / x2], axis=1), rtol=1e-6)


def test_over_a_table_formulas_are_standardised_by_the_training_rows_like_the_columns() -> None:
    text = "[petal length (cm)] * [petal width (cm)]"
    loaded = load(spec(IRIS, formulas=[{"expression": text}]))
    areas = [s.raw[:, 2].astype(float) * s.raw[:, 3] for s in (loaded.train, loaded.test)]
    for split, area in zip((loaded.train, loaded.test), areas, strict=True):
        expected = (area - areas[0].mean()) / areas[0].std()
        np.testing.assert_allclose(split.inputs[:, 4], expected, rtol=1e-4, atol=1e-5)


# --- noise columns


def test_noise_columns_are_standard_normal_and_know_nothing_of_the_rows() -> None:
    loaded = load(spec(PLANE | {"samples": 10_000, "train_fraction": 0.9}, noise_columns=3))
    noise = loaded.train.inputs[:, 2:].astype(float)
    assert noise.mean(axis=0) == pytest.approx(0.0, abs=0.05)
    assert noise.std(axis=0) == pytest.approx(1.0, rel=0.03)
    others = np.column_stack([noise, loaded.train.raw[:, :2], loaded.train.labels])
    correlation = np.corrcoef(others.T) - np.eye(6)
    assert np.abs(correlation[:3]).max() < 0.05


@pytest.mark.parametrize("document", [PLANE, IRIS], ids=["plane", "table"])
def test_a_noise_column_more_moves_nothing_else(document: dict[str, Any]) -> None:
    plain, two, three = (load(spec(document, noise_columns=count)) for count in (0, 2, 3))
    own = plain.train.inputs.shape[1]
    assert same_rows(plain, two, "targets labels")
    assert two.train.inputs[:, :own].tobytes() == plain.train.inputs.tobytes()
    assert three.train.inputs[:, : own + 2].tobytes() == two.train.inputs.tobytes()


def test_the_noise_of_a_row_follows_it_into_another_split() -> None:
    def by_row(fraction: float) -> dict[bytes, bytes]:
        loaded = load(spec(PLANE, noise_columns=1, train_fraction=fraction))
        return {
            raw[:2].tobytes(): raw[2:].tobytes() for split in (loaded.train, loaded.test) for raw in split.raw
        }

    assert by_row(0.3) == by_row(0.8)


def test_samples_carry_noise_columns_apart_from_the_rows_own_columns() -> None:
    data = spec(IRIS, noise_columns=2)
    tensors, _ = rows_of(data, "test", 0, 5)
    assert tensors["inputs"].shape == (5, 4)
    assert tensors["noise"].tolist() == load(data).test.raw[:5, 4:].tolist()


# --- encoding


@settings(max_examples=40)
@given(data=st.data())
def test_encode_gives_every_row_exactly_the_inputs_it_trains_on(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from([PLANE, IRIS]))
    texts = ["2*x1", "x1^3", "1/x2"] if document is PLANE else ["[sepal width (cm)]^2", "log([petal width (cm)])"]
    further = {
        "formulas": [{"expression": text} for text in data.draw(st.lists(st.sampled_from(texts), unique=True))],
        "noise_columns": data.draw(st.integers(0, 3)),
    }
    offered = offered_inputs(spec(document, **further))
    off = data.draw(st.lists(st.sampled_from(offered), unique=True, max_size=len(offered) - 1))
    chosen = spec(document, **further, switched_off=off)
    loaded = load(chosen)
    for split in (loaded.train, loaded.test):
        assert loaded.encode(split.raw).tobytes() == split.inputs.tobytes()
        assert loaded.encode(split.raw[3:4]).tobytes() == split.inputs[3:4].tobytes()
    everything = load(spec(document, **further)).train.inputs
    kept = [offered.index(name) for name in input_names(chosen)]
    assert everything[:, kept].tobytes() == loaded.train.inputs.tobytes()


def test_a_point_of_ones_own_is_read_with_the_noise_at_its_mean() -> None:
    loaded = load(spec(PLANE, noise_columns=2))
    assert loaded.encode(np.array([[1.5, -2.0]], np.float32)).tolist() == [[1.5, -2.0, 0.0, 0.0]]


# --- switches


@pytest.mark.parametrize(("changes", "field"), [
    ({"switched_off": ["x3"]}, "/data/switched_off/0"), ({"switched_off": ["x1", "x1"]}, "/data/switched_off/1"),
    ({"switched_off": ["x1", "x2"]}, "/data/switched_off"),
    ({"switched_off": ["noise_3"], "noise_columns": 2}, "/data/switched_off/0"),
    ({"noise_columns": 33}, "/data/noise_columns"), ({"label_noise": 0.51}, "/data/label_noise"),
    ({"goal": "guess"}, "/data/goal"),
])  # fmt: skip
def test_what_cannot_be_is_refused_where_it_stands(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        spec(PLANE, **changes)
    assert refusal.value.field == field


# --- label noise


def test_the_asked_share_of_training_labels_is_another_class_and_no_test_label_is() -> None:
    clean, noisy = load(spec(IRIS)), load(spec(IRIS, label_noise=0.25))
    wrong = noisy.train.labels != clean.train.labels
    assert wrong.sum() == round(0.25 * len(wrong))
    assert set(noisy.train.labels[wrong].tolist()) <= {0.0, 1.0, 2.0}
    assert noisy.train.targets.tobytes() == noisy.train.labels.tobytes()
    assert same_rows(clean, noisy, "raw inputs")
    assert noisy.test.labels.tobytes() == clean.test.labels.tobytes()


def test_more_label_noise_only_adds_to_the_wrong_labels() -> None:
    clean, little, much = (load(spec(PLANE, label_noise=share)).train.labels for share in (0.0, 0.1, 0.4))
    assert ((little != clean) <= (much == little)).all()


def test_label_noise_on_numbers_is_gaussian_in_deviations_of_the_target() -> None:
    document = {"source": "bundled", "name": "diabetes", "train_fraction": 0.9}
    clean, noisy = load(spec(document)), load(spec(document, label_noise=0.3))
    assert (noisy.train.labels - clean.train.labels).std() == pytest.approx(0.3, rel=0.1)
    assert noisy.test.labels.tobytes() == clean.test.labels.tobytes()
    assert (noisy.target_mean, noisy.target_std) == (clean.target_mean, clean.target_std)


# --- drawn points


POINTS = st.lists(
    st.tuples(st.floats(-6, 6, width=32), st.floats(-6, 6, width=32), st.integers(0, 3)), min_size=2, max_size=60
)


@settings(max_examples=40)
@given(points=POINTS, share=st.floats(0.1, 0.9), seed=st.integers(0, 2**32 - 1))
def test_every_drawn_point_is_there_once(points: list[tuple[float, float, int]], share: float, seed: int) -> None:
    document = {"source": "drawn", "points": points, "classes": 4, "train_fraction": share, "seed": seed}
    data = spec(document)
    loaded = load(data)
    assert (len(loaded.train.raw), len(loaded.test.raw)) == split_counts(data)
    found = [
        (*raw, target)
        for split in (loaded.train, loaded.test)
        for raw, target in zip(split.raw.tolist(), split.targets.tolist(), strict=True)
    ]
    assert sorted(found) == sorted((float(x1), float(x2), float(label)) for x1, x2, label in points)


@pytest.mark.parametrize(("changes", "field"), [
    ({"points": [[0, 0, 0]]}, "/data/points"), ({"points": [[0, 0, 0], [6.1, 0, 0]]}, "/data/points/1/0"),
    ({"points": [[0, 0, 0], [0, 0]]}, "/data/points/1/2"), ({"points": [[0, 0, 0]] * 2001}, "/data/points"),
    ({"points": [[0, 0, 0], [0, 0, 2]]}, "/data/points/1/2"),
    ({"points": [[0, 0, 0], [0, 0, 0.5]]}, "/data/points/1/2"),
    ({"points": [[0, 0, 0], [0, 0, 1.5]], "task": "regression"}, "/data/points/1/2"),
    ({"classes": 11}, "/data/classes"),
])  # fmt: skip
def test_drawn_points_keep_within_the_plane_and_their_labels(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        spec({"source": "drawn", "points": [[0, 0, 0], [1, 1, 1]]}, **changes)
    assert refusal.value.field == field


def test_drawn_numbers_are_a_regression_of_their_labels() -> None:
    data = spec({"source": "drawn", "task": "regression", "points": [[0, 0, -1], [1, 1, 0.25], [2, 2, 1]]})
    assert (facts(data).task, output_count(data), facts(data).classes) == ("regression", 1, ())
    loaded = load(data)
    labels = [*loaded.train.labels.tolist(), *loaded.test.labels.tolist()]
    assert sorted(labels) == [-1.0, 0.25, 1.0]


# --- reconstruction


@pytest.mark.parametrize("document", [PLANE | FURTHER, IRIS, {"source": "bundled", "name": "digits"}])
def test_to_reconstruct_is_to_answer_with_ones_own_inputs(document: dict[str, Any]) -> None:
    data = spec(document, goal="reconstruct")
    loaded = load(data)
    assert facts(data).task == "reconstruction"
    assert output_count(data) == len(input_names(data)) == loaded.train.labels.shape[1]
    for split in (loaded.train, loaded.test):
        assert split.labels.tobytes() == split.inputs.tobytes()
    assert same_rows(loaded, load(spec(document)), "raw inputs targets")


def test_a_reconstruction_has_no_use_for_cross_entropy() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": IRIS | {"goal": "reconstruct"}, "training": {"loss": "cross_entropy"}})
    assert refusal.value.field == "/training/loss"


def test_a_data_spec_from_outside_is_checked_like_that_of_an_experiment() -> None:
    assert checked_data(SyntheticData(name="blobs"), at="/data") == SyntheticData(name="blobs", classes=3)
    assert checked_data(BundledData(name="iris"), at="/data") == BundledData(name="iris")
    drawn = parse(DrawnData, {"source": "drawn", "points": [[0, 1, 0], [1, 0, 1]], "switched_off": ["nothing"]})
    with pytest.raises(InvalidInputError):
        checked_data(drawn, at="/data")
