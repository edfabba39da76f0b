"""The numbers of training that change live: arguments of every program, never part of one.

How they are made of an experiment is in `engine.numbers`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

Leaf = Any
"""A device array, a host array, or its `ShapeDtypeStruct` for compiling."""

MOST_COUNTED = np.iinfo(np.int32).max
"""Updates a program counts to; a run may go on, a schedule has long ended."""


class ScheduleNumbers(NamedTuple):
    """Of any schedule; what its type does not use is 0."""

    warmup: Leaf
    """i32, updates"""
    span: Leaf
    """i32, updates: `every` of step and exponential, `updates` of cosine"""
    factor: Leaf
    """f32: `factor` of step and exponential, `floor` of cosine"""


class ChanceNumbers(NamedTuple):
    """Per block of the network; None where nothing of it is left to chance. A stack has one number per layer."""

    key: Leaf
    """u32 (2,), of the experiment's seed"""
    rates: tuple[Leaf | None, ...]
    """f32 () or (layers,); 0 where a layer draws noise"""
    names: tuple[Leaf | None, ...]
    """u32 () or (layers,): draws follow the layer's name, so another layer moves none of them"""


class Hyper(NamedTuple):
    """Every live number of training, f32 unless said otherwise. What an optimizer or regularisation does not use is 0,
    what the rule leaves out is None and not in the program."""

    learning_rate: Leaf
    momentum: Leaf
    b1: Leaf
    b2: Leaf
    eps: Leaf
    decay: Leaf
    weight_decay: Leaf
    l1: Leaf | tuple[Leaf, ...]
    """() for all layers, or per block () or (layers,)"""
    l2: Leaf | tuple[Leaf, ...]
    loss_parameter: Leaf | None = None
    """focal's gamma, huber's delta"""
    class_weights: Leaf | None = None
    """(classes,)"""
    clip_limit: Leaf | None = None
    schedule: ScheduleNumbers | None = None
    update: Leaf | None = None
    """i32, updates done since the start of the run; only where a schedule asks"""
    chance: ChanceNumbers | None = None
    held: Any | None = None
    """bool, shaped like the bare model: weights and biases that do not move"""


def at_update(hyper: Hyper, update: int) -> Hyper:
    """The numbers for a chunk or a probe that begins with so many updates done."""
    return hyper if hyper.update is None else hyper._replace(update=np.int32(min(update, MOST_COUNTED)))


def later(hyper: Hyper, updates: Array) -> Hyper:
    """The numbers so many updates further on. Saturates: how a run is cut into chunks makes no difference."""
    if hyper.update is None:
        return hyper
    return hyper._replace(update=jnp.minimum(hyper.update, MOST_COUNTED - updates) + updates)
