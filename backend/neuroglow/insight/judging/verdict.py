"""From outputs and targets to the tensors of a frame (`docs/wire.md`), for each task."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.insight.judging import classes, curves, numbers, probabilities

Floats = NDArray[np.float64]
Tensors = dict[str, NDArray[np.generic]]
WORST = 24
"""Rows the gallery of mistakes holds at most."""
CURVE_CLASSES = 20
"""With more classes there is no curve per class: each costs a sort of all rows."""
CLASS_FIGURES = ("accuracy", "log_loss", "brier_score", "calibration_error")
CLASS_COLUMNS = ("precision", "recall", "f1", "auc", "average_precision", "support")
NUMBER_FIGURES = ("r2", "mean_absolute_error", "root_mean_squared_error", "median_absolute_error", "max_error")
OUTPUT_COLUMNS = ("r2", "mean_squared_error")
SINGLE_MOST = float(np.finfo(np.float32).max) / 4
"""Beyond this a sum of two is no float32 any more; only a diverged run gets here."""


def single(values: Any) -> NDArray[np.float32]:
    """Float32 for the wire. NaN stays: a figure that does not exist."""
    return np.clip(np.asarray(values, np.float64), -SINGLE_MOST, SINGLE_MOST).astype(np.float32)


def judge_classes(
    scores: Floats, actual: NDArray[np.int64], predicted: NDArray[np.int64], loss: Floats, *, are_probabilities: bool
) -> Tensors:
    """`scores` (rows, classes): higher means more likely; `actual` and `predicted` (rows,) are class indices."""
    count = scores.shape[1]
    confusion = classes.confusion_matrix(actual, predicted, count)
    support = confusion.sum(axis=1)
    present = (support > 0) | (confusion.sum(axis=0) > 0)
    tensors: Tensors = {"confusion": confusion.astype(np.uint32)}
    areas = np.full((2, count), np.nan)
    if count <= CURVE_CLASSES:
        rocs, precisions = _curves(scores, actual, areas)
        tensors |= {"roc": rocs, "precision_recall": precisions}
    figures = [*classes.class_scores(confusion), *areas]
    tensors["classes"] = single(np.stack([*figures, support], axis=1))
    means = ([classes.macro(one, present) for one in figures], [classes.weighted(one, support) for one in figures])
    tensors["averages"] = single([[*mean, len(actual)] for mean in means])
    overall = [float((actual == predicted).mean()), *([np.nan] * (len(CLASS_FIGURES) - 1))]
    if are_probabilities:
        sure = probabilities.reliability(scores.max(axis=1), actual == predicted)
        drawn = range(count if count <= CURVE_CLASSES else 0)
        each = [probabilities.reliability(scores[:, one], actual == one) for one in drawn]
        tensors["calibration"] = single([sure, *each])
        overall[1:] = [
            probabilities.log_loss(scores, actual),
            probabilities.brier_score(scores, actual),
            probabilities.expected_calibration_error(sure),
        ]
    wrong = np.flatnonzero(actual != predicted)
    return tensors | {
        "figures": single(overall),
        "actual": actual.astype(np.uint32),
        "predicted": predicted.astype(np.uint32),
        "loss": single(loss),
        "worst": wrong[_largest(loss[wrong])].astype(np.uint32),
    }


def judge_numbers(actual: Floats, predicted: Floats, loss: Floats) -> Tensors:
    """`actual` and `predicted` (rows,) in the target's own units."""
    figures = numbers.errors(actual[:, None], predicted[:, None])
    counts, reach = numbers.residual_histogram(actual - predicted)
    return {
        "figures": single([figures[name] for name in NUMBER_FIGURES]),
        "histogram": counts,
        "histogram.range": single(reach),
        "actual": single(actual),
        "predicted": single(predicted),
        "loss": single(loss),
        "worst": _largest(np.abs(actual - predicted)).astype(np.uint32),
    }


def judge_vectors(actual: Floats, predicted: Floats, loss: Floats) -> Tensors:
    """`actual` and `predicted` (rows, outputs), in the units of the labels."""
    figures = numbers.errors(actual, predicted)
    squared = np.square(actual - predicted)
    return {
        "figures": single([figures[name] for name in NUMBER_FIGURES]),
        "outputs": single(np.stack([numbers.r_squared(actual, predicted), squared.mean(axis=0)], axis=1)),
        "loss": single(loss),
        "worst": _largest(squared.mean(axis=1)).astype(np.uint32),
    }


def _curves(
    scores: Floats, actual: NDArray[np.int64], areas: Floats
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Thinned curves (classes, points, 3), NaN where there is none; fills `areas` (2, classes) with their figures."""
    rocs = np.full((scores.shape[1], curves.POINTS, 3), np.nan)
    precisions = rocs.copy()
    for one in range(scores.shape[1]):
        ranking = curves.rank(scores[:, one], actual == one)
        roc, precision = curves.roc_curve(ranking), curves.precision_recall_curve(ranking)
        if roc is not None:
            areas[0, one] = curves.area(roc)
            rocs[one] = curves.thinned(roc, roc[:, 0] + roc[:, 1])
        if precision is not None:
            areas[1, one] = curves.average_precision(precision)
            answered = np.append(0.0, ranking.found + ranking.false_alarms)
            precisions[one] = curves.thinned(precision, precision[:, 0] + answered / answered[-1])
    return single(rocs), single(precisions)


def _largest(values: Floats) -> NDArray[np.intp]:
    """Places of the largest, at most `WORST`, the worst first."""
    return np.argsort(-values, kind="stable")[:WORST]
