"""Blobs, moons, rings and spirals: balanced, on the plane, learnable at noise 0 and blurred at noise 0.5."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuroglow.data import load
from neuroglow.spec import SyntheticData
from neuroglow.spec.data import SyntheticName

SETS: tuple[SyntheticName, ...] = ("blobs", "moons", "rings", "spirals")
CLASSES = st.integers(2, 10)


def drawn(data: SyntheticData) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    both = load(data)
    return (
        np.concatenate([both.train.raw, both.test.raw]),
        np.concatenate([both.train.targets, both.test.targets]),
    )


@pytest.mark.parametrize("name", SETS)
@given(samples=st.integers(10, 300), classes=CLASSES, noise=st.floats(0.0, 0.5), seed=st.integers(0, 2**32 - 1))
def test_classes_are_balanced_and_points_stay_on_the_plane(
    name: SyntheticName, samples: int, classes: int, noise: float, seed: int
) -> None:
    raw, targets = drawn(SyntheticData(name=name, samples=samples, classes=classes, noise=noise, seed=seed))
    counts = np.bincount(targets.astype(int), minlength=classes)
    assert len(counts) == classes
    assert counts.sum() == samples
    assert np.ptp(counts) <= 1
    assert np.abs(raw).max() <= 6.0


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_nearest_neighbours_agree_without_noise_and_not_with_all_of_it(name: SyntheticName, classes: int) -> None:
    def agreement(noise: float) -> float:
        raw, targets = drawn(SyntheticData(name=name, samples=2_000, classes=classes, noise=noise))
        distances = np.linalg.norm(raw[:, None] - raw[None], axis=2)
        np.fill_diagonal(distances, np.inf)
        return float((targets[distances.argmin(axis=1)] == targets).mean())

    assert agreement(0.0) > 0.97
    assert agreement(0.5) < agreement(0.0) - 0.01


def test_two_spirals_are_the_playgrounds_spiral() -> None:
    arms, targets = drawn(SyntheticData(name="spirals", classes=2, noise=0.3))
    spiral, positive = drawn(SyntheticData(name="spiral", noise=0.3))
    nearest = np.abs(arms[:, None] - spiral[None]).sum(axis=2).min(axis=1)
    assert nearest.max() < 1e-5
    assert targets.sum() == positive.sum()


@pytest.mark.parametrize("classes", [2, 5])
def test_ring_radii_grow_with_the_class(classes: int) -> None:
    raw, targets = drawn(SyntheticData(name="rings", classes=classes))
    radius = np.linalg.norm(raw, axis=1)
    spacing = 5 / classes
    assert (np.floor(radius / spacing) == targets).all()


def test_the_default_number_of_classes_is_the_one_the_facts_name() -> None:
    for name in SETS:
        data = load(SyntheticData(name=name))
        assert set(data.train.labels) == set(range(len(data.facts.classes)))
