"""Drawn objects: balanced classes, shapes that are what they are called, the same bits for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from neuroglow.data import load
from neuroglow.data.dataset import make
from neuroglow.errors import InvalidInputError
from neuroglow.spec import PicturesData, parse_experiment
from neuroglow.spec.datasets import input_shape, source_facts
from neuroglow.spec.pictures import OBJECTS, Objects

STILL = PicturesData(noise=0.0, samples=400, seed=5)
Pictures = NDArray[np.float64]


def drawn(name: str, data: PicturesData = STILL) -> Pictures:
    """All pictures of a class (pictures, 32, 32)."""
    known, dataset = source_facts(data), load(data)
    splits = [split.raw[split.targets == known.classes.index(name)] for split in (dataset.train, dataset.test)]
    return np.concatenate(splits).reshape(-1, 32, 32).astype(np.float64)


def covered(picture: Pictures) -> Pictures:
    """Share of each pixel that the object covers; its ground is in the picture's corner, for no object reaches it."""
    apart = np.abs(picture - picture[0, 0])
    shares: Pictures = apart / apart.max()
    return shares


@pytest.mark.parametrize("objects", ["all", "edges", "corners", "shapes", "compositions"])
def test_every_class_has_its_share_and_a_name(objects: Objects) -> None:
    data = PicturesData(objects=objects, samples=103)
    classes, dataset = source_facts(data).classes, load(data)
    labels = np.concatenate([dataset.train.labels, dataset.test.labels]).astype(int)
    counts = np.bincount(labels)
    assert len(counts) == len(classes) == len(set(classes)) <= 10
    assert counts.max() - counts.min() <= 1
    assert objects == "all" or classes == OBJECTS[objects]


def test_pictures_are_one_channel_of_bytes_and_reach_the_network_standardised() -> None:
    dataset = load(PicturesData(samples=200))
    assert input_shape(PicturesData()) == (1, 32, 32)
    assert dataset.train.raw.shape == (160, 1024)
    np.testing.assert_array_equal(dataset.train.raw, np.rint(np.clip(dataset.train.raw, 0, 255)))
    assert dataset.train.inputs.mean() == pytest.approx(0.0, abs=1e-5)
    assert dataset.train.inputs.std() == pytest.approx(1.0, rel=1e-4)


def test_the_same_seed_draws_the_same_bits_and_noise_moves_no_object() -> None:
    first, again = load(STILL), make(STILL)
    assert first.train.raw.tobytes() == again.train.raw.tobytes()
    assert first.train.raw.tobytes() != load(STILL.model_copy(update={"seed": 6})).train.raw.tobytes()
    noisy = load(STILL.model_copy(update={"noise": 0.02}))
    np.testing.assert_array_equal(noisy.train.labels, first.train.labels)
    assert np.abs(noisy.train.raw - first.train.raw).max() < 6 * 0.02 * 255
    assert 0 < np.abs(noisy.train.raw - first.train.raw).mean() < 0.02 * 255


GOLDEN_LABELS = [2, 4, 3, 0, 7, 6, 7, 6]
GOLDEN_MEANS = [103.91, 199.47, 182.32, 66.89, 46.31, 160.47, 81.52, 59.72]


def test_objects_of_seed_0_are_where_they_were() -> None:
    train = load(PicturesData(samples=50, noise=0.0)).train
    assert train.targets[:8].astype(int).tolist() == GOLDEN_LABELS
    assert train.raw[:8].mean(axis=1).tolist() == pytest.approx(GOLDEN_MEANS, abs=0.01)


@pytest.mark.parametrize(("name", "reach"), [
    ("circle", lambda area: np.sqrt(area / np.pi)),
    ("square", lambda area: np.sqrt(area / 2)),
    ("triangle", lambda area: np.sqrt(area / (0.75 * np.sqrt(3)))),
])  # fmt: skip
def test_shapes_reach_as_far_as_their_area_says(name: str, reach: object) -> None:
    """From its centre of mass a disc, a square and a triangle of the same area reach differently far."""
    assert callable(reach)
    down, right = np.mgrid[:32, :32]
    for picture in drawn(name):
        cover = covered(picture)
        area = cover.sum()
        middle = (cover * down).sum() / area, (cover * right).sum() / area
        farthest = np.hypot(down - middle[0], right - middle[1])[cover > 0.5].max()
        assert farthest == pytest.approx(reach(area), abs=1.3)


@pytest.mark.parametrize(("name", "low", "high"), [
    ("horizontal edge", 0.0, 0.25), ("vertical edge", 4.0, np.inf), ("diagonal edge", 0.3, 3.0),
])  # fmt: skip
def test_edges_run_where_their_name_says(name: str, low: float, high: float) -> None:
    """By how much brightness changes to the right, over how much it changes downwards."""
    for picture in drawn(name):
        across, along = np.diff(picture, axis=1), np.diff(picture, axis=0)
        ratio = np.abs(across).sum() / max(np.abs(along).sum(), 1.0)
        assert low <= ratio <= high


def test_faces_have_holes_and_houses_are_taller_than_their_walls() -> None:
    for picture in drawn("face"):
        rows = np.flatnonzero(covered(picture).max(axis=1) > 0.5)
        middle = covered(picture)[(rows[0] + rows[-1]) // 2] > 0.5
        assert np.count_nonzero(np.diff(middle.astype(int)) == 1) >= 2, "a rim on either side, the ground between"
    for picture in drawn("house"):
        wide = (covered(picture) > 0.5).sum(axis=1)
        rows = np.flatnonzero(wide)
        assert wide[rows[0]] < wide.max() / 2, "a gable"


@pytest.mark.parametrize(("member", "value"), [("objects", "cats"), ("samples", 9), ("noise", 0.51), ("name", "x")])
def test_what_cannot_be_drawn_is_refused_where_it_stands(member: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": {"source": "pictures", member: value}})
    assert refusal.value.field == f"/data/{member}"
