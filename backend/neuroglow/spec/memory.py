"""How much memory training an experiment will take, before anything is compiled."""

from __future__ import annotations

from neuroglow.errors import NetworkTooLargeError
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import input_names, label_count, source_facts, split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers.wiring import Node
from neuroglow.spec.limits import MAX_EVALUATED_ROWS

FLOAT_BYTES = 4
MOMENTS = {"sgd": 0, "momentum": 1, "nesterov": 1, "adam": 2, "adamw": 2, "rmsprop": 1, "adagrad": 1}
"""Copies of the parameters that an optimizer keeps."""
SCALARS = {"sgd": 0, "momentum": 0, "nesterov": 0, "adam": 1, "adamw": 1, "rmsprop": 0, "adagrad": 0}
"""Single numbers that it keeps: counts of updates."""
# Parameters, their gradient, the optimizer's update, a snapshot on the host, a probe's gradient.
_PARAMETER_COPIES = 5
# Backpropagation makes as much again on the way back as it kept, and works beside it.
_ACTIVATION_COPIES = 4
_EVALUATION_LAYERS = 2
# Numbers of all layers that answering rows makes at once, about, and the rows that are answered together all the same.
_ANSWERED_NUMBERS = 1 << 23
_LEAST_AT_ONCE = 8
_NETWORK = ("This network", "fewer layers, fewer units or a smaller batch")


def estimated_bytes(experiment: Experiment) -> int:
    """An upper estimate of one session's arrays on device and host, in bytes."""
    graph = graph_of(experiment.data, experiment.network)
    widest = max(graph.entrance.size, *(node.layer.kept(*node.reads) for node in graph.nodes))
    _, test = split_counts(experiment.data)
    at_once = rows_at_once(sum(node.layer.kept(*node.reads) for node in graph.nodes))
    floats = (
        _batch(experiment) * 2 * _ACTIVATION_COPIES * graph.entrance.size
        + _EVALUATION_LAYERS * min(test, MAX_EVALUATED_ROWS, at_once) * widest
        + _data_floats(experiment)
    )
    return floats * FLOAT_BYTES + sum(layer_bytes(experiment, node) for node in graph.nodes)


def layer_bytes(experiment: Experiment, node: Node) -> int:
    """What one layer has its share in: its parameters with all that training keeps of them, and a batch's numbers."""
    copies = _PARAMETER_COPIES + 2 * MOMENTS[experiment.training.optimizer.type]
    parameters = sum(parameter.size for parameter in node.parameters.values())
    kept = node.layer.kept(*node.reads)
    return (parameters * copies + _ACTIVATION_COPIES * _batch(experiment) * kept) * FLOAT_BYTES


def rows_at_once(kept: int) -> int:
    """How many rows are answered together by a network that makes `kept` numbers of each: a power of two."""
    return 1 << max(_LEAST_AT_ONCE, _ANSWERED_NUMBERS // max(1, kept)).bit_length() - 1


def _batch(experiment: Experiment) -> int:
    """As programs are made for: the power of two at or above."""
    return 1 << (min(experiment.training.batch_size, split_counts(experiment.data)[0]) - 1).bit_length()


def _data_floats(experiment: Experiment) -> int:
    return sum(split_counts(experiment.data)) * row_floats(experiment.data)


def row_floats(data: AnyData) -> int:
    """Of one row: raw columns, inputs, and both inputs and labels once more on the device, padded to the next power of
    two."""
    return len(source_facts(data).columns) + 3 * (len(input_names(data)) + label_count(data))


def require_fits(experiment: Experiment, budget_bytes: int) -> None:
    """Raise `NetworkTooLargeError`, at the layer that takes most of it, if the estimate exceeds the budget."""
    needed = estimated_bytes(experiment)
    if needed > budget_bytes:
        is_data = 2 * FLOAT_BYTES * _data_floats(experiment) > needed
        what, less = ("These data", "fewer rows or columns") if is_data else _NETWORK
        raise NetworkTooLargeError(
            f"{what} would take about {_mebibytes(needed)}, the budget is {_mebibytes(budget_bytes)}; use {less}",
            field="/data" if is_data else _largest(experiment),
            needed_bytes=needed,
            budget_bytes=budget_bytes,
        )


def _largest(experiment: Experiment) -> str:
    """Where the layer stands that takes more than half of what all take, else all of them."""
    nodes = graph_of(experiment.data, experiment.network).nodes
    each = [layer_bytes(experiment, node) for node in nodes]
    index = each.index(max(each))
    is_hidden = index < len(experiment.network.layers)
    return f"/network/layers/{index}" if is_hidden and 2 * each[index] > sum(each) else "/network/layers"


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
