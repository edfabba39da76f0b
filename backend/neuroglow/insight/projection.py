"""The `projection` stream: what a layer makes of many rows, seen where it is widest, and turned as it was before."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.train import State, bucket
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import answer
from neuroglow.nets.model import Network, abstract_model, over_rows
from neuroglow.spec.layers.wiring import INPUT, OUTPUT
from neuroglow.wire.subscriptions import SubscribeProjection

Float64 = NDArray[np.float64]
MOST_NUMBERS = 1 << 22
"""Of all rows together: layers that answer with very many show fewer rows, at least `FEWEST`."""
FEWEST = 16


def centred_gram(values: Array, counts: Array) -> Array:
    """values (rows, numbers), counts f32 (rows,) -> inner products (rows, rows) of the rows that count, about their
    mean."""
    mean = jnp.sum(values * counts[:, None], axis=0) / jnp.sum(counts)
    centred = (values - mean[None]) * counts[:, None]
    return centred @ centred.T


def principal(gram: Float64, components: int = 2) -> tuple[Float64, Float64]:
    """Coordinates (rows, components) along the first principal components, and their shares (components,) of the whole
    variance; 0 where there are no more."""
    values, vectors = np.linalg.eigh(gram)
    largest = np.maximum(values[::-1][:components], 0.0)
    total = max(float(np.trace(gram)), np.finfo(float).tiny)
    places, shares = np.zeros((len(gram), components)), np.zeros(components)
    places[:, : len(largest)] = vectors[:, ::-1][:, :components] * np.sqrt(largest)
    shares[: len(largest)] = largest / total
    return places, shares


def turned(places: Float64, before: Float64) -> Float64:
    """`places` (rows, 2) rotated and mirrored to lie as near as can be to where they were (Schönemann 1966)."""
    left, _, right = np.linalg.svd(places.T @ before)
    near: Float64 = places @ (left @ right)
    return near


class ProjectionProbe:
    """Bound `projection` subscription. A plane is turned towards the one of the frame before, so that points move
    because the layer changed and not because axes swapped."""

    def __init__(self, ask: SubscribeProjection, subject: Subject) -> None:
        if ask.layer not in (INPUT, *subject.names):
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        self._subject, self._layer, self._components = subject, ask.layer, ask.components
        self._place = None if ask.layer == INPUT else subject.place(ask.layer)
        split = subject.dataset.train if ask.split == "train" else subject.dataset.test
        inputs = split.inputs[: min(ask.count, max(FEWEST, MOST_NUMBERS // subject.flow(ask.layer).size))]
        self._count, self._total = len(inputs), len(split.inputs)
        self._bucket = bucket(self._count)
        padded = np.zeros((self._bucket, inputs.shape[1]), np.float32)
        padded[: self._count] = inputs
        counts = (np.arange(self._bucket) < self._count).astype(np.float32)
        self._rows: tuple[Array, Array] = jax.device_put((padded, counts))
        self._before: Float64 | None = None

    @property
    def key(self) -> Hashable:
        return ("projection", self._subject.shape, self._subject.head, self._place, self._bucket)

    @property
    def facts(self) -> dict[str, Any]:
        return {"layer": self._layer, "numbers": self._subject.flow(self._layer).size}

    @property
    def frame_bytes(self) -> int:
        return 4 * self._components * (self._count + 1) + 4

    def compile(self) -> Callable[..., Outputs]:
        subject, place, is_output = self._subject, self._place, self._layer == OUTPUT

        def one(model: Network, x: Array) -> Array:
            if place is None:
                return x
            block, position = place
            a = model.inside(x, block)["a"]
            a = a[position] if model.blocks[block].shape.is_stack else a
            return (answer(subject.head, a) if is_output else a).ravel()

        def program(model: Network, rows: Array, counts: Array) -> Array:
            return centred_gram(jnp.nan_to_num(over_rows(model, rows, lambda x: one(model, x))), counts)

        rows = ShapeDtypeStruct((self._bucket, subject.shape.inputs), jnp.float32)
        counts = ShapeDtypeStruct((self._bucket,), jnp.float32)
        return jax.jit(program).lower(abstract_model(subject.shape), rows, counts).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, *self._rows)

    def tensors(self, outputs: Outputs) -> Tensors:
        gram = np.nan_to_num(np.asarray(outputs, np.float64))[: self._count, : self._count]
        places, shares = principal(gram, self._components)
        if self._components == 2:
            places = self._before = places if self._before is None else turned(places, self._before)
        return {
            self._layer: places.astype(np.float32),
            f"{self._layer}.explained": shares.astype(np.float32),
            "rows": np.array([self._total], np.uint32),
        }
