"""Every figure against scikit-learn's, on random predictions: ties, single classes, empty classes, constant targets."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics
from sklearn.calibration import calibration_curve

from neuroglow.insight.judging import curves, verdict
from neuroglow.insight.judging.probabilities import BINS

FEW = settings(max_examples=40)


def same(seen: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(seen, np.float64), expected, rtol=1e-6, atol=1e-6)


@st.composite
def answered(draw: st.DrawFn, most_classes: int = 6) -> tuple[Any, Any]:
    """Probabilities (rows, classes) with many ties, and actual classes of which some may never occur."""
    classes = draw(st.integers(2, most_classes))
    rows = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    coarse = draw(st.sampled_from([1, 2, 10, 10_000]))
    raw = random.integers(0, coarse + 1, (rows, classes)) + 1e-3
    occurring = draw(st.integers(1, classes))
    actual = random.integers(0, occurring, rows)
    return raw / raw.sum(axis=1, keepdims=True), actual


def judged(scores: Any, actual: Any, *, are_probabilities: bool = True) -> dict[str, Any]:
    loss = -np.log(scores[np.arange(len(actual)), actual]) if are_probabilities else np.zeros(len(actual))
    predicted = scores.argmax(axis=1)
    return dict(verdict.judge_classes(scores, actual, predicted, loss, are_probabilities=are_probabilities))


def quiet(figure: Any, *args: Any, **options: Any) -> Any:
    """Scikit-learn's answer; it warns where a figure is not defined."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return figure(*args, **options)


def column(tensors: dict[str, Any], name: str) -> Any:
    return tensors["classes"][:, verdict.CLASS_COLUMNS.index(name)]


@FEW
@given(answered())
def test_confusion_and_the_figures_of_each_class_are_scikit_learns(case: tuple[Any, Any]) -> None:
    scores, actual = case
    labels = range(scores.shape[1])
    predicted = scores.argmax(axis=1)
    tensors = judged(scores, actual)
    assert tensors["confusion"].tolist() == quiet(metrics.confusion_matrix, actual, predicted, labels=labels).tolist()
    expected = metrics.precision_recall_fscore_support(actual, predicted, labels=labels, zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        same(column(tensors, name), values)
    for row, kind in enumerate(("macro", "weighted")):
        mean = metrics.precision_recall_fscore_support(actual, predicted, average=kind, zero_division=0)
        same(tensors["averages"][row, :3], mean[:3])
    assert tensors["figures"][0] == pytest.approx(metrics.accuracy_score(actual, predicted))


@FEW
@given(answered())
def test_the_areas_under_both_curves_are_scikit_learns(case: tuple[Any, Any]) -> None:
    scores, actual = case
    tensors = judged(scores, actual)
    for one in range(scores.shape[1]):
        positive = actual == one
        area = column(tensors, "auc")[one]
        if positive.all() or not positive.any():
            assert np.isnan(area)
        else:
            assert area == pytest.approx(metrics.roc_auc_score(positive, scores[:, one]), abs=1e-6)
        precision = column(tensors, "average_precision")[one]
        if positive.any():
            assert precision == pytest.approx(metrics.average_precision_score(positive, scores[:, one]), abs=1e-6)
        else:
            assert np.isnan(precision)


@FEW
@given(answered())
def test_averages_of_the_areas_are_scikit_learns_where_it_has_them(case: tuple[Any, Any]) -> None:
    scores, actual = case
    classes = scores.shape[1]
    if classes < 3 or len(np.unique(actual)) < classes:
        return
    place = verdict.CLASS_COLUMNS.index("auc")
    for row, kind in enumerate(("macro", "weighted")):
        expected = metrics.roc_auc_score(actual, scores, multi_class="ovr", average=kind)
        assert judged(scores, actual)["averages"][row, place] == pytest.approx(expected, abs=1e-6)


@FEW
@given(answered())
def test_log_loss_brier_score_and_reliability_are_scikit_learns(case: tuple[Any, Any]) -> None:
    scores, actual = case
    labels = list(range(scores.shape[1]))
    tensors = judged(scores, actual)
    _, log_loss, brier, error = tensors["figures"]
    assert log_loss == pytest.approx(metrics.log_loss(actual, scores, labels=labels), rel=1e-6, abs=1e-6)
    assert brier == pytest.approx(metrics.brier_score_loss(actual, scores, labels=labels), rel=1e-6, abs=1e-6)
    right, sure = scores.argmax(axis=1) == actual, scores.max(axis=1)
    pairs = [(right, sure), *((actual == one, scores[:, one]) for one in labels)]
    for bins, (happened, said) in zip(tensors["calibration"], pairs, strict=True):
        used = bins[bins[:, 2] > 0]
        expected = calibration_curve(happened, said, n_bins=BINS, pos_label=True)
        same(used[:, 1], expected[0])
        same(used[:, 0], expected[1])
        assert bins[:, 2].sum() == len(actual)
    used = tensors["calibration"][0][tensors["calibration"][0][:, 2] > 0]
    gaps = np.abs(used[:, 0] - used[:, 1]) * used[:, 2] / len(actual)
    assert error == pytest.approx(gaps.sum(), abs=1e-5)


@FEW
@given(answered())
def test_a_thinned_curve_runs_through_points_of_the_whole_one(case: tuple[Any, Any]) -> None:
    scores, actual = case
    positive = actual == 0
    tensors = judged(scores, actual)
    assert tensors["roc"].shape == tensors["precision_recall"].shape == (scores.shape[1], curves.POINTS, 3)
    if positive.any() and not positive.all():
        false_rate, true_rate, _ = metrics.roc_curve(positive, scores[:, 0], drop_intermediate=False)
        whole = {(round(x, 5), round(y, 5)) for x, y in zip(false_rate, true_rate, strict=True)}
        thin = tensors["roc"][0].astype(float)
        assert {(round(x, 5), round(y, 5)) for x, y, _ in thin} <= whole
        assert thin[0, :2].tolist() == [0.0, 0.0]
        assert thin[-1, :2].tolist() == [1.0, 1.0]
        assert (np.diff(thin[:, 0]) >= 0).all()
    if positive.any():
        precision, recall, _ = metrics.precision_recall_curve(positive, scores[:, 0])
        whole = {(round(x, 5), round(y, 5)) for x, y in zip(recall, precision, strict=True)}
        thin = tensors["precision_recall"][0].astype(float)
        assert thin[0, :2].tolist() == [0.0, 1.0]
        assert thin[-1, 0] == 1.0
        assert {(round(x, 5), round(y, 5)) for x, y, _ in thin} <= whole


def test_thinning_moves_a_long_curve_by_less_than_can_be_seen() -> None:
    random = np.random.default_rng(5)
    positive = random.random(2_000) < 0.3
    curve = curves.roc_curve(curves.rank(random.normal(positive * 1.0, 1.0), positive))
    assert curve is not None
    assert len(curve) == 2_001
    thin = curves.thinned(curve, curve[:, 0] + curve[:, 1])
    assert np.abs(np.interp(curve[:, 0], thin[:, 0], thin[:, 1]) - curve[:, 1]).max() < 0.03
    assert curves.area(thin) == pytest.approx(curves.area(curve), abs=0.002)


def test_scores_that_are_no_probabilities_are_ranked_but_not_calibrated() -> None:
    scores = np.array([[-3.0, 3.0], [2.0, -2.0], [-0.5, 0.5], [1.0, -1.0]])
    tensors = judged(scores, np.array([1, 0, 0, 1]), are_probabilities=False)
    assert "calibration" not in tensors
    assert np.isnan(tensors["figures"][1:]).all()
    assert column(tensors, "auc").tolist() == [0.75, 0.75]


def test_many_classes_are_counted_but_get_no_curves() -> None:
    random = np.random.default_rng(2)
    scores = random.dirichlet(np.ones(verdict.CURVE_CLASSES + 1), 200)
    actual = random.integers(0, scores.shape[1], 200)
    tensors = judged(scores, actual)
    assert "roc" not in tensors
    assert np.isnan(column(tensors, "auc")).all()
    assert int(tensors["confusion"].sum()) == 200
    assert column(tensors, "support").sum() == 200


@FEW
@given(answered())
def test_the_worst_mistakes_are_mistakes_and_the_worst(case: tuple[Any, Any]) -> None:
    scores, actual = case
    tensors = judged(scores, actual)
    wrong = np.flatnonzero(scores.argmax(axis=1) != actual)
    loss = tensors["loss"]
    worst = tensors["worst"]
    assert len(worst) == min(verdict.WORST, len(wrong))
    assert set(worst.tolist()) <= set(wrong.tolist())
    np.testing.assert_array_equal(loss[worst], np.sort(loss[wrong])[::-1][: len(worst)])


def vectors(most: int = 4) -> st.SearchStrategy[tuple[Any, Any]]:
    """Targets and answers (rows, outputs); small integers repeat, so that some targets never vary."""
    shapes = st.tuples(st.integers(2, 40), st.integers(1, most))
    values = st.integers(-2, 2).map(float) | st.floats(-1e3, 1e3)
    return shapes.flatmap(lambda shape: st.tuples(*[arrays(np.float64, shape, elements=values, fill=st.just(3.0))] * 2))


@FEW
@given(vectors())
def test_figures_of_numbers_are_scikit_learns(case: tuple[Any, Any]) -> None:
    actual, predicted = case
    tensors = verdict.judge_vectors(actual, predicted, np.zeros(len(actual)))
    expected = (
        metrics.r2_score(actual, predicted),
        metrics.mean_absolute_error(actual, predicted),
        metrics.root_mean_squared_error(actual, predicted),
        metrics.median_absolute_error(actual, predicted),
        np.abs(actual - predicted).max(),
    )
    same(tensors["figures"], expected)
    each = metrics.r2_score(actual, predicted, multioutput="raw_values")
    squared = metrics.mean_squared_error(actual, predicted, multioutput="raw_values")
    same(tensors["outputs"], np.stack([each, squared], axis=1))


@FEW
@given(vectors(most=1))
def test_residuals_are_counted_around_zero_and_the_worst_come_first(case: tuple[Any, Any]) -> None:
    actual, predicted = case[0][:, 0], case[1][:, 0]
    tensors: dict[str, Any] = dict(verdict.judge_numbers(actual, predicted, np.zeros(len(actual))))
    assert int(tensors["histogram"].sum()) == len(actual)
    low, high = tensors["histogram.range"]
    assert low == -high
    off = np.abs(actual - predicted)
    np.testing.assert_array_equal(off[tensors["worst"]], np.sort(off)[::-1][: verdict.WORST])


def test_targets_that_all_but_agree_leave_the_lowest_share_there_is_room_for() -> None:
    actual, predicted = np.array([[2.4e-159], [0.0]]), np.array([[3.0], [3.0]])
    figures = verdict.judge_numbers(actual[:, 0], predicted[:, 0], np.zeros(2))["figures"]
    assert float(figures[0]) == -np.float32(verdict.SINGLE_MOST)


def test_one_row_has_no_share_of_variance() -> None:
    tensors = verdict.judge_numbers(np.array([2.0]), np.array([1.0]), np.zeros(1))
    assert np.isnan(float(tensors["figures"][0]))
