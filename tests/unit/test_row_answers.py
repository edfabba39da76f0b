"""Rows that someone brings: raw cells as the data set has them, answers as the twin gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, softmax

from neuroglow.data import raw_rows, uploaded
from neuroglow.data.encoding import Units
from neuroglow.engine.snapshot import Snapshot, to_state
from neuroglow.errors import IllegalStateError, InvalidInputError
from neuroglow.insight.answers import RowAnswers
from neuroglow.session.trainer import subject_of
from neuroglow.spec import Experiment
from neuroglow.spec.datasets import facts
from neuroglow.wire.http import PredictionsMade
from unit import numpy_twin as twin
from unit.probing import filled, under_way
from unit.rig import dense, experiment, twin_net
from unit.uploading import Shelf

IRIS: dict[str, Any] = {"source": "bundled", "name": "iris"}
DIABETES: dict[str, Any] = {"source": "bundled", "name": "diabetes"}
NETWORK = dense(5, 4)


def asked(spec: Experiment, rows: list[Any], snapshot: Snapshot | None = None) -> tuple[Any, np.ndarray, Units]:
    """The answer, the twin's z for the same rows of the data set, and the inputs' units."""
    snapshot, subject = snapshot or under_way(spec), subject_of(spec)
    answers = RowAnswers(rows, subject)
    document = {"run": "1", "update": 0} | answers.document(answers.launch(answers.compile(), to_state(snapshot)))
    inputs = subject.dataset.encode(raw_rows(spec.data, rows, at="")).astype(np.float64)
    z = twin.forward(twin_net(snapshot.layers, spec), inputs)[-1][0]
    return PredictionsMade.model_validate(document), z, subject.dataset.encoder.units()


def held_out(spec: Experiment, count: int = 20) -> list[list[float]]:
    dataset = subject_of(spec).dataset
    rows: list[list[float]] = dataset.test.raw[:count, : dataset.encoder.columns].astype(float).tolist()
    return rows


@pytest.mark.parametrize(
    "data", [IRIS, {"source": "bundled", "name": "digits"}, {"source": "synthetic", "name": "xor"}]
)
def test_classes_come_with_their_names_and_probabilities(data: dict[str, Any]) -> None:
    spec = experiment(data=data, network=NETWORK)
    made, z, _ = asked(spec, held_out(spec))
    chances = softmax(z, axis=1) if z.shape[1] > 1 else np.concatenate([expit(-z), expit(z)], axis=1)
    np.testing.assert_allclose([row.probabilities for row in made.predictions], chances, rtol=1e-4, atol=1e-7)
    assert made.outputs == facts(spec.data).classes
    assert [row.class_ for row in made.predictions] == [made.outputs[place] for place in chances.argmax(axis=1)]


@pytest.mark.parametrize("data", [IRIS, {"source": "synthetic", "name": "xor"}])
def test_a_loss_without_probabilities_gives_scores(data: dict[str, Any]) -> None:
    spec = experiment(data=data, network=NETWORK, training={"loss": "hinge"})
    made, z, _ = asked(spec, held_out(spec))
    scores = z if z.shape[1] > 1 else np.concatenate([-z, z], axis=1)
    np.testing.assert_allclose([row.scores for row in made.predictions], scores, rtol=1e-4, atol=1e-5)
    assert {row.probabilities for row in made.predictions} == {None}
    assert [row.class_ for row in made.predictions] == [made.outputs[place] for place in scores.argmax(axis=1)]


def test_numbers_come_in_the_targets_own_units() -> None:
    spec = experiment(data=DIABETES, network=NETWORK)
    made, z, _ = asked(spec, held_out(spec))
    targets = subject_of(spec).dataset.train.targets.astype(np.float64)
    np.testing.assert_allclose(
        [row.value for row in made.predictions], targets.mean() + targets.std() * z[:, 0], rtol=1e-4
    )
    assert (made.task, made.outputs) == ("regression", ("progression",))


def test_rebuilt_inputs_come_in_their_own_units() -> None:
    data = IRIS | {"goal": "reconstruct", "switched_off": ["sepal width (cm)"], "noise_columns": 1}
    spec = experiment(data=data, network=NETWORK)
    made, z, (shift, width) = asked(spec, held_out(spec))
    np.testing.assert_allclose([row.values for row in made.predictions], shift + width * z, rtol=1e-4, atol=1e-4)
    assert made.outputs == ("sepal length (cm)", "petal length (cm)", "petal width (cm)", "noise_1")


def test_columns_by_name_are_the_same_as_in_order() -> None:
    spec = experiment(data=IRIS)
    rows, columns = held_out(spec, 3), facts(spec.data).columns
    named = [dict(reversed(list(zip(columns, row, strict=True)))) for row in rows]
    np.testing.assert_array_equal(raw_rows(spec.data, named, at=""), raw_rows(spec.data, rows, at=""))


def test_a_network_beyond_all_numbers_says_so() -> None:
    spec = experiment()
    with pytest.raises(IllegalStateError):
        asked(spec, [[0.5, 0.5]], filled(spec, float("nan")))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ([1.0, 2.0, 3.0], "/rows/1"),
        ([1.0, 2.0, 3.0, 4.0, 5.0], "/rows/1"),
        ([1.0, 2.0, "3", 4.0], "/rows/1/2"),
        ([1.0, 2.0, True, 4.0], "/rows/1/2"),
        ([1.0, 2.0, 3.0, None], "/rows/1/3"),
        ({"sepal length (cm)": 1.0, "sepal width (cm)": 2.0, "petal length (cm)": 3.0}, "/rows/1/petal width (cm)"),
        ({"a/b": 1.0}, "/rows/1/a~1b"),
    ],
)
def test_a_row_that_does_not_fit_is_pointed_at(row: Any, field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        raw_rows(experiment(data=IRIS).data, [[1.0, 2.0, 3.0, 4.0], row], at="/rows")
    assert refusal.value.field == field


# --- columns of one's own ---------------------------------------------------------------------------------------------

WRITTEN: list[list[Any]] = [
    [1.5, "ash", "2024-05-01 00:00", "true", 3.0, "up"],
    [None, "elm", "2024-05-02 10:30", "false", 4.0, "down"],
    [2.5, None, None, "true", 3.0, "up"],
    [7.0, "oak", "1969-12-31 23:00", "false", 5.0, "down"],
] * 5
NAMES = ("size", "tree", "day", "wet", "rings", "kind")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


def own(shelf: Shelf, folder: Path, **preparation: Any) -> Any:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in WRITTEN]
    sheet = shelf.put("\n".join([",".join(NAMES), *lines]) + "\n")
    return shelf.spec(sheet, target="kind", inputs=list(NAMES[:-1]), preparation=preparation)


def test_what_is_written_becomes_the_cells_that_the_file_became(shelf: Shelf, tmp_path: Path) -> None:
    spec = own(shelf, tmp_path)
    assert [column.type for column in spec.sheet.columns[1:]] == ["number", "category", "date", "boolean", "number"]
    rows = [row[:-1] for row in WRITTEN]
    np.testing.assert_array_equal(raw_rows(spec, rows, at=""), uploaded.read(spec).raw)
    answered = [[*row[:3], row[3] == "true", row[4]] for row in rows]
    np.testing.assert_array_equal(raw_rows(spec, answered, at=""), uploaded.read(spec).raw)


@pytest.mark.parametrize(
    ("name", "cell"), [("tree", "palm"), ("tree", 3.0), ("day", "yesterday"), ("wet", "maybe"), ("size", "large")]
)
def test_a_cell_that_its_column_never_held_is_pointed_at(shelf: Shelf, tmp_path: Path, name: str, cell: Any) -> None:
    spec = own(shelf, tmp_path)
    row = dict(zip(NAMES[:-1], WRITTEN[0], strict=False)) | {name: cell}
    with pytest.raises(InvalidInputError) as refusal:
        raw_rows(spec, [row], at="/rows")
    assert refusal.value.field == f"/rows/0/{name}"


def test_a_word_beyond_those_told_apart_is_one_of_the_others(shelf: Shelf, tmp_path: Path) -> None:
    few = {"missing": "category", "encode": "category", "scale": "none", "categories": 1}
    spec = own(shelf, tmp_path, tree=few)
    row = dict(zip(NAMES[:-1], WRITTEN[0], strict=False)) | {"tree": "palm"}
    subject = subject_of(experiment(data=spec.to_document()))
    inputs = subject.dataset.encode(raw_rows(spec, [row], at=""))[0]
    assert subject.dataset.facts.columns == NAMES[:-1]
    # size, the one tree, other, missing
    assert inputs[1:4].tolist() == [0.0, 1.0, 0.0]


def test_a_class_written_as_a_number_has_to_be_one_of_them(shelf: Shelf, tmp_path: Path) -> None:
    kinds = {"missing": "most_frequent", "encode": "category", "scale": "none", "categories": 20}
    spec = own(shelf, tmp_path, rings=kinds)
    row = WRITTEN[0][:-1]
    assert raw_rows(spec, [row], at="")[0, 4] == 3.0
    with pytest.raises(InvalidInputError) as refusal:
        raw_rows(spec, [[*row[:4], 6.0]], at="/rows")
    assert refusal.value.field == "/rows/0/4"
