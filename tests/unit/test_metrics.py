"""Figures people read, against scikit-learn's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score

from neuroglow.data import load
from neuroglow.engine.metrics import Tally, mean_loss, mean_score
from neuroglow.spec import Experiment
from unit import numpy_twin as twin
from unit.rig import dense, experiment, trained, trainer_of, twin_net


def after(spec: Experiment, updates: int) -> tuple[dict[str, Any], Any, Any]:
    """The engine's figures on the test set after some updates, and what the twin answers there."""
    trainer = trainer_of(spec)
    snapshot = trained(trainer, updates)
    point = trainer.point(trainer.cursor, trainer.evaluate())
    rows = load(spec.data).test
    z = twin.forward(twin_net(snapshot.layers, spec), rows.inputs.astype(np.float64))[-1][0]
    return point, twin.answer(trainer.program.key.head, z), rows


def test_two_classes_match_scikit_learn() -> None:
    point, answers, rows = after(experiment(), 60)
    assert point["test_accuracy"] == pytest.approx(accuracy_score(rows.labels, answers[:, 0] > 0.5))
    assert point["test_loss"] == pytest.approx(log_loss(rows.labels, answers[:, 0]), rel=1e-4)


def test_many_classes_match_scikit_learn() -> None:
    spec = experiment(data={"source": "bundled", "name": "iris"}, network=dense(5))
    point, answers, rows = after(spec, 60)
    assert point["test_accuracy"] == pytest.approx(accuracy_score(rows.labels, answers.argmax(axis=1)))
    assert point["test_loss"] == pytest.approx(log_loss(rows.labels, answers), rel=1e-4)


def test_regression_matches_scikit_learn() -> None:
    spec = experiment(data={"source": "bundled", "name": "diabetes"}, network=dense(5))
    point, answers, rows = after(spec, 200)
    assert point["test_r2"] == pytest.approx(r2_score(rows.labels, answers[:, 0]), abs=1e-4)
    assert point["test_loss"] == pytest.approx(0.5 * mean_squared_error(rows.labels, answers[:, 0]), rel=1e-4)
    # In the units of the target the share of variance explained is the same.
    data = load(spec.data)
    raw = data.target_mean + data.target_std * answers[:, 0]
    assert point["test_r2"] == pytest.approx(r2_score(rows.targets, raw), abs=1e-4)
    assert "test_accuracy" not in point


def test_train_loss_is_the_mean_since_the_last_point() -> None:
    trainer = trainer_of(experiment())
    trained(trainer, 4)
    first = Tally(**vars(trainer.tally))
    assert trainer.point(trainer.cursor, None)["train_loss"] == pytest.approx(first.loss / first.examples)
    trained(trainer, 5)
    # Five batches of seven of thirty rows: 7 + 7 + 7 + 7 + 2, and the first four were counted before.
    assert trainer.tally.examples == 2 + 28
    assert trainer.point(trainer.cursor, None)["test_loss"] is None


def test_what_is_missing_or_not_finite_is_null() -> None:
    assert mean_loss(Tally()) is None
    assert mean_score("sigmoid", Tally()) is None
    assert mean_loss(Tally(examples=3.0, loss=math.inf)) is None
    assert mean_loss(Tally(examples=3.0, loss=math.nan)) is None
    assert mean_score("linear", Tally(examples=3.0, score=math.nan, label=1.0, label_squared=9.0)) is None
    # Targets that do not vary have no variance to explain.
    assert mean_score("linear", Tally(examples=4.0, score=1.0, label=8.0, label_squared=16.0)) is None
