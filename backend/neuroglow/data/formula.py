"""What a formula's tree stands for, computed with NumPy over raw columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.points import Array
from neuroglow.spec.formula import Call, Column, Minus, Node, Number, Operation

MAX_VALUE = 1e6
"""Larger values are cut off at this, and what is no number (0/0, the root of −1) counts as 0: a person who types a
formula over someone's table cannot know where it breaks, and one bad row should not end a run."""

_OPERATIONS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "relu": lambda x: np.maximum(x, 0.0),
    "sigmoid": lambda x: 0.5 * (1.0 + np.tanh(0.5 * x)),
    "gauss": lambda x: np.exp(-(x * x)),
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
}


@dataclass(frozen=True)
class FormulaColumns:
    """Formulas over the raw columns of that order."""

    trees: tuple[Node, ...]
    columns: tuple[str, ...]

    def __call__(self, raw: NDArray[np.float32]) -> Array:
        """(rows, columns) -> (rows, formulas), finite."""
        values = dict(zip(self.columns, np.asarray(raw, np.float64).T, strict=True))
        with np.errstate(all="ignore"):
            computed = [np.broadcast_to(_value(tree, values), len(raw)) for tree in self.trees]
        found = np.stack(computed, axis=1)
        return np.clip(np.nan_to_num(found, nan=0.0, posinf=MAX_VALUE, neginf=-MAX_VALUE), -MAX_VALUE, MAX_VALUE)


def _value(node: Node, columns: Mapping[str, Array]) -> Array:
    match node:
        case Number():
            return np.asarray(node.value)
        case Column():
            return columns[node.name]
        case Minus():
            return -_value(node.operand, columns)
        case Operation():
            return _OPERATIONS[node.operator](_value(node.left, columns), _value(node.right, columns))
        case Call():
            return _FUNCTIONS[node.function](*(_value(argument, columns) for argument in node.arguments))
