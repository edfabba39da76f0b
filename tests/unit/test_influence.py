"""Rows: which push a weight, and which are probably mislabelled."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.engine.layers import from_model
from neuroglow.insight.explaining.doubt import doubtful
from neuroglow.nets.losses import loss
from neuroglow.nets.shape import layer_names
from neuroglow.spec import Experiment
from unit.explaining import CONV, DEEP, DENSE, GATED, answers, model_of
from unit.probing import watch
from unit.rig import experiment


@pytest.mark.parametrize(
    ("spec", "layer", "unit", "source"),
    [
        (DENSE, "dense_1", 3, "pixel 4,4"),
        (DENSE, "dense_2", 1, None),
        (DEEP, "dense_5", 2, 4),
        (CONV, "conv2d_1", 2, 5),
        (CONV, "output", 7, None),
        (GATED, "gru_1", 4, 6),
        (experiment(), "dense_2", 1, 2),
    ],
)
def test_a_row_pushes_a_weight_against_the_slope_of_its_own_loss(
    spec: Experiment, layer: str, unit: int, source: Any
) -> None:
    watched = watch(spec, stream="influence", layer=layer, unit=unit, source=source, count=20)
    model = model_of(spec, watched.layers)
    rows, objective = watched.subject.dataset.train, watched.subject.rule.objective
    slope = jax.jit(jax.grad(lambda m, x, y: loss(objective, m(x), y)))
    names, column = layer_names(spec), 36 if isinstance(source, str) else source
    expected = []
    for x, label in zip(rows.inputs[:20], rows.labels[:20], strict=True):
        slopes_of_row = from_model(slope(model, jnp.asarray(x), jnp.asarray(label)), names)[layer]
        weight = slopes_of_row["weight"]
        own = slopes_of_row["bias"][unit] if source is None else weight.reshape(len(weight), -1)[unit, column]
        expected.append(-float(own))
    told = watched.tensors
    np.testing.assert_allclose(told["push"], np.array(expected)[told["rows"]], rtol=1e-3, atol=1e-6)
    assert sorted(told["rows"].tolist()) == list(range(20))
    assert (np.diff(told["push"]) <= 0).all()


def test_rows_with_flipped_classes_are_found() -> None:
    random = np.random.default_rng(0)
    true = random.integers(0, 3, 300)
    certain = random.uniform(0.95, 0.99, 300)
    chances = np.repeat(((1 - certain) / 2)[:, None], 3, axis=1)
    chances[np.arange(300), true] = certain
    flipped = random.choice(300, 20, replace=False)
    given_classes = true.copy()
    given_classes[flipped] = (true[flipped] + 1) % 3
    doubt = doubtful(chances, given_classes)
    assert set(flipped) <= set(doubt.rows.tolist())
    assert len(doubt.rows) == 20
    np.testing.assert_array_equal(doubt.predicted, true[doubt.rows])


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**20), classes=st.integers(2, 5))
def test_doubt_is_as_confident_learning_defines_it(seed: int, classes: int) -> None:
    random = np.random.default_rng(seed)
    chances = random.dirichlet(np.full(classes, 0.4), 40)
    labels = random.integers(0, classes, 40)
    expected = {}
    for row, chance in enumerate(chances):
        sure = []
        for one in range(classes):
            of_class = [chances[other][one] for other in range(40) if labels[other] == one]
            if of_class and chance[one] >= np.mean(of_class):
                sure.append((chance[one], one))
        if sure and max(sure)[1] != labels[row]:
            expected[row] = max(sure)[1]
    doubt = doubtful(chances, labels)
    assert dict(zip(doubt.rows.tolist(), doubt.predicted.tolist(), strict=True)) == expected
    margins = chances[doubt.rows, doubt.predicted] - chances[doubt.rows, labels[doubt.rows]]
    assert (np.diff(margins) <= 0).all()


@pytest.mark.parametrize("spec", [DENSE, experiment()], ids=["ten", "two"])
def test_the_stream_of_doubt_tells_given_and_certain_classes(spec: Experiment) -> None:
    watched = watch(spec, stream="mislabelled", count=100, top=5)
    told, rows = watched.tensors, watched.subject.dataset.train
    z = answers(watched, rows.inputs[:100])
    logits = np.concatenate([np.zeros_like(z), z], axis=1) if z.shape[1] == 1 else z
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    doubt = doubtful(chances, rows.targets[:100].astype(int))
    assert told["doubtful"].tolist() == [len(doubt.rows)]
    np.testing.assert_array_equal(told["rows"], doubt.rows[:5])
    np.testing.assert_array_equal(told["given"], rows.targets[told["rows"]])
    np.testing.assert_array_equal(told["predicted"], doubt.predicted[:5])
    expected = [chances[told["rows"], told["given"]], chances[told["rows"], told["predicted"]]]
    np.testing.assert_allclose(told["probability"], np.transpose(expected), rtol=1e-4)
