"""Sequences: answers computed once more from what is read, classes in balance, tokens that stay tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.data import load, raw_rows, rows_of
from neuroglow.data.dataset import make
from neuroglow.errors import InvalidInputError
from neuroglow.export import write_script
from neuroglow.spec import PicturesData, SequencesData, parse_experiment
from neuroglow.spec.base import parse
from neuroglow.spec.datasets import input_shape, label_count, output_shape, source_facts
from neuroglow.spec.looking import SampleValues
from neuroglow.spec.models import KMeans, LogisticRegression, require_learnable
from neuroglow.spec.sequences import BLANK, GO, SEQUENCES, SequenceName

LENGTHS = (4, 9, 20)


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("length", LENGTHS)
def test_shapes_are_those_the_facts_announce(name: SequenceName, length: int) -> None:
    data = SequencesData(name=name, length=length, samples=30)
    dataset, about = load(data), source_facts(data)
    assert dataset.train.inputs.shape == dataset.train.raw.shape == (24, len(about.columns))
    assert int(np.prod(input_shape(data))) == len(about.columns)
    assert dataset.test.labels.shape == ((6, length) if name == "copying" else (6,))
    assert label_count(data) == (length if name == "copying" else 1)
    assert about.positions == (length if name == "copying" else None)
    np.testing.assert_array_equal(dataset.train.inputs, dataset.train.raw)


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_same_seed_draws_the_same_sequences(name: SequenceName) -> None:
    data = SequencesData(name=name)
    first = load(data).train
    assert make(data).train.raw.tobytes() == first.raw.tobytes()
    assert load(data.model_copy(update={"seed": 1})).train.raw.tobytes() != first.raw.tobytes()


def test_a_sine_goes_on_as_it_was() -> None:
    """Three values of a sine determine the next: y(t+1) = 2 cos(w) y(t) - y(t-1), with w from the last ones."""
    train = load(SequencesData(name="sine", length=12)).train
    y = train.raw.astype(np.float64)
    middle = np.abs(y[:, 1:-1]).argmax(axis=1) + 1
    every = np.arange(len(y))
    doubled = (y[every, middle + 1] + y[every, middle - 1]) / y[every, middle]
    np.testing.assert_allclose(train.targets, doubled * y[:, -1] - y[:, -2], atol=1e-5)
    assert np.abs(train.targets).max() <= 1.0


def test_noise_is_on_what_is_read_and_not_on_the_answer() -> None:
    still, noisy = (load(SequencesData(name="sine", noise=noise)).train for noise in (0.0, 0.1))
    np.testing.assert_array_equal(still.targets, noisy.targets)
    assert (noisy.raw - still.raw).std() == pytest.approx(0.1, rel=0.02)
    marked = load(SequencesData(name="adding", noise=0.1)).train.raw.reshape(-1, 20, 2)
    assert set(np.unique(marked[:, :, 1])) == {0.0, 1.0}, "markers stay markers"


@pytest.mark.parametrize("length", LENGTHS)
def test_parity_counts_ones_and_both_answers_are_equally_frequent(length: int) -> None:
    dataset = load(SequencesData(name="parity", length=length))
    for split in (dataset.train, dataset.test):
        np.testing.assert_array_equal(split.targets, np.count_nonzero(split.raw == 1.0, axis=1) % 2)
        assert np.mean(split.targets) == pytest.approx(0.5, abs=0.01)
    assert dataset.train.raw.mean() == pytest.approx(0.5, abs=0.03)
    assert dataset.facts.classes == ("even", "odd")


@pytest.mark.parametrize("length", LENGTHS)
def test_adding_sums_the_two_marked_values_one_of_each_half(length: int) -> None:
    train = load(SequencesData(name="adding", length=length)).train
    for row, target in zip(train.raw.reshape(-1, length, 2), train.targets, strict=True):
        first, second = np.flatnonzero(row[:, 1])
        assert first < length // 2 <= second
        assert target == pytest.approx(row[first, 0] + row[second, 0], abs=1e-6)


@pytest.mark.parametrize("length", LENGTHS)
def test_copying_repeats_after_the_sign_what_it_was_shown(length: int) -> None:
    data = SequencesData(name="copying", length=length, samples=100)
    names = np.array(source_facts(data).classes)
    train = load(data).train
    for read, said in zip(names[train.raw.astype(int)], names[train.labels.astype(int)], strict=True):
        (sign,) = np.flatnonzero(read == GO)
        shown = [symbol for symbol in read[:sign] if symbol != BLANK]
        assert list(said) == [BLANK] * (sign + 1) + shown
        assert len(shown) == max(1, length // 5)
        assert set(read[sign + 1 :]) == {BLANK}


def test_copying_answers_with_a_class_at_every_step() -> None:
    data = SequencesData(name="copying", length=12)
    assert output_shape(data) == (12, 10)
    tensors, _ = rows_of(data, "train", 0, 5)
    assert tensors["targets"].shape == (5, 12)


@pytest.mark.parametrize(("member", "value"), [
    ("length", 3), ("length", 513), ("samples", 10_001), ("name", "walk"), ("noise", -0.1),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused_where_it_stands(member: str, value: object) -> None:
    assert refused({"source": "sequences", member: value}) == f"/data/{member}"


TOKENS = {"source": "sequences", "name": "copying"}


@pytest.mark.parametrize(("member", "value"), [
    ("formulas", [{"expression": "[step 1]^2"}]), ("noise_columns", 1), ("switched_off", ["step 2"]),
    ("label_noise", 0.1), ("goal", "reconstruct"),
])  # fmt: skip
def test_nothing_is_computed_of_tokens_or_taken_from_them(member: str, value: object) -> None:
    assert refused(TOKENS | {member: value}) == f"/data/{member}"
    assert refused(TOKENS | {"noise": 0.1}) == "/data"


def refused(data: dict[str, Any], **members: Any) -> str | None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": data, **members})
    return refusal.value.field


def test_classes_of_steps_are_not_weighed() -> None:
    layers = {"layers": [{"type": "embedding", "units": 4}]}
    assert refused(TOKENS, network=layers, training={"class_weights": "balanced"}) == "/training/class_weights"


@pytest.mark.parametrize("model", [LogisticRegression(), KMeans()], ids=lambda model: model.type)
def test_models_beside_the_network_have_no_answer_for_every_step(model: LogisticRegression | KMeans) -> None:
    with pytest.raises(InvalidInputError, match="every step") as refusal:
        require_learnable(SequencesData(name="copying"), model)
    assert refusal.value.field == "/data"
    require_learnable(SequencesData(name="parity"), model)


def test_tokens_are_asked_about_by_name_or_by_number() -> None:
    data = SequencesData(name="copying", length=4)
    assert raw_rows(data, [["a", "·", 9, 0.0]], at="/rows").tolist() == [[1.0, 0.0, 9.0, 0.0]]
    for cell in ("z", 10, -1, 0.5, None, True):
        with pytest.raises(InvalidInputError) as refusal:
            raw_rows(data, [["a", "·", cell, 0]], at="/rows")
        assert refusal.value.field == "/rows/0/2"
    dataset = load(data)
    assert dataset.raw_row(parse(SampleValues, {"values": [1, 0, 9, 0]}), at="").tolist() == [1, 0, 9, 0]
    with pytest.raises(InvalidInputError, match="whole numbers from 0 to 9"):
        dataset.raw_row(parse(SampleValues, {"values": [1, 0, 9, 0.5]}), at="")


@pytest.mark.parametrize(("data", "layers"), [(PicturesData(), [{"units": 3}]), (SequencesData(name="adding"), [])])
def test_scripts_read_rows_whose_drawing_would_be_longer_than_they_are(
    data: PicturesData | SequencesData, layers: list[Any]
) -> None:
    script = write_script(
        parse_experiment({"data": data.to_document(), "network": {"layers": layers}}), "jax", 100
    )
    assert f"neuroglow_{source_facts(data).name}.npz" in script


def test_a_script_of_layers_that_go_step_by_step_is_refused() -> None:
    document = {"data": SequencesData(name="sine").to_document(), "network": {"layers": [{"units": 3}]}}
    with pytest.raises(InvalidInputError, match="step by step") as refusal:
        write_script(parse_experiment(document), "jax", 100)
    assert refusal.value.field == "/network/layers/0"
