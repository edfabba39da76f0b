"""What a probe is: a question asked of a state, bound to one experiment.

A probe runs in three steps, so that the dispatch thread never waits: `launch` enqueues its program behind the chunk
under way, the device works while the next chunk is prepared, `tensors` turns the finished arrays into what a frame
carries.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.data import Dataset
from neuroglow.engine.hyper import Hyper
from neuroglow.engine.programs import abstract_rows, label_shape
from neuroglow.engine.rule import Rule, rule_of
from neuroglow.engine.train import Batches, Rows, State
from neuroglow.errors import InvalidInputError
from neuroglow.nets.losses import Head, head_of
from neuroglow.nets.shape import LayerShape, NetShape, layer_names, net_shape
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import Graph, graph_of
from neuroglow.spec.layers import Flow
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.spec.looking import Sample

HALF_MAX = float(np.finfo(np.float16).max)
PROBE_ROWS = 256
"""Training rows that `gradients` and `statistics` look at, at most."""


class Ahead(NamedTuple):
    """What training takes next: its rows on the device, and the walk over them from the present moment on."""

    rows: Rows
    batches: Batches


@dataclass(frozen=True)
class Subject:
    """The experiment a probe is bound to, its data, and the names and shapes of its layers."""

    experiment: Experiment
    dataset: Dataset
    ahead: Callable[[], Ahead] | None = field(default=None, compare=False)
    """Of the moment at which a probe is launched. None while nothing trains yet: then nothing is launched either."""

    @cached_property
    def shape(self) -> NetShape:
        return net_shape(self.experiment)

    @cached_property
    def graph(self) -> Graph:
        return graph_of(self.experiment.data, self.experiment.network)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return layer_names(self.experiment)

    @cached_property
    def head(self) -> Head:
        return head_of(self.experiment)

    @cached_property
    def rule(self) -> Rule:
        return rule_of(self.experiment)

    @property
    def probe_bucket(self) -> int:
        """At most `PROBE_ROWS`; fewer where the network is wide."""
        return min(PROBE_ROWS, self.shape.rows_at_once)

    @cached_property
    def probe_rows(self) -> Rows:
        """The first training rows (they are shuffled), padded to `probe_bucket`."""
        split = self.dataset.train
        count = min(self.probe_bucket, len(split.labels))
        inputs = np.zeros((self.probe_bucket, split.inputs.shape[1]), np.float32)
        labels = np.zeros((self.probe_bucket, *split.labels.shape[1:]), np.float32)
        inputs[:count], labels[:count] = split.inputs[:count], split.labels[:count]
        return Rows(inputs, labels, np.int32(count))

    @property
    def abstract_probe_rows(self) -> Rows:
        """Shapes and dtypes of `probe_rows`."""
        rows: Rows = abstract_rows(self.shape.inputs, self.probe_bucket, label_shape(self.shape, self.rule.objective))
        return rows

    def select(self, layers: str | Sequence[str]) -> tuple[str, ...]:
        """The layers asked for that exist; "all" is every layer that computes."""
        if layers == "all":
            return self.names
        return tuple(name for name in layers if name == INPUT or name in self.names)

    def require(self, layers: str | Sequence[str]) -> None:
        """Raise `InvalidInputError` for a name that is no layer."""
        if layers == "all":
            return
        for index, name in enumerate(layers):
            if name != INPUT and name not in self.names:
                raise InvalidInputError(f"No layer is named '{name}'", field=f"/layers/{index}")

    def wanted_blocks(self, layers: Sequence[str]) -> tuple[bool, ...]:
        """Which blocks of the program hold a layer asked for."""
        places = {self.place(name)[0] for name in layers if name != INPUT}
        return tuple(number in places for number in range(len(self.shape.blocks)))

    def layer(self, name: str) -> LayerShape:
        return self.shape.layers[self.names.index(name)]

    def flow(self, name: str) -> Flow:
        """What a layer answers, or the network's input."""
        return self.shape.entrance if name == INPUT else self.layer(name).output

    def place(self, layer: str) -> tuple[int, int]:
        """(block, position inside it)."""
        return self.shape.place(self.names.index(layer))

    def pick(self, outputs: Sequence[Any], layer: str) -> Any:
        """One layer's share of what a program returned per block, as arrays on the host."""
        block, position = self.place(layer)
        is_stack = self.shape.blocks[block].is_stack
        return jax.tree.map(lambda leaf: np.asarray(leaf)[position] if is_stack else np.asarray(leaf), outputs[block])


Outputs = Any
"""Device arrays of one launch, a tuple or dictionary of them."""
Tensors = dict[str, NDArray[np.generic]]
"""By `LAYER` and suffix; the channel's name is put before it when a frame is made."""


class Probe(Protocol):
    """One bound question. `key` names its program; equal keys share one."""

    @property
    def key(self) -> Hashable: ...

    @property
    def facts(self) -> dict[str, Any]:
        """What `done` tells about the channel."""
        ...

    @property
    def frame_bytes(self) -> int:
        """Bytes its tensors take in a frame, about."""
        ...

    def compile(self) -> Callable[..., Outputs]:
        """Trace and compile; on the compile thread."""
        ...

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        """Enqueue; returns without waiting."""
        ...

    def tensors(self, outputs: Outputs) -> Tensors:
        """Fetch and arrange; waits for the device."""
        ...


def half(values: Array) -> Array:
    """Float16 for the wire: what is beyond its range is its largest number, what is no number is 0."""
    return jnp.clip(jnp.nan_to_num(values), -HALF_MAX, HALF_MAX).astype(jnp.float16)


def host_half(values: NDArray[np.float32]) -> NDArray[np.float16]:
    """`half` for what never was on the device."""
    return np.clip(np.nan_to_num(values), -HALF_MAX, HALF_MAX).astype(np.float16)


def sample_inputs(subject: Subject, sample: Sample) -> NDArray[np.float32]:
    """The network's input for a sample of a subscription: f32 (inputs,).

    Raises `InvalidInputError` when the row does not exist or the values are not one per column.
    """
    row = subject.dataset.raw_row(sample, at="/sample")
    inputs: NDArray[np.float32] = subject.dataset.encode(row[None])[0]
    return inputs
