"""Digits drawn larger: as Pillow draws them, with the columns, shapes and labels of their size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from neuroglow.data import load
from neuroglow.data.dataset import make
from neuroglow.data.enlarging import enlarged
from neuroglow.errors import InvalidInputError
from neuroglow.spec import BundledData, parse_experiment
from neuroglow.spec.data import DigitsSize
from neuroglow.spec.datasets import input_names, input_shape, source_facts

SCANNED = load(BundledData(name="digits")).train.raw.astype(np.float64)


@pytest.mark.parametrize("side", [16, 28, 32])
def test_digits_are_enlarged_as_pillow_does_it(side: int) -> None:
    drawn = enlarged(SCANNED[:20], side)
    for pixels, large in zip(SCANNED[:20], drawn, strict=True):
        picture = Image.fromarray(pixels.reshape(8, 8).astype(np.float32))
        expected = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
        np.testing.assert_allclose(large.reshape(side, side), expected, atol=2e-5)
    assert (drawn.min(), drawn.max()) == (0.0, 16.0), "sides that no centre reaches go on as they end"


@pytest.mark.parametrize("size", [16, 28, 32])
def test_columns_and_shapes_follow_the_size_and_labels_do_not(size: DigitsSize) -> None:
    data, scanned = BundledData(name="digits", size=size), load(BundledData(name="digits"))
    about = source_facts(data)
    assert about.image_shape == (size, size)
    assert input_shape(data) == (1, size, size)
    assert input_names(data)[size + 3] == "pixel 1,3"
    dataset = load(data)
    assert dataset.train.raw.shape[1] == dataset.train.inputs.shape[1] == len(about.columns) == size * size
    np.testing.assert_array_equal(dataset.test.targets, scanned.test.targets)
    assert make(data).train.inputs.tobytes() == dataset.train.inputs.tobytes()
    assert dataset.train.inputs.mean() == pytest.approx(0.0, abs=1e-5)


def test_the_size_of_the_scan_is_the_size_that_is_left_out() -> None:
    left_out, written = BundledData(name="digits"), BundledData(name="digits", size=8)
    assert source_facts(written) == source_facts(left_out)
    assert load(written).train.inputs.tobytes() == load(left_out).train.inputs.tobytes()
    assert "size" not in left_out.to_document()


@pytest.mark.parametrize(("name", "size"), [("digits", 9), ("digits", "16"), ("iris", 16)])
def test_other_sizes_and_sizes_of_tables_are_refused(name: str, size: object) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": {"source": "bundled", "name": name, "size": size}})
    assert refusal.value.field in ("/data", "/data/size")
