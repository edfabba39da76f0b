"""From an experiment and its data to the live numbers of training, and their shapes for compiling."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import ShapeDtypeStruct

from neuroglow.data import Dataset
from neuroglow.engine.cells import held_cells
from neuroglow.engine.hyper import ChanceNumbers, Hyper, Leaf, ScheduleNumbers
from neuroglow.engine.layers import to_model
from neuroglow.engine.rule import Rule, dropout_rates, rule_of
from neuroglow.nets.model import abstract_parameters
from neuroglow.nets.shape import NetShape, layer_names, net_shape
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.training import (
    CosineSchedule,
    ExponentialSchedule,
    Regularization,
    Schedule,
    StepSchedule,
    Training,
)

_BELOW_ONE = ("momentum", "b1", "b2", "decay")
_MOST_BELOW_ONE = np.nextafter(np.float32(1.0), np.float32(0.0))
_LEAST_EPS = np.float32(1e-30)
"""Far below the root of any second moment, and still a normal number after the compiler multiplies it by 1 - decay."""
_OF_OPTIMIZER = ("learning_rate", "momentum", "b1", "b2", "eps", "decay", "weight_decay")
_DROPOUT = 0x64726F70
"""Keeps the stream of dropout apart from other uses of the same seed."""


def hyper_of(experiment: Experiment, dataset: Dataset) -> Hyper:
    """The traced numbers, in single precision and still within their bounds, as of update 0."""
    rule, shape, training = rule_of(experiment), net_shape(experiment), experiment.training
    return Hyper(
        **_optimizer_numbers(training),
        l1=_rates(experiment, rule, shape, "l1"),
        l2=_rates(experiment, rule, shape, "l2"),
        loss_parameter=_loss_parameter(rule, training),
        class_weights=_class_weights(dataset) if rule.is_weighted else None,
        clip_limit=np.float32(training.clipping.limit) if rule.clipping != "none" else None,
        schedule=_schedule_numbers(training.schedule) if rule.schedule else None,
        update=np.int32(0) if rule.schedule else None,
        chance=_chance_numbers(experiment, rule, shape) if rule.chance else None,
        held=_held(experiment, shape) if rule.holds else None,
    )


def abstract_hyper(rule: Rule, shape: NetShape) -> Hyper:
    """Shapes and dtypes of `hyper_of` for any experiment of this rule and shape."""
    number, count = ShapeDtypeStruct((), jnp.float32), ShapeDtypeStruct((), jnp.int32)
    per_block = tuple(_per_layer(block.count, jnp.float32) for block in shape.blocks)
    numbers: dict[str, Any] = dict.fromkeys((*_OF_OPTIMIZER, "l1", "l2"), number)
    if rule.is_layered:
        numbers |= {"l1": per_block, "l2": per_block}
    if rule.objective.loss in ("focal", "huber"):
        numbers["loss_parameter"] = number
    if rule.is_weighted:
        numbers["class_weights"] = ShapeDtypeStruct((max(2, shape.outputs),), jnp.float32)
    if rule.clipping != "none":
        numbers["clip_limit"] = number
    if rule.schedule:
        numbers |= {"schedule": ScheduleNumbers(count, count, number), "update": count}
    if rule.chance:
        drawn = tuple(zip(rule.chance, shape.blocks, strict=True))
        numbers["chance"] = ChanceNumbers(
            key=ShapeDtypeStruct((2,), jnp.uint32),
            rates=tuple(_per_layer(block.count, jnp.float32) if on else None for on, block in drawn),
            names=tuple(_per_layer(block.count, jnp.uint32) if on else None for on, block in drawn),
        )
    if rule.holds:
        numbers["held"] = abstract_parameters(shape, jnp.bool_)
    return Hyper(**numbers)


def _per_layer(count: int, dtype: Any) -> ShapeDtypeStruct:
    return ShapeDtypeStruct((count,) if count > 1 else (), dtype)


def _per_block(shape: NetShape, values: Sequence[Any], dtype: Any) -> tuple[Leaf, ...]:
    """One value per layer as one array per block: () for a layer, (layers,) for a stack."""
    return tuple(np.array(v if len(v) > 1 else v[0], dtype) for v in shape.by_block(values))


def _optimizer_numbers(training: Training) -> dict[str, Leaf]:
    """A double just below 1 would round to 1, and a tiny epsilon to 0: both divide by zero."""
    optimizer = training.optimizer.model_dump()
    numbers = {field: np.float32(optimizer.get(field, 0.0)) for field in _OF_OPTIMIZER}
    numbers |= {field: min(numbers[field], _MOST_BELOW_ONE) for field in _BELOW_ONE}
    if "eps" in optimizer:
        numbers["eps"] = max(numbers["eps"], _LEAST_EPS)
    return numbers


def _rates(experiment: Experiment, rule: Rule, shape: NetShape, kind: str) -> Leaf | tuple[Leaf, ...]:
    network, general = experiment.network, experiment.training.regularization
    if not rule.is_layered:
        return np.float32(_rate(general, kind))
    own = (*(getattr(layer, "regularization", None) for layer in network.layers), network.output_regularization)
    return _per_block(shape, [_rate(general if each is None else each, kind) for each in own], np.float32)


def _rate(regularization: Regularization, kind: str) -> float:
    return regularization.rate if regularization.type == kind else 0.0


def _loss_parameter(rule: Rule, training: Training) -> Leaf | None:
    parameters = training.loss_parameters
    value = {"focal": parameters.gamma, "huber": parameters.delta}.get(rule.objective.loss)
    return None if value is None else np.float32(value)


def _class_weights(dataset: Dataset) -> Leaf:
    """n / (K·n_k) over the training split; a class without rows there weighs nothing that counts."""
    counts = np.bincount(dataset.train.labels.astype(np.int64), minlength=len(dataset.facts.classes))
    weights = counts.sum() / (len(counts) * np.maximum(counts, 1))
    return weights.astype(np.float32)


def _schedule_numbers(schedule: Schedule) -> ScheduleNumbers:
    span, factor = 0, 0.0
    match schedule:
        case StepSchedule() | ExponentialSchedule():
            span, factor = schedule.every, schedule.factor
        case CosineSchedule():
            span, factor = schedule.updates, schedule.floor
    return ScheduleNumbers(np.int32(schedule.warmup), np.int32(span), np.float32(factor))


def _chance_numbers(experiment: Experiment, rule: Rule, shape: NetShape) -> ChanceNumbers:
    rates = _per_block(shape, dropout_rates(experiment), np.float32)
    names = _per_block(shape, [_digest(name) for name in layer_names(experiment)], np.uint32)
    return ChanceNumbers(
        key=np.array([_DROPOUT, experiment.training.seed], np.uint32),
        rates=tuple(rate if on else None for rate, on in zip(rates, rule.chance, strict=True)),
        names=tuple(name if on else None for name, on in zip(names, rule.chance, strict=True)),
    )


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


def _held(experiment: Experiment, shape: NetShape) -> Any:
    # On the device once: masks are as large as the network.
    masks: dict[str, Any] = dict(held_cells(experiment))
    return jax.device_put(to_model(masks, shape, layer_names(experiment)))
