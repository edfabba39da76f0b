"""The model: an Equinox module of blocks, written for one example; `jax.vmap` makes the batch."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.nets.activations import ACTIVATIONS

Thinning = tuple[Array | None, ...]
"""Per block what its activations are multiplied with while training: f32 (units,) or (layers, units). Empty or None:
nothing."""


class Dense(eqx.Module):
    """a = activation(W x + b)

    **Attributes:** `weight` f32 (units, fan_in), `bias` f32 (units,).
    """

    weight: Array
    bias: Array
    activation: str = eqx.field(static=True)

    def __call__(self, x: Array, factors: Array | None = None) -> tuple[Array, Array]:
        """x (fan_in,) -> z (units,), a (units,), a times `factors` (units,)."""
        z = self.weight @ x + self.bias
        return z, _thinned(ACTIVATIONS[self.activation](z), factors)


class Stack(eqx.Module):
    """Equal layers one after the other, run as a scan: compile time does not grow with their number.

    **Attributes:** `weight` f32 (layers, units, units), `bias` f32 (layers, units).
    """

    weight: Array
    bias: Array
    activation: str = eqx.field(static=True)

    def __call__(self, x: Array, factors: Array | None = None) -> tuple[Array, Array]:
        """x (units,) -> z (layers, units), a (layers, units), each layer's a times its own of `factors`."""

        def layer(x: Array, parameters: tuple[Array, Array, Array | None]) -> tuple[Array, tuple[Array, Array]]:
            weight, bias, factor = parameters
            z = weight @ x + bias
            a = _thinned(ACTIVATIONS[self.activation](z), factor)
            return a, (z, a)

        _, captured = jax.lax.scan(layer, x, (self.weight, self.bias, factors))
        return captured

    def last(self, x: Array, factors: Array | None = None) -> Array:
        """The last layer's a of `__call__`, (units,), keeping nothing of the layers between."""

        def layer(x: Array, parameters: tuple[Array, Array, Array | None]) -> tuple[Array, None]:
            weight, bias, factor = parameters
            return _thinned(ACTIVATIONS[self.activation](weight @ x + bias), factor), None

        return jax.lax.scan(layer, x, (self.weight, self.bias, factors))[0]


class Network(eqx.Module):
    """Blocks in data-flow order; the last one is the output and linear."""

    blocks: tuple[Dense | Stack, ...]

    def __call__(self, x: Array, thinning: Thinning = ()) -> Array:
        """x (inputs,) -> logits or predicted targets z (outputs,)."""
        for block, factors in zip(self.blocks, thinning or (None,) * len(self.blocks), strict=True):
            x = block.last(x, factors) if isinstance(block, Stack) else block(x, factors)[1]
        return x

    def capture(self, x: Array, thinning: Thinning = ()) -> tuple[tuple[Array, Array], ...]:
        """x (inputs,) -> (z, a) of every block: (units,) for a layer, (layers, units) for a stack."""
        captured: list[tuple[Array, Array]] = []
        for block, factors in zip(self.blocks, thinning or (None,) * len(self.blocks), strict=True):
            z, a = block(x, factors)
            captured.append((z, a))
            x = a[-1] if isinstance(block, Stack) else a
        return tuple(captured)


def _thinned(a: Array, factors: Array | None) -> Array:
    return a if factors is None else a * factors


def is_weight(model: Network) -> Network:
    """The same tree with True at weights and False at biases: what regularisation and decay act on."""

    def mark(block: Dense | Stack) -> Dense | Stack:
        marked: Dense | Stack = eqx.tree_at(lambda b: (b.weight, b.bias), block, (True, False))
        return marked

    return Network(tuple(mark(block) for block in model.blocks))


def tree_all_finite(tree: object) -> Array:
    """One boolean: every number in the tree is finite."""
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))
