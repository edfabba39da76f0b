"""Layers of language models: embedding, positions, attention, the transformer's block."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import LearningLayer, Parameter, ShapeError, Units
from neuroglow.spec.layers.flow import Flow
from neuroglow.spec.layers.windows import reshaping

Heads = Annotated[int, Field(ge=1, le=limits.MAX_HEADS)]


def require_sequence(flow: Flow, what: str) -> Flow:
    """A sequence; a signal is read with its first axis as steps."""
    if flow.kind == "sequence":
        return flow
    if flow.kind == "signal":
        return Flow(flow.shape, "sequence")
    # Rows of pixels as steps, channel after channel; a list as steps of one number.
    features = flow.shape[-1] if flow.kind == "picture" else 1
    message = f"{what} reads sequences (steps, features), and this is {flow}"
    raise ShapeError(message, **reshaping((flow.size // features, features)))


class Embedding(LearningLayer):
    """A vector of `units` numbers for every token: row number x of a table. Numbers are taken to the nearest whole one
    of the table. `vocabulary` defaults to that of the data."""

    type: Literal["embedding"] = "embedding"
    units: Units = 16
    vocabulary: Annotated[int, Field(ge=1, le=limits.MAX_VOCABULARY)] | None = None

    READS_TOKENS: ClassVar[bool] = True
    OF_UNITS: ClassVar[dict[str, int]] = {"weight": 1}

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        if flow.kind not in ("tokens", "vector"):
            raise ShapeError(f"An embedding reads tokens, and this is {flow}")
        if self.vocabulary is None and flow.vocabulary is None:
            raise ShapeError(
                "How many different tokens there are is not known; say it",
                member="vocabulary",
                set={"vocabulary": 64},
                say="Make the vocabulary 64",
            )
        if self.vocabulary is not None and flow.vocabulary is not None and self.vocabulary < flow.vocabulary:
            raise ShapeError(
                f"There are {flow.vocabulary} different tokens, and the table has {self.vocabulary} rows",
                member="vocabulary",
                set={"vocabulary": flow.vocabulary},
                say=f"Make the vocabulary {flow.vocabulary}",
            )
        return Flow((*flow.shape, self.units), "sequence")

    def rows(self, flow: Flow) -> int:
        """Tokens that it knows."""
        return self.vocabulary or flow.vocabulary or 1

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        rows = self.rows(inputs[0])
        return {"weight": Parameter((rows, self.units), "weight", self.units, rows)}

    def operations(self, *inputs: Flow) -> int:
        return 0


class PositionalEncoding(LearningLayer):
    """Adds to every step what tells its place: sines and cosines of falling frequency (Vaswani et al. 2017), or a
    learned vector for each step."""

    type: Literal["positional_encoding"] = "positional_encoding"
    kind: Literal["sinusoidal", "learned"] = "sinusoidal"

    OF_UNITS: ClassVar[dict[str, int]] = {"weight": 1}

    def output(self, *inputs: Flow) -> Flow:
        return require_sequence(inputs[0], "Positional encoding")

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        steps, features = inputs[0].shape
        return {} if self.kind == "sinusoidal" else {"weight": Parameter((steps, features), "weight", features, steps)}


def attention_parameters(features: int) -> dict[str, Parameter]:
    """Projections to queries, keys, values and back, each with a bias."""
    parameters: dict[str, Parameter] = {}
    for part in ("query", "key", "value", "out"):
        parameters[f"{part}_weight"] = Parameter((features, features), "weight", features, features)
        parameters[f"{part}_bias"] = Parameter((features,), "bias")
    return parameters


def _require_heads(flow: Flow, heads: int) -> None:
    if flow.shape[1] % heads:
        fitting = math.gcd(flow.shape[1], heads)
        raise ShapeError(
            f"{heads} heads do not divide {flow.shape[1]} features",
            member="heads",
            set={"heads": fitting},
            say=f"Use {fitting} head{'s' if fitting > 1 else ''}",
        )


class Attention(LearningLayer):
    """Multi-head self-attention: per head softmax(Q Kᵀ / √d) V, heads side by side, projected (Vaswani et al. 2017).
    `causal`: no step sees those after it."""

    type: Literal["attention"] = "attention"
    heads: Heads = 4
    causal: bool = False

    OF_UNITS: ClassVar[dict[str, int]] = {"out_weight": 0, "out_bias": 0}

    def output(self, *inputs: Flow) -> Flow:
        flow = require_sequence(inputs[0], "Attention")
        _require_heads(flow, self.heads)
        return flow

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        return attention_parameters(inputs[0].shape[1])

    def operations(self, *inputs: Flow) -> int:
        steps, features = inputs[0].shape
        return 4 * steps * features * features + 2 * steps * steps * features

    def kept(self, *inputs: Flow) -> int:
        steps, features = inputs[0].shape
        return 6 * steps * features + 3 * self.heads * steps * steps


class TransformerBlock(LearningLayer):
    """x ← x + attention(norm(x)), then x ← x + W₂ gelu(W₁ norm(x)): the block of GPT (Radford et al. 2019), the hidden
    layer `expansion` times as wide."""

    type: Literal["transformer_block"] = "transformer_block"
    heads: Heads = 4
    causal: bool = False
    expansion: Annotated[int, Field(ge=1, le=16)] = 4

    OF_UNITS: ClassVar[dict[str, int]] = {"out_weight": 0, "out_bias": 0, "last_weight": 0, "last_bias": 0}

    def output(self, *inputs: Flow) -> Flow:
        flow = require_sequence(inputs[0], "A transformer block")
        _require_heads(flow, self.heads)
        return flow

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        features = inputs[0].shape[1]
        hidden = self.expansion * features
        return {
            "attention_gain": Parameter((features,), "gain"),
            "attention_shift": Parameter((features,), "bias"),
            **attention_parameters(features),
            "hidden_gain": Parameter((features,), "gain"),
            "hidden_shift": Parameter((features,), "bias"),
            "hidden_weight": Parameter((hidden, features), "weight", features, hidden),
            "hidden_bias": Parameter((hidden,), "bias"),
            "last_weight": Parameter((features, hidden), "weight", hidden, features),
            "last_bias": Parameter((features,), "bias"),
        }

    def operations(self, *inputs: Flow) -> int:
        steps, features = inputs[0].shape
        return (4 + 2 * self.expansion) * steps * features * features + 2 * steps * steps * features

    def kept(self, *inputs: Flow) -> int:
        steps, features = inputs[0].shape
        return (10 + 2 * self.expansion) * steps * features + 3 * self.heads * steps * steps
