"""The `statistics` stream: how healthy each layer is, in six figures and a histogram.

The device reduces over rows and answers per unit, all layers side by side in one array: a dozen kernels whatever the
depth, which compile quickly. The host gathers units into layers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper, Leaf
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.optimizers import apply_update
from neuroglow.engine.rule import Rule
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import Rows, State
from neuroglow.insight.probe import PROBE_ROWS, Outputs, Subject, Tensors
from neuroglow.insight.weights import weight_gradient
from neuroglow.nets.activations import ACTIVATIONS, RECTIFIERS
from neuroglow.nets.losses import answer
from neuroglow.nets.model import Network
from neuroglow.nets.shape import NetShape
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.wire.messages import SubscribeStatistics

COLUMNS = ("mean", "std", "dead", "saturated", "gradient_norm", "update_to_weight")
BINS = 24
FLAT_SLOPE = 0.05
"""An activation whose slope is below this passes almost no gradient."""
CONSTANT = 1e-6
"""A unit whose activation varies less than this over all rows tells nothing about them."""


class UnitFigures(NamedTuple):
    """One number per unit, layer after layer, f32 (units,); `histogram` u32 (units, bins)."""

    mean: Leaf
    variance: Leaf
    low: Leaf
    high: Leaf
    flat: Leaf
    """Fraction of rows on which the activation function is flat."""
    gradient_squared: Leaf
    """Sum of squares over the unit's incoming weights, as the next two."""
    update_squared: Leaf
    weight_squared: Leaf
    histogram: Leaf


def _side_by_side(blocks: list[Array]) -> Array:
    """(rows, units) and (rows, layers, units) of all blocks as one (rows, all units)."""
    return jnp.concatenate([block.reshape(block.shape[0], -1) for block in blocks], axis=1)


def _squares(model: Network) -> Array:
    return jnp.concatenate([jnp.sum(jnp.square(block.weight), axis=-1).ravel() for block in model.blocks])


def _flat(activation: str, z: Array) -> Array:
    """1 where the activation passes almost no gradient, f32 like `z`. A rectifier's own flat side does not count."""
    # Elementwise, so one forward-mode pass gives every slope.
    _, slope = jax.jvp(ACTIVATIONS[activation], (z,), (jnp.ones_like(z),))
    flat = jnp.abs(slope) < FLAT_SLOPE
    return ((flat & (z > 0)) if activation in RECTIFIERS else flat).astype(jnp.float32)


def health(rule: Rule, shape: NetShape, state: State, hyper: Hyper, rows: Rows) -> UnitFigures:
    """The figures of every unit over `rows`, the output's taken after its own activation."""
    model = state.model
    used = jnp.arange(PROBE_ROWS) < rows.valid
    weight = used.astype(jnp.float32)[:, None] / rows.valid.astype(jnp.float32)
    captured = [(jnp.nan_to_num(z), jnp.nan_to_num(a)) for z, a in jax.vmap(model.capture)(jnp.asarray(rows.inputs))]
    slopes = weight_gradient(rule, model, hyper, rows)
    after, _ = apply_update(rule, hyper, model, state.moments, slopes)

    a = _side_by_side([*(a for _, a in captured[:-1]), answer(rule.objective.head, captured[-1][1])])
    flat = _side_by_side([_flat(block.activation, z) for block, (z, _) in zip(model.blocks, captured, strict=True)])
    mean = jnp.sum(a * weight, axis=0)
    low = jnp.min(jnp.where(used[:, None], a, jnp.inf), axis=0)
    high = jnp.max(jnp.where(used[:, None], a, -jnp.inf), axis=0)
    return UnitFigures(
        mean=mean,
        variance=jnp.sum(jnp.square(a - mean[None]) * weight, axis=0),
        low=low,
        high=high,
        flat=jnp.sum(flat * weight, axis=0),
        gradient_squared=_squares(slopes),
        update_squared=_squares(jax.tree.map(jnp.subtract, after, model)),
        weight_squared=_squares(model),
        histogram=_histogram(a, used, low, high, shape),
    )


def _histogram(a: Array, used: Array, low: Array, high: Array, shape: NetShape) -> Array:
    """u32 (units, bins): every unit counted over its layer's range."""
    layer_of_unit = np.repeat(np.arange(len(shape.layers)), [layer.units for layer in shape.layers])
    same_layer = layer_of_unit[None, :] == np.arange(len(shape.layers))[:, None]
    start = jnp.min(jnp.where(same_layer, low[None], jnp.inf), axis=1)[layer_of_unit]
    span = jnp.max(jnp.where(same_layer, high[None], -jnp.inf), axis=1)[layer_of_unit] - start
    scale = BINS / jnp.where(span > 0, span, 1.0)
    bins = jnp.clip((a - start[None]) * scale[None], 0, BINS - 1).astype(jnp.int32)
    # A comparison per bin compiles and runs faster here than a scatter.
    hits = (bins[..., None] == jnp.arange(BINS)[None, None]) & used[:, None, None]
    return jnp.sum(hits, axis=0, dtype=jnp.uint32)


class StatisticsProbe:
    def __init__(self, ask: SubscribeStatistics, subject: Subject) -> None:
        self._subject = subject
        self._layers = subject.select(ask.layers)
        self._rows: Rows = jax.device_put(subject.probe_rows)

    @property
    def key(self) -> Hashable:
        return ("statistics", self._subject.shape, self._subject.rule)

    @property
    def facts(self) -> dict[str, Any]:
        return {"rows": int(self._subject.probe_rows.valid), "columns": list(COLUMNS)}

    @property
    def frame_bytes(self) -> int:
        return len(self._layers) * 4 * (len(COLUMNS) + BINS + 2)

    def compile(self) -> Callable[..., Outputs]:
        subject, rule, shape = self._subject, self._subject.rule, self._subject.shape
        program = jax.jit(lambda state, hyper, rows: health(rule, shape, state, hyper, rows))
        state, hyper = abstract_state(shape, rule.optimizer), abstract_hyper(rule, shape)
        return program.lower(state, hyper, subject.abstract_probe_rows).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state, hyper, self._rows)

    def tensors(self, outputs: Outputs) -> Tensors:
        units = UnitFigures(*(np.asarray(array) for array in outputs))
        stops = np.cumsum([layer.units for layer in self._subject.shape.layers])
        tensors: Tensors = {}
        for name in self._layers:
            if name == INPUT:
                six, histogram, ends = self._input_figures()
            else:
                index = self._subject.names.index(name)
                mine = slice(stops[index] - self._subject.shape.layers[index].units, stops[index])
                six, histogram, ends = layer_figures(UnitFigures(*(array[mine] for array in units)))
            tensors[name], tensors[f"{name}.histogram"], tensors[f"{name}.range"] = six, histogram, ends
        return tensors

    def _input_figures(self) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32]]:
        rows = self._subject.probe_rows
        x = np.asarray(rows.inputs)[: int(rows.valid)]
        low, high = float(x.min()), float(x.max())
        constant = float(np.mean(np.ptp(x, axis=0) < CONSTANT))
        histogram, _ = np.histogram(x, bins=BINS, range=(low, high if high > low else low + 1.0))
        six = np.array([x.mean(), x.std(), constant, 0.0, 0.0, 0.0], np.float32)
        return six, histogram.astype(np.uint32), np.array([low, high], np.float32)


def layer_figures(units: UnitFigures) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32]]:
    """From one layer's units (numpy arrays) to f32 (6,) of `COLUMNS`, histogram u32 (bins,), range f32 (2,)."""
    gradient, update, weight = (
        float(np.sqrt(np.sum(squares, dtype=np.float64)))
        for squares in (units.gradient_squared, units.update_squared, units.weight_squared)
    )
    # The variance of all activations: within units, and between their means.
    std = np.sqrt(np.mean(units.variance, dtype=np.float64) + np.var(units.mean, dtype=np.float64))
    dead = np.mean(units.high - units.low < CONSTANT)
    ratio = update / weight if weight > 0 else 0.0
    six = np.array([np.mean(units.mean), std, dead, np.mean(units.flat), gradient, ratio])
    ends = np.array([units.low.min(), units.high.max()], np.float32)
    return np.nan_to_num(six).astype(np.float32), units.histogram.sum(axis=0, dtype=np.uint32), ends
