"""Frames: one moment of one session as one safetensors file. Byte layout and names are specified in `docs/wire.md`.

This module imports numpy, so the gateway, which only passes frames on, does not import it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

Tensors = Mapping[str, NDArray[np.generic]]
"""Named `CHANNEL/LAYER`, `CHANNEL/LAYER.range` and so on."""


@dataclass(frozen=True)
class FrameHeader:
    """What `__metadata__` says. `time` is the server's clock in milliseconds since the epoch."""

    session: str
    run: str
    seq: int
    update: int
    epoch: int
    time: float

    def metadata(self) -> dict[str, str]:
        return {
            "session": self.session,
            "run": self.run,
            "seq": str(self.seq),
            "update": str(self.update),
            "epoch": str(self.epoch),
            "time": f"{self.time:.3f}",
        }


def encode_frame(header: FrameHeader, tensors: Tensors) -> bytes:
    """One valid safetensors file."""
    return save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, metadata=header.metadata())


def decode_frame(frame: bytes) -> tuple[FrameHeader, dict[str, NDArray[np.generic]]]:
    """The inverse of `encode_frame`, for tests, recordings and other Python clients."""
    length = int.from_bytes(frame[:8], "little")
    metadata = json.loads(frame[8 : 8 + length])["__metadata__"]
    header = FrameHeader(
        session=metadata["session"],
        run=metadata["run"],
        seq=int(metadata["seq"]),
        update=int(metadata["update"]),
        epoch=int(metadata["epoch"]),
        time=float(metadata["time"]),
    )
    return header, load(frame)


QUANTISED_MOST = float(np.finfo(np.float32).max) / 4
"""Beyond this the difference between two values is no float32 any more; only a diverged run gets here."""


def quantise(values: NDArray[np.floating]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """U8 and its `.range`: value = low + (high - low) * u / 255. Non-finite values count as the nearest end."""
    finite = np.clip(np.nan_to_num(np.asarray(values, dtype=np.float32)), -QUANTISED_MOST, QUANTISED_MOST)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    span = high - low if high > low else 1.0
    return np.rint((finite - low) / span * 255.0).astype(np.uint8), np.array([low, high], dtype=np.float32)
