"""What a row of inputs is to a network: a picture, channels first, or numbers side by side; and what an answer is."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from neuroglow.data import load
from neuroglow.spec import AnyData, BundledData, DataSpec, DrawnData, SyntheticData, checked_data
from neuroglow.spec.base import parse
from neuroglow.spec.datasets import input_names, input_shape, output_shape, source_facts, split_counts
from neuroglow.spec.source import Formula
from neuroglow.spec.uploaded import UploadedData
from unit.uploading import Shelf

RANDOM = np.random.default_rng(4)
COLOURED = RANDOM.integers(0, 256, (12, 5, 4, 3), np.uint8)
GREY = RANDOM.integers(0, 256, (12, 5, 4), np.uint8)
LABELS = np.arange(12, dtype=np.int64) % 2
DIGITS = BundledData(name="digits")


def uploaded(folder: Path, images: np.ndarray) -> UploadedData:
    file = io.BytesIO()
    np.savez(file, image=images, label=LABELS)
    shelf = Shelf(folder)
    return shelf.spec(shelf.put(file.getvalue()))


def test_digits_are_pictures_of_one_channel() -> None:
    assert input_shape(DIGITS) == source_facts(DIGITS).input_shape == (1, 8, 8)
    picture = load(DIGITS).train.raw[0].reshape(8, 8)
    names = np.array(input_names(DIGITS)).reshape(1, 8, 8)
    assert names[0, 3, 5] == "pixel 3,5"
    assert picture[:, [0, 7]].mean() < picture[:, 2:6].mean(), "ink is in the middle columns"


@pytest.mark.parametrize("change", [
    {"switched_off": ("pixel 0,0",)}, {"noise_columns": 1}, {"formulas": (Formula(expression="[pixel 0,0]^2"),)},
])  # fmt: skip
def test_a_picture_that_lacks_or_adds_something_is_numbers_side_by_side(change: dict[str, object]) -> None:
    data = DIGITS.model_copy(update=change)
    assert input_shape(data) == (len(input_names(data)),)
    assert source_facts(data).input_shape == (1, 8, 8)


@pytest.mark.parametrize(("data", "inputs", "outputs"), [
    (SyntheticData(features=("x1", "x2", "x1*x2")), 3, 1),
    (SyntheticData(name="blobs", classes=4), 2, 4),
    (DrawnData(points=((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))), 2, 1),
    (BundledData(name="iris"), 4, 3),
    (BundledData(name="iris", goal="reconstruct"), 4, 4),
], ids=["plane", "blobs", "drawn", "iris", "iris again"])  # fmt: skip
def test_planes_and_tables_have_no_shape_of_their_own(data: AnyData, inputs: int, outputs: int) -> None:
    assert input_shape(data) == (inputs,)
    assert output_shape(data) == (outputs,)
    assert load(data).train.inputs.shape[1] == inputs


def test_digits_answer_with_a_number_per_class_or_with_a_picture() -> None:
    assert output_shape(DIGITS) == (10,)
    assert output_shape(DIGITS.model_copy(update={"goal": "reconstruct"})) == (64,)


@pytest.mark.parametrize(("images", "shape"), [(COLOURED, (3, 5, 4)), (GREY, (1, 5, 4))], ids=["colour", "grey"])
def test_uploaded_pictures_reshape_to_channels_first(
    tmp_path: Path, images: np.ndarray, shape: tuple[int, int, int]
) -> None:
    data = uploaded(tmp_path / "shelf", images)
    assert input_shape(data) == shape
    dataset = load(data)
    rows = np.concatenate([dataset.train.raw, dataset.test.raw]).reshape(-1, *shape)
    expected = np.transpose(images.reshape(12, 5, 4, -1), (0, 3, 1, 2)).astype(np.float32)
    assert {row.tobytes() for row in rows} == {image.tobytes() for image in expected}
    assert dataset.train.inputs.reshape(-1, *shape).shape[1:] == shape


def test_pixels_are_called_by_their_place(tmp_path: Path) -> None:
    data = uploaded(tmp_path / "shelf", COLOURED)
    names = np.array(input_names(data)).reshape(input_shape(data))
    assert (names[0, 4, 1], names[1, 0, 3], names[2, 2, 0]) == ("pixel 4,1,red", "pixel 0,3,green", "pixel 2,0,blue")


SHARED = st.fixed_dictionaries({}, optional={
    "seed": st.integers(0, 2**32 - 1), "train_fraction": st.floats(0.1, 0.9), "samples": st.integers(10, 60),
})  # fmt: skip
MADE = st.one_of(
    st.builds(
        lambda shared, objects, noise: {"source": "pictures", "objects": objects, "noise": noise, **shared},
        SHARED, st.sampled_from(["all", "edges", "corners", "shapes", "compositions"]), st.floats(0.0, 0.5),
    ),
    st.builds(
        lambda shared, name, length: {"source": "sequences", "name": name, "length": length, **shared},
        SHARED, st.sampled_from(["sine", "parity", "adding", "copying"]), st.integers(4, 60),
    ),
    st.builds(
        lambda text, length, stride: {"source": "text", "text": "abc" + text, "length": length, "stride": stride},
        st.text(st.characters(codec="utf-8"), min_size=40, max_size=90), st.integers(4, 20),
        st.integers(1, 20),
    ),
)  # fmt: skip


@given(MADE)
@settings(max_examples=60, deadline=None)
def test_what_is_written_of_made_data_is_read_as_the_same_data(document: dict[str, Any]) -> None:
    data: AnyData = checked_data(parse(TypeAdapter(DataSpec), document), at="/data")
    written = json.loads(json.dumps(data.to_document()))
    again: AnyData = checked_data(parse(TypeAdapter(DataSpec), written), at="/data")
    assert again == data
    assert again.to_document() == written
    assert written.items() >= document.items()
    dataset = load(data)
    assert (len(dataset.train.raw), len(dataset.test.raw)) == split_counts(data)
    assert dataset.test.inputs.shape[1] == len(input_names(data)) == np.prod(input_shape(data))
