"""Single weights and biases: where a cell of the spec lies in the arrays, what pins and frozen layers hold."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from neuroglow.engine.layers import Layer, Layers
from neuroglow.nets.shape import layer_names, net_shape
from neuroglow.spec.datasets import input_names
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers.wiring import OUTPUT
from neuroglow.spec.network import Cell


class Places:
    """Where cells lie in the layers of an experiment."""

    def __init__(self, experiment: Experiment) -> None:
        names, shape = layer_names(experiment), net_shape(experiment)
        self._shapes = dict(zip(names, shape.layers, strict=True))
        self._first = names[0]
        self._columns = {name: index for index, name in enumerate(input_names(experiment.data))}

    def find(self, cell: Cell) -> tuple[str, int, int | None] | None:
        """(layer, row, column), the column None for a bias; None if there is no such place."""
        shape = self._shapes.get(cell.layer)
        if shape is None or cell.unit >= shape.units:
            return None
        if cell.source is None:
            return cell.layer, cell.unit, None
        reads_inputs = cell.layer == self._first
        column = self._columns.get(str(cell.source)) if reads_inputs else cell.source
        if reads_inputs == isinstance(cell.source, int) or not isinstance(column, int) or column >= shape.fan_in:
            return None
        return cell.layer, cell.unit, column


def with_cells(layers: Layers, cells: Iterable[Cell], experiment: Experiment) -> Layers:
    """The layers with these numbers in their places; cells without a place are left out. Copies what it changes."""
    places = Places(experiment)
    changed: Layers = {}
    for cell in cells:
        place = places.find(cell)
        if place is None:
            continue
        name, row, column = place
        layer = changed.setdefault(name, _copy(layers[name]))
        if column is None:
            layer.bias[row] = cell.value
        else:
            layer.weight[row, column] = cell.value
    return {**layers, **changed}


def held_cells(experiment: Experiment) -> dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Per layer, which weights (units, fan_in) and biases (units,) do not move: frozen layers and pins."""
    names, shape = layer_names(experiment), net_shape(experiment)
    network = experiment.network
    frozen = {**{layer.name: layer.frozen for layer in network.layers}, OUTPUT: network.output_frozen}
    held = {
        name: (np.full((layer.units, layer.fan_in), frozen[name]), np.full(layer.units, frozen[name]))
        for name, layer in zip(names, shape.layers, strict=True)
    }
    places = Places(experiment)
    for pin in network.pins:
        place = places.find(pin)
        if place is not None:
            name, row, column = place
            weight, bias = held[name]
            if column is None:
                bias[row] = True
            else:
                weight[row, column] = True
    return held


def _copy(layer: Layer) -> Layer:
    return Layer(layer.weight.copy(), layer.bias.copy())
