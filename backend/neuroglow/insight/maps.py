"""The `maps` stream: what each unit answers over a plane through the data."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.data.planes import WHOLE_PLANE, ComponentPlane, Domain, plane_of
from neuroglow.engine.hyper import Hyper
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import Head, answer
from neuroglow.nets.model import Network, over_rows
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.spec.limits import MAP_RESOLUTIONS
from neuroglow.wire.frames import QUANTISED_MOST, quantise
from neuroglow.wire.subscriptions import SubscribeMaps

MOST_INPUTS = 1 << 22
"""Numbers that the inputs of all cells may be: wide inputs get coarser maps."""


def grid(resolution: int, domain: Domain = WHOLE_PLANE) -> NDArray[np.float32]:
    """Centres of a plane's cells, f32 (resolution², 2), row by row from the top left (second axis highest first)."""

    def centres(low: float, high: float) -> NDArray[np.float32]:
        cells: NDArray[np.float32] = low + (np.arange(resolution, dtype=np.float32) + 0.5) * ((high - low) / resolution)
        return cells

    first, second = np.meshgrid(centres(*domain[:2]), centres(*domain[2:])[::-1])
    return np.stack([first.ravel(), second.ravel()], axis=1).astype(np.float32)


def _quantised(values: Array) -> tuple[Array, Array]:
    """u8 like `values`, and f32 (2,) low and high: `wire.frames.quantise` on the device."""
    finite = jnp.clip(jnp.nan_to_num(values), -QUANTISED_MOST, QUANTISED_MOST)
    low, high = jnp.min(finite), jnp.max(finite)
    span = jnp.where(high > low, high - low, 1.0)
    return jnp.round((finite - low) / span * 255.0).astype(jnp.uint8), jnp.stack([low, high])


def unit_maps(
    head: Head, wanted: tuple[bool, ...], model: Network, inputs: Array
) -> tuple[tuple[Array, Array] | None, ...]:
    """inputs (cells, inputs) -> per wanted block u8 (units, cells) and f32 (2,); a stack has a leading layer axis.

    Every number that a layer answers with is a unit here.
    """
    answers = over_rows(model, inputs, lambda x: model.outputs(x, lambda number: wanted[number]))
    maps: list[tuple[Array, Array] | None] = []
    for number, (a, block) in enumerate(zip(answers, model.blocks, strict=True)):
        if a is None:
            maps.append(None)
            continue
        values = answer(head, a) if number == len(answers) - 1 else a
        ahead = values.shape[: 2 if block.shape.is_stack else 1]
        units_first = jnp.moveaxis(values.reshape(*ahead, -1), 0, -1)
        maps.append(jax.vmap(_quantised)(units_first) if block.shape.is_stack else _quantised(units_first))
    return tuple(maps)


class MapsProbe:
    """Bound `maps` subscription; `max_bytes` lowers the resolution until a frame fits."""

    def __init__(self, ask: SubscribeMaps, subject: Subject, max_bytes: int) -> None:
        if ask.units is not None and ask.units[0] >= ask.units[1]:
            raise InvalidInputError("`units` is from and to, exclusive; from must be below to", field="/units")
        self._subject = subject
        self._plane = plane_of(subject.dataset, ask.axes)
        self._units = ask.units
        self._layers = subject.select(ask.layers)
        self._wanted = subject.wanted_blocks(self._layers)
        self.resolution: int = ask.resolution
        while self._is_too_large(max_bytes) and self.resolution > MAP_RESOLUTIONS[0]:
            self.resolution = max(step for step in MAP_RESOLUTIONS if step < self.resolution)

    @cached_property
    def _inputs(self) -> NDArray[np.float32]:
        return self._plane.inputs_at(grid(self.resolution, self._plane.domain))

    @cached_property
    def _input_maps(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        return quantise(self._inputs.T)

    @cached_property
    def _device_inputs(self) -> Array:
        placed: Array = jax.device_put(self._inputs)
        return placed

    @property
    def key(self) -> Hashable:
        return ("maps", self._subject.shape, self._subject.head, self._wanted, self.resolution)

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "domain": [*self._plane.domain],
            "axes": [*self._plane.names],
            "resolution": self.resolution,
            "activation": self._subject.head,
        }
        if isinstance(self._plane, ComponentPlane):
            facts["explained"] = [*self._plane.components.explained]
        return facts

    def _is_too_large(self, max_bytes: int) -> bool:
        inputs = self._subject.shape.inputs * self.resolution**2
        return self.frame_bytes > max_bytes or inputs > MOST_INPUTS

    @property
    def frame_bytes(self) -> int:
        return sum(self._unit_count(name) for name in self._layers) * self.resolution**2

    def _unit_count(self, name: str) -> int:
        units = self._subject.flow(name).size
        return units if self._units is None else max(0, min(units, self._units[1]) - self._units[0])

    def compile(self) -> Callable[..., Outputs]:
        subject = self._subject
        # The optimizer does not matter here; sgd keeps nothing.
        model = abstract_state(subject.shape, "sgd").model
        cells = ShapeDtypeStruct((self.resolution**2, subject.shape.inputs), jnp.float32)
        head, wanted = subject.head, self._wanted
        return jax.jit(lambda m, x: unit_maps(head, wanted, m, x)).lower(model, cells).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._device_inputs)

    def tensors(self, outputs: Outputs) -> Tensors:
        side = self.resolution
        tensors: Tensors = {}
        for name in self._layers:
            if name == INPUT:
                values, ends = self._input_maps
            else:
                values, ends = self._subject.pick(outputs, name)
            if self._units is not None:
                values = values[self._units[0] : self._units[1]]
            if len(values):
                tensors[name] = values.reshape(-1, side, side)
                tensors[f"{name}.range"] = ends
        return tensors
