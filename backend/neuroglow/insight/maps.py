"""The `maps` stream: what each unit answers over the plane."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.engine.optimizers import Hyper
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import Head, answer
from neuroglow.nets.model import Network, Stack
from neuroglow.spec.datasets import PLANE_DOMAIN
from neuroglow.spec.limits import MAP_RESOLUTIONS
from neuroglow.spec.network import INPUT
from neuroglow.wire.frames import QUANTISED_MOST, quantise
from neuroglow.wire.messages import SubscribeMaps


def grid(resolution: int) -> NDArray[np.float32]:
    """Centres of the cells of the plane, f32 (resolution², 2), row by row from the top left (x2 highest first)."""
    low, high = PLANE_DOMAIN
    centres = low + (np.arange(resolution, dtype=np.float32) + 0.5) * ((high - low) / resolution)
    x1, x2 = np.meshgrid(centres, centres[::-1])
    return np.stack([x1.ravel(), x2.ravel()], axis=1).astype(np.float32)


def _quantised(values: Array) -> tuple[Array, Array]:
    """u8 like `values`, and f32 (2,) low and high: `wire.frames.quantise` on the device."""
    finite = jnp.clip(jnp.nan_to_num(values), -QUANTISED_MOST, QUANTISED_MOST)
    low, high = jnp.min(finite), jnp.max(finite)
    span = jnp.where(high > low, high - low, 1.0)
    return jnp.round((finite - low) / span * 255.0).astype(jnp.uint8), jnp.stack([low, high])


def _activations(wanted: tuple[bool, ...], model: Network, x: Array) -> list[Array | None]:
    """x (inputs,) -> per block its activations, None where not wanted: a stack that keeps none takes half the time."""
    kept: list[Array | None] = []
    for block, is_wanted in zip(model.blocks, wanted, strict=True):
        if isinstance(block, Stack) and not is_wanted:
            x = block.last(x)
            kept.append(None)
            continue
        _, a = block(x)
        x = a[-1] if isinstance(block, Stack) else a
        kept.append(a if is_wanted else None)
    return kept


def unit_maps(
    head: Head, wanted: tuple[bool, ...], model: Network, inputs: Array
) -> tuple[tuple[Array, Array] | None, ...]:
    """inputs (cells, inputs) -> per wanted block u8 (units, cells) and f32 (2,); a stack has a leading layer axis."""
    captured = jax.vmap(lambda x: _activations(wanted, model, x))(inputs)
    maps: list[tuple[Array, Array] | None] = []
    for number, a in enumerate(captured):
        if a is None:
            maps.append(None)
            continue
        values = answer(head, a) if number == len(captured) - 1 else a
        units_first = jnp.moveaxis(values, 0, -1)
        is_stack = units_first.ndim == 3
        maps.append(jax.vmap(_quantised)(units_first) if is_stack else _quantised(units_first))
    return tuple(maps)


class MapsProbe:
    """Bound `maps` subscription; `max_bytes` lowers the resolution until a frame fits."""

    def __init__(self, ask: SubscribeMaps, subject: Subject, max_bytes: int) -> None:
        if subject.dataset.facts.kind != "plane":
            raise InvalidInputError("Maps need plane data; ask for `activations` instead", field="/stream")
        if ask.units is not None and ask.units[0] >= ask.units[1]:
            raise InvalidInputError("`units` is from and to, exclusive; from must be below to", field="/units")
        self._subject = subject
        self._units = ask.units
        self._layers = subject.select(ask.layers)
        self._wanted = subject.wanted_blocks(self._layers)
        self.resolution: int = ask.resolution
        while self.frame_bytes > max_bytes and self.resolution > MAP_RESOLUTIONS[0]:
            self.resolution = max(step for step in MAP_RESOLUTIONS if step < self.resolution)

    @cached_property
    def _inputs(self) -> NDArray[np.float32]:
        return self._subject.dataset.encode(grid(self.resolution))

    @cached_property
    def _device_inputs(self) -> Array:
        placed: Array = jax.device_put(self._inputs)
        return placed

    @property
    def key(self) -> Hashable:
        return ("maps", self._subject.shape, self._subject.head, self._wanted, self.resolution)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "domain": [*PLANE_DOMAIN, *PLANE_DOMAIN],
            "resolution": self.resolution,
            "activation": self._subject.head,
        }

    @property
    def frame_bytes(self) -> int:
        return sum(self._unit_count(name) for name in self._layers) * self.resolution**2

    def _unit_count(self, name: str) -> int:
        if name == INPUT:
            return self._subject.shape.inputs
        units = self._subject.shape.layers[self._subject.names.index(name)].units
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
                values, ends = quantise(self._inputs.T)
            else:
                values, ends = self._subject.pick(outputs, name)
            if self._units is not None:
                values = values[self._units[0] : self._units[1]]
            if len(values):
                tensors[name] = values.reshape(-1, side, side)
                tensors[f"{name}.range"] = ends
        return tensors
