"""Initial weights as a function of (seed, layer name, unit): adding a unit or a layer moves no other draw."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from neuroglow.spec.layers import Parameter
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


def initial_parameters(
    seed: int, layer: str, parameters: dict[str, Parameter], initializer: Callable[[str], str]
) -> dict[str, Float32]:
    """Fresh arrays of a layer by name; `initializer` says which rule draws a parameter. Masks are all ones.

    The main weight reads the layer's own draws, every other one those of its own name; a repeated one those of its
    turn.
    """
    return {
        name: _drawn(seed, layer if name == "weight" else f"{layer}//{name}", parameter, initializer(name))
        if parameter.role == "weight"
        else _constant(parameter, initializer(name))
        for name, parameter in parameters.items()
    }


def _drawn(seed: int, key: str, parameter: Parameter, initializer: str) -> Float32:
    """Everything but the first axis lies in a row: (units, connections of each)."""
    draw, scale = _RULES[initializer]
    factor = scale(parameter.fan_in, parameter.fan_out)
    rows, columns = parameter.shape[0], parameter.size // parameter.shape[0]
    if factor == 0.0:
        return np.zeros(parameter.shape, np.float32)
    weight = np.empty((rows, columns), np.float32)
    for panel, start in enumerate(range(0, columns, _STRIDE)):
        part = weight[:, start : start + _STRIDE]
        part[:] = draw(_generator(seed, key, panel), rows)[:, : part.shape[1]] * factor
    return weight.reshape(parameter.shape)


def _constant(parameter: Parameter, initializer: str) -> Float32:
    value = {"gain": 1.0, "variance": 1.0, "mask": 1.0}.get(parameter.role, 0.0)
    if parameter.role == "bias" and initializer == "playground":
        value = PLAYGROUND_BIAS
    return np.full(parameter.shape, value, np.float32)
