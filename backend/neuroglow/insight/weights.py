"""The `weights` and `gradients` streams: matrices, pooled to what a view can show."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.optimizers import bounded
from neuroglow.engine.rule import Rule
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import Batch, Rows, State, gradient
from neuroglow.insight.probe import Outputs, Subject, Tensors, half
from neuroglow.nets.model import Block, Network
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.wire.subscriptions import SubscribeGradients, SubscribeWeights


def pooled_shape(rows: int, columns: int, max_cells: int) -> tuple[int, int]:
    """The largest (rows, columns) of at most `max_cells` that keeps the aspect, at least 1 x 1."""
    if rows * columns <= max_cells:
        return rows, columns
    factor = math.sqrt(max_cells / (rows * columns))
    fewer_rows = max(1, min(rows, int(rows * factor), max_cells))
    return fewer_rows, max(1, min(columns, max_cells // fewer_rows))


def _averaging(count: int, groups: int) -> NDArray[np.float32]:
    """f32 (groups, count): each row averages its share of consecutive entries."""
    group = np.arange(count) * groups // count
    matrix = (np.arange(groups)[:, None] == group[None, :]).astype(np.float32)
    averaged: NDArray[np.float32] = matrix / matrix.sum(axis=1, keepdims=True)
    return averaged


def pool(matrix: Array, max_cells: int) -> Array:
    """Mean-pool (..., out, in) beyond `max_cells`, f16; biases (..., out) are left to the caller."""
    rows, columns = matrix.shape[-2:]
    fewer_rows, fewer_columns = pooled_shape(rows, columns, max_cells)
    if (fewer_rows, fewer_columns) != (rows, columns):
        by_rows, by_columns = jnp.asarray(_averaging(rows, fewer_rows)), jnp.asarray(_averaging(columns, fewer_columns))
        matrix = by_rows @ matrix @ by_columns.T
    return half(matrix)


def matrix(block: Block) -> Array:
    """A block's main weights as f32 (units, sources), a kernel's numbers side by side; with a leading axis for stacks.
    Connections that a sparse layer lacks are 0."""
    weight = _flat(block)
    return weight * _flat(block, "mask") if "mask" in block.parameters else weight


def _flat(block: Block, part: str = "weight") -> Array:
    array = block.parameters[part]
    ahead = 2 if block.shape.is_stack else 1
    return array.reshape(*array.shape[:ahead], -1)


def pooled_blocks(
    model: Network, wanted: tuple[bool, ...], max_cells: int, of_block: Callable[[Block], Array] = matrix
) -> tuple[tuple[Array, Array] | None, ...]:
    """Per wanted block, pooled weights f16 (rows, columns) and biases f16 (rows,), with a layer axis for stacks."""

    def block_pair(block: Block) -> tuple[Array, Array]:
        pooled = pool(of_block(block), max_cells)
        rows, bias = pooled.shape[-2], block.parameters.get("bias", jnp.zeros(0))
        pooled_bias = bias if bias.shape[-1] in (0, rows) else bias @ _averaging(bias.shape[-1], rows).T
        return pooled, half(pooled_bias)

    return tuple(block_pair(block) if on else None for block, on in zip(model.blocks, wanted, strict=True))


def weight_gradient(rule: Rule, model: Network, hyper: Hyper, rows: Rows) -> Network:
    """Gradient of the mean loss over `rows` as the optimizer would see it: clipped, 0 where parameters are held.

    No unit is silenced, and regularisation is left out.
    """
    mask = (jnp.arange(rows.inputs.shape[0]) < rows.valid).astype(jnp.float32)
    batch = Batch(jnp.asarray(rows.inputs), jnp.asarray(rows.labels), mask)
    return bounded(rule, hyper, gradient(rule.objective, model, hyper, batch)[1])


class _MatrixProbe:
    """What `weights` and `gradients` share: which layers, how far pooled."""

    def __init__(self, ask: SubscribeWeights | SubscribeGradients, subject: Subject) -> None:
        self._subject = subject
        self._layers = tuple(
            name for name in subject.select(ask.layers) if name != INPUT and subject.layer(name).has_weight
        )
        self._wanted = subject.wanted_blocks(self._layers)
        self._max_cells = ask.max_cells

    def _shape(self, name: str) -> tuple[int, int]:
        return self._subject.layer(name).matrix

    @property
    def frame_bytes(self) -> int:
        total = 0
        for name in self._layers:
            rows, columns = pooled_shape(*self._shape(name), self._max_cells)
            total += 2 * (rows * columns + rows) + 8
        return total

    def tensors(self, outputs: Outputs) -> Tensors:
        tensors: Tensors = {}
        for name in self._layers:
            tensors[name], tensors[f"{name}.bias"] = self._subject.pick(outputs, name)
            tensors[f"{name}.shape"] = np.array(self._shape(name), np.uint32)
        return tensors


class WeightsProbe(_MatrixProbe):
    @property
    def key(self) -> Hashable:
        return ("weights", self._subject.shape, self._wanted, self._max_cells)

    @property
    def facts(self) -> dict[str, Any]:
        return {}

    def compile(self) -> Callable[..., Outputs]:
        wanted, cells = self._wanted, self._max_cells
        model = abstract_state(self._subject.shape, "sgd").model
        return jax.jit(lambda m: pooled_blocks(m, wanted, cells)).lower(model).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model)


class GradientsProbe(_MatrixProbe):
    def __init__(self, ask: SubscribeGradients, subject: Subject) -> None:
        super().__init__(ask, subject)
        self._rows: Rows = jax.device_put(subject.probe_rows)

    @property
    def key(self) -> Hashable:
        return ("gradients", self._subject.shape, self._subject.rule, self._wanted, self._max_cells)

    @property
    def facts(self) -> dict[str, Any]:
        return {"rows": int(self._subject.probe_rows.valid)}

    def compile(self) -> Callable[..., Outputs]:
        subject, wanted, cells = self._subject, self._wanted, self._max_cells

        def program(model: Network, hyper: Hyper, rows: Rows) -> Outputs:
            # The mask of a gradient is the mask's own slope, which is 0; weights that are not there have none anyway.
            return pooled_blocks(weight_gradient(subject.rule, model, hyper, rows), wanted, cells, _flat)

        model, hyper = abstract_state(subject.shape, "sgd").model, abstract_hyper(subject.rule, subject.shape)
        return jax.jit(program).lower(model, hyper, subject.abstract_probe_rows).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, hyper, self._rows)
