"""Predictions for rows of a split, against the twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.nets.shape import STACK_FROM
from unit import numpy_twin as twin
from unit.probing import watch
from unit.rig import dense, experiment, twin_net

IRIS = experiment(data={"source": "bundled", "name": "iris"}, network=dense(5, 4))
DIABETES = experiment(data={"source": "bundled", "name": "diabetes"}, network=dense(5))


@pytest.mark.parametrize("spec", [experiment(), IRIS, DIABETES, experiment(network=dense(*[3] * (STACK_FROM + 2)))])
@pytest.mark.parametrize(("split", "start", "count"), [("test", 0, 100), ("train", 3, 5), ("test", 25, 2_000)])
def test_every_row_matches_the_twin(spec: Any, split: str, start: int, count: int) -> None:
    watched = watch(spec, stream="predictions", split=split, **{"from": start}, count=count)
    data = watched.subject.dataset
    rows = data.train if split == "train" else data.test
    x = rows.inputs[start : start + count].astype(np.float64)
    expected = twin.answer(watched.head, twin.forward(twin_net(watched.layers, spec), x)[-1][0])
    assert watched.tensors["output"].dtype == np.float16
    np.testing.assert_allclose(watched.tensors["output"].astype(float), expected, rtol=2e-3, atol=1e-3)
    assert watched.tensors["rows"].tolist() == [len(rows.labels)]


def test_rows_past_the_end_are_left_out() -> None:
    watched = watch(IRIS, stream="predictions", **{"from": 10_000}, count=7)
    assert watched.tensors["output"].shape == (0, 3)
    assert watched.tensors["rows"].tolist() == [30]


def test_probabilities_of_classes_sum_to_one() -> None:
    watched = watch(IRIS, stream="predictions")
    np.testing.assert_allclose(watched.tensors["output"].astype(float).sum(axis=1), 1.0, atol=2e-3)
    assert watched.probe.facts == {"activation": "softmax"}


def test_regression_tells_how_to_read_its_numbers() -> None:
    facts = watch(DIABETES, stream="predictions").probe.facts
    targets = watch(DIABETES, stream="predictions").subject.dataset.train.targets
    assert facts["activation"] == "linear"
    assert facts["target_mean"] == pytest.approx(float(targets.mean()), rel=1e-5)
    assert facts["target_std"] == pytest.approx(float(targets.std()), rel=1e-5)
