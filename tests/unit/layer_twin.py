"""Every type of layer in plain NumPy loops, written from its formula alone: the oracle of `nets.layers`.

One example at a time, in the dtype of its arguments. Layers are the documents of the spec with their defaults written
out; nothing here imports the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from unit.numpy_twin import ACTIVATIONS, Array

Numbers = dict[str, Array]
Document = dict[str, Any]


def _pair(sides: Any) -> tuple[int, int]:
    return (sides, sides) if isinstance(sides, int) else tuple(sides)


def _padded(size: int, window: int, stride: int, padding: Any) -> tuple[int, int]:
    """(places of a window, zeros before the first number) along one axis."""
    if padding == "same":
        count = -(-size // stride)
        return count, max(0, (count - 1) * stride + window - size) // 2
    before = 0 if padding == "valid" else padding
    return (size + 2 * before - window) // stride + 1, before


def _activated(layer: Document, z: Array) -> Array:
    return ACTIVATIONS[layer["activation"]][0](z)


def _dense(layer: Document, p: Numbers, x: Array) -> Array:
    weight = p["weight"] * p["mask"] if "mask" in p else p["weight"]
    rows = x if layer["by_step"] else x.reshape(1, -1)
    z = np.array([[sum(w * v for w, v in zip(unit, row, strict=True)) for unit in weight] for row in rows])
    a = _activated(layer, z + p["bias"])
    return a if layer["by_step"] else a[0]


def _conv2d(layer: Document, p: Numbers, x: Array) -> Array:
    stride, dilation, weight = _pair(layer["stride"]), _pair(layer["dilation"]), p["weight"]
    made, read, height, width = weight.shape
    rows, above = _padded(x.shape[1], (height - 1) * dilation[0] + 1, stride[0], layer["padding"])
    columns, left = _padded(x.shape[2], (width - 1) * dilation[1] + 1, stride[1], layer["padding"])
    z = np.zeros((made, rows, columns), x.dtype)
    for k, i, j in np.ndindex(z.shape):
        z[k, i, j] = p["bias"][k]
        first = k // (made // layer["groups"]) * read
        for c, u, v in np.ndindex(read, height, width):
            at, to = i * stride[0] - above + u * dilation[0], j * stride[1] - left + v * dilation[1]
            if 0 <= at < x.shape[1] and 0 <= to < x.shape[2]:
                z[k, i, j] += weight[k, c, u, v] * x[first + c, at, to]
    return _activated(layer, z)


def _conv1d(layer: Document, p: Numbers, x: Array) -> Array:
    signal = x.T if layer["by_step"] else x
    flat = {**layer, "stride": (1, layer["stride"]), "dilation": (1, layer["dilation"])}
    made, _, kernel = p["weight"].shape
    if not isinstance(layer["padding"], str):
        # Only the one axis is padded.
        signal = np.pad(signal, [(0, 0), (layer["padding"],) * 2])
        flat["padding"] = "valid"
    picture = {"weight": p["weight"].reshape(made, -1, 1, kernel), "bias": p["bias"]}
    a = _conv2d(flat, picture, signal[:, None])[:, 0]
    return a.T if layer["by_step"] else a


def _conv_transpose2d(layer: Document, p: Numbers, x: Array) -> Array:
    stride, (made, read, height, width) = _pair(layer["stride"]), p["weight"].shape
    whole = np.zeros((made, (x.shape[1] - 1) * stride[0] + height, (x.shape[2] - 1) * stride[1] + width), x.dtype)
    for k, c, i, j in np.ndindex(made, read, *x.shape[1:]):
        at, to = i * stride[0], j * stride[1]
        whole[k, at : at + height, to : to + width] += x[c, i, j] * p["weight"][k, c]
    for axis, (kernel, step) in enumerate(zip((height, width), stride, strict=True), start=1):
        whole = _trimmed(whole, axis, kernel, step, layer["padding"], x.shape[axis])
    return _activated(layer, whole + p["bias"][:, None, None])


def _trimmed(whole: Array, axis: int, kernel: int, stride: int, padding: Any, size: int) -> Array:
    """As much of the full result as is kept along one axis, zeros where it does not reach."""
    wanted = {"same": size * stride, "valid": whole.shape[axis]}.get(padding, whole.shape[axis] - 2 * _number(padding))
    first = max(0, kernel - stride) // 2 if padding == "same" else _number(padding)
    places = [at if 0 <= at < whole.shape[axis] else None for at in range(first, first + wanted)]
    moved = np.moveaxis(whole, axis, 0)
    kept = np.stack([np.zeros_like(moved[0]) if at is None else moved[at] for at in places])
    return np.moveaxis(kept, 0, axis)


def _number(padding: Any) -> int:
    return padding if isinstance(padding, int) else 0


def _pooled(of_window: Callable[[list[Any]], Any]) -> Callable[[Document, Numbers, Array], Array]:
    def pool(layer: Document, _: Numbers, x: Array) -> Array:
        window = _pair(layer["window"])
        stride = window if layer["stride"] is None else _pair(layer["stride"])
        rows, above = _padded(x.shape[1], window[0], stride[0], layer["padding"])
        columns, left = _padded(x.shape[2], window[1], stride[1], layer["padding"])
        a = np.zeros((x.shape[0], rows, columns), x.dtype)
        for c, i, j in np.ndindex(a.shape):
            inside = [
                x[c, i * stride[0] - above + u, j * stride[1] - left + v]
                for u, v in np.ndindex(window)
                if 0 <= i * stride[0] - above + u < x.shape[1] and 0 <= j * stride[1] - left + v < x.shape[2]
            ]
            a[c, i, j] = of_window(inside)
        return a

    return pool


def _upsample(layer: Document, _: Numbers, x: Array) -> Array:
    factor = layer["factor"]
    a = np.zeros((x.shape[0], x.shape[1] * factor, x.shape[2] * factor), x.dtype)
    for c, i, j in np.ndindex(a.shape):
        if layer["method"] == "nearest":
            a[c, i, j] = x[c, i // factor, j // factor]
            continue
        # Centres of pixels on a line; beyond the outer ones it is flat.
        at = np.clip([(i + 0.5) / factor - 0.5, (j + 0.5) / factor - 0.5], 0.0, np.array(x.shape[1:]) - 1.0)
        low = np.floor(at).astype(int)
        high, share = np.minimum(low + 1, np.array(x.shape[1:]) - 1), at - low
        a[c, i, j] = (
            x[c, low[0], low[1]] * (1 - share[0]) * (1 - share[1])
            + x[c, high[0], low[1]] * share[0] * (1 - share[1])
            + x[c, low[0], high[1]] * (1 - share[0]) * share[1]
            + x[c, high[0], high[1]] * share[0] * share[1]
        )
    return a


def _normal(x: Array, eps: float) -> Array:
    normal: Array = (x - x.mean()) / np.sqrt(((x - x.mean()) ** 2).mean() + eps)
    return normal


def _by_unit(layer: Document, x: Array) -> Array:
    """Units first, all places of each in a row."""
    return np.array([unit.ravel() for unit in (x.T if layer["by_step"] else x)])


def _as_read(layer: Document, units: Array, x: Array) -> Array:
    return units.T if layer["by_step"] else units.reshape(x.shape)


def _batch_norm(layer: Document, p: Numbers, x: Array) -> Array:
    units = _by_unit(layer, x)
    normal = (units - p["mean"][:, None]) / np.sqrt(p["variance"][:, None] + layer["eps"])
    return _as_read(layer, normal * p["gain"][:, None] + p["bias"][:, None], x)


def _layer_norm(layer: Document, p: Numbers, x: Array) -> Array:
    normal = np.array([_normal(step, layer["eps"]) for step in x]) if layer["by_step"] else _normal(x, layer["eps"])
    return normal * p["gain"] + p["bias"]


def _group_norm(layer: Document, p: Numbers, x: Array) -> Array:
    units = _by_unit(layer, x)
    size = len(units) // layer["groups"]
    normal = np.concatenate([_normal(units[at : at + size], layer["eps"]) for at in range(0, len(units), size)])
    return _as_read(layer, normal * p["gain"][:, None] + p["bias"][:, None], x)


def _embedding(_: Document, p: Numbers, x: Array) -> Array:
    return np.array([p["weight"][min(max(round(float(token)), 0), len(p["weight"]) - 1)] for token in x])


def _positional_encoding(layer: Document, p: Numbers, x: Array) -> Array:
    if layer["kind"] == "learned":
        return x + p["weight"]
    waves = np.zeros_like(x)
    for step, feature in np.ndindex(x.shape):
        angle = step / 10_000 ** (2 * (feature // 2) / x.shape[1])
        waves[step, feature] = np.cos(angle) if feature % 2 else np.sin(angle)
    return x + waves


def _attention(layer: Document, p: Numbers, x: Array) -> Array:
    steps, features = x.shape
    size = features // layer["heads"]
    query, key, value = (x @ p[f"{part}_weight"].T + p[f"{part}_bias"] for part in ("query", "key", "value"))
    joined = np.zeros_like(x)
    for head in range(layer["heads"]):
        mine = slice(head * size, (head + 1) * size)
        for step in range(steps):
            seen = step + 1 if layer["causal"] else steps
            scores = np.array([query[step, mine] @ key[other, mine] for other in range(seen)]) / np.sqrt(size)
            shares = np.exp(scores - scores.max())
            joined[step, mine] = (shares / shares.sum()) @ value[:seen, mine]
    return joined @ p["out_weight"].T + p["out_bias"]


def _transformer_block(layer: Document, p: Numbers, x: Array) -> Array:
    def norm(y: Array, part: str) -> Array:
        return np.array([_normal(step, 1e-5) for step in y]) * p[f"{part}_gain"] + p[f"{part}_shift"]

    middle = x + _attention(layer, p, norm(x, "attention"))
    hidden = ACTIVATIONS["gelu"][0](norm(middle, "hidden") @ p["hidden_weight"].T + p["hidden_bias"])
    a: Array = middle + hidden @ p["last_weight"].T + p["last_bias"]
    return a


def _sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


def _recurrent(layer: Document, p: Numbers, x: Array) -> Array:
    units = layer["units"]
    state, memory, states = np.zeros(units, x.dtype), np.zeros(units, x.dtype), []
    for step in x:
        read, fed = p["weight"] @ step + p["bias"], p["state_weight"] @ state
        if layer["type"] == "rnn":
            state = np.tanh(read + fed)
        elif layer["type"] == "gru":
            reset, update = _sigmoid(read[:units] + fed[:units]), _sigmoid((read + fed)[units : 2 * units])
            new = np.tanh(read[2 * units :] + reset * (fed[2 * units :] + p["state_bias"]))
            state = (1 - update) * new + update * state
        else:
            entry, forget, candidate, output = np.split(read + fed, 4)
            memory = _sigmoid(forget) * memory + _sigmoid(entry) * np.tanh(candidate)
            state = _sigmoid(output) * np.tanh(memory)
        states.append(state)
    return np.array(states) if layer["return_sequences"] else states[-1]


_OF_ONE: dict[str, Callable[[Document, Numbers, Array], Array]] = {
    "dense": _dense,
    "sparse_dense": _dense,
    "conv1d": _conv1d,
    "conv2d": _conv2d,
    "conv_transpose2d": _conv_transpose2d,
    "max_pool2d": _pooled(max),
    "avg_pool2d": _pooled(lambda inside: sum(inside) / len(inside)),
    "global_avg_pool": lambda layer, _, x: _by_unit(layer, x).mean(axis=1),
    "flatten": lambda _, __, x: x.ravel(),
    "reshape": lambda layer, _, x: x.reshape(layer["shape"]),
    "upsample": _upsample,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "dropout": lambda _, __, x: x,
    "sampling": lambda _, __, x: x.ravel()[: x.size // 2],
    "embedding": _embedding,
    "positional_encoding": _positional_encoding,
    "attention": _attention,
    "transformer_block": _transformer_block,
    "rnn": _recurrent,
    "gru": _recurrent,
    "lstm": _recurrent,
}


def forward(layer: Document, parameters: Numbers, reads: Sequence[Array], *, by_step: bool) -> Array:
    """What one layer answers as it is used after training; `by_step` if it reads a sequence (steps, features)."""
    kind = layer["type"]
    if kind == "add":
        return reduce(np.add, reads)
    if kind == "multiply":
        return reduce(np.multiply, reads)
    if kind == "concat":
        return np.concatenate(reads, axis=1 if by_step else 0)
    return _OF_ONE[kind]({**layer, "by_step": by_step}, parameters, reads[0])
