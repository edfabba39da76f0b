"""The measures of edges and objects: what they say of filters and units whose nature is known."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import mutual_info_score

from neuroglow.data import load
from neuroglow.engine.layers import to_model
from neuroglow.engine.snapshot import Snapshot
from neuroglow.nets.shape import layer_names, net_shape
from neuroglow.spec import parse_experiment
from unit.features import class_information, class_selectivity, edge_share, random_edge_share
from unit.rig import trained, trainer_of

Floats = NDArray[Any]


def step_edge(side: int, angle: float, offset: float = 0.0) -> Floats:
    """Sharp: each pixel is the share of it that lies on the bright side, less that on the dark one."""
    fine = (np.arange(side * 20) + 0.5) / 20 - side / 2
    bright = np.where(fine[None] * np.cos(angle) + fine[:, None] * np.sin(angle) > offset, 1.0, -1.0)
    pixels: Floats = bright.reshape(side, 20, side, 20).mean(axis=(1, 3))
    pixels -= pixels.mean()
    return pixels


@settings(max_examples=60, deadline=None)
@given(angle=st.floats(0.0, 6.3), offset=st.floats(-0.7, 0.7), side=st.integers(3, 7), contrast=st.floats(0.1, 9.0))
def test_a_straight_edge_is_one_in_whatever_direction_and_contrast(
    angle: float, offset: float, side: int, contrast: float
) -> None:
    kernel = contrast * step_edge(side, angle, offset)
    assert edge_share(kernel[None, None])[0] > 0.88


@pytest.mark.parametrize("sobel", [[[1, 0, -1], [2, 0, -2], [1, 0, -1]], [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]])
def test_the_filters_of_textbooks_are_edges(sobel: list[list[int]]) -> None:
    assert edge_share(np.array(sobel)[None, None])[0] > 0.85


def test_what_is_flat_round_or_a_checkerboard_is_none() -> None:
    down, right = np.mgrid[-2:3, -2:3]
    spot, checkers = np.exp(-(down**2 + right**2) / 2.0), (-1.0) ** (down + right)
    share = edge_share(np.array([np.ones((5, 5)), spot, checkers, np.zeros((5, 5))])[:, None])
    assert (share < 0.2).all()
    assert share[3] == 0.0


def test_every_channel_has_a_contrast_of_its_own_and_all_share_one_edge() -> None:
    upright, level = step_edge(5, 0.0), step_edge(5, np.pi / 2)
    same = np.stack([upright, -2.0 * upright, 0.0 * upright])
    crossed = np.stack([upright, level, 0.0 * upright])
    share = edge_share(np.stack([same, crossed]))
    assert share[0] == pytest.approx(edge_share(upright[None, None])[0])
    assert share[1] == pytest.approx(share[0] / 2, abs=0.06)


@pytest.mark.parametrize("shape", [(1, 5, 5), (3, 5, 5), (1, 7, 7)])
def test_chance_makes_few_edges(shape: tuple[int, int, int]) -> None:
    by_chance = random_edge_share(*shape)
    assert (np.diff(by_chance) >= 0).all()
    assert np.median(by_chance) < 0.35
    edge = np.broadcast_to(step_edge(shape[1], 0.4), shape)
    shuffled = np.random.default_rng(1).permutation(edge.reshape(shape[0], -1).T).T.reshape(shape)
    assert edge_share(edge[None])[0] > by_chance[-1]
    assert edge_share(shuffled[None])[0] < edge_share(edge[None])[0] / 2


def test_information_is_what_scikit_learn_counts_less_its_bias() -> None:
    random = np.random.default_rng(3)
    classes = random.integers(0, 4, 4_000)
    values = random.normal(classes * 0.8, 1.0)
    eighths = np.searchsorted(np.quantile(values, np.arange(1, 8) / 8), values)
    counted = mutual_info_score(classes, eighths) / np.log(2)
    told = class_information(values[:, None], classes)[0]
    assert told == pytest.approx(counted, abs=7 * 3 / (2 * 4_000 * np.log(2)) + 1e-9)
    assert told < counted


def test_a_unit_that_knows_the_class_tells_all_of_it_and_noise_tells_nothing() -> None:
    random = np.random.default_rng(4)
    classes = random.permutation(np.repeat(np.arange(4), 250))
    units = np.stack([classes, classes == 2, random.normal(size=1_000), np.ones(1_000)], axis=1)
    bits = class_information(units, classes)
    one_of_four = -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    np.testing.assert_allclose(bits, [2.0, one_of_four, 0.0, 0.0], atol=0.02)


def test_selectivity_is_one_for_a_single_class_and_zero_for_all_alike() -> None:
    classes = np.repeat(np.arange(3), 4)
    units = np.stack([classes == 1, np.ones(12), np.zeros(12), np.where(classes == 0, 3.0, 1.0)], axis=1).astype(float)
    np.testing.assert_allclose(class_selectivity(units, classes), [1.0, 0.0, 0.0, 0.5])


OBJECTS = parse_experiment({
    "data": {"source": "pictures", "samples": 3_000},
    "network": {
        "layers": [
            {"type": "conv2d", "channels": 12, "kernel": 7, "stride": 2},
            {"type": "conv2d", "channels": 24, "kernel": 5, "stride": 2},
            {"units": 48, "activation": "relu"},
        ]
    },
    "training": {"batch_size": 32, "optimizer": {"type": "adamw", "learning_rate": 0.002, "weight_decay": 0.02}},
})


def selectivity(snapshot: Snapshot) -> dict[str, float]:
    """Per hidden layer the mean of its units, each by its strongest place in a test picture."""
    names = layer_names(OBJECTS)
    model = jax.tree.map(jnp.asarray, to_model(snapshot.layers, net_shape(OBJECTS), names))
    rows = load(OBJECTS.data).test
    outputs = jax.jit(lambda model, rows: jax.vmap(model.outputs)(rows))(model, jnp.asarray(rows.inputs))
    strongest = [np.asarray(a).reshape(len(a), a.shape[1], -1).max(axis=2) for a in outputs]
    classes = rows.targets.astype(int)
    return {name: class_selectivity(a, classes).mean() for name, a in zip(names[:-1], strongest, strict=False)}


def test_trained_on_objects_the_first_filters_are_edges_and_deep_units_know_classes() -> None:
    trainer = trainer_of(OBJECTS)
    before = trainer.snapshot()
    after = trained(trainer, 1_000)
    first = [edge_share(snapshot.layers["conv2d_1"]["weight"]) for snapshot in (before, after)]
    by_chance = random_edge_share(1, 7, 7)
    rarely = by_chance[int(0.95 * len(by_chance))]
    assert np.mean(first[0]) < rarely
    assert np.mean(first[1]) > 2 * rarely
    assert np.mean(first[1] > rarely) >= 0.75
    untrained, learned = selectivity(before), selectivity(after)
    assert learned["dense_1"] > 2 * learned["conv2d_1"]
    assert learned["dense_1"] > 1.5 * untrained["dense_1"]
    assert learned["conv2d_1"] < learned["conv2d_2"]
