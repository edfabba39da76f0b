"""The `statistics` stream: how healthy each layer is, in six figures and a histogram.

The device reduces over rows and answers per unit, all layers side by side in one array: a dozen kernels whatever the
depth, which compile quickly. The host gathers units into layers.

The same program draws what is recorded of every layer over the run (`record`, the `distributions` stream): whoever
looks at either keeps the record going, and nothing runs for it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.engine.clamps import held_units
from neuroglow.engine.hyper import Hyper, Leaf
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.optimizers import apply_update
from neuroglow.engine.rule import Rule
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import Rows, State
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.insight.record import Record
from neuroglow.insight.spread import (
    DRAWN,
    BlockDrawn,
    Picks,
    answer_quantiles,
    block_drawn,
    picks_of,
    weight_quantiles,
)
from neuroglow.insight.weights import weight_gradient
from neuroglow.nets.activations import ACTIVATIONS, RECTIFIERS
from neuroglow.nets.losses import answer
from neuroglow.nets.model import Block as ModelBlock
from neuroglow.nets.model import Network
from neuroglow.nets.shape import Block, LayerShape, NetShape
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.wire.subscriptions import SubscribeStatistics

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
    histogram: Leaf


class Squares(NamedTuple):
    """Sums of squares over the weights of a layer, f32 per block: (), or (layers,) for a stack."""

    gradient: Leaf
    update: Leaf
    weight: Leaf


class Health(NamedTuple):
    """What the device answers."""

    vectors: UnitFigures | None
    """Of all layers that answer with one vector, side by side."""
    others: tuple[UnitFigures | None, ...]
    """Per block, of layers whose units have many places."""
    squares: tuple[Squares, ...]
    drawn: tuple[BlockDrawn, ...]


PLACES_COUNTED = 64
"""Places of a unit that go into its histogram, at most: for all others the figures beside it speak."""


def _samples(a: Array, block: Block) -> Array:
    """Answers (rows, *shape) -> (rows, places, units)."""
    units_last = jnp.moveaxis(a, 1 + block.layer.output.unit_axis, -1)
    return units_last.reshape(a.shape[0], -1, a.shape[1 + block.layer.output.unit_axis])


def _side_by_side(blocks: list[Array]) -> Array:
    """(rows, units) and (rows, layers, units) of all blocks as one (rows, all units)."""
    return jnp.concatenate([block.reshape(block.shape[0], -1) for block in blocks], axis=1)


def _squares(model: Network) -> tuple[Array, ...]:
    """Per block the sum over its weights."""

    def of(block: ModelBlock) -> Array:
        roles = block.shape.layer.parameters
        ahead = 1 if block.shape.is_stack else 0
        weights = [array for name, array in block.parameters.items() if roles[name].role == "weight"]
        summed = [jnp.sum(jnp.square(array), axis=tuple(range(ahead, array.ndim))) for array in weights]
        return sum(summed, jnp.zeros((block.shape.count,) if ahead else ()))

    return tuple(of(block) for block in model.blocks)


def _flat(activation: str, z: Array) -> Array:
    """1 where the activation passes almost no gradient, f32 like `z`. A rectifier's own flat side does not count."""
    # Elementwise, so one forward-mode pass gives every slope.
    _, slope = jax.jvp(ACTIVATIONS[activation], (z,), (jnp.ones_like(z),))
    flat = jnp.abs(slope) < FLAT_SLOPE
    return ((flat & (z > 0)) if activation in RECTIFIERS else flat).astype(jnp.float32)


def health(rule: Rule, shape: NetShape, state: State, hyper: Hyper, rows: Rows, picks: Picks) -> Health:
    """The figures of every unit over `rows`, the output's taken after its own activation; and what is drawn for the
    record."""
    model = state.model
    used = jnp.arange(rows.inputs.shape[0]) < rows.valid
    captured = [(jnp.nan_to_num(z), jnp.nan_to_num(a)) for z, a in jax.vmap(model.capture)(jnp.asarray(rows.inputs))]
    slopes = weight_gradient(rule, model, hyper, rows)
    after, _ = apply_update(rule, hyper, model, state.moments, slopes)

    a = [*(a for _, a in captured[:-1]), answer(rule.objective.head, captured[-1][1])]
    flat = [_flat(block.layer.activation, z) for block, (z, _) in zip(shape.blocks, captured, strict=True)]
    others: list[UnitFigures | None] = []
    for block, answers, flats in zip(shape.blocks, a, flat, strict=True):
        figures = None
        if not _is_vector(block):
            figures = _with_places(block, answers, flats, used)
        others.append(figures)
    vectors = [number for number, block in enumerate(shape.blocks) if _is_vector(block)]
    units = [layer.units for layer in shape.layers if _answers_vector(layer)]
    squares = zip(
        _squares(slopes), _squares(jax.tree.map(jnp.subtract, after, model)), _squares(model), strict=True
    )
    return Health(
        _figures(
            _side_by_side([a[number] for number in vectors])[:, None],
            _side_by_side([flat[number] for number in vectors])[:, None],
            used,
            units,
        )
        if vectors
        else None,
        tuple(others),
        tuple(Squares(*each) for each in squares),
        tuple(
            block_drawn(block, slope, answers, picks)
            for block, slope, answers in zip(model.blocks, slopes.blocks, a, strict=True)
        ),
    )


def _with_places(block: Block, answers: Array, flats: Array, used: Array) -> UnitFigures:
    """Of a block whose units have many places; for a stack with a leading axis for the layers."""

    def of_layer(answers: Array, flats: Array) -> UnitFigures:
        return _figures(_samples(answers, block), _samples(flats, block), used, [block.layer.units])

    return jax.vmap(of_layer, in_axes=1)(answers, flats) if block.is_stack else of_layer(answers, flats)


def _is_vector(block: Block) -> bool:
    return _answers_vector(block.layer)


def _answers_vector(layer: LayerShape) -> bool:
    return layer.output.kind == "vector"


def _figures(a: Array, flat: Array, used: Array, units: list[int]) -> UnitFigures:
    """Of answers (rows, places, units) of layers with so many `units`, side by side."""
    places = a.shape[1]
    weight = used.astype(jnp.float32)[:, None, None] / (jnp.sum(used) * places).astype(jnp.float32)
    counts = used[:, None, None]
    mean = jnp.sum(a * weight, axis=(0, 1))
    low = jnp.min(jnp.where(counts, a, jnp.inf), axis=(0, 1))
    high = jnp.max(jnp.where(counts, a, -jnp.inf), axis=(0, 1))
    step = -(-places // PLACES_COUNTED)
    return UnitFigures(
        mean=mean,
        variance=jnp.sum(jnp.square(a - mean[None, None]) * weight, axis=(0, 1)),
        low=low,
        high=high,
        flat=jnp.sum(flat * weight, axis=(0, 1)),
        histogram=_histogram(a[:, ::step], used, low, high, units),
    )


def _histogram(a: Array, used: Array, low: Array, high: Array, units: list[int]) -> Array:
    """u32 (units, bins) of a (rows, places, units): every unit counted over its layer's range."""
    layer_of_unit = np.repeat(np.arange(len(units)), units)
    same_layer = layer_of_unit[None, :] == np.arange(len(units))[:, None]
    start = jnp.min(jnp.where(same_layer, low[None], jnp.inf), axis=1)[layer_of_unit]
    span = jnp.max(jnp.where(same_layer, high[None], -jnp.inf), axis=1)[layer_of_unit] - start
    scale = BINS / jnp.where(span > 0, span, 1.0)
    bins = jnp.clip((a - start[None, None]) * scale[None, None], 0, BINS - 1).astype(jnp.int32)
    # A comparison per bin compiles and runs faster here than a scatter.
    hits = (bins[..., None] == jnp.arange(BINS)[None, None, None]) & used[:, None, None, None]
    return jnp.sum(hits, axis=(0, 1), dtype=jnp.uint32)


class HealthProbe:
    """What the streams share that ask for the health of all layers."""

    def __init__(self, subject: Subject, record: Record) -> None:
        self._subject, self._record = subject, record
        self._rows: Rows = jax.device_put(subject.probe_rows)
        self._count = int(subject.probe_rows.valid)
        self._picks: Picks = jax.device_put(picks_of(subject.shape, subject.probe_bucket, self._count))

    @property
    def key(self) -> Hashable:
        return ("statistics", self._subject.shape, self._subject.rule)

    def compile(self) -> Callable[..., Outputs]:
        subject, rule, shape = self._subject, self._subject.rule, self._subject.shape
        program = jax.jit(lambda state, hyper, rows, picks: health(rule, shape, state, hyper, rows, picks))
        state, hyper = abstract_state(shape, rule.optimizer), abstract_hyper(rule, shape)
        return program.lower(state, hyper, subject.abstract_probe_rows, self._picks).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state, hyper, self._rows, self._picks)

    def remember(self, outputs: Outputs, update: int) -> None:
        """Put what was found at this update into the record; waits for the device."""
        health: Health = jax.tree.map(np.asarray, outputs)
        self._record.add(update, {name: self._spread(health, name) for name in self._subject.names})

    def _spread(self, health: Health, name: str) -> NDArray[np.float32]:
        """One layer's quantiles, f32 (kinds, quantiles) as `KINDS` and `QUANTILES` name them."""
        number, place = self._subject.place(name)
        block = self._subject.shape.blocks[number]
        position = place if block.is_stack else None
        drawn, units, size = health.drawn[number], self._units(health, name), block.layer.output.size
        known = min(DRAWN, self._count * size) if size in self._picks else self._count
        return np.stack([
            weight_quantiles(drawn.weights, position),
            weight_quantiles(drawn.gradients, position),
            answer_quantiles(drawn.answers, position, known, (units.low.min(), units.high.max())),
        ])  # fmt: skip

    def _units(self, health: Health, name: str) -> UnitFigures:
        block, position = self._subject.place(name)
        of_block = health.others[block]
        if of_block is not None:
            is_stack = self._subject.shape.blocks[block].is_stack
            return UnitFigures(*(array[position] for array in of_block)) if is_stack else of_block
        assert health.vectors is not None
        return UnitFigures(*(array[self._side_by_side[name]] for array in health.vectors))

    @cached_property
    def _side_by_side(self) -> dict[str, slice]:
        """Where the units of layers that answer with one vector are among all of these."""
        layers = zip(self._subject.names, self._subject.shape.layers, strict=True)
        vectors = [(name, layer.units) for name, layer in layers if _answers_vector(layer)]
        ends = accumulate(units for _, units in vectors)
        return {name: slice(end - units, end) for (name, units), end in zip(vectors, ends, strict=True)}


class StatisticsProbe(HealthProbe):
    def __init__(self, ask: SubscribeStatistics, subject: Subject, record: Record) -> None:
        super().__init__(subject, record)
        self._layers = subject.select(ask.layers)
        self._held = {name: held.astype(bool) for name, (held, _) in held_units(subject.experiment).items()}

    @property
    def facts(self) -> dict[str, Any]:
        return {"rows": int(self._subject.probe_rows.valid), "columns": list(COLUMNS)}

    @property
    def frame_bytes(self) -> int:
        return len(self._layers) * 4 * (len(COLUMNS) + BINS + 2)

    def tensors(self, outputs: Outputs) -> Tensors:
        health: Health = jax.tree.map(np.asarray, outputs)
        tensors: Tensors = {}
        for name in self._layers:
            if name == INPUT:
                six, histogram, ends = self._input_figures()
            else:
                units, squares = self._units(health, name), self._layer_squares(health, name)
                six, histogram, ends = layer_figures(units, squares, self._held.get(name))
            tensors[name], tensors[f"{name}.histogram"], tensors[f"{name}.range"] = six, histogram, ends
        return tensors

    def _layer_squares(self, health: Health, name: str) -> Squares:
        block, position = self._subject.place(name)
        return Squares(*(np.atleast_1d(array)[position] for array in health.squares[block]))

    def _input_figures(self) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32]]:
        rows = self._subject.probe_rows
        x = np.asarray(rows.inputs)[: int(rows.valid)]
        low, high = float(x.min()), float(x.max())
        constant = float(np.mean(np.ptp(x, axis=0) < CONSTANT))
        histogram, _ = np.histogram(x, bins=BINS, range=(low, high if high > low else low + 1.0))
        six = np.array([x.mean(), x.std(), constant, 0.0, 0.0, 0.0], np.float32)
        return six, histogram.astype(np.uint32), np.array([low, high], np.float32)


def layer_figures(
    units: UnitFigures, squares: Squares, held: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32]]:
    """From one layer's units (numpy arrays) to f32 (6,) of `COLUMNS`, histogram u32 (bins,), range f32 (2,).

    Units that are `held` (units,) answer the same to all by the will of a person: they are neither dead nor saturated.
    """
    gradient, update, weight = (float(np.sqrt(np.float64(square))) for square in squares)
    # The variance of all activations: within units, and between their means.
    std = np.sqrt(np.mean(units.variance, dtype=np.float64) + np.var(units.mean, dtype=np.float64))
    free = np.ones(len(units.mean), bool) if held is None else ~held
    dead = np.mean((units.high - units.low < CONSTANT) & free)
    ratio = update / weight if weight > 0 else 0.0
    six = np.array([np.mean(units.mean), std, dead, np.mean(units.flat * free), gradient, ratio])
    ends = np.array([units.low.min(), units.high.max()], np.float32)
    return np.nan_to_num(six).astype(np.float32), units.histogram.sum(axis=0, dtype=np.uint32), ends
