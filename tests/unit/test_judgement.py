"""The judgement of every data set, against scikit-learn on the very same predictions of the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn import metrics

from neuroglow.engine.snapshot import to_state
from neuroglow.insight import judgement
from neuroglow.insight.judging import verdict
from neuroglow.session.trainer import subject_of
from neuroglow.spec import Experiment
from neuroglow.spec.datasets import ALL_SETS
from neuroglow.spec.facts import DataSetFacts
from neuroglow.wire.messages import parse_subscribe
from unit import numpy_twin as twin
from unit.probing import Watched, under_way, watch
from unit.rig import dense, experiment, twin_net
from unit.uploading import Shelf


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-6, abs=1e-6)


def spec_of(about: DataSetFacts) -> Any:
    size = {"samples": 90, "noise": 0.2} if about.source == "synthetic" else {}
    return experiment(data={"source": about.source, "name": about.name, **size}, network=dense(5))


IRIS = spec_of(next(about for about in ALL_SETS if about.name == "iris"))


def outputs_of(spec: Any, split: str) -> tuple[Any, Any]:
    """The output layer before its activation, as the device computes it, and the split it was asked about."""
    data = subject_of(spec).dataset
    rows = data.train if split == "train" else data.test
    z = jax.vmap(to_state(under_way(spec)).model)(jnp.asarray(rows.inputs))
    return np.asarray(z).astype(np.float64), rows


def figures(watched: Watched) -> dict[str, float]:
    return dict(zip(watched.probe.facts["figures"], watched.tensors["figures"].astype(float).tolist(), strict=True))


def of_classes(watched: Watched, name: str) -> Any:
    return watched.tensors["classes"][:, watched.probe.facts["columns"].index(name)]


CLASSIFICATIONS = [about for about in ALL_SETS if about.task == "classification"]
REGRESSIONS = [about for about in ALL_SETS if about.task == "regression"]


@pytest.mark.parametrize("about", CLASSIFICATIONS, ids=lambda about: about.name)
@pytest.mark.parametrize("split", ["test", "train"])
def test_every_classification_is_judged_as_scikit_learn_does(about: DataSetFacts, split: str) -> None:
    require_classes_as_scikit_learn(spec_of(about), split)


def require_classes_as_scikit_learn(spec: Experiment, split: str) -> None:
    watched = watch(spec, stream="judgement", split=split)
    z, rows = outputs_of(spec, split)
    actual = rows.targets.astype(int)
    logits = z if z.shape[1] > 1 else np.concatenate([np.zeros_like(z), z], axis=1)
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    predicted, labels = chance.argmax(axis=1), list(range(chance.shape[1]))
    tensors, seen = watched.tensors, figures(watched)
    assert tensors["rows"].tolist() == list(range(len(actual)))
    assert tensors["of"].tolist() == [len(actual)]
    assert tensors["actual"].tolist() == actual.tolist()
    assert tensors["predicted"].tolist() == predicted.tolist()
    assert tensors["confusion"].tolist() == metrics.confusion_matrix(actual, predicted, labels=labels).tolist()
    assert seen["accuracy"] == near(metrics.accuracy_score(actual, predicted))
    assert seen["log_loss"] == near(metrics.log_loss(actual, chance, labels=labels))
    assert seen["brier_score"] == near(metrics.brier_score_loss(actual, chance, labels=labels))
    by_class = metrics.precision_recall_fscore_support(actual, predicted, labels=labels, zero_division=0)
    for name, expected in zip(("precision", "recall", "f1", "support"), by_class, strict=True):
        assert of_classes(watched, name) == near(expected)
    for one in labels:
        area = metrics.roc_auc_score(actual == one, chance[:, one])
        precision = metrics.average_precision_score(actual == one, chance[:, one])
        assert of_classes(watched, "auc")[one] == near(area)
        assert of_classes(watched, "average_precision")[one] == near(precision)


@pytest.mark.parametrize("about", REGRESSIONS, ids=lambda about: about.name)
@pytest.mark.parametrize("split", ["test", "train"])
def test_every_regression_is_judged_as_scikit_learn_does(about: DataSetFacts, split: str) -> None:
    require_numbers_as_scikit_learn(spec_of(about), split)


def require_numbers_as_scikit_learn(spec: Experiment, split: str) -> None:
    watched = watch(spec, stream="judgement", split=split)
    z, rows = outputs_of(spec, split)
    data = subject_of(spec).dataset
    actual = rows.targets.astype(float)
    predicted = data.target_mean + data.target_std * z[:, 0]
    np.testing.assert_allclose(watched.tensors["actual"], actual, rtol=1e-6)
    np.testing.assert_allclose(watched.tensors["predicted"], predicted, rtol=1e-6)
    seen = figures(watched)
    assert seen["r2"] == near(metrics.r2_score(actual, predicted))
    assert seen["mean_absolute_error"] == near(metrics.mean_absolute_error(actual, predicted))
    assert seen["root_mean_squared_error"] == near(metrics.root_mean_squared_error(actual, predicted))
    assert seen["median_absolute_error"] == near(metrics.median_absolute_error(actual, predicted))
    assert seen["max_error"] == near(metrics.max_error(actual, predicted))
    worst = watched.tensors["worst"]
    assert worst.tolist() == np.argsort(-np.abs(actual - predicted), kind="stable")[: len(worst)].tolist()


def test_an_uploaded_table_is_judged_as_scikit_learn_does(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    heights, colours = random.normal(170.0, 12.0, 90), random.choice(["red", "green", "blue", ""], 90)
    kinds = np.where(heights > 175.0, "tall", np.where(colours == "red", "short", "none"))
    cells = zip(heights, colours, kinds, 2.0 * heights + random.normal(0.0, 5.0, 90), strict=True)
    shelf = Shelf(tmp_path)
    sheet = shelf.put("height,colour,kind,price\n" + "\n".join(f"{h:.1f},{c},{k},{p:.2f}" for h, c, k, p in cells))
    for target, require in (("kind", require_classes_as_scikit_learn), ("price", require_numbers_as_scikit_learn)):
        data = shelf.spec(sheet, target=target, inputs=["height", "colour"])
        for split in ("test", "train"):
            require(experiment(data=data.to_document(), network=dense(5)), split)


@pytest.mark.parametrize("spec", [IRIS, experiment(), experiment(data={"name": "plane"})])
def test_the_loss_of_each_row_is_the_one_that_is_trained(spec: Any) -> None:
    watched = watch(spec, stream="judgement")
    rows = watched.subject.dataset.test
    z = twin.forward(twin_net(watched.layers, spec), rows.inputs.astype(np.float64))[-1][0]
    expected = [twin.losses(watched.head, one[None], label[None])[0] for one, label in zip(z, rows.labels, strict=True)]
    np.testing.assert_allclose(watched.tensors["loss"], expected, rtol=1e-3, atol=1e-5)


def test_scores_of_squared_error_are_ranked_and_not_calibrated() -> None:
    spec = experiment(training={"loss": "squared_error"})
    watched = watch(spec, stream="judgement")
    z, rows = outputs_of(spec, "test")
    assert "calibration" not in watched.tensors
    assert np.isnan([figures(watched)[name] for name in ("log_loss", "brier_score", "calibration_error")]).all()
    expected = metrics.roc_auc_score(rows.targets == 1, np.tanh(z[:, 0]))
    assert of_classes(watched, "auc") == near([expected, expected])


def test_of_more_rows_than_are_judged_the_first_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judgement, "JUDGED_ROWS", 7)
    watched = watch(IRIS, stream="judgement")
    assert watched.tensors["rows"].tolist() == list(range(7))
    assert watched.tensors["of"].tolist() == [30]
    assert watched.tensors["actual"].tolist() == watched.subject.dataset.test.targets[:7].tolist()
    facts = watched.probe.facts
    assert (facts["rows"], facts["total"], facts["chosen"]) == (7, 30, "first")
    assert watch(experiment(), stream="judgement").probe.facts["chosen"] == "first"


@pytest.mark.parametrize("spec", [IRIS, experiment(), experiment(data={"name": "plane"})])
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_diverged_state_is_judged_in_finite_numbers(spec: Any, value: float) -> None:
    watched = watch(spec, stream="judgement", fill=value)
    for name in ("confusion", "predicted", "loss", "worst", "actual"):
        if name in watched.tensors:
            assert np.isfinite(watched.tensors[name].astype(np.float64)).all(), name
    assert not np.isinf(watched.tensors["figures"]).any()


@pytest.mark.parametrize("about", ALL_SETS, ids=lambda about: about.name)
def test_frame_bytes_are_enough_for_what_is_sent(about: DataSetFacts) -> None:
    watched = watch(spec_of(about), stream="judgement")
    sent = sum(array.nbytes for array in watched.tensors.values())
    assert sent <= watched.probe.frame_bytes <= 2 * sent + 4 * verdict.WORST


def test_it_comes_twice_a_second_unless_asked_otherwise() -> None:
    assert parse_subscribe({"type": "subscribe", "request": 1, "stream": "judgement"}).max_fps == 2.0


def test_a_reconstruction_is_judged_output_by_output() -> None:
    spec = experiment(data={"source": "bundled", "name": "iris", "goal": "reconstruct"}, network=dense(3))
    watched = watch(spec, stream="judgement")
    z, rows = outputs_of(spec, "test")
    truth = rows.labels.astype(float)
    each = metrics.r2_score(truth, z, multioutput="raw_values")
    squared = metrics.mean_squared_error(truth, z, multioutput="raw_values")
    np.testing.assert_allclose(watched.tensors["outputs"], np.stack([each, squared], axis=1), rtol=1e-5, atol=1e-6)
    assert figures(watched)["r2"] == pytest.approx(metrics.r2_score(truth, z), rel=1e-5)
    worst = np.argsort(-np.square(truth - z).mean(axis=1), kind="stable")
    assert watched.tensors["worst"].tolist() == worst[: verdict.WORST].tolist()
    assert sum(array.nbytes for array in watched.tensors.values()) <= watched.probe.frame_bytes
