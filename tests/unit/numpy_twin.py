"""The engine's twin in plain NumPy: forward, backward, losses and every optimizer, written from the formulas alone.

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

Factors = list[Array | None]
"""Per layer what its activations are multiplied with, (rows, units); None where nothing is silenced."""

Clamps = dict[tuple[int, int], float]
"""By (layer, unit) what a held unit answers."""

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


@dataclass(frozen=True)
class Goal:
    """What is minimised: the output's activation, a loss of the spec, its parameter, a weight per class."""

    head: str
    loss: str
    parameter: float = 1.0
    class_weights: Array | None = None


_USUAL = {"sigmoid": "cross_entropy", "softmax": "cross_entropy", "tanh": "squared_error", "linear": "squared_error"}


def _goal(head: str | Goal) -> Goal:
    return head if isinstance(head, Goal) else Goal(head, _USUAL[head])


def forward(
    net: Net, x: Array, factors: Factors | None = None, clamps: Clamps | None = None
) -> list[tuple[Array, Array]]:
    """x (rows, inputs) -> (z, a) of every layer, each (rows, units)."""
    seen: list[tuple[Array, Array]] = []
    for index, (weight, bias, activation) in enumerate(net):
        z = x @ weight.T + bias
        x = ACTIVATIONS[activation][0](z).astype(z.dtype)
        thinned = factors[index] if factors else None
        x = x if thinned is None else x * thinned
        for unit, value in _held_in(index, clamps):
            x[:, unit] = value
        seen.append((z, x))
    return seen


def _held_in(layer: int, clamps: Clamps | None) -> list[tuple[int, float]]:
    return [(unit, value) for (place, unit), value in (clamps or {}).items() if place == layer]


def answer(head: str, z: Array) -> Array:
    """The output's own activation, z (rows, outputs)."""
    if head == "sigmoid":
        return _sigmoid(z)
    if head == "softmax":
        raised = np.exp(z - z.max(axis=1, keepdims=True))
        softmax: Array = raised / raised.sum(axis=1, keepdims=True)
        return softmax
    return np.tanh(z) if head == "tanh" else z


def _hot(z: Array, labels: Array) -> Array:
    """1 at the true class, (rows, outputs); one logit is about class 1."""
    if z.shape[1] == 1:
        return labels[:, None].astype(z.dtype)
    hot: Array = (np.arange(z.shape[1])[None, :] == labels[:, None]).astype(z.dtype)
    return hot


def _residuals(goal: Goal, z: Array, labels: Array) -> Array:
    """(rows, outputs): from ±1 on classes, from the number on numbers."""
    if goal.head == "tanh":
        return np.tanh(z) - (2.0 * _hot(z, labels) - 1.0)
    residuals: Array = z - (labels if labels.ndim == 2 else labels[:, None]).astype(z.dtype)
    return residuals


def _chances(z: Array, labels: Array) -> tuple[Array, Array]:
    """Probabilities of all classes (rows, K) and which one is true; one logit makes two classes."""
    if z.shape[1] == 1:
        both = np.concatenate([_sigmoid(-z), _sigmoid(z)], axis=1)
        return both, np.stack([1.0 - labels, labels], axis=1)
    return answer("softmax", z), _hot(z, labels)


def _row_losses(goal: Goal, z: Array, labels: Array) -> Array:
    rows, size = np.arange(len(labels)), goal.parameter
    if goal.loss == "cross_entropy" and z.shape[1] == 1:
        entropy: Array = np.logaddexp(0.0, z[:, 0]) - labels * z[:, 0]
        return entropy
    if goal.loss == "cross_entropy":
        top = z.max(axis=1)
        surprise: Array = top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[rows, labels.astype(int)]
        return surprise
    if goal.loss == "focal":
        chances, hot = _chances(z, labels)
        right: Array = (chances * hot).sum(axis=1)
        focal: Array = -((1.0 - right) ** size) * np.log(right)
        return focal
    if goal.loss == "hinge" and z.shape[1] == 1:
        return np.maximum(0.0, 1.0 - (2.0 * labels - 1.0) * z[:, 0])
    if goal.loss == "hinge":
        others: Array = np.where(_hot(z, labels) > 0, -np.inf, z).max(axis=1)
        short: Array = np.maximum(0.0, 1.0 + others - z[rows, labels.astype(int)])
        return short
    r = _residuals(goal, z, labels)
    each = _each_residuals_loss(goal.loss, r, size)
    summed: Array = each.sum(axis=1) if goal.head == "tanh" else each.mean(axis=1)
    return summed


def _each_residuals_loss(kind: str, r: Array, delta: float) -> Array:
    match kind:
        case "squared_error":
            return 0.5 * r**2
        case "absolute_error":
            return np.abs(r)
        case "huber":
            return np.where(np.abs(r) <= delta, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta))
        case "log_cosh":
            flat: Array = np.logaddexp(r, -r) - np.log(2.0)
            return flat
    raise ValueError(kind)


def _weights(goal: Goal, labels: Array) -> Array:
    return np.ones(len(labels)) if goal.class_weights is None else goal.class_weights[labels.astype(int)]


def losses(head: str | Goal, z: Array, labels: Array) -> Array:
    """Loss of every row, (rows,), class weights included."""
    goal = _goal(head)
    each = _row_losses(goal, z, labels)
    return each if goal.class_weights is None else each * _weights(goal, labels)


def mean_loss(head: str | Goal, net: Net, x: Array, labels: Array, factors: Factors | None = None) -> float:
    return float(losses(head, forward(net, x, factors)[-1][0], labels).mean())


def _slopes_of_z(goal: Goal, z: Array, labels: Array) -> Array:
    """d loss of a row / d z, (rows, outputs)."""
    hot, size = _hot(z, labels) if labels.ndim == 1 else z, goal.parameter
    if goal.loss == "cross_entropy":
        return answer(goal.head, z) - hot
    if goal.loss == "focal":
        chances, true = _chances(z, labels)
        right = (chances * true).sum(axis=1, keepdims=True)
        # d loss / d p of the true class, times d p / d z of every logit.
        of_right = size * (1.0 - right) ** (size - 1.0) * np.log(right) - (1.0 - right) ** size / right
        of_z: Array = right * (true - chances)
        slopes: Array = of_right * (of_z[:, 1:] if z.shape[1] == 1 else of_z)
        return slopes
    if goal.loss == "hinge":
        wrong = _row_losses(goal, z, labels)[:, None] > 0
        if z.shape[1] == 1:
            return np.where(wrong, 1.0 - 2.0 * labels[:, None], 0.0)
        rivals = np.where(hot > 0, -np.inf, z)
        rival = (np.arange(z.shape[1])[None, :] == rivals.argmax(axis=1)[:, None]).astype(z.dtype)
        return np.where(wrong, rival - hot, 0.0)
    r = _residuals(goal, z, labels)
    slope = _each_residuals_slope(goal.loss, r, size)
    return slope * (1.0 - np.tanh(z) ** 2) if goal.head == "tanh" else slope / np.asarray(z.shape[1], z.dtype)


def _each_residuals_slope(kind: str, r: Array, delta: float) -> Array:
    match kind:
        case "squared_error":
            return r
        case "absolute_error":
            return np.sign(r)
        case "huber":
            return np.clip(r, -delta, delta)
        case "log_cosh":
            return np.tanh(r)
    raise ValueError(kind)


def gradients(
    head: str | Goal,
    net: Net,
    x: Array,
    labels: Array,
    factors: Factors | None = None,
    clamps: Clamps | None = None,
) -> Slopes:
    """Gradient of the mean loss over the rows with respect to every weight and bias, by backpropagation."""
    goal, seen = _goal(head), forward(net, x, factors, clamps)
    z = seen[-1][0]
    delta = _slopes_of_z(goal, z, labels) / np.asarray(len(labels), z.dtype)
    if goal.class_weights is not None:
        delta = delta * _weights(goal, labels)[:, None]
    slopes: Slopes = []
    for index in reversed(range(len(net))):
        before = x if index == 0 else seen[index - 1][1]
        slopes.append((delta.T @ before, delta.sum(axis=0)))
        if index:
            slope = ACTIVATIONS[net[index - 1][2]][1](seen[index - 1][0])
            thinned = factors[index - 1] if factors else None
            delta = (delta @ net[index][0]) * slope * (1.0 if thinned is None else thinned)
            for unit, _ in _held_in(index - 1, clamps):
                delta[:, unit] = 0.0
    return slopes[::-1]


def clipped(kind: str, limit: float, slopes: list[Array]) -> list[Array]:
    """By value, or by the norm of all of them together."""
    if kind == "value":
        return [np.clip(slope, -limit, limit) for slope in slopes]
    norm = float(np.sqrt(sum((slope**2).sum() for slope in slopes)))
    return [slope * limit / norm for slope in slopes] if norm > limit else slopes


def schedule(kind: str, update: int, *, warmup: int = 0, span: int = 1, factor: float = 1.0) -> float:
    """What the learning rate is multiplied with when `update` updates are done."""
    if update < warmup:
        return (update + 1) / warmup
    done = update - warmup
    if kind == "step":
        return float(factor ** (done // span))
    if kind == "exponential":
        return float(factor ** (done / span))
    if kind == "cosine":
        return factor + (1.0 - factor) * (1.0 + float(np.cos(np.pi * min(done / span, 1.0)))) / 2.0
    return 1.0


@dataclass
class Optimizer:
    """One rule over a list of arrays. `kind` and `numbers` are those of the spec; state is kept inside.

    `arrays` alternate weight, bias, weight, bias, ...; regularisation and decay act on the even ones. `l1` and `l2` are
    one rate, or one per layer. `held` marks numbers that stay, with their moments; `rates` gives the schedule's factor.
    """

    kind: str
    numbers: dict[str, float]
    l1: float | list[float] = 0.0
    l2: float | list[float] = 0.0
    clipping: tuple[str, float] | None = None
    held: list[Array] | None = None
    rates: Callable[[int], float] = lambda _: 1.0
    _first: list[Array] = field(default_factory=list)
    _second: list[Array] = field(default_factory=list)
    _count: int = 0

    def step(self, arrays: list[Array], slopes: list[Array]) -> list[Array]:
        """New arrays after one update along the gradient."""
        if not self._first:
            self._first = [np.zeros_like(array) for array in arrays]
            self._second = [np.zeros_like(array) for array in arrays]
        rate = np.asarray(self.numbers["learning_rate"] * self.rates(self._count), arrays[0].dtype)
        self._count += 1
        if self.held is not None:
            slopes = [np.where(held, 0.0, slope) for held, slope in zip(self.held, slopes, strict=True)]
        if self.clipping is not None:
            slopes = clipped(*self.clipping, slopes)
        before = [[m.copy() for m in moments] for moments in (self._first, self._second)]
        moved: list[Array] = []
        for index, (old, slope) in enumerate(zip(arrays, slopes, strict=True)):
            is_weight = index % 2 == 0
            l1, l2 = (each[index // 2] if isinstance(each, list) else each for each in (self.l1, self.l2))
            g = slope + l2 * old if is_weight and l2 else slope
            new = old - rate * self._direction(index, old, g, is_weight=is_weight)
            moved.append(self._shrunk(old, new, float(rate) * l1) if is_weight and l1 else new)
        if self.held is None:
            return moved
        for moments, kept in zip((self._first, self._second), before, strict=True):
            moments[:] = [np.where(h, k, m) for h, k, m in zip(self.held, kept, moments, strict=True)]
        return [np.where(h, old, new) for h, old, new in zip(self.held, arrays, moved, strict=True)]

    def _shrunk(self, old: Array, new: Array, pull: float) -> Array:
        """L1 pulls towards zero by a fixed amount and stops there."""
        pulled = new - pull * np.sign(old)
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


def updated(
    head: str | Goal,
    net: Net,
    optimizer: Optimizer,
    x: Array,
    labels: Array,
    factors: Factors | None = None,
    clamps: Clamps | None = None,
) -> Net:
    """The net after one update on one batch."""
    slopes = [array for pair in gradients(head, net, x, labels, factors, clamps) for array in pair]
    return rebuilt(net, optimizer.step(flat(net), slopes))
