"""Single weights and biases: where a cell of the spec lies in the arrays, what pins, frozen layers and units hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.engine.layers import Layers
from neuroglow.nets.shape import LayerShape, layer_names, net_shape
from neuroglow.spec.datasets import input_names
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers.wiring import INPUT, OUTPUT
from neuroglow.spec.network import Cell


class Places:
    """Where cells lie in the layers of an experiment: in `bias`, or in `weight` seen as a matrix (units, sources)."""

    def __init__(self, experiment: Experiment) -> None:
        nodes = graph_of(experiment.data, experiment.network).nodes
        self._shapes = dict(zip(layer_names(experiment), net_shape(experiment).layers, strict=True))
        self.reads_columns = frozenset(
            node.name for node in nodes if node.sources == (INPUT,) and _reads_columns(self._shapes[node.name])
        )
        """Layers whose every column belongs to one input of the network."""
        self._columns = {name: index for index, name in enumerate(input_names(experiment.data))}

    def find(self, cell: Cell) -> tuple[str, int, int | None] | None:
        """(layer, row, column), the column None for a bias; None if there is no such place."""
        shape = self._shapes.get(cell.layer)
        if shape is None or not shape.has_weight or cell.unit >= shape.matrix[0]:
            return None
        if cell.source is None:
            return (cell.layer, cell.unit, None) if "bias" in shape.parameters else None
        is_named = cell.layer in self.reads_columns
        column = self._columns.get(str(cell.source)) if is_named else cell.source
        if is_named == isinstance(cell.source, int) or not isinstance(column, int) or column >= shape.fan_in:
            return None
        return cell.layer, cell.unit, column


def _reads_columns(shape: LayerShape) -> bool:
    return shape.has_weight and shape.fan_in == shape.reads[0].size and shape.layer.type in ("dense", "sparse_dense")


def with_cells(layers: Layers, cells: Iterable[Cell], experiment: Experiment) -> Layers:
    """The layers with these numbers in their places; cells without a place are left out. Copies what it changes."""
    places = Places(experiment)
    changed: Layers = {}
    for cell in cells:
        place = places.find(cell)
        if place is None:
            continue
        name, row, column = place
        layer = changed.setdefault(name, {part: array.copy() for part, array in layers[name].items()})
        _write(layer, row, column, cell.value)
    return {**layers, **changed}


def _write(layer: dict[str, NDArray[Any]], row: int, column: int | None, value: float | bool) -> None:
    if column is None:
        layer["bias"][row] = value
    else:
        weight = layer["weight"]
        weight.reshape(len(weight), -1)[row, column] = value


def held_cells(experiment: Experiment) -> dict[str, dict[str, NDArray[np.bool_]]]:
    """Per layer and parameter, which numbers do not move: frozen layers and units, and pins."""
    network = experiment.network
    frozen = {layer.name: getattr(layer, "frozen", False) for layer in network.layers}
    frozen[OUTPUT] = network.output_frozen
    shapes = dict(zip(layer_names(experiment), net_shape(experiment).layers, strict=True))
    held = {
        name: {part: np.full(parameter.shape, frozen[name]) for part, parameter in layer.parameters.items()}
        for name, layer in shapes.items()
    }
    for unit in network.frozen_units or ():
        if unit.layer in shapes:
            _hold_unit(held[unit.layer], shapes[unit.layer], unit.unit)
    places = Places(experiment)
    for pin in network.pins:
        place = places.find(pin)
        if place is not None:
            name, row, column = place
            _write(held[name], row, column, value=True)
    return held


def _hold_unit(held: dict[str, NDArray[np.bool_]], shape: LayerShape, unit: int) -> None:
    """All numbers that are this unit's own; nothing where there is no such unit."""
    if unit >= shape.units:
        return
    for part, axis in shape.layer.OF_UNITS.items():
        if part in held:
            # The same place in every gate.
            np.moveaxis(held[part], axis, 0)[unit :: shape.units] = True
