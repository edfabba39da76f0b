"""The six playground sets against TensorFlow Playground's formulas, written out again here, point by point."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglow.data import load
from neuroglow.spec import SyntheticData
from neuroglow.spec.data import SyntheticName

SIZES = st.integers(10, 300)
SEEDS = st.integers(0, 2**32 - 1)
Point = tuple[float, float, float]
NOISES = st.floats(0.0, 0.5)


def points(name: SyntheticName, *, noise: float = 0.0, samples: int = 500, seed: int = 0) -> list[Point]:
    """(x1, x2, target) of every row, training and test together."""
    data = load(SyntheticData(name=name, noise=noise, samples=samples, seed=seed))
    return [
        (float(raw[0]), float(raw[1]), float(target))
        for split in (data.train, data.test)
        for raw, target in zip(split.raw, split.targets, strict=True)
    ]


@given(SIZES, SEEDS)
def test_circle_without_noise_is_a_disc_of_class_1_in_a_ring_of_class_0(samples: int, seed: int) -> None:
    drawn = points("circle", samples=samples, seed=seed)
    for x1, x2, target in drawn:
        radius = math.hypot(x1, x2)
        assert target == (radius < 2.5)
        assert radius <= 2.5 + 1e-5 if target else 3.5 - 1e-5 <= radius <= 5 + 1e-5
    assert sum(target for *_, target in drawn) == math.ceil(samples / 2)


def test_circle_radii_are_uniform_in_radius_not_in_area() -> None:
    radii = np.array([math.hypot(x1, x2) for x1, x2, target in points("circle", samples=10_000) if target])
    assert np.histogram(radii, bins=5, range=(0, 2.5))[0] == pytest.approx(1000, rel=0.15)


@given(SIZES, SEEDS)
def test_xor_without_noise_labels_by_quadrant_and_keeps_its_distance_from_the_axes(samples: int, seed: int) -> None:
    for x1, x2, target in points("xor", samples=samples, seed=seed):
        assert target == (x1 * x2 >= 0)
        assert 0.3 <= abs(x1) + 1e-6 <= 5.3 + 2e-6
        assert 0.3 <= abs(x2) + 1e-6 <= 5.3 + 2e-6


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_gauss_has_its_centres_and_a_variance_that_grows_with_noise(noise: float, variance: float) -> None:
    drawn = np.array(points("gauss", noise=noise, samples=10_000))
    for target, centre in ((1.0, 2.0), (0.0, -2.0)):
        cloud = drawn[drawn[:, 2] == target, :2]
        assert len(cloud) == 5_000
        assert cloud.mean(axis=0) == pytest.approx(centre, abs=0.12)
        assert cloud.var(axis=0) == pytest.approx(variance, rel=0.08)


@given(SIZES, SEEDS)
def test_spiral_without_noise_is_the_closed_form(samples: int, seed: int) -> None:
    expected: list[Point] = []
    n = samples / 2
    for target, delta in ((1.0, 0.0), (0.0, math.pi)):
        for i in range(math.ceil(n) if target else math.floor(n)):
            r = i / n * 5
            t = 1.75 * i / n * 2 * math.pi + delta
            expected.append((r * math.sin(t), r * math.cos(t), target))
    drawn = points("spiral", samples=samples, seed=seed)
    distances = np.abs(np.array(expected)[:, None] - np.array(drawn)[None]).sum(axis=2)
    assert len(drawn) == len(expected)
    assert distances.min(axis=0).max() < 1e-5
    assert distances.min(axis=1).max() < 1e-5


def test_spiral_noise_moves_each_coordinate_by_at_most_the_noise() -> None:
    still, moved = np.array(points("spiral")), np.array(points("spiral", noise=0.2))
    moves = np.abs(still[:, :2] - moved[:, :2])
    assert 0.19 < moves.max() <= 0.2 + 1e-6
    assert (still[:, 2] == moved[:, 2]).all()


Height = Callable[[float, float], float]


def plane_height(x1: float, x2: float) -> float:
    return (x1 + x2) / 10


def hill_height(x1: float, x2: float) -> float:
    """The loop of `regressGaussian`."""
    label = 0.0
    for cx, cy, sign in ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)):
        new = sign * min(1.0, max(0.0, 1 - math.hypot(x1 - cx, x2 - cy) / 2))
        if abs(new) > abs(label):
            label = new
    return label


@pytest.mark.parametrize(("name", "height"), [("plane", plane_height), ("multi_gauss", hill_height)])
def test_a_regression_without_noise_is_its_formula(name: SyntheticName, height: Height) -> None:
    drawn = points(name, samples=1_200)
    assert max(abs(target - height(x1, x2)) for x1, x2, target in drawn) < 1e-5
    coordinates = np.array(drawn)[:, :2]
    assert (coordinates.min(), coordinates.max()) == pytest.approx((-6, 6), abs=0.1)
    assert np.abs(coordinates).max() <= 6


@given(NOISES)
def test_plane_noise_looks_at_a_point_at_most_six_times_the_noise_away(noise: float) -> None:
    for x1, x2, target in points("plane", noise=noise, samples=100):
        assert abs(target - plane_height(x1, x2)) <= 2 * 6 * noise / 10 + 1e-5


@pytest.mark.parametrize("name", ["circle", "xor", "plane", "multi_gauss"])
def test_noise_changes_labels_but_stores_the_points_where_they_were(name: SyntheticName) -> None:
    """A quirk of TensorFlow Playground that parity asks for."""
    still, noisy = sorted(points(name)), sorted(points(name, noise=0.5))
    assert [p[:2] for p in still] == [p[:2] for p in noisy]
    assert [p[2] for p in still] != [p[2] for p in noisy]


def test_regression_targets_are_their_own_labels() -> None:
    data = load(SyntheticData(name="plane"))
    assert (data.train.labels == data.train.targets).all()
    assert (data.target_mean, data.target_std) == (0.0, 1.0)
