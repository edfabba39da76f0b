"""A formula's tree as NumPy source: the same operations in the same order as `data.formula` computes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from neuroglow.spec.formula import Call, Column, Minus, Node, Number, Operation

_PLAIN = {
    **{name: f"np.{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt")},
    **{name: f"np.{name}" for name in ("abs", "sign", "floor", "ceil")},
    "atan": "np.arctan",
}


def as_numpy(node: Node, columns: Mapping[str, str]) -> str:
    """An expression over the variables that `columns` names."""
    match node:
        case Number():
            # A NumPy number: dividing by it is not an error.
            return f"np.float64({node.value!r})"
        case Column():
            return columns[node.name]
        case Minus():
            return f"(-{as_numpy(node.operand, columns)})"
        case Operation(operator="^"):
            return f"np.power({as_numpy(node.left, columns)}, {as_numpy(node.right, columns)})"
        case Operation():
            return f"({as_numpy(node.left, columns)} {node.operator} {as_numpy(node.right, columns)})"
        case Call():
            return _called(node.function, [as_numpy(argument, columns) for argument in node.arguments])


def _called(function: str, arguments: list[str]) -> str:
    first = arguments[0]
    match function:
        case "relu":
            return f"np.maximum({first}, 0.0)"
        case "sigmoid":
            return f"(0.5 * (1.0 + np.tanh(0.5 * {first})))"
        case "gauss":
            return f"np.exp(-np.square({first}))"
        case "min" | "max":
            return reduce(lambda left, right: f"np.{function}imum({left}, {right})", arguments)
    return f"{_PLAIN[function]}({first})"
