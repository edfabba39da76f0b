"""Fit one model on the training rows and tell everything about it."""

from __future__ import annotations

import time
import warnings
from typing import Any

from neuroglow.baselines.estimators import MAX_ITERATIONS, caps_of, estimator
from neuroglow.baselines.inside import open_box
from neuroglow.baselines.judging import Array, Judge, as_doubles
from neuroglow.baselines.maps import map_of
from neuroglow.data import Dataset
from neuroglow.errors import InvalidInputError
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import input_names
from neuroglow.spec.limits import Limits
from neuroglow.spec.model_results import FittedModel
from neuroglow.spec.models import NearestNeighbours, SupervisedModel, model_facts

PREDICTIONS = Limits().sample_rows
"""Test rows whose predictions are told, at most."""


def fit_model(data: AnyData, dataset: Dataset, model: SupervisedModel) -> FittedModel:
    """`dataset` is that of `data`. Raises `InvalidInputError` where the
    rows do not suffice."""
    facts, about = dataset.facts, model_facts(model)
    caps = caps_of(model)
    inputs, labels = as_doubles(dataset.train.inputs[: caps.fit]), as_doubles(dataset.train.labels[: caps.fit])
    if facts.task == "classification" and len(set(labels.tolist())) < 2:
        raise InvalidInputError(
            "All training rows have the same class; choose a larger training share or other data", field="/data"
        )
    notes = []
    if isinstance(model, NearestNeighbours) and model.neighbours > len(labels):
        notes.append(f"All {len(labels)} training rows are neighbours")
        model = model.model_copy(update={"neighbours": len(labels)})
    fitted, fit_secs, converged = _fit(estimator(model, facts.task), inputs, labels)
    if not converged:
        notes.append(f"Not converged after {MAX_ITERATIONS:,} steps")
    if len(labels) < len(dataset.train.labels):
        notes.append(f"Fitted on {len(labels):,} of {len(dataset.train.labels):,} rows")
    judge = Judge(fitted, dataset)
    if judge.probabilities(inputs[:1]) is None and facts.task == "classification":
        notes.append(f"A {about.title.lower()} answers with a distance from its border, so there is no cross-entropy")
    test = as_doubles(dataset.test.inputs[: caps.judge])
    began = time.perf_counter()
    answers = as_doubles(fitted.predict(test))
    predict_secs = time.perf_counter() - began
    if facts.task == "regression":
        answers = dataset.target_mean + dataset.target_std * answers
    inside = open_box(judge, model, input_names(data), inputs)
    return FittedModel(
        type=model.type,
        fitted_rows=len(labels),
        train_rows=len(dataset.train.labels),
        test_rows=len(dataset.test.labels),
        fit_secs=fit_secs,
        predict_secs=predict_secs,
        predicted_rows=len(test),
        size=inside.count,
        size_of=inside.what,
        train=judge.figures(dataset.train, caps.judge),
        test=judge.figures(dataset.test, caps.judge),
        predictions=tuple(answers[:PREDICTIONS].tolist()),
        map=map_of(judge),
        inside=inside.box,
        notes=tuple(notes),
    )


def _fit(unfitted: Any, inputs: Array, labels: Array) -> tuple[Any, float, bool]:
    """The fitted estimator, the seconds it took, and whether it converged."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", ConvergenceWarning)
        began = time.perf_counter()
        fitted = unfitted.fit(inputs, labels)
        secs = time.perf_counter() - began
    return fitted, secs, not any(issubclass(warning.category, ConvergenceWarning) for warning in heard)
