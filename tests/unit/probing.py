"""Ask one probe of one state and keep everything a test compares. No training program is compiled for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from neuroglow.engine.layers import Layers
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, to_state
from neuroglow.insight.bind import bind, require_layers
from neuroglow.insight.probe import Probe, Subject
from neuroglow.insight.record import Record
from neuroglow.insight.statistics import HealthProbe
from neuroglow.session.trainer import subject_of
from neuroglow.spec import Experiment
from neuroglow.wire.messages import parse_subscribe
from unit.rig import numbers_of

UPDATE = 7
"""At which a state is said to be watched."""

programs: dict[Hashable, Callable[..., Any]] = {}


@dataclass(frozen=True)
class Watched:
    """`layers` and `moments` are what the state held when it was asked."""

    spec: Experiment
    subject: Subject
    layers: Layers
    moments: tuple[Layers, ...]
    probe: Probe
    tensors: dict[str, Any]

    @property
    def head(self) -> str:
        return self.subject.head


def filled(spec: Experiment, value: float) -> Snapshot:
    """A snapshot whose first layer reads with one number everywhere."""
    snapshot = initial_snapshot(spec)
    snapshot.layers["dense_1"]["weight"][...] = value
    return snapshot


def under_way(spec: Experiment) -> Snapshot:
    """Biases and moments away from zero, as after some training: what forgets one of them shows."""
    random = np.random.default_rng(3)
    snapshot = initial_snapshot(spec)

    def drawn(array: Any) -> Any:
        return np.abs(random.normal(0.0, 0.3, array.shape)).astype(np.float32)

    layers = {
        name: {part: array + drawn(array) if part.endswith("bias") else array for part, array in layer.items()}
        for name, layer in snapshot.layers.items()
    }
    moments = tuple(
        {name: {part: drawn(array) for part, array in layer.items()} for name, layer in group.items()}
        for group in snapshot.moments
    )
    return replace(snapshot, layers=layers, moments=moments)


def watch(spec: Experiment, *, max_bytes: int = 1 << 20, fill: float | None = None, **ask: Any) -> Watched:
    """The answer to `ask` for a state that is under way (or one filled with a number)."""
    snapshot = under_way(spec) if fill is None else filled(spec, fill)
    subject = subject_of(spec)
    message = parse_subscribe({"type": "subscribe", "request": 1, **ask})
    require_layers(message, subject)
    probe = bind(message, subject, max_bytes, Record())
    if probe.key not in programs:
        programs[probe.key] = probe.compile()
    outputs = probe.launch(programs[probe.key], to_state(snapshot), numbers_of(spec))
    if isinstance(probe, HealthProbe):
        probe.remember(outputs, UPDATE)
    return Watched(spec, subject, snapshot.layers, snapshot.moments, probe, probe.tensors(outputs))
