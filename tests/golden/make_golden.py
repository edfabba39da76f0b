"""Write the golden files: frames as the engine encodes them, and what any reader must find in them.

Both test suites read them: `tests/unit/test_golden.py` and `frontend/src/lib/wire/frame.test.ts`. Run this only when
the wire format changes on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.wire.frames import FrameHeader, Tensors, encode_frame, quantise

FOLDER = Path(__file__).parent
HEADER = FrameHeader(session="golden", run="run_1", seq=7, update=51_200, epoch=320, time=1_700_000_000_123.456)


def maps() -> Tensors:
    """Two channels at one moment: maps of two layers, and the activations of one sample."""
    wave = np.sin(np.linspace(-3.0, 3.0, 3 * 10 * 10, dtype=np.float32)).reshape(3, 10, 10)
    hidden, hidden_range = quantise(wave)
    output, output_range = quantise(wave[:1] * np.float32(0.5))
    return {
        "c1/dense_1": hidden,
        "c1/dense_1.range": hidden_range,
        "c1/output": output,
        "c1/output.range": output_range,
        "c2/dense_1": np.array([0.5, -0.25, 1.0], dtype=np.float16),
        "c2/output": np.array([0.125], dtype=np.float16),
    }


def halves() -> Tensors:
    """Every kind of half float: zeros, subnormals, the extremes, infinities, not a number."""
    small = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x0400]
    bits = [*small, 0x3C00, 0xBC00, 0x3555, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00]
    return {"c1/output": np.array(bits, dtype=np.uint16).view(np.float16)}


def statistics() -> Tensors:
    """A histogram of counts, its range, and a tensor without elements."""
    return {
        "c3/dense_1": np.array([0.0, 1.0, 0.25, 0.5, 1e-3, 1e-4], dtype=np.float32),
        "c3/dense_1.histogram": np.arange(24, dtype=np.uint32) * 178_956_970,
        "c3/dense_1.range": np.array([-1.0, 1.0], dtype=np.float32),
        "c4/empty": np.zeros((0, 4), dtype=np.float16),
    }


CASES: Mapping[str, Tensors] = {"maps": maps(), "halves": halves(), "statistics": statistics()}


def listed(array: NDArray[np.generic]) -> dict[str, Any]:
    """A tensor as JSON; what JSON has no number for is a string."""
    values = array.astype(np.float64).ravel().tolist()
    return {
        "shape": list(array.shape),
        "values": [value if np.isfinite(value) else str(value) for value in values],
    }


def expected(tensors: Tensors) -> dict[str, Any]:
    return {"metadata": HEADER.metadata(), "tensors": {name: listed(array) for name, array in sorted(tensors.items())}}


def main() -> None:
    for name, tensors in CASES.items():
        (FOLDER / f"{name}.safetensors").write_bytes(encode_frame(HEADER, tensors))
        (FOLDER / f"{name}.json").write_text(json.dumps(expected(tensors), indent=1) + "\n")


if __name__ == "__main__":
    main()
