"""The model: an Equinox module of blocks, written for one example; `jax.vmap` makes the batch."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.nets.activations import ACTIVATIONS


class Dense(eqx.Module):
    """a = activation(W x + b)

    **Attributes:** `weight` f32 (units, fan_in), `bias` f32 (units,).
    """

    weight: Array
    bias: Array
    activation: str = eqx.field(static=True)

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """x (fan_in,) -> z (units,), a (units,)."""
        z = self.weight @ x + self.bias
        return z, ACTIVATIONS[self.activation](z)


class Stack(eqx.Module):
    """Equal layers one after the other, run as a scan: compile time does not grow with their number.

    **Attributes:** `weight` f32 (layers, units, units), `bias` f32 (layers, units).
    """

    weight: Array
    bias: Array
    activation: str = eqx.field(static=True)

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """x (units,) -> z (layers, units), a (layers, units)."""

        def layer(x: Array, parameters: tuple[Array, Array]) -> tuple[Array, tuple[Array, Array]]:
            weight, bias = parameters
            z = weight @ x + bias
            a = ACTIVATIONS[self.activation](z)
            return a, (z, a)

        _, captured = jax.lax.scan(layer, x, (self.weight, self.bias))
        return captured

    def last(self, x: Array) -> Array:
        """x (units,) -> the last layer's a (units,), keeping nothing of the layers between."""

        def layer(x: Array, parameters: tuple[Array, Array]) -> tuple[Array, None]:
            weight, bias = parameters
            return ACTIVATIONS[self.activation](weight @ x + bias), None

        return jax.lax.scan(layer, x, (self.weight, self.bias))[0]


class Network(eqx.Module):
    """Blocks in data-flow order; the last one is the output and linear."""

    blocks: tuple[Dense | Stack, ...]

    def __call__(self, x: Array) -> Array:
        """x (inputs,) -> logits or predicted targets z (outputs,)."""
        for block in self.blocks:
            x = block.last(x) if isinstance(block, Stack) else block(x)[1]
        return x

    def capture(self, x: Array) -> tuple[tuple[Array, Array], ...]:
        """x (inputs,) -> (z, a) of every block: (units,) for a layer, (layers, units) for a stack."""
        captured: list[tuple[Array, Array]] = []
        for block in self.blocks:
            z, a = block(x)
            captured.append((z, a))
            x = a[-1] if isinstance(block, Stack) else a
        return tuple(captured)


def is_weight(model: Network) -> Network:
    """The same tree with True at weights and False at biases: what regularisation and decay act on."""

    def mark(block: Dense | Stack) -> Dense | Stack:
        marked: Dense | Stack = eqx.tree_at(lambda b: (b.weight, b.bias), block, (True, False))
        return marked

    return Network(tuple(mark(block) for block in model.blocks))


def tree_all_finite(tree: object) -> Array:
    """One boolean: every number in the tree is finite."""
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))
