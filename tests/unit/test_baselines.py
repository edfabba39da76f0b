"""Models beside the network: what is told of each is what scikit-learn says, fitted directly on the same arrays."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import ensemble, linear_model, metrics, neighbors, svm, tree

from neuroglow.baselines import estimators
from neuroglow.baselines.fit import fit
from neuroglow.baselines.maps import cells
from neuroglow.data import Dataset, load
from neuroglow.errors import InvalidInputError
from neuroglow.insight.maps import grid
from neuroglow.spec import BundledData, SyntheticData
from neuroglow.spec.base import parse
from neuroglow.spec.datasets import input_names
from neuroglow.spec.model_results import Coefficients, FittedModel, Importances, Neighbours, SupportVectors, Tree
from neuroglow.spec.models import (
    MODELS,
    DecisionTree,
    GradientBoosting,
    KMeans,
    LinearRegression,
    LogisticRegression,
    NearestNeighbours,
    RandomForest,
    Ridge,
    SupervisedModel,
    SupportVectorMachine,
)
from unit.uploading import Shelf

Data = SyntheticData | BundledData
CIRCLE = SyntheticData(name="circle", samples=120, noise=0.1)
BLOBS = SyntheticData(name="blobs", classes=4, samples=120, features=("x1", "x2", "x1*x2"))
HILLS = SyntheticData(name="multi_gauss", samples=120)
IRIS = BundledData(name="iris")
DIABETES = BundledData(name="diabetes")
FEW = 8
"""Trees and rounds: enough to tell a difference."""

CLASSIFIERS: list[tuple[SupervisedModel, Any]] = [
    (LogisticRegression(c=0.3), linear_model.LogisticRegression(C=0.3, max_iter=1000)),
    (
        DecisionTree(max_depth=3, min_leaf=2),
        tree.DecisionTreeClassifier(max_depth=3, min_samples_leaf=2, random_state=0),
    ),
    (RandomForest(trees=FEW), ensemble.RandomForestClassifier(FEW, max_depth=16, random_state=0)),
    (
        GradientBoosting(rounds=FEW, leaves=4),
        ensemble.HistGradientBoostingClassifier(max_iter=FEW, max_leaf_nodes=4, random_state=0),
    ),
    (NearestNeighbours(neighbours=3, weights="distance"), neighbors.KNeighborsClassifier(3, weights="distance")),
    (SupportVectorMachine(c=2.0), svm.SVC(C=2.0, break_ties=True)),
]
REGRESSORS: list[tuple[SupervisedModel, Any]] = [
    (LinearRegression(), linear_model.LinearRegression()),
    (Ridge(alpha=5.0), linear_model.Ridge(alpha=5.0)),
    (DecisionTree(), tree.DecisionTreeRegressor(max_depth=5, random_state=0)),
    (RandomForest(trees=FEW), ensemble.RandomForestRegressor(FEW, max_depth=16, random_state=0)),
    (GradientBoosting(rounds=FEW), ensemble.HistGradientBoostingRegressor(max_iter=FEW, random_state=0)),
    (NearestNeighbours(), neighbors.KNeighborsRegressor(5)),
    (SupportVectorMachine(kernel="linear"), svm.SVR(kernel="linear")),
]


def fitted(data: Data, model: SupervisedModel) -> FittedModel:
    found = fit(data, model)
    assert isinstance(found, FittedModel)
    return found


def doubles(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return values.astype(np.float64)


def directly(dataset: Dataset, oracle: Any) -> Any:
    return oracle.fit(doubles(dataset.train.inputs), doubles(dataset.train.labels))


@pytest.mark.parametrize("data", [CIRCLE, BLOBS, IRIS], ids=lambda data: data.name)
@pytest.mark.parametrize(("model", "oracle"), CLASSIFIERS, ids=lambda one: getattr(one, "type", ""))
def test_classes_are_predicted_as_scikit_learn_does_on_the_same_arrays(
    data: Data, model: SupervisedModel, oracle: Any
) -> None:
    dataset, found = load(data), fitted(data, model)
    direct = directly(dataset, oracle)
    answers = direct.predict(doubles(dataset.test.inputs))
    assert list(found.predictions) == answers.tolist()
    for split, told in ((dataset.train, found.train), (dataset.test, found.test)):
        labels, here = split.labels.astype(int), direct.predict(doubles(split.inputs)).astype(int)
        assert told.rows == len(labels)
        assert told.accuracy == pytest.approx(metrics.accuracy_score(labels, here), abs=1e-6)
        assert told.f1 == pytest.approx(metrics.f1_score(labels, here, average="macro"), abs=1e-6)
        if isinstance(model, SupportVectorMachine):
            assert told.loss is None
        else:
            assert told.loss == pytest.approx(
                metrics.log_loss(labels, direct.predict_proba(doubles(split.inputs))), abs=1e-6
            )


@pytest.mark.parametrize("data", [HILLS, DIABETES], ids=lambda data: data.name)
@pytest.mark.parametrize(("model", "oracle"), REGRESSORS, ids=lambda one: getattr(one, "type", ""))
def test_numbers_are_predicted_as_scikit_learn_does_on_the_same_arrays(
    data: Data, model: SupervisedModel, oracle: Any
) -> None:
    dataset, found = load(data), fitted(data, model)
    direct = directly(dataset, oracle)
    answers = dataset.target_mean + dataset.target_std * direct.predict(doubles(dataset.test.inputs))
    assert list(found.predictions) == answers.tolist()
    for split, told in ((dataset.train, found.train), (dataset.test, found.test)):
        here = direct.predict(doubles(split.inputs))
        raw = dataset.target_mean + dataset.target_std * here
        assert told.r2 == pytest.approx(metrics.r2_score(doubles(split.targets), raw), abs=1e-6)
        assert told.mae == pytest.approx(metrics.mean_absolute_error(doubles(split.targets), raw), rel=1e-6)
        assert told.loss == pytest.approx(0.5 * metrics.mean_squared_error(doubles(split.labels), here), rel=1e-6)


def test_the_map_has_the_cells_of_the_networks_map() -> None:
    np.testing.assert_allclose(cells(100), grid(100), atol=1e-6)


def values_of(found: FittedModel) -> NDArray[np.float64]:
    """(units, cells)"""
    assert found.map is not None
    levels = np.frombuffer(base64.b64decode(found.map.levels), np.uint8).reshape(found.map.units, -1)
    return np.asarray(found.map.low + (found.map.high - found.map.low) * levels / 255.0, np.float64)


@pytest.mark.parametrize(("data", "units"), [(CIRCLE, 1), (BLOBS, 4)], ids=["two classes", "four classes"])
def test_the_map_is_the_probability_of_each_class_over_the_plane(data: Data, units: int) -> None:
    dataset, found = load(data), fitted(data, LogisticRegression())
    direct = directly(dataset, linear_model.LogisticRegression(max_iter=1000))
    expected = direct.predict_proba(doubles(dataset.encode(grid(100)))).T[-units:]
    assert found.map is not None
    assert found.map.activation == ("sigmoid" if units == 1 else "softmax")
    np.testing.assert_allclose(values_of(found), expected, atol=(found.map.high - found.map.low) / 255)


@pytest.mark.parametrize("data", [CIRCLE, BLOBS], ids=["two classes", "four classes"])
def test_the_margin_of_a_support_vector_machine_is_positive_where_it_answers_that_class(data: Data) -> None:
    dataset, found = load(data), fitted(data, SupportVectorMachine())
    answers = directly(dataset, svm.SVC(break_ties=True)).predict(doubles(dataset.encode(grid(100))))
    margins = values_of(found)
    for unit, label in enumerate([1] if len(margins) == 1 else range(4)):
        # A level is half a step away from the value it stands for.
        clear = np.abs(margins[unit]) > 0.02
        assert np.array_equal(margins[unit][clear] > 0, answers[clear] == label)


def test_data_outside_the_plane_have_no_map() -> None:
    assert fitted(IRIS, DecisionTree()).map is None


def test_coefficients_tell_what_a_standard_deviation_adds_to_the_answer() -> None:
    dataset, found = load(DIABETES), fitted(DIABETES, Ridge(alpha=1.0))
    inside = found.inside
    assert isinstance(inside, Coefficients)
    assert inside.inputs == dataset.facts.columns
    assert inside.rows == ("progression",)
    direct = directly(dataset, linear_model.Ridge(alpha=1.0))
    inputs = doubles(dataset.train.inputs)
    middle = inputs.mean(axis=0, keepdims=True)
    for column, value in enumerate(inside.values[0]):
        moved = middle.copy()
        moved[0, column] += inputs[:, column].std()
        difference = dataset.target_std * (direct.predict(moved) - direct.predict(middle))[0]
        assert value == pytest.approx(difference, rel=1e-6, abs=1e-9)
    assert inside.intercepts[0] == pytest.approx(dataset.target_mean + dataset.target_std * direct.predict(middle)[0])


def test_a_class_of_many_has_coefficients_of_its_own_and_two_share_one_row() -> None:
    many, two = fitted(IRIS, LogisticRegression()).inside, fitted(CIRCLE, LogisticRegression()).inside
    assert isinstance(many, Coefficients)
    assert isinstance(two, Coefficients)
    assert many.rows == ("setosa", "versicolor", "virginica")
    assert two.rows == ("blue",)


def test_walking_down_the_tree_that_is_told_gives_its_predictions() -> None:
    dataset, found = load(IRIS), fitted(IRIS, DecisionTree(max_depth=4))
    told = found.inside
    assert isinstance(told, Tree)
    assert (told.node_count, told.shown_depth) == (len(told.nodes), told.depth)
    columns = {name: index for index, name in enumerate(dataset.facts.columns)}
    for row, prediction in zip(dataset.test.raw, found.predictions, strict=True):
        node = told.nodes[0]
        while not node.is_leaf:
            assert node.input is not None
            assert node.threshold is not None
            goes = node.below if row[columns[node.input]] <= node.threshold else node.above
            assert goes is not None
            node = told.nodes[goes]
        assert node.value == prediction


def test_nodes_count_the_training_rows_that_reach_them() -> None:
    dataset, told = load(IRIS), fitted(IRIS, DecisionTree()).inside
    assert isinstance(told, Tree)
    assert told.nodes[0].counts == tuple(np.bincount(dataset.train.labels.astype(int)))
    for node in told.nodes:
        assert sum(node.counts) == node.rows
        share = np.array(node.counts) / node.rows
        assert node.impurity == pytest.approx(1.0 - float(np.sum(share**2)))
        if node.below is not None and node.above is not None:
            below, above = told.nodes[node.below], told.nodes[node.above]
            assert tuple(map(sum, zip(below.counts, above.counts, strict=True))) == node.counts


def test_a_deep_tree_is_told_down_to_a_stated_depth() -> None:
    data = SyntheticData(name="circle", samples=4000, noise=0.5)
    told = fitted(data, DecisionTree(max_depth=32)).inside
    assert isinstance(told, Tree)
    assert told.shown_depth <= 8 < told.depth
    assert len(told.nodes) <= 511 < told.node_count
    deepest = [node for node in told.nodes if node.depth == told.shown_depth]
    assert all(node.below is None and node.above is None for node in deepest)
    assert any(not node.is_leaf for node in deepest)
    assert all(node.is_leaf or node.below is not None for node in told.nodes if node.depth < told.shown_depth)


def test_importances_tell_which_input_carries_the_answer() -> None:
    data = SyntheticData(name="circle", samples=200, features=("x1^2", "x2^2", "sin(x1)"))
    for model in (RandomForest(trees=20), GradientBoosting(rounds=20)):
        told = fitted(data, model).inside
        assert isinstance(told, Importances)
        assert told.inputs == data.features
        assert told.values[2] < 0.5 * min(told.values[:2])


def test_what_neighbours_and_margins_keep_is_counted() -> None:
    stored, held = fitted(CIRCLE, NearestNeighbours(neighbours=7)).inside, fitted(CIRCLE, SupportVectorMachine()).inside
    assert stored == Neighbours(neighbours=7, stored_rows=60)
    assert held == SupportVectors(counts=tuple(directly(load(CIRCLE), svm.SVC()).n_support_.tolist()))


def test_costly_models_are_fitted_and_judged_on_a_share_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(estimators._CAPS, "support_vector_machine", estimators.Caps(fit=40, judge=10))
    found, dataset = fitted(CIRCLE, SupportVectorMachine()), load(CIRCLE)
    assert (found.fitted_rows, found.train_rows) == (40, 60)
    assert "Fitted on 40 of 60 rows" in found.notes
    direct = svm.SVC().fit(doubles(dataset.train.inputs[:40]), doubles(dataset.train.labels[:40]))
    answers = direct.predict(doubles(dataset.test.inputs[:10]))
    assert list(found.predictions) == answers.tolist()
    assert found.test.rows == found.predicted_rows == 10
    assert found.test.accuracy == pytest.approx(np.mean(answers == dataset.test.labels[:10]))


def test_more_neighbours_than_rows_are_all_rows() -> None:
    found = fitted(SyntheticData(name="circle", samples=10), NearestNeighbours(neighbours=500))
    assert found.inside == Neighbours(neighbours=5, stored_rows=5)
    assert "All 5 training rows are neighbours" in found.notes


def test_a_model_that_cannot_learn_the_task_says_so() -> None:
    with pytest.raises(InvalidInputError, match="learns numbers") as refusal:
        fit(CIRCLE, LinearRegression())
    assert refusal.value.field == "/model/type"
    with pytest.raises(InvalidInputError, match="learns classes"):
        fit(DIABETES, LogisticRegression())


def test_with_its_labels_hidden_a_data_set_has_nothing_for_them_to_learn() -> None:
    with pytest.raises(InvalidInputError, match="the inputs themselves"):
        fit(IRIS.model_copy(update={"goal": "reconstruct"}), DecisionTree())


def test_what_the_network_is_fed_beside_the_columns_is_fed_to_them_too() -> None:
    area = {"expression": "[petal length (cm)] * [petal width (cm)]"}
    document = {
        "source": "bundled", "name": "iris", "formulas": [area], "noise_columns": 1, "label_noise": 0.2,
        "switched_off": ["petal length (cm)", "sepal width (cm)"],
    }  # fmt: skip
    data: Data = parse(BundledData, document)
    dataset, found = load(data), fitted(data, DecisionTree(max_depth=4))
    direct = directly(dataset, tree.DecisionTreeClassifier(max_depth=4, random_state=0))
    assert list(found.predictions) == direct.predict(doubles(dataset.test.inputs)).tolist()
    told = found.inside
    assert isinstance(told, Tree)
    assert told.inputs == ("sepal length (cm)", "petal width (cm)", area["expression"], "noise_1")
    # Thresholds are in the columns' own units: areas of petals in square centimetres.
    areas = [node.threshold for node in told.nodes if node.input == area["expression"] and node.threshold is not None]
    assert areas
    assert all(0.0 < threshold < 16.0 for threshold in areas)


def test_an_uploaded_table_is_learned_as_it_is_prepared_and_told_in_its_own_units(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    weights, colours = random.normal(70.0, 9.0, 80), random.choice(["red", "green"], 80)
    kinds = np.where((weights > 72.0) ^ (colours == "red"), "apple", "pear")
    shown = ["" if row % 11 == 0 else f"{weight:.2f}" for row, weight in enumerate(weights)]
    table = "\n".join(["weight,colour,kind", *map(",".join, zip(shown, colours, kinds, strict=True))])
    shelf = Shelf(tmp_path)
    data = shelf.spec(shelf.put(table), target="kind", inputs=["weight", "colour"])
    dataset = load(data)
    told = fit(data, DecisionTree(max_depth=3))
    assert isinstance(told, FittedModel)
    direct = directly(dataset, tree.DecisionTreeClassifier(max_depth=3, random_state=0))
    answers = direct.predict(doubles(dataset.test.inputs))
    assert list(told.predictions) == answers.tolist()
    assert told.test.accuracy == pytest.approx(metrics.accuracy_score(dataset.test.labels, answers), abs=1e-6)
    assert isinstance(told.inside, Tree)
    thresholds = {node.input: node.threshold for node in told.inside.nodes if node.input is not None}
    assert thresholds["weight"] is not None
    assert 60.0 < thresholds["weight"] < 80.0
    assert set(told.inside.inputs) == set(input_names(data)) > {"weight"}


def test_one_class_is_nothing_to_learn() -> None:
    lonely = SyntheticData(name="blobs", classes=10, samples=10, train_fraction=0.1)
    with pytest.raises(InvalidInputError, match="same class"):
        fit(lonely, LogisticRegression())


def test_a_class_that_no_training_row_has_is_never_answered() -> None:
    data = SyntheticData(name="blobs", classes=10, samples=30, train_fraction=0.2)
    known = set(load(data).train.labels.tolist())
    assert len(known) < 10
    for model in (LogisticRegression(), DecisionTree(), SupportVectorMachine()):
        found = fitted(data, model)
        assert set(found.predictions) <= known
        assert len(values_of(found)) == 10


def test_every_model_of_the_catalog_has_a_spec_and_every_spec_an_entry() -> None:
    types = {entry.type for entry in MODELS}
    supervised = {model.type for model, _ in CLASSIFIERS + REGRESSORS}
    assert types == supervised | {KMeans().type, "gaussian_mixture"}
    for entry in MODELS:
        learnable = {"classification", "regression"} if entry.tasks else set()
        assert set(entry.tasks) <= learnable
        assert entry.sentence
        assert not entry.sentence.endswith(".")
