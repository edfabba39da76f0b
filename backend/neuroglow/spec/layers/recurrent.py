"""Recurrent layers: one cell, step after step, with a state that it hands on."""

from __future__ import annotations

from typing import ClassVar, Literal

from neuroglow.spec.layers.base import LearningLayer, Parameter, Units
from neuroglow.spec.layers.flow import Flow
from neuroglow.spec.layers.sequence import require_sequence


class Rnn(LearningLayer):
    """h ← tanh(W x + U h + b), from zeros (Elman 1990). With `return_sequences` the state after every step, else the
    last."""

    type: Literal["rnn"] = "rnn"
    units: Units = 16
    return_sequences: bool = False

    GATES: ClassVar[int] = 1
    OF_UNITS: ClassVar[dict[str, int]] = {"weight": 0, "state_weight": 0, "bias": 0, "state_bias": 0}

    def output(self, *inputs: Flow) -> Flow:
        flow = require_sequence(inputs[0], "A recurrent layer")
        if self.return_sequences:
            return Flow((flow.shape[0], self.units), "sequence")
        return Flow((self.units,), "vector")

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        features, rows = inputs[0].shape[1], self.GATES * self.units
        return {
            "weight": Parameter((rows, features), "weight", features, self.units),
            "state_weight": Parameter((rows, self.units), "weight", self.units, self.units),
            "bias": Parameter((rows,), "bias"),
        }

    def operations(self, *inputs: Flow) -> int:
        steps, features = inputs[0].shape
        return steps * self.GATES * self.units * (features + self.units + 1)

    def kept(self, *inputs: Flow) -> int:
        return inputs[0].shape[0] * (2 * self.GATES + 2) * self.units


class Gru(Rnn):
    """Gated recurrent unit (Cho et al. 2014): r, u = σ(…), n = tanh(W x + b + r·(U h + b′)), h ← (1 − u)·n + u·h."""

    type: Literal["gru"] = "gru"  # type: ignore[assignment]

    GATES: ClassVar[int] = 3

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        return {**super().parameters(*inputs), "state_bias": Parameter((self.units,), "bias")}


class Lstm(Rnn):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000): i, f, o = σ(…), g = tanh(…),
    c ← f·c + i·g, h ← o·tanh(c)."""

    type: Literal["lstm"] = "lstm"  # type: ignore[assignment]

    GATES: ClassVar[int] = 4
