"""The `projection` stream: principal components of a layer's answers, turned as they were before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA

from neuroglow.errors import InvalidInputError
from neuroglow.insight.projection import principal, turned
from unit.probing import watch
from unit.rig import experiment

DIGITS = experiment(
    data={"source": "bundled", "name": "digits"},
    network={"layers": [{"type": "conv2d", "channels": 3}, {"type": "max_pool2d"}, {"units": 5}]},
)


@pytest.mark.parametrize("layer", ["x", "conv2d_1", "dense_1", "output"])
def test_places_are_those_of_an_independent_analysis(layer: str) -> None:
    watched = watch(DIGITS, stream="projection", layer=layer, count=40)
    rows = watched.subject.dataset.test.inputs[:40]
    seen: Any = rows
    if layer != "x":
        answers = watch(DIGITS, stream="codes", layer=layer, count=40).tensors[layer]
        seen = answers.reshape(40, -1).astype(float)
    analysis = PCA(2).fit(seen)
    found, expected = watched.tensors[layer].astype(float), analysis.transform(seen)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), rtol=0.02, atol=0.02 * np.abs(expected).max())
    shares = watched.tensors[f"{layer}.explained"]
    np.testing.assert_allclose(shares, analysis.explained_variance_ratio_, rtol=0.01)
    assert watched.tensors["rows"].tolist() == [len(watched.subject.dataset.test.labels)]
    assert watched.probe.frame_bytes == sum(array.nbytes for array in watched.tensors.values())


@pytest.mark.parametrize("layer", ["x", "conv2d_1", "dense_1"])
def test_many_components_keep_the_distances_between_rows(layer: str) -> None:
    watched = watch(DIGITS, stream="projection", layer=layer, count=40, components=50)
    seen: Any = watched.subject.dataset.test.inputs[:40]
    if layer != "x":
        seen = watch(DIGITS, stream="codes", layer=layer, count=40).tensors[layer].reshape(40, -1).astype(float)
    found = watched.tensors[layer]
    assert found.shape == (40, 50)
    expected = pdist(seen)
    np.testing.assert_allclose(pdist(found), expected, atol=2e-3 * expected.max())
    assert watched.tensors[f"{layer}.explained"].sum() == pytest.approx(1.0, abs=1e-3)
    assert watched.probe.frame_bytes == sum(array.nbytes for array in watched.tensors.values())


@given(seed=st.integers(0, 99), angle=st.floats(0.0, 6.3), mirrored=st.booleans())
def test_a_turned_picture_is_turned_back(seed: int, angle: float, mirrored: bool) -> None:
    places = np.random.default_rng(seed).normal(size=(20, 2))
    cosine, sine = np.cos(angle), np.sin(angle)
    away = places @ np.array([[cosine, -sine], [sine, cosine]]) * ([1.0, -1.0] if mirrored else [1.0, 1.0])
    np.testing.assert_allclose(turned(away, places), places, atol=1e-9)


def test_rows_that_are_all_alike_stand_at_one_place() -> None:
    places, shares = principal(np.zeros((5, 5)))
    assert not places.any()
    assert not shares.any()


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        watch(DIGITS, stream="projection", layer="nobody")
    assert caught.value.field == "/layer"
