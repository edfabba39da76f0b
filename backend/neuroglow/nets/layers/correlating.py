"""Sliding a kernel over numbers with places: what convolutions of every kind come down to.

On a CPU the numbers under the kernel are laid side by side for every place, and one matrix product does the rest: XLA's
own convolution is as fast outside loops and ten times slower inside one, where training runs. Elsewhere it is XLA's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array


def correlated(
    x: Array,
    weight: Array,
    *,
    stride: Sequence[int],
    around: Sequence[tuple[int, int]],
    dilation: Sequence[int],
    groups: int = 1,
    apart: Sequence[int] | None = None,
) -> Array:
    """x (channels, *places), weight (made, channels / groups, *kernel) -> (made, *places).

    `around` is what padding adds before and after each axis, `apart` how far the numbers of x stand from each other
    (zeros between): a convolution the other way round.
    """
    apart = apart or [1] * len(stride)
    if jax.default_backend() == "cpu":
        return _by_patches(x, weight, stride, around, dilation, groups, apart)
    letters = "HW"[: len(stride)]
    made: Array = jax.lax.conv_general_dilated(
        x[None],
        weight,
        stride,
        around,
        lhs_dilation=apart,
        rhs_dilation=dilation,
        feature_group_count=groups,
        dimension_numbers=(f"NC{letters}", f"OI{letters}", f"NC{letters}"),
    )
    return made[0]


def _by_patches(
    x: Array,
    weight: Array,
    stride: Sequence[int],
    around: Sequence[tuple[int, int]],
    dilation: Sequence[int],
    groups: int,
    apart: Sequence[int],
) -> Array:
    made, channels = weight.shape[:2]
    zero = np.zeros((), x.dtype)
    config = [(*edge, gap - 1) for edge, gap in zip(around, apart, strict=True)]
    padded = jax.lax.pad(jnp.moveaxis(x, 0, -1), zero, [*config, (0, 0, 0)])
    kernel = weight.shape[2:]
    places = [
        (size - (side - 1) * far - 1) // step + 1
        for size, side, far, step in zip(padded.shape[:-1], kernel, dilation, stride, strict=True)
    ]
    patches = _patches(padded, kernel, places, stride, dilation).reshape(-1, math.prod(kernel), groups, channels)
    # (made, channels, *kernel) -> (groups, made / groups, kernel, channels)
    by_group = weight.reshape(groups, made // groups, channels, -1).transpose(0, 1, 3, 2)
    if groups == 1:
        flat = patches.reshape(patches.shape[0], -1) @ by_group.reshape(made, -1).T
    else:
        flat = jnp.einsum("pkgc,gokc->pgo", patches, by_group).reshape(-1, made)
    return jnp.moveaxis(flat.reshape(*places, made), -1, 0)


def _patches(
    x: Array, kernel: Sequence[int], places: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Array:
    """x (*places, channels) -> (*places, *kernel, channels): what lies under the kernel at each place.

    One axis after the other: as many slices as the kernel's sides have together, not as it has places.
    """
    axes = len(kernel)
    for axis, (side, count, step, far) in enumerate(zip(kernel, places, stride, dilation, strict=True)):
        last = (count - 1) * step + 1
        slices = [jax.lax.slice_in_dim(x, at * far, at * far + last, step, axis) for at in range(side)]
        x = jnp.stack(slices, axis=axes + axis)
    return x
