"""How much memory training an experiment will take, before anything is compiled."""

from __future__ import annotations

from itertools import pairwise

from neuroglow.errors import NetworkTooLargeError
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import input_names, output_count, source_facts, split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.limits import MAX_EVALUATED_ROWS

FLOAT_BYTES = 4
MOMENTS = {"sgd": 0, "momentum": 1, "nesterov": 1, "adam": 2, "adamw": 2, "rmsprop": 1, "adagrad": 1}
"""Copies of the parameters that an optimizer keeps."""
SCALARS = {"sgd": 0, "momentum": 0, "nesterov": 0, "adam": 1, "adamw": 1, "rmsprop": 0, "adagrad": 0}
"""Single numbers that it keeps: counts of updates."""
# Parameters, their gradient, the optimizer's update, a snapshot on the host, a probe's gradient.
_PARAMETER_COPIES = 5
# Backpropagation keeps z and a of every layer and makes as much again on the way back.
_ACTIVATION_COPIES = 4
_EVALUATION_LAYERS = 2
_NETWORK = ("This network", "fewer layers, fewer units or a smaller batch")


def estimated_bytes(experiment: Experiment) -> int:
    """An upper estimate of one session's arrays on device and host, in bytes."""
    outputs = output_count(experiment.data)
    widths = [len(input_names(experiment.data)), *(layer.units for layer in experiment.network.layers), outputs]
    parameters = sum(units * (fan_in + 1) for fan_in, units in pairwise(widths))
    copies = _PARAMETER_COPIES + 2 * MOMENTS[experiment.training.optimizer.type]
    train, test = split_counts(experiment.data)
    batch = min(experiment.training.batch_size, train)
    floats = (
        parameters * copies
        + _ACTIVATION_COPIES * 2 * batch * sum(widths)
        + _EVALUATION_LAYERS * 2 * min(test, MAX_EVALUATED_ROWS) * max(widths)
        + _data_floats(experiment)
    )
    return floats * FLOAT_BYTES


def _data_floats(experiment: Experiment) -> int:
    return sum(split_counts(experiment.data)) * row_floats(experiment.data)


def row_floats(data: AnyData) -> int:
    """Of one row: raw columns, inputs, and both inputs and labels once more on the device, padded to the next power of
    two."""
    inputs = len(input_names(data))
    labels = inputs if data.goal == "reconstruct" else 1
    return len(source_facts(data).columns) + 3 * (inputs + labels)


def require_fits(experiment: Experiment, budget_bytes: int) -> None:
    """Raise `NetworkTooLargeError` if the estimate exceeds the budget."""
    needed = estimated_bytes(experiment)
    if needed > budget_bytes:
        is_data = 2 * FLOAT_BYTES * _data_floats(experiment) > needed
        what, less = ("These data", "fewer rows or columns") if is_data else _NETWORK
        raise NetworkTooLargeError(
            f"{what} would take about {_mebibytes(needed)}, the budget is {_mebibytes(budget_bytes)}; use {less}",
            field="/data" if is_data else "/network/layers",
            needed_bytes=needed,
            budget_bytes=budget_bytes,
        )


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
