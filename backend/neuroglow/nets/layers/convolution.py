"""Convolutions: cross-correlations, as everywhere in the field; kernels (channels, channels read, height, width)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import jax
from jax import Array

from neuroglow.nets.activations import ACTIVATIONS
from neuroglow.nets.layers.base import Arrays, Call
from neuroglow.spec.layers.convolution import Conv1d, Conv2d, ConvTranspose2d, reach
from neuroglow.spec.layers.windows import edges, pair, transposed_edges

_PICTURES = ("NCHW", "OIHW", "NCHW")
_SIGNALS = ("NCH", "OIH", "NCH")


def conv2d(call: Call) -> Arrays:
    """z[k] = Σ_c W[k, c] ⋆ x[c] + b[k], a = activation(z)."""
    layer, x = cast("Conv2d", call.shape.layer), call.x
    kernel, stride, dilation = pair(layer.kernel), pair(layer.stride), pair(layer.dilation)
    around = [
        edges(size, reach(side, apart), step, layer.padding)
        for size, side, apart, step in zip(x.shape[1:], kernel, dilation, stride, strict=True)
    ]
    z = jax.lax.conv_general_dilated(
        x[None],
        call.parameters["weight"],
        stride,
        around,
        rhs_dilation=dilation,
        feature_group_count=layer.groups,
        dimension_numbers=_PICTURES,
    )[0]
    return _activated(call, z + call.parameters["bias"][:, None, None])


def conv1d(call: Call) -> Arrays:
    """The same along one axis: the steps of a sequence, whose features are the channels, or the length of a signal."""
    layer, flow = cast("Conv1d", call.shape.layer), call.shape.reads[0]
    x = call.x.T if flow.kind == "sequence" else call.x
    around = [edges(x.shape[1], reach(layer.kernel, layer.dilation), layer.stride, layer.padding)]
    z = jax.lax.conv_general_dilated(
        x[None],
        call.parameters["weight"],
        (layer.stride,),
        around,
        rhs_dilation=(layer.dilation,),
        feature_group_count=layer.groups,
        dimension_numbers=_SIGNALS,
    )[0]
    z = z + call.parameters["bias"][:, None]
    return _activated(call, z.T if flow.kind == "sequence" else z)


def conv_transpose2d(call: Call) -> Arrays:
    """z[k] = Σ_c Σ_i x[c, i] · W[k, c] put down at i · stride, + b[k]; a = activation(z)."""
    layer, x = cast("ConvTranspose2d", call.shape.layer), call.x
    kernel, stride = pair(layer.kernel), pair(layer.stride)
    # Putting kernels down, stride apart, is sliding the turned kernel over numbers that stand stride apart.
    around = [
        _turned(transposed_edges(side, step, layer.padding), side) for side, step in zip(kernel, stride, strict=True)
    ]
    z = jax.lax.conv_general_dilated(
        x[None],
        call.parameters["weight"][:, :, ::-1, ::-1],
        (1, 1),
        around,
        lhs_dilation=stride,
        dimension_numbers=_PICTURES,
    )[0]
    return _activated(call, z + call.parameters["bias"][:, None, None])


def _turned(left_out: Sequence[int], side: int) -> tuple[int, int]:
    return side - 1 - left_out[0], side - 1 - left_out[1]


def _activated(call: Call, z: Array) -> Arrays:
    return {"z": z, "a": ACTIVATIONS[call.shape.activation](z)}
