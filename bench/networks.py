"""The networks whose speed is followed, as experiments, and what others reach on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PLAYGROUND_FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")


@dataclass(frozen=True)
class Benchmark:
    """`playground_page` is what TensorFlow Playground's page reaches on this network in headless Chromium on two CPU
    cores, updates per second, measured once beforehand; None where it has no such network."""

    label: str
    experiment: dict[str, Any]
    playground_page: float | None


def _plane(features: tuple[str, ...], units: tuple[int, ...]) -> dict[str, Any]:
    return {
        "data": {"source": "synthetic", "name": "circle", "features": list(features)},
        "network": {"layers": [{"type": "dense", "units": count} for count in units]},
        "training": {"batch_size": 10},
    }


DEFAULT = Benchmark("[2,4,2,1]", _plane(("x1", "x2"), (4, 2)), 1_144.0)
LARGEST = Benchmark("[7,8x6,1]", _plane(PLAYGROUND_FEATURES, (8,) * 6), 193.0)
DIGITS = Benchmark(
    "[64,32,32,10]",
    {
        "data": {"source": "bundled", "name": "digits"},
        "network": {"layers": [{"type": "dense", "units": 32, "activation": "relu"}] * 2},
        "training": {"batch_size": 64},
    },
    None,
)
CONVOLUTION = Benchmark(
    "[conv 8@5x5, pool, conv 16@5x5, pool, 10] on 28x28",
    {
        "data": {"source": "bundled", "name": "digits", "size": 28},
        "network": {
            "layers": [
                {"type": "conv2d", "channels": 8, "kernel": 5},
                {"type": "max_pool2d"},
                {"type": "conv2d", "channels": 16, "kernel": 5},
                {"type": "max_pool2d"},
            ]
        },
        "training": {"batch_size": 64, "optimizer": {"type": "adam", "learning_rate": 0.001}},
    },
    None,
)
ALL = (DEFAULT, LARGEST, DIGITS)

LARGE = tuple(
    Benchmark(
        f"{layers} layers of {units - 1} and {units + 1}",
        _plane(("x1", "x2"), (units - 1, units + 1) * (layers // 2)),
        None,
    )
    for units, layers in ((10, 200), (100, 20))
)
"""Two thousand units each, with 20,000 and 190,000 links; neighbours differ, so that no stack of equals hides them."""
