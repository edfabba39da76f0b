"""A whole run of an experiment by the NumPy twin: the same initial weights, batches and silent units, its own sums."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from neuroglow.data import load
from neuroglow.engine.chance import chance_of
from neuroglow.engine.order import epoch_order
from neuroglow.engine.snapshot import initial_snapshot, to_state
from neuroglow.nets.losses import objective_of
from neuroglow.nets.shape import layer_names
from neuroglow.spec import Experiment
from neuroglow.spec.datasets import input_names
from unit import numpy_twin as twin
from unit.rig import dense_layers, numbers_of, twin_net


def goal_of(spec: Experiment) -> twin.Goal:
    objective, parameters = objective_of(spec), spec.training.loss_parameters
    parameter = parameters.gamma if objective.loss == "focal" else parameters.delta
    labels = load(spec.data).train.labels
    is_weighted = spec.training.class_weights == "balanced"
    weights = compute_class_weight("balanced", classes=np.unique(labels), y=labels) if is_weighted else None
    return twin.Goal(objective.head, objective.loss, parameter, weights)


def rule_of(spec: Experiment) -> twin.Optimizer:
    """The optimizer with regularisation, clipping, schedule and what is held, read from the document alone."""
    training, network = spec.training, spec.network
    own = [*(layer.regularization for layer in dense_layers(spec)), network.output_regularization]
    rates = [training.regularization if each is None else each for each in own]
    schedule = training.schedule.model_dump()
    span = schedule.get("every", schedule.get("updates", 1))
    factor = schedule.get("factor", schedule.get("floor", 1.0))
    return twin.Optimizer(
        training.optimizer.type,
        training.optimizer.model_dump(exclude={"type"}),
        l1=[each.rate if each.type == "l1" else 0.0 for each in rates],
        l2=[each.rate if each.type == "l2" else 0.0 for each in rates],
        clipping=None if training.clipping.type == "none" else (training.clipping.type, training.clipping.limit),
        held=held_of(spec),
        rates=lambda update: twin.schedule(
            schedule["type"], update, warmup=schedule["warmup"], span=span, factor=factor
        ),
    )


def held_of(spec: Experiment) -> list[twin.Array]:
    """True where numbers stay, in the order of `twin.flat`."""
    names, columns = layer_names(spec), input_names(spec.data)
    frozen = [*(layer.frozen for layer in dense_layers(spec)), spec.network.output_frozen]
    net = twin_net(initial_snapshot(spec).layers, spec)
    held = [np.full(array.shape, frozen[index // 2]) for index, array in enumerate(twin.flat(net))]
    for pin in spec.network.pins:
        layer = names.index(pin.layer)
        if pin.source is None:
            held[2 * layer + 1][pin.unit] = True
        else:
            column = columns.index(pin.source) if isinstance(pin.source, str) else pin.source
            held[2 * layer][pin.unit, column] = True
    for frozen_unit in spec.network.frozen_units or ():
        layer = names.index(frozen_unit.layer)
        held[2 * layer][frozen_unit.unit] = held[2 * layer + 1][frozen_unit.unit] = True
    return held


def clamps_of(spec: Experiment) -> twin.Clamps:
    names = layer_names(spec)
    return {(names.index(clamp.layer), clamp.unit): clamp.value for clamp in spec.network.clamps or ()}


def silent_units(spec: Experiment, epoch: int, position: int, rows: int) -> twin.Factors | None:
    """The masks that the engine draws for a batch, per layer. Unstacked networks only."""
    numbers = numbers_of(spec).chance
    if numbers is None:
        return None
    model = to_state(initial_snapshot(spec)).model
    drawn: Any = chance_of(numbers, model, jnp.uint32(epoch), jnp.int32(position), rows)
    return [None if each is None else np.asarray(each, np.float64) for each in drawn]


def twin_after(spec: Experiment, updates: int, batch_bucket: int) -> tuple[twin.Net, float]:
    """The twin's network after so many updates, and the sum of the losses of all rows it has seen."""
    goal, rule, net = goal_of(spec), rule_of(spec), twin_net(initial_snapshot(spec).layers, spec)
    clamps = clamps_of(spec)
    rows = load(spec.data).train
    count = len(rows.labels)
    size = min(spec.training.batch_size, count)
    per_epoch = -(-count // size)
    total = 0.0
    for update in range(updates):
        epoch, position = divmod(update, per_epoch)
        picked = epoch_order(spec.training.seed, epoch, count)[position * size : (position + 1) * size]
        x, labels = rows.inputs[picked].astype(np.float64), rows.labels[picked].astype(np.float64)
        drawn = silent_units(spec, epoch, position, batch_bucket)
        factors = drawn and [None if each is None else each[: len(picked)] for each in drawn]
        total += float(twin.losses(goal, twin.forward(net, x, factors, clamps)[-1][0], labels).sum())
        net = twin.updated(goal, net, rule, x, labels, factors, clamps)
    return net, total
