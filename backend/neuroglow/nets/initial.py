"""Initial weights as a function of (seed, layer name, unit): adding a unit or a layer moves no other draw."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from neuroglow.spec.limits import MAX_UNITS

Float32 = NDArray[np.float32]

PLAYGROUND_BIAS = 0.1
"""TensorFlow Playground's initial bias; its weights are U(-0.5, 0.5)."""
_STRIDE = MAX_UNITS
"""Draws reserved for each unit, so that unit u reads the same ones whatever its fan-in. Sources beyond it (pixels of an
image) come in further panels of as many, each from a generator of its own."""


def _generator(seed: int, layer: str, panel: int) -> np.random.Generator:
    # No layer's name holds a slash.
    name = f"{seed}/{layer}/{panel}" if panel else f"{seed}/{layer}"
    key = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(key, dtype=np.uint64)))


def _uniform(random: np.random.Generator, units: int) -> NDArray[np.float64]:
    return random.uniform(-1.0, 1.0, (units, _STRIDE))


def _normal(random: np.random.Generator, units: int) -> NDArray[np.float64]:
    return random.standard_normal((units, _STRIDE))


Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
_RULES: dict[str, tuple[Draw, Callable[[int, int], float]]] = {
    # Glorot & Bengio 2010: variance 2 / (fan_in + fan_out)
    "glorot_uniform": (_uniform, lambda fan_in, fan_out: float(np.sqrt(6.0 / (fan_in + fan_out)))),
    "glorot_normal": (_normal, lambda fan_in, fan_out: float(np.sqrt(2.0 / (fan_in + fan_out)))),
    # He et al. 2015: variance 2 / fan_in
    "he_uniform": (_uniform, lambda fan_in, fan_out: float(np.sqrt(6.0 / fan_in))),
    "he_normal": (_normal, lambda fan_in, fan_out: float(np.sqrt(2.0 / fan_in))),
    # LeCun et al. 1998: variance 1 / fan_in
    "lecun_normal": (_normal, lambda fan_in, fan_out: float(np.sqrt(1.0 / fan_in))),
    "zeros": (_uniform, lambda fan_in, fan_out: 0.0),
    "playground": (_uniform, lambda fan_in, fan_out: 0.5),
}


def initial_layer(seed: int, layer: str, fan_in: int, units: int, initializer: str) -> tuple[Float32, Float32]:
    """Weight f32 (units, fan_in) and bias f32 (units,) of a fresh layer."""
    draw, scale = _RULES[initializer]
    factor = scale(fan_in, units)
    if factor == 0.0:
        weight = np.zeros((units, fan_in), np.float32)
    else:
        weight = np.empty((units, fan_in), np.float32)
        for panel, start in enumerate(range(0, fan_in, _STRIDE)):
            part = weight[:, start : start + _STRIDE]
            part[:] = draw(_generator(seed, layer, panel), units)[:, : part.shape[1]] * factor
    bias = PLAYGROUND_BIAS if initializer == "playground" else 0.0
    return weight, np.full(units, bias, np.float32)
