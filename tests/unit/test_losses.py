"""Losses and scores row by row, and which head a task and a loss imply."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.nets.losses import head_of, loss, score
from unit import numpy_twin as twin
from unit.rig import experiment

HEADS = [("sigmoid", 1, 2), ("softmax", 4, 4), ("tanh", 1, 2), ("tanh", 4, 4)]


@pytest.mark.parametrize(("name", "wanted", "head"), [
    ("xor", "auto", "sigmoid"), ("xor", "cross_entropy", "sigmoid"), ("xor", "squared_error", "tanh"),
    ("blobs", "auto", "softmax"), ("blobs", "squared_error", "tanh"),
    ("plane", "auto", "linear"), ("plane", "squared_error", "linear"),
])  # fmt: skip
def test_task_and_loss_imply_the_head(name: str, wanted: str, head: str) -> None:
    spec = experiment(data={"source": "synthetic", "name": name}, training={"loss": wanted})
    assert head_of(spec) == head


@pytest.mark.parametrize(("head", "outputs", "classes"), HEADS)
def test_loss_of_classes_matches_the_formula(head: Any, outputs: int, classes: int) -> None:
    random = np.random.default_rng(0)
    z, labels = random.normal(0.0, 5.0, (40, outputs)), random.integers(0, classes, 40).astype(float)
    with jax.enable_x64(True):
        got = jax.jit(jax.vmap(lambda zi, yi: loss(head, zi, yi)))(jnp.asarray(z), jnp.asarray(labels))
    np.testing.assert_allclose(got, twin.losses(head, z, labels), rtol=1e-11, atol=1e-12)


def test_regression_loss_is_half_the_squared_error() -> None:
    assert float(loss("linear", jnp.asarray([3.0]), jnp.asarray(1.0))) == 2.0
    assert float(score("linear", jnp.asarray([3.0]), jnp.asarray(1.0))) == 4.0


def test_squared_error_on_classes_is_the_playgrounds() -> None:
    """½ (tanh(z) − t)², t = +1 for class 1 and −1 for class 0."""
    z = 0.3
    assert float(loss("tanh", jnp.asarray([z]), jnp.asarray(1.0))) == pytest.approx(0.5 * (np.tanh(z) - 1.0) ** 2)
    assert float(loss("tanh", jnp.asarray([z]), jnp.asarray(0.0))) == pytest.approx(0.5 * (np.tanh(z) + 1.0) ** 2)


@settings(max_examples=60, deadline=None)
@given(z=st.floats(-1e4, 1e4, width=32), label=st.sampled_from([0.0, 1.0]))
def test_binary_cross_entropy_is_finite_and_never_negative(z: float, label: float) -> None:
    value = float(loss("sigmoid", jnp.asarray([z], jnp.float32), jnp.asarray(label, jnp.float32)))
    assert np.isfinite(value)
    assert value >= 0.0
    assert value == pytest.approx(float(np.logaddexp(0.0, z) - label * z), rel=1e-5, abs=1e-3 * 1e-3 * max(1.0, abs(z)))


def test_softmax_cross_entropy_is_finite_far_out() -> None:
    value = float(loss("softmax", jnp.asarray([1e4, -1e4, 0.0]), jnp.asarray(1.0)))
    assert value == pytest.approx(2e4)


@pytest.mark.parametrize(("head", "z", "label", "hit"), [
    ("sigmoid", [0.1], 1.0, 1.0), ("sigmoid", [-0.1], 1.0, 0.0), ("sigmoid", [-0.1], 0.0, 1.0),
    ("tanh", [2.0], 1.0, 1.0), ("tanh", [2.0], 0.0, 0.0),
    ("softmax", [0.1, 0.3, 0.2], 1.0, 1.0), ("softmax", [0.1, 0.3, 0.2], 2.0, 0.0),
    ("tanh", [0.1, 0.3, 0.2], 1.0, 1.0),
])  # fmt: skip
def test_a_hit_is_the_right_side_or_the_largest_logit(head: Any, z: list[float], label: float, hit: float) -> None:
    assert float(score(head, jnp.asarray(z), jnp.asarray(label))) == hit
