"""Layers of language models."""

from __future__ import annotations

from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.nets.activations import ACTIVATIONS
from neuroglow.nets.layers.base import Arrays, Call
from neuroglow.nets.layers.normalisation import normalised
from neuroglow.spec.layers.sequence import Attention, PositionalEncoding, TransformerBlock

_EPS = 1e-5
_LONGEST_WAVE = 10_000.0


def embedding(call: Call) -> Arrays:
    """The row of the table for every token; a number is taken to the nearest row there is."""
    table, x = call.parameters["weight"], call.x
    rows = jnp.clip(jnp.round(x), 0, table.shape[0] - 1).astype(jnp.int32)
    return {"a": table[rows]}


def sinusoidal(steps: int, features: int) -> NDArray[np.float32]:
    """f32 (steps, features): sines at even features, cosines at odd ones (Vaswani et al. 2017)."""
    pairs = np.arange(features) // 2
    angles = np.arange(steps)[:, None] / _LONGEST_WAVE ** (2 * pairs[None] / features)
    return np.where(np.arange(features) % 2 == 0, np.sin(angles), np.cos(angles)).astype(np.float32)


def positional_encoding(call: Call) -> Arrays:
    """x + what tells each step's place, `encoding`."""
    learned = cast("PositionalEncoding", call.shape.layer).kind == "learned"
    encoding = call.parameters["weight"] if learned else jnp.asarray(sinusoidal(*call.shape.output.shape))
    return {"encoding": encoding, "a": call.x + encoding}


def attention(call: Call) -> Arrays:
    """Multi-head self-attention of a sequence (steps, features)."""
    layer = cast("Attention", call.shape.layer)
    return attended(call.parameters, call.x, layer.heads, is_causal=layer.causal)


def attended(parameters: Arrays, x: Array, heads: int, *, is_causal: bool) -> Arrays:
    """x (steps, features) -> `query`, `key`, `value`, `mixed` (heads, steps, features of a head), `scores` Q Kᵀ / √d
    and `weights`, their softmax along the last axis, (heads, steps, steps), `a` (steps, features)."""
    steps, features = x.shape

    def by_head(part: str) -> Array:
        projected = x @ parameters[f"{part}_weight"].T + parameters[f"{part}_bias"][None]
        return projected.reshape(steps, heads, features // heads).transpose(1, 0, 2)

    query, key, value = by_head("query"), by_head("key"), by_head("value")
    scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(features // heads))
    seen = np.tril(np.ones((steps, steps), bool)) if is_causal else np.ones((steps, steps), bool)
    weights = jax.nn.softmax(jnp.where(seen[None], scores, -jnp.inf), axis=-1)
    mixed = weights @ value
    joined = mixed.transpose(1, 0, 2).reshape(steps, features)
    a = joined @ parameters["out_weight"].T + parameters["out_bias"][None]
    return {"query": query, "key": key, "value": value, "scores": scores, "weights": weights, "mixed": mixed, "a": a}


def transformer_block(call: Call) -> Arrays:
    """`middle` = x + attention(norm(x)), a = middle + W₂ gelu(W₁ norm(middle)); the rest as in `attended`."""
    layer, x = cast("TransformerBlock", call.shape.layer), call.x
    before = _normal(call, x, "attention")
    inside = attended(call.parameters, before, layer.heads, is_causal=layer.causal)
    middle = x + inside.pop("a")
    after = _normal(call, middle, "hidden")
    z = after @ call.parameters["hidden_weight"].T + call.parameters["hidden_bias"][None]
    hidden = ACTIVATIONS["gelu"](z)
    a = middle + hidden @ call.parameters["last_weight"].T + call.parameters["last_bias"][None]
    return {
        "normal": before, **inside, "middle": middle, "hidden_normal": after, "hidden_z": z, "hidden": hidden, "a": a,
    }  # fmt: skip


def _normal(call: Call, x: Array, part: str) -> Array:
    """Every step of x normalised over its features, with the gain and the shift of that part."""
    gain, shift = call.parameters[f"{part}_gain"][None], call.parameters[f"{part}_shift"][None]
    return normalised(x, -1, gain, shift, _EPS)["a"]
