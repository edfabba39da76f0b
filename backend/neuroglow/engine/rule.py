"""The rule of training: what of it a program depends on. Features that are off are not in the program at all."""

from __future__ import annotations

from dataclasses import dataclass

from neuroglow.nets.losses import Objective, objective_of
from neuroglow.nets.shape import NetShape, net_shape
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers import AnyLayer, Sampling


@dataclass(frozen=True)
class Rule:
    """Static, hashable; every number that goes with it is traced (`engine.hyper.Hyper`)."""

    objective: Objective
    optimizer: str
    schedule: str | None = None
    """The type of a schedule; None leaves the learning rate alone."""
    clipping: str = "none"
    chance: tuple[bool, ...] = ()
    """Per block of the network, whether units are silenced or noise is drawn; empty when none are."""
    is_layered: bool = False
    """A layer has a regularisation of its own."""
    is_weighted: bool = False
    """Classes count differently."""
    holds: bool = False
    """Layers or units are frozen, or weights pinned."""


def rule_of(experiment: Experiment) -> Rule:
    network, training = experiment.network, experiment.training
    objective = objective_of(experiment)
    is_scheduled = training.schedule.type != "constant" or training.schedule.warmup > 0
    regularizations = [getattr(layer, "regularization", None) for layer in network.layers]
    frozen = [getattr(layer, "frozen", False) for layer in network.layers]
    return Rule(
        objective=objective,
        optimizer=training.optimizer.type,
        schedule=training.schedule.type if is_scheduled else None,
        clipping=training.clipping.type,
        chance=_blocks_with_chance(experiment, net_shape(experiment)),
        is_layered=any(own is not None for own in (*regularizations, network.output_regularization)),
        is_weighted=training.class_weights == "balanced" and objective.head != "linear",
        holds=any(frozen) or network.output_frozen or bool(network.pins or network.frozen_units),
    )


def dropout_rates(experiment: Experiment) -> tuple[float, ...]:
    """Per layer that computes; the output is never silenced."""
    return (*(_dropout_rate(layer) for layer in experiment.network.layers), 0.0)


def _dropout_rate(layer: AnyLayer) -> float:
    """`rate` of a layer that does nothing else, `dropout` of one that has it on top."""
    rate: float = getattr(layer, "rate", getattr(layer, "dropout", 0.0))
    return rate


def _blocks_with_chance(experiment: Experiment, shape: NetShape) -> tuple[bool, ...]:
    layers = zip(dropout_rates(experiment), shape.layers, strict=True)
    by_block = shape.by_block([rate > 0.0 or isinstance(layer.layer, Sampling) for rate, layer in layers])
    drawn = tuple(any(of_layers) for of_layers in by_block)
    return drawn if any(drawn) else ()
