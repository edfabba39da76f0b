"""The golden frames say what they always said. The page's decoder reads the same files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from neuroglow.wire.frames import decode_frame

GOLDEN = Path(__file__).parents[1] / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.safetensors"))


def test_there_are_golden_frames() -> None:
    assert NAMES == ["halves", "maps", "statistics"]


@pytest.mark.parametrize("name", NAMES)
def test_golden_frame_decodes_to_its_description(name: str) -> None:
    header, tensors = decode_frame((GOLDEN / f"{name}.safetensors").read_bytes())
    expected = json.loads((GOLDEN / f"{name}.json").read_text())

    assert header.metadata() == expected["metadata"]
    assert sorted(tensors) == sorted(expected["tensors"])
    for key, described in expected["tensors"].items():
        values = np.array([float(value) for value in described["values"]]).reshape(described["shape"])
        np.testing.assert_array_equal(tensors[key].astype(np.float64), values, err_msg=key)
