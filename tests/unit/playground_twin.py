"""TensorFlow Playground's own arithmetic in NumPy: `nn.ts` and `oneStep` at commit 02469bd, one sample at a time.

Double precision as in JavaScript. Nothing here imports the engine. The quirk in which the engine's arithmetic differs
on purpose (`docs/parity.md`) is a switch, so that a test can show that it is the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[Callable[[Array], Array], Callable[[Array], Array]]

ACTIVATIONS: dict[str, Pair] = {
    "tanh": (np.tanh, lambda x: 1.0 - np.tanh(x) ** 2),
    "relu": (lambda x: np.maximum(0.0, x), lambda x: np.where(x <= 0.0, 0.0, 1.0)),
    "sigmoid": (lambda x: 1.0 / (1.0 + np.exp(-x)), lambda x: np.exp(-x) / (1.0 + np.exp(-x)) ** 2),
    "linear": (lambda x: x, np.ones_like),
}
PENALTY_SLOPES: dict[str, Callable[[Array], Array]] = {"none": np.zeros_like, "l1": np.sign, "l2": lambda w: w}


@dataclass
class Playground:
    """A network of `(W (units, fan_in), b (units,), activation)`, the output's one unit last.

    `links_die`: a weight that L1 has pulled across zero stays zero for good, as on the page.
    """

    layers: list[tuple[Array, Array, str]]
    regularization: str = "none"
    rate: float = 0.0
    links_die: bool = True
    _alive: list[Array] = field(default_factory=list)
    _slopes: list[tuple[Array, Array]] = field(default_factory=list)
    _accumulated: int = 0

    def __post_init__(self) -> None:
        self.layers = [(w.astype(np.float64), b.astype(np.float64), name) for w, b, name in self.layers]
        self._alive = [np.ones(weight.shape, bool) for weight, _, _ in self.layers]
        self._clear()

    def _clear(self) -> None:
        self._slopes = [(np.zeros_like(weight), np.zeros_like(bias)) for weight, bias, _ in self.layers]
        self._accumulated = 0

    def forward(self, x: Array) -> list[tuple[Array, Array]]:
        """x (inputs,) -> (total input, output) of every layer."""
        seen = []
        for weight, bias, activation in self.layers:
            total = bias + weight @ x
            x = ACTIVATIONS[activation][0](total)
            seen.append((total, x))
        return seen

    def loss(self, inputs: Array, targets: Array) -> float:
        """The mean of ½ (output − target)² over the rows, as the page shows it."""
        outputs = np.array([self.forward(x)[-1][1][0] for x in inputs])
        return float(np.mean(0.5 * (outputs - targets) ** 2))

    def backpropagate(self, x: Array, target: float) -> float:
        """Add one sample's error derivatives to those waiting for the next update; its loss before that update."""
        seen = self.forward(x)
        output_slope = seen[-1][1] - target
        for index in reversed(range(len(self.layers))):
            weight, _, activation = self.layers[index]
            total_slope = output_slope * ACTIVATIONS[activation][1](seen[index][0])
            before = x if index == 0 else seen[index - 1][1]
            weight_slope, bias_slope = self._slopes[index]
            weight_slope += np.outer(total_slope, before)
            bias_slope += total_slope
            output_slope = weight.T @ total_slope
        self._accumulated += 1
        return float(0.5 * (seen[-1][1][0] - target) ** 2)

    def update(self, learning_rate: float) -> None:
        """`updateWeights`: the mean gradient first, then the penalty's slope at the weight before it."""
        if self._accumulated == 0:
            return
        for index, (weight, bias, activation) in enumerate(self.layers):
            weight_slope, bias_slope = self._slopes[index]
            pull = learning_rate * self.rate * PENALTY_SLOPES[self.regularization](weight)
            moved = weight - learning_rate / self._accumulated * weight_slope
            pulled = moved - pull
            if self.regularization == "l1":
                crossed = moved * pulled < 0.0
                pulled = np.where(crossed, 0.0, pulled)
                if self.links_die:
                    self._alive[index] &= ~crossed
                    pulled = np.where(self._alive[index], pulled, 0.0)
            self.layers[index] = (pulled, bias - learning_rate * bias_slope / self._accumulated, activation)
        self._clear()


def one_epoch(
    network: Playground, rows: Iterable[tuple[Array, float]], batch_size: int, learning_rate: float
) -> list[float]:
    """`oneStep`: an update after every full batch; what an incomplete last one has gathered waits for the next epoch.

    Returns each sample's loss as it was passed through.
    """
    losses = []
    for number, (x, target) in enumerate(rows, start=1):
        losses.append(network.backpropagate(x, target))
        if number % batch_size == 0:
            network.update(learning_rate)
    return losses
