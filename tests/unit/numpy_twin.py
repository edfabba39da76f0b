"""The engine's twin in plain NumPy: forward, backward and every optimizer, written from the formulas alone.

Everything works on batches and in the dtype of its arguments (float64 unless a test replays float32). Nothing here
imports the engine; a network is a list of `(W (units, fan_in), b (units,), activation)` in data-flow order, the output
last and linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Layer = tuple[Array, Array, str]
Net = list[Layer]
Slopes = list[tuple[Array, Array]]
"""Per layer (dW, db)."""

LEAK = 0.01
_GELU = np.sqrt(2.0 / np.pi)


def _sigmoid(z: Array) -> Array:
    answer: Array = np.where(z >= 0, 1.0 / (1.0 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1.0 + np.exp(-np.abs(z))))
    return answer.astype(z.dtype)


def _gelu_inner(z: Array) -> Array:
    inner: Array = np.tanh(_GELU * (z + 0.044715 * z**3))
    return inner


def _gelu_slope(z: Array) -> Array:
    t = _gelu_inner(z)
    slope: Array = 0.5 * (1.0 + t) + 0.5 * z * (1.0 - t**2) * _GELU * (1.0 + 3.0 * 0.044715 * z**2)
    return slope


ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: (z > 0).astype(z.dtype)),
    "leaky_relu": (lambda z: np.where(z > 0, z, LEAK * z), lambda z: np.where(z > 0, 1.0, LEAK)),
    "tanh": (np.tanh, lambda z: 1.0 - np.tanh(z) ** 2),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1.0 - _sigmoid(z))),
    "gelu": (lambda z: 0.5 * z * (1.0 + _gelu_inner(z)), _gelu_slope),
    "silu": (lambda z: z * _sigmoid(z), lambda z: _sigmoid(z) * (1.0 + z * (1.0 - _sigmoid(z)))),
    "elu": (
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0.0))),
        lambda z: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0.0))),
    ),
    "softplus": (lambda z: np.logaddexp(z, 0.0), _sigmoid),
    "sine": (np.sin, np.cos),
    "linear": (lambda z: z, np.ones_like),
}


def forward(net: Net, x: Array) -> list[tuple[Array, Array]]:
    """x (rows, inputs) -> (z, a) of every layer, each (rows, units)."""
    seen: list[tuple[Array, Array]] = []
    for weight, bias, activation in net:
        z = x @ weight.T + bias
        x = ACTIVATIONS[activation][0](z).astype(z.dtype)
        seen.append((z, x))
    return seen


def answer(head: str, z: Array) -> Array:
    """The output's own activation, z (rows, outputs)."""
    if head == "sigmoid":
        return _sigmoid(z)
    if head == "softmax":
        raised = np.exp(z - z.max(axis=1, keepdims=True))
        softmax: Array = raised / raised.sum(axis=1, keepdims=True)
        return softmax
    return np.tanh(z) if head == "tanh" else z


def _targets(head: str, z: Array, labels: Array) -> Array:
    """What the answer should be: (rows, outputs)."""
    if z.shape[1] == 1:
        single: Array = 2.0 * labels - 1.0 if head == "tanh" else labels
        return single[:, None].astype(z.dtype)
    hot: Array = (np.arange(z.shape[1])[None, :] == labels[:, None]).astype(z.dtype)
    return 2.0 * hot - 1.0 if head == "tanh" else hot


def losses(head: str, z: Array, labels: Array) -> Array:
    """Loss of every row, (rows,)."""
    rows = np.arange(len(labels))
    if head == "sigmoid":
        entropy: Array = np.logaddexp(0.0, z[:, 0]) - labels * z[:, 0]
        return entropy
    if head == "softmax":
        top = z.max(axis=1)
        surprise: Array = top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[rows, labels.astype(int)]
        return surprise
    squared: Array = 0.5 * ((answer(head, z) - _targets(head, z, labels)) ** 2).sum(axis=1)
    return squared


def mean_loss(head: str, net: Net, x: Array, labels: Array) -> float:
    return float(losses(head, forward(net, x)[-1][0], labels).mean())


def gradients(head: str, net: Net, x: Array, labels: Array) -> Slopes:
    """Gradient of the mean loss over the rows with respect to every weight and bias, by backpropagation."""
    seen = forward(net, x)
    z = seen[-1][0]
    delta = (answer(head, z) - _targets(head, z, labels)) / np.asarray(len(labels), z.dtype)
    if head == "tanh":
        delta = delta * (1.0 - np.tanh(z) ** 2)
    slopes: Slopes = []
    for index in reversed(range(len(net))):
        before = x if index == 0 else seen[index - 1][1]
        slopes.append((delta.T @ before, delta.sum(axis=0)))
        if index:
            slope = ACTIVATIONS[net[index - 1][2]][1](seen[index - 1][0])
            delta = (delta @ net[index][0]) * slope
    return slopes[::-1]


@dataclass
class Optimizer:
    """One rule over a list of arrays. `kind` and `numbers` are those of the spec; state is kept inside.

    `arrays` alternate weight, bias, weight, bias, ...; regularisation and decay act on the even ones.
    """

    kind: str
    numbers: dict[str, float]
    l1: float = 0.0
    l2: float = 0.0
    _first: list[Array] = field(default_factory=list)
    _second: list[Array] = field(default_factory=list)
    _count: int = 0

    def step(self, arrays: list[Array], slopes: list[Array]) -> list[Array]:
        """New arrays after one update along the gradient."""
        if not self._first:
            self._first = [np.zeros_like(array) for array in arrays]
            self._second = [np.zeros_like(array) for array in arrays]
        self._count += 1
        rate = np.asarray(self.numbers["learning_rate"], arrays[0].dtype)
        moved: list[Array] = []
        for index, (old, slope) in enumerate(zip(arrays, slopes, strict=True)):
            is_weight = index % 2 == 0
            g = slope + self.l2 * old if is_weight and self.l2 else slope
            new = old - rate * self._direction(index, old, g, is_weight=is_weight)
            moved.append(self._shrunk(old, new, float(rate)) if is_weight and self.l1 else new)
        return moved

    def _shrunk(self, old: Array, new: Array, rate: float) -> Array:
        """L1 pulls towards zero by a fixed amount and stops there."""
        pulled = new - rate * self.l1 * np.sign(old)
        shrunk: Array = np.where(np.sign(pulled) * np.sign(new) < 0, 0.0, pulled)
        return shrunk

    def _direction(self, index: int, old: Array, g: Array, *, is_weight: bool) -> Array:
        n, m, v = self.numbers, self._first, self._second
        match self.kind:
            case "sgd":
                return g
            case "momentum":
                m[index] = n["momentum"] * m[index] + g
                return m[index]
            case "nesterov":
                m[index] = n["momentum"] * m[index] + g
                return g + n["momentum"] * m[index]
            case "adam" | "adamw":
                m[index] = n["b1"] * m[index] + (1.0 - n["b1"]) * g
                v[index] = n["b2"] * v[index] + (1.0 - n["b2"]) * g * g
                first = m[index] / (1.0 - n["b1"] ** self._count)
                second = v[index] / (1.0 - n["b2"] ** self._count)
                direction: Array = first / (np.sqrt(second) + n["eps"])
                return direction + n["weight_decay"] * old if self.kind == "adamw" and is_weight else direction
            case "rmsprop":
                v[index] = n["decay"] * v[index] + (1.0 - n["decay"]) * g * g
                scaled: Array = g / (np.sqrt(v[index]) + n["eps"])
                return scaled
            case "adagrad":
                v[index] = v[index] + g * g
                divided: Array = g / (np.sqrt(v[index]) + n["eps"])
                return divided
        raise ValueError(self.kind)


def flat(net: Net) -> list[Array]:
    """Weight, bias, weight, bias, ..."""
    return [array for weight, bias, _ in net for array in (weight, bias)]


def rebuilt(net: Net, arrays: list[Array]) -> Net:
    """The net with other numbers, in the order of `flat`."""
    return [(arrays[2 * i], arrays[2 * i + 1], activation) for i, (_, _, activation) in enumerate(net)]


def updated(head: str, net: Net, optimizer: Optimizer, x: Array, labels: Array) -> Net:
    """The net after one update on one batch."""
    slopes = [array for pair in gradients(head, net, x, labels) for array in pair]
    return rebuilt(net, optimizer.step(flat(net), slopes))
