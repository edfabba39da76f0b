"""Convolutions: cross-correlations, as everywhere in the field; kernels (channels, channels read, height, width)."""

from __future__ import annotations

from typing import cast

from jax import Array

from neuroglow.nets.activations import ACTIVATIONS
from neuroglow.nets.layers.base import Arrays, Call
from neuroglow.nets.layers.correlating import correlated
from neuroglow.spec.layers.convolution import Conv1d, Conv2d, ConvTranspose2d, reach
from neuroglow.spec.layers.windows import edges, pair, transposed_edges


def conv2d(call: Call) -> Arrays:
    """z[k] = Σ_c W[k, c] ⋆ x[c] + b[k], a = activation(z)."""
    layer, x = cast("Conv2d", call.shape.layer), call.x
    kernel, stride, dilation = pair(layer.kernel), pair(layer.stride), pair(layer.dilation)
    around = [
        edges(size, reach(side, apart), step, layer.padding)
        for size, side, apart, step in zip(x.shape[1:], kernel, dilation, stride, strict=True)
    ]
    z = correlated(
        x, call.parameters["weight"], stride=stride, around=around, dilation=dilation, groups=layer.groups
    )
    return _activated(call, z + call.parameters["bias"][:, None, None])


def conv1d(call: Call) -> Arrays:
    """The same along one axis: the steps of a sequence, whose features are the channels, or the length of a signal."""
    layer, is_sequence = cast("Conv1d", call.shape.layer), call.shape.reads[0].kind == "sequence"
    x = call.x.T if is_sequence else call.x
    z = correlated(
        x,
        call.parameters["weight"],
        stride=[layer.stride],
        around=[edges(x.shape[1], reach(layer.kernel, layer.dilation), layer.stride, layer.padding)],
        dilation=[layer.dilation],
        groups=layer.groups,
    )
    z = z + call.parameters["bias"][:, None]
    return _activated(call, z.T if is_sequence else z)


def conv_transpose2d(call: Call) -> Arrays:
    """z[k] = Σ_c Σ_i x[c, i] · W[k, c] put down at i · stride, + b[k]; a = activation(z)."""
    layer, x = cast("ConvTranspose2d", call.shape.layer), call.x
    kernel, stride = pair(layer.kernel), pair(layer.stride)
    # Putting kernels down, stride apart, is sliding the turned kernel over numbers that stand stride apart.
    around: list[tuple[int, int]] = []
    for side, step in zip(kernel, stride, strict=True):
        before, after = transposed_edges(side, step, layer.padding)
        around.append((side - 1 - before, side - 1 - after))
    turned = call.parameters["weight"][:, :, ::-1, ::-1]
    z = correlated(x, turned, stride=[1, 1], around=around, dilation=[1, 1], apart=stride)
    return _activated(call, z + call.parameters["bias"][:, None, None])


def _activated(call: Call, z: Array) -> Arrays:
    return {"z": z, "a": ACTIVATIONS[call.shape.activation](z)}
