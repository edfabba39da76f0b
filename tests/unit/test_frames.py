"""Frames: one valid safetensors file, aligned, with its header, and quantised maps within half a step."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import load

from neuroglow.wire.frames import FrameHeader, decode_frame, encode_frame, quantise

HEADER = FrameHeader(session="s", run="2", seq=9, update=1234, epoch=5, time=1_700_000_000_123.456)


def test_a_frame_is_a_safetensors_file_with_its_moment_as_text() -> None:
    tensors: dict[str, Any] = {
        "c1/dense_1": np.arange(12, dtype=np.uint8).reshape(3, 4),
        "c1/dense_1.range": np.array([-1, 1], np.float32),
    }
    frame = encode_frame(HEADER, tensors)
    length = int.from_bytes(frame[:8], "little")
    header = json.loads(frame[8 : 8 + length])
    assert header["__metadata__"] == {
        "session": "s", "run": "2", "seq": "9", "update": "1234", "epoch": "5", "time": "1700000000123.456",
    }  # fmt: skip
    assert set(load(frame)) == set(tensors)
    assert (8 + length) % 8 == 0


@settings(max_examples=60)
@given(data=st.data())
def test_every_tensor_is_aligned_to_its_size_and_comes_back(data: st.DataObject) -> None:
    kinds = [np.uint8, np.float16, np.float32, np.uint32]
    names = data.draw(st.lists(st.from_regex(r"c[0-9]/[a-z_]{1,8}", fullmatch=True), max_size=6, unique=True))
    tensors: dict[str, Any] = {
        name: np.ones(data.draw(arrays.array_shapes(max_dims=3, max_side=5)), data.draw(st.sampled_from(kinds)))
        for name in names
    }
    frame = encode_frame(HEADER, tensors)
    header, again = decode_frame(frame)
    assert header == HEADER
    assert set(again) == set(tensors)
    length = int.from_bytes(frame[:8], "little")
    described = json.loads(frame[8 : 8 + length])
    for name, array in tensors.items():
        assert again[name].dtype == array.dtype
        assert again[name].tobytes() == array.tobytes()
        assert (8 + length + described[name]["data_offsets"][0]) % array.dtype.itemsize == 0


@settings(max_examples=100)
@given(
    values=arrays.arrays(
        np.float32, arrays.array_shapes(max_dims=2, max_side=6), elements=st.floats(-1e4, 1e4, width=32)
    )
)
def test_quantised_values_are_within_half_a_step(values: np.ndarray[Any, Any]) -> None:
    levels, (low, high) = quantise(values)
    restored = low + (np.float64(high) - low) * levels / 255.0
    step = (float(high) - float(low)) / 255.0
    assert levels.dtype == np.uint8
    assert np.abs(restored - values).max() <= step / 2 * 1.001 + 1e-6 * max(abs(float(low)), abs(float(high)))


def test_quantising_what_is_constant_empty_or_not_finite() -> None:
    levels, ends = quantise(np.full((2, 2), 3.5, np.float32))
    assert (levels == 0).all()
    assert ends.tolist() == [3.5, 3.5]
    levels, ends = quantise(np.zeros((0, 4), np.float32))
    assert levels.shape == (0, 4)
    levels, ends = quantise(np.array([np.nan, np.inf, -np.inf, 1.0], np.float32))
    assert np.isfinite(ends).all()
    assert levels[1] == 255
    assert levels[2] == 0
