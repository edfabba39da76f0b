"""Losses and scores row by row against the twin and scikit-learn, and which output a task and a loss imply."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import huber
from sklearn.metrics import hinge_loss, log_loss, mean_absolute_error, mean_squared_error
from sklearn.utils.class_weight import compute_class_weight

from neuroglow.data import load
from neuroglow.nets.losses import Objective, head_of, loss, objective_of, score
from neuroglow.spec.training import CLASS_LOSSES, LOSSES
from unit import numpy_twin as twin
from unit.rig import experiment, numbers_of

BY_NUMBERS = ("squared_error", "absolute_error", "huber", "log_cosh")
OBJECTIVES = [
    *((Objective("sigmoid", kind), 1, 2) for kind in ("cross_entropy", "focal")),
    *((Objective("softmax", kind), 4, 4) for kind in ("cross_entropy", "focal", "hinge")),
    (Objective("tanh", "hinge"), 1, 2),
    *((Objective("tanh", kind), 1, 2) for kind in BY_NUMBERS),
    *((Objective("tanh", kind), 4, 4) for kind in BY_NUMBERS),
    *((Objective("linear", kind), 1, 0) for kind in BY_NUMBERS),
    *((Objective("linear", kind, reads_vectors=True), 3, 0) for kind in BY_NUMBERS),
]
ENTROPY = {1: Objective("sigmoid", "cross_entropy"), 4: Objective("softmax", "cross_entropy")}
PARAMETER = 0.7


def some_rows(outputs: int, classes: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Logits far and near, and labels: classes, or numbers, one or as many as outputs."""
    random = np.random.default_rng(0)
    z = random.normal(0.0, 3.0, (60, outputs))
    if classes:
        return z, random.integers(0, classes, 60).astype(float)
    return z, random.normal(size=(60, outputs) if outputs > 1 else 60)


def losses_of(objective: Objective, z: Any, labels: Any, parameter: float = PARAMETER) -> NDArray[Any]:
    """The engine's, in float64."""
    with jax.enable_x64(True):
        each = jax.vmap(lambda zi, yi: loss(objective, zi, yi, parameter))
        return np.asarray(jax.jit(each)(jnp.asarray(z), jnp.asarray(labels)))


@pytest.mark.parametrize(("name", "wanted", "expected"), [
    ("xor", "auto", Objective("sigmoid", "cross_entropy")),
    ("xor", "cross_entropy", Objective("sigmoid", "cross_entropy")),
    ("xor", "focal", Objective("sigmoid", "focal")), ("xor", "hinge", Objective("tanh", "hinge")),
    ("xor", "squared_error", Objective("tanh", "squared_error")), ("xor", "huber", Objective("tanh", "huber")),
    ("blobs", "auto", Objective("softmax", "cross_entropy")), ("blobs", "focal", Objective("softmax", "focal")),
    ("blobs", "hinge", Objective("softmax", "hinge")), ("blobs", "log_cosh", Objective("tanh", "log_cosh")),
    ("plane", "auto", Objective("linear", "squared_error")), ("plane", "huber", Objective("linear", "huber")),
    ("plane", "absolute_error", Objective("linear", "absolute_error")),
])  # fmt: skip
def test_task_and_loss_imply_the_output(name: str, wanted: str, expected: Objective) -> None:
    spec = experiment(data={"source": "synthetic", "name": name}, training={"loss": wanted})
    assert objective_of(spec) == expected
    assert head_of(spec) == expected.head


def test_every_loss_of_the_catalog_is_tried() -> None:
    assert {objective.loss for objective, *_ in OBJECTIVES} == set(LOSSES) - {"auto"}
    assert set(CLASS_LOSSES) & set(BY_NUMBERS) == set()


@pytest.mark.parametrize(("objective", "outputs", "classes"), OBJECTIVES)
def test_every_loss_matches_the_formula(objective: Objective, outputs: int, classes: int) -> None:
    z, labels = some_rows(outputs, classes)
    goal = twin.Goal(objective.head, objective.loss, PARAMETER)
    np.testing.assert_allclose(losses_of(objective, z, labels), twin.losses(goal, z, labels), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(("objective", "outputs", "classes"), OBJECTIVES)
def test_no_loss_is_negative_or_breaks_far_out(objective: Objective, outputs: int, classes: int) -> None:
    _, labels = some_rows(outputs, classes)
    each = jax.jit(jax.vmap(jax.value_and_grad(lambda zi, yi: loss(objective, zi, yi, PARAMETER))))
    for scale in (0.0, 1e-3, 1e4):
        z = scale * np.sign(np.random.default_rng(1).normal(size=(60, outputs)))
        values, slopes = each(jnp.asarray(z, jnp.float32), jnp.asarray(labels, jnp.float32))
        assert np.isfinite(values).all()
        assert (np.asarray(values) >= -1e-6).all()
        assert np.isfinite(slopes).all()


@pytest.mark.parametrize("outputs", [1, 4])
def test_focal_without_focus_is_cross_entropy(outputs: int) -> None:
    z, labels = some_rows(outputs, max(2, outputs))
    plain = losses_of(ENTROPY[outputs], z, labels)
    focal = Objective(ENTROPY[outputs].head, "focal")
    np.testing.assert_allclose(losses_of(focal, z, labels, 0.0), plain, rtol=1e-9, atol=1e-12)


def test_losses_are_scikit_learns_where_the_definitions_coincide() -> None:
    z, labels = some_rows(1, 2)
    chances = twin.answer("sigmoid", z)[:, 0]
    assert losses_of(ENTROPY[1], z, labels).mean() == pytest.approx(log_loss(labels, chances))
    assert losses_of(Objective("tanh", "hinge"), z, labels).mean() == pytest.approx(hinge_loss(labels, z[:, 0]))
    z, labels = some_rows(4, 4)
    chances = twin.answer("softmax", z)
    assert losses_of(ENTROPY[4], z, labels).mean() == pytest.approx(log_loss(labels, chances))
    assert losses_of(Objective("softmax", "hinge"), z, labels).mean() == pytest.approx(hinge_loss(labels, z))
    z, numbers = some_rows(3, 0)
    vectors = {kind: losses_of(Objective("linear", kind, reads_vectors=True), z, numbers).mean() for kind in BY_NUMBERS}
    assert vectors["squared_error"] == pytest.approx(0.5 * mean_squared_error(numbers, z))
    assert vectors["absolute_error"] == pytest.approx(mean_absolute_error(numbers, z))


def test_huber_is_scipys() -> None:
    z, numbers = some_rows(1, 0)
    expected = huber(PARAMETER, z[:, 0] - numbers)
    np.testing.assert_allclose(losses_of(Objective("linear", "huber"), z, numbers), expected, rtol=1e-12)


def test_squared_error_on_classes_is_the_playgrounds() -> None:
    """½ (tanh(z) − t)², t = +1 for class 1 and −1 for class 0."""
    z, objective = 0.3, Objective("tanh", "squared_error")
    assert float(loss(objective, jnp.asarray([z]), jnp.asarray(1.0))) == pytest.approx(0.5 * (np.tanh(z) - 1.0) ** 2)
    assert float(loss(objective, jnp.asarray([z]), jnp.asarray(0.0))) == pytest.approx(0.5 * (np.tanh(z) + 1.0) ** 2)


@settings(max_examples=60)
@given(z=st.floats(-1e4, 1e4, width=32), label=st.sampled_from([0.0, 1.0]))
def test_binary_cross_entropy_is_finite_and_never_negative(z: float, label: float) -> None:
    objective = Objective("sigmoid", "cross_entropy")
    value = float(loss(objective, jnp.asarray([z], jnp.float32), jnp.asarray(label, jnp.float32)))
    assert np.isfinite(value)
    assert value >= 0.0
    assert value == pytest.approx(float(np.logaddexp(0.0, z) - label * z), rel=1e-5, abs=1e-3 * 1e-3 * max(1.0, abs(z)))


def test_softmax_cross_entropy_is_finite_far_out() -> None:
    value = float(loss(Objective("softmax", "cross_entropy"), jnp.asarray([1e4, -1e4, 0.0]), jnp.asarray(1.0)))
    assert value == pytest.approx(2e4)


@pytest.mark.parametrize(("head", "z", "label", "hit"), [
    ("sigmoid", [0.1], 1.0, 1.0), ("sigmoid", [-0.1], 1.0, 0.0), ("sigmoid", [-0.1], 0.0, 1.0),
    ("tanh", [2.0], 1.0, 1.0), ("tanh", [2.0], 0.0, 0.0),
    ("softmax", [0.1, 0.3, 0.2], 1.0, 1.0), ("softmax", [0.1, 0.3, 0.2], 2.0, 0.0),
    ("tanh", [0.1, 0.3, 0.2], 1.0, 1.0),
])  # fmt: skip
def test_a_hit_is_the_right_side_or_the_largest_logit(head: Any, z: list[float], label: float, hit: float) -> None:
    assert float(score(head, jnp.asarray(z), jnp.asarray(label))) == hit


def test_a_vectors_score_is_its_squared_residuals() -> None:
    assert float(score("linear", jnp.asarray([1.0, 2.0, 3.0]), jnp.asarray([1.0, 0.0, 0.0]))) == 13.0


@pytest.mark.parametrize("data", [
    {"source": "bundled", "name": "wine"}, {"source": "bundled", "name": "breast_cancer", "train_fraction": 0.3},
    {"source": "synthetic", "name": "xor", "samples": 60},
])  # fmt: skip
def test_balanced_weights_are_scikit_learns_of_the_training_rows(data: dict[str, Any]) -> None:
    spec = experiment(data=data, training={"class_weights": "balanced"})
    labels = load(spec.data).train.labels
    expected = compute_class_weight("balanced", classes=np.unique(labels), y=labels)
    np.testing.assert_allclose(np.asarray(numbers_of(spec).class_weights), expected, rtol=1e-6)


def test_numbers_have_no_classes_to_weigh() -> None:
    plane = {"source": "synthetic", "name": "plane"}
    assert numbers_of(experiment(data=plane, training={"class_weights": "balanced"})).class_weights is None
