"""Augmentation: copies of training pictures, moved as SciPy moves them; the test split and the originals stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from neuroglow.data import Dataset, load, rows_of
from neuroglow.data.augmenting import moved
from neuroglow.data.dataset import make
from neuroglow.errors import InvalidInputError
from neuroglow.export import write_script
from neuroglow.spec import BundledData, PicturesData, parse_experiment
from neuroglow.spec.datasets import split_counts
from neuroglow.spec.source import Augmentation

DIGITS = BundledData(name="digits")
STILL = Augmentation(shift=0, rotate=0.0)
RANDOM = np.random.default_rng(7)


def augmented(asked: Augmentation, data: BundledData | PicturesData = DIGITS) -> Dataset:
    return load(data.model_copy(update={"augmentation": asked}))


def copies_of(dataset: Dataset) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Originals and first copies (pictures, side, side)."""
    side, own = dataset.facts.image_shape or (0, 0), dataset.own_rows
    raw = dataset.train.raw[:, : side[0] * side[1]].reshape(-1, *side)
    return raw[:own], raw[own : 2 * own]


@pytest.mark.parametrize("fill", [0.0, None])
def test_pictures_are_turned_and_shifted_as_scipy_does_it(fill: float | None) -> None:
    pictures = RANDOM.uniform(0, 255, (6, 3, 9, 12)).astype(np.float32)
    turns, shifts = RANDOM.uniform(-0.8, 0.8, 6), RANDOM.integers(-3, 4, (6, 2))
    ours = moved(pictures, turns, shifts, fill)
    middle = np.array([(9 - 1) / 2, (12 - 1) / 2])
    for row, (turn, shift) in enumerate(zip(turns, shifts, strict=True)):
        back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        offset = middle - back @ (middle + shift)
        for channel in range(3):
            theirs = affine_transform(
                pictures[row, channel].astype(np.float64), back, offset, order=1,
                mode="nearest" if fill is None else "grid-constant", cval=0.0,
            )  # fmt: skip
            np.testing.assert_allclose(ours[row, channel], theirs, atol=1e-9)


def test_originals_come_first_as_they_were_and_the_test_split_is_untouched() -> None:
    plain, more = load(DIGITS), augmented(Augmentation(copies=2, shift=1, rotate=15.0, noise=0.1))
    own = len(plain.train.raw)
    assert more.own_rows == own == plain.own_rows
    assert len(more.train.raw) == 3 * own
    for name in ("raw", "inputs", "targets", "labels"):
        first, again = getattr(plain.train, name), getattr(more.train, name)
        np.testing.assert_array_equal(again[:own], first)
        np.testing.assert_array_equal(getattr(more.test, name), getattr(plain.test, name))
    np.testing.assert_array_equal(more.train.targets, np.tile(plain.train.targets, 3))
    assert more.encode(more.train.raw).tobytes() == more.train.inputs.tobytes()
    assert not (more.train.raw[own : 2 * own] == more.train.raw[:own]).all(axis=1).any()
    assert (more.train.raw.min(), more.train.raw.max()) == (0.0, 16.0)


def test_counts_are_those_the_spec_announces() -> None:
    data = DIGITS.model_copy(update={"augmentation": Augmentation(copies=3), "train_fraction": 0.37})
    dataset = load(data)
    assert (len(dataset.train.raw), len(dataset.test.raw)) == split_counts(data)
    _, metadata = rows_of(data, "train", 0, 1)
    assert metadata["copies_from"] == str(dataset.own_rows)
    assert metadata["total"] == str(4 * dataset.own_rows)
    assert "copies_from" not in rows_of(data, "test", 0, 1)[1]
    assert "copies_from" not in rows_of(DIGITS, "train", 0, 1)[1]


def test_what_is_only_shifted_is_found_again_pixel_by_pixel() -> None:
    originals, copies = copies_of(augmented(STILL.model_copy(update={"shift": 2})))
    padded = np.pad(originals, ((0, 0), (2, 2), (2, 2)))
    shifts = [padded[:, down : down + 8, right : right + 8] for down in range(5) for right in range(5)]
    is_found = np.array([(shifted == copies).all(axis=(1, 2)) for shifted in shifts])
    assert is_found.any(axis=0).all()
    assert (is_found.sum(axis=1) > 0.02 * len(copies)).all(), "every shift is drawn"


def test_half_of_what_is_mirrored_is_mirrored() -> None:
    originals, copies = copies_of(augmented(STILL.model_copy(update={"flip": True}), PicturesData(samples=500)))
    mirrored = (copies == originals[:, :, ::-1]).all(axis=(1, 2))
    same = (copies == originals).all(axis=(1, 2))
    assert (mirrored | same).all()
    assert mirrored.mean() == pytest.approx(0.5, abs=0.1)


def test_noise_has_the_deviation_that_was_asked_for() -> None:
    middling = PicturesData(samples=100, objects="edges", noise=0.0)
    originals, copies = copies_of(augmented(STILL.model_copy(update={"noise": 0.02}), middling))
    is_inside = (originals > 30) & (originals < 225)
    assert (copies - originals)[is_inside].std() == pytest.approx(0.02 * 255, rel=0.02)


def test_the_same_seed_gives_the_same_copies_and_one_more_moves_none_of_the_others() -> None:
    two = DIGITS.model_copy(update={"augmentation": Augmentation(copies=2, noise=0.1)})
    three = two.model_copy(update={"augmentation": Augmentation(copies=3, noise=0.1)})
    assert make(two).train.raw.tobytes() == load(two).train.raw.tobytes()
    np.testing.assert_array_equal(load(three).train.raw[: len(load(two).train.raw)], load(two).train.raw)
    other = two.model_copy(update={"seed": 1})
    assert load(other).train.raw.tobytes() != load(two).train.raw.tobytes()


def test_noise_columns_and_false_labels_go_with_their_picture() -> None:
    data = DIGITS.model_copy(update={"augmentation": Augmentation(), "noise_columns": 2, "label_noise": 0.3})
    dataset, own = load(data), load(data).own_rows
    np.testing.assert_array_equal(dataset.train.raw[own:, 64:], dataset.train.raw[:own, 64:])
    np.testing.assert_array_equal(dataset.train.targets[own:], dataset.train.targets[:own])


@pytest.mark.parametrize(("data", "field"), [
    ({"source": "bundled", "name": "iris"}, ""),
    ({"source": "synthetic", "name": "circle"}, ""),
    ({"source": "sequences", "name": "sine"}, ""),
    ({"source": "bundled", "name": "digits", "augmentation": {"copies": 5}}, "/copies"),
    ({"source": "bundled", "name": "digits", "augmentation": {"copies": 0}}, "/copies"),
    ({"source": "bundled", "name": "digits", "augmentation": {"shift": 9}}, "/shift"),
    ({"source": "bundled", "name": "digits", "augmentation": {"rotate": 46}}, "/rotate"),
    ({"source": "bundled", "name": "digits", "augmentation": {"flip": 1}}, "/flip"),
])  # fmt: skip
def test_what_is_no_picture_or_beyond_the_limits_is_refused(data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": {"augmentation": {}, **data}})
    assert refusal.value.field == f"/data/augmentation{field}"


def test_a_script_reads_augmented_pictures_from_their_file() -> None:
    data = DIGITS.model_copy(update={"augmentation": Augmentation()})
    script = write_script(parse_experiment({"data": data.to_document()}), "jax", 10)
    assert "neuroglow_digits.npz" in script
    assert "load_digits" not in script
