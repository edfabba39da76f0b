"""What every type of layer is to Equinox, or to plain JAX where it has none: arrays that learn, and a call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.spec.layers import AnyLayer, Flow
from unit.graphs import MERGES

KEY = jax.random.key(0)
Oracle = tuple[Any, Callable[..., Array]]
"""What learns (a pytree), and how it is called."""


def _pads(padding: str | int) -> str | int:
    return padding.upper() if isinstance(padding, str) else padding


def _dense(layer: Any, flow: Flow) -> Oracle:
    if flow.kind == "sequence":
        linear = eqx.nn.Linear(flow.shape[1], layer.units, key=KEY)
        return linear, jax.vmap(linear)
    linear = eqx.nn.Linear(flow.size, layer.units, key=KEY)
    return linear, lambda x: linear(x.ravel())


def _conv1d(layer: Any, flow: Flow) -> Oracle:
    convolution = eqx.nn.Conv1d(
        flow.units, layer.channels, layer.kernel, layer.stride, _pads(layer.padding), layer.dilation, layer.groups,
        key=KEY,
    )  # fmt: skip
    return convolution, (lambda x: convolution(x.T).T) if flow.kind == "sequence" else convolution


def _conv2d(layer: Any, flow: Flow) -> Oracle:
    convolution = eqx.nn.Conv2d(
        flow.shape[0], layer.channels, layer.kernel, layer.stride, _pads(layer.padding), layer.dilation, layer.groups,
        key=KEY,
    )  # fmt: skip
    return convolution, convolution


def _conv_transpose2d(layer: Any, flow: Flow) -> Oracle:
    convolution = eqx.nn.ConvTranspose2d(
        flow.shape[0], layer.channels, layer.kernel, layer.stride, padding=_pads(layer.padding), key=KEY
    )
    return convolution, convolution


def _pool(kind: Any) -> Callable[[Any, Flow], Oracle]:
    def oracle(layer: Any, flow: Flow) -> Oracle:
        padding = layer.padding
        if isinstance(padding, str):
            window = (layer.window,) * 2 if isinstance(layer.window, int) else layer.window
            strides = layer.stride or window
            strides = (strides,) * 2 if isinstance(strides, int) else strides
            padding = tuple(jax.lax.padtype_to_pads(flow.shape[1:], window, strides, padding.upper()))
        return None, kind(layer.window, layer.window if layer.stride is None else layer.stride, padding)

    return oracle


def _upsample(layer: Any, flow: Flow) -> Oracle:
    channels, height, width = flow.shape
    return None, lambda x: jax.image.resize(x, (channels, height * layer.factor, width * layer.factor), layer.method)


def _batch_norm(layer: Any, flow: Flow) -> Oracle:
    norm = eqx.nn.BatchNorm(flow.units, "batch", mode="batch")
    return (norm.weight, norm.bias), lambda x: x


def _layer_norm(layer: Any, flow: Flow) -> Oracle:
    if flow.kind == "sequence":
        norm = eqx.nn.LayerNorm(flow.shape[1])
        return norm, jax.vmap(norm)
    norm = eqx.nn.LayerNorm(flow.shape)
    return norm, norm


def _group_norm(layer: Any, flow: Flow) -> Oracle:
    norm = eqx.nn.GroupNorm(layer.groups, flow.units)
    return norm, (lambda x: norm(x.T).T) if flow.kind == "sequence" else norm


def _embedding(layer: Any, flow: Flow) -> Oracle:
    table = eqx.nn.Embedding(layer.vocabulary or flow.vocabulary, layer.units, key=KEY)
    return table, lambda x: jax.vmap(table)(x.astype(jnp.int32))


def _positions(layer: Any, flow: Flow) -> Oracle:
    learned = jnp.zeros(flow.shape) if layer.kind == "learned" else None
    return learned, lambda x: x if learned is None else x + learned


def _attention(layer: Any, flow: Flow) -> Oracle:
    attention = eqx.nn.MultiheadAttention(
        layer.heads, flow.shape[1], use_query_bias=True, use_key_bias=True, use_value_bias=True, use_output_bias=True,
        key=KEY,
    )  # fmt: skip
    return attention, lambda x: attention(x, x, x)


def _transformer_block(layer: Any, flow: Flow) -> Oracle:
    attention, attend = _attention(layer, flow)
    features = flow.shape[1]
    before, between = eqx.nn.LayerNorm(features), eqx.nn.LayerNorm(features)
    hidden = eqx.nn.MLP(features, features, layer.expansion * features, depth=1, key=KEY)

    def block(x: Array) -> Array:
        x = x + attend(jax.vmap(before)(x))
        return x + jax.vmap(hidden)(jax.vmap(between)(x))

    return (attention, before, between, eqx.filter(hidden, eqx.is_array)), block


def _recurrent(layer: Any, flow: Flow) -> Oracle:
    features, start = flow.shape[1], jnp.zeros(layer.units)
    cell: Any
    if layer.type == "rnn":
        own, state = (
            eqx.nn.Linear(features, layer.units, key=KEY),
            eqx.nn.Linear(layer.units, layer.units, use_bias=False, key=KEY),
        )
        cell = (own, state)

        def step(carry: Any, x: Array) -> tuple[Any, Array]:
            carry = jnp.tanh(own(x) + state(carry))
            return carry, carry

    else:
        cell = (eqx.nn.GRUCell if layer.type == "gru" else eqx.nn.LSTMCell)(features, layer.units, key=KEY)

        def step(carry: Any, x: Array) -> tuple[Any, Array]:
            carry = cell(x, carry)
            return carry, carry[0] if layer.type == "lstm" else carry

    def run(x: Array) -> Array:
        states = jax.lax.scan(step, (start, start) if layer.type == "lstm" else start, x)[1]
        return states if layer.return_sequences else states[-1]

    return cell, run


def _repeat(layer: Any, flow: Flow) -> Oracle:
    turns = [
        oracle_of(inner, flow)[0] for _ in range(layer.times) for inner in layer.layers if inner.type not in MERGES
    ]
    return turns, lambda x: x


ORACLES: dict[str, Callable[[Any, Flow], Oracle]] = {
    "dense": _dense,
    "sparse_dense": _dense,
    "conv1d": _conv1d,
    "conv2d": _conv2d,
    "conv_transpose2d": _conv_transpose2d,
    "max_pool2d": _pool(eqx.nn.MaxPool2d),
    "avg_pool2d": _pool(eqx.nn.AvgPool2d),
    "global_avg_pool": lambda _, flow: (None, lambda x: x.mean(0 if flow.kind == "sequence" else range(1, x.ndim))),
    "flatten": lambda _, flow: (None, jnp.ravel),
    "reshape": lambda layer, flow: (None, lambda x: x.reshape(layer.shape)),
    "upsample": _upsample,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "dropout": lambda layer, flow: (None, lambda x: eqx.nn.Dropout(layer.rate)(x, key=KEY)),
    "sampling": lambda _, flow: (None, lambda x: x.ravel()[: flow.size // 2]),
    "embedding": _embedding,
    "positional_encoding": _positions,
    "attention": _attention,
    "transformer_block": _transformer_block,
    "gru": _recurrent,
    "lstm": _recurrent,
    "rnn": _recurrent,
    "repeat": _repeat,
}


def as_read(layer: AnyLayer, flow: Flow) -> Flow:
    """Layers on sequences read a signal as one."""
    stepwise = ("attention", "transformer_block", "positional_encoding", "gru", "lstm", "rnn")
    return Flow(flow.shape, "sequence") if flow.kind == "signal" and layer.type in stepwise else flow


def oracle_of(layer: AnyLayer, flow: Flow) -> Oracle:
    return ORACLES[layer.type](layer, as_read(layer, flow))


def told_by_oracle(layer: AnyLayer, flow: Flow) -> tuple[tuple[int, ...], int]:
    """The shape that it makes and how many numbers learn, both without computing anything."""

    def probe(x: Array) -> tuple[Array, Any]:
        learns, call = oracle_of(layer, flow)
        return call(x), eqx.filter(learns, eqx.is_inexact_array)

    made, learns = jax.eval_shape(probe, array(flow))
    return made.shape, sum(leaf.size for leaf in jax.tree.leaves(learns))


def array(flow: Flow) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(flow.shape, jnp.float32)


def multiplications(jaxpr: Any) -> int:
    """Of all matrix products and convolutions in a program, one with an addition each."""
    total = 0
    for equation in jaxpr.eqns:
        inner = [value for value in equation.params.values() if hasattr(value, "jaxpr") or hasattr(value, "eqns")]
        times = equation.params["length"] if equation.primitive.name == "scan" else 1
        total += times * sum(multiplications(getattr(each, "jaxpr", each)) for each in inner)
        made = equation.outvars[0].aval
        if equation.primitive.name == "dot_general":
            (contracted, _), _ = equation.params["dimension_numbers"]
            total += made.size * math.prod(equation.invars[0].aval.shape[axis] for axis in contracted)
        if equation.primitive.name == "conv_general_dilated":
            kernels = equation.invars[1].aval.shape
            total += made.size * math.prod(kernels[1:])
    return total
