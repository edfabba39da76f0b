"""The part of a script that says the layers and draws their first weights, and what training says per layer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from neuroglow.errors import InvalidInputError
from neuroglow.spec.datasets import output_count
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers import Dense
from neuroglow.spec.layers.wiring import OUTPUT
from neuroglow.spec.training import Regularization

_SCALES = {
    "glorot_uniform": "np.sqrt(6.0 / (fan_in + units))",
    "glorot_normal": "np.sqrt(2.0 / (fan_in + units))",
    "he_uniform": "np.sqrt(6.0 / fan_in)",
    "he_normal": "np.sqrt(2.0 / fan_in)",
    "lecun_normal": "np.sqrt(1.0 / fan_in)",
    "zeros": "0.0",
    "playground": "0.5",
}
_UNIFORM = "random.uniform(-1.0, 1.0, (units, 1024))"
_NORMAL = "random.standard_normal((units, 1024))"
_RUN = 6
"""From so many equal layers on they are written as one line."""


@dataclass(frozen=True)
class Row:
    """One layer that computes."""

    name: str
    units: int
    activation: str
    initializer: str
    l1: float
    l2: float
    dropout: float
    frozen: bool


def dense_layers(experiment: Experiment) -> tuple[Dense, ...]:
    """The hidden layers. Raises `InvalidInputError` at the first that is not dense, or does not read the one before."""
    nodes = graph_of(experiment.data, experiment.network).nodes
    by_step = next((index for index, node in enumerate(nodes) if node.output.kind != "vector"), None)
    if by_step is not None and isinstance(nodes[by_step].layer, Dense):
        raise InvalidInputError(
            "A script reads rows as lists of numbers, and this layer goes step by step; download the weights and the "
            "experiment instead",
            field=f"/network/layers/{by_step}" if by_step < len(experiment.network.layers) else "/data",
        )
    layers: list[Dense] = []
    for index, layer in enumerate(experiment.network.layers):
        if type(layer) is not Dense or layer.inputs is not None:
            raise InvalidInputError(
                "A script is written for chains of dense layers; download the weights and the experiment instead",
                field=f"/network/layers/{index}",
            )
        layers.append(layer)
    return tuple(layers)


def rows_of(experiment: Experiment) -> list[Row]:
    """The hidden layers, then the output."""
    network, general = experiment.network, experiment.training.regularization
    rows = [
        Row(
            name=layer.name or "",
            units=layer.units,
            activation=layer.activation,
            initializer=layer.initializer,
            l1=_rate(layer.regularization or general, "l1"),
            l2=_rate(layer.regularization or general, "l2"),
            dropout=layer.dropout,
            frozen=layer.frozen,
        )
        for layer in dense_layers(experiment)
    ]
    own = network.output_regularization or general
    output = Row(
        name=OUTPUT,
        units=output_count(experiment.data),
        activation="linear",
        initializer=network.output_initializer,
        l1=_rate(own, "l1"),
        l2=_rate(own, "l2"),
        dropout=0.0,
        frozen=network.output_frozen,
    )
    return [*rows, output]


def _rate(regularization: Regularization, kind: str) -> float:
    return regularization.rate if regularization.type == kind else 0.0


def layers_section(rows: list[Row], seed: int) -> str:
    """`LAYERS` and `first_weights`."""
    return "\n".join([
        "# --- Network: name, units, activation and initializer of every layer",
        f"SEED = {seed}",
        "LAYERS = [",
        *_table(rows),
        "]",
        "",
        "",
        *_first_weights({row.initializer for row in rows}),
    ])  # fmt: skip


def _table(rows: list[Row]) -> list[str]:
    lines: list[str] = []
    numbered = [(row, index) for index, row in enumerate(rows)]
    for _, run in groupby(numbered, key=lambda pair: _shape_and_offset(*pair)):
        members = [row for row, _ in run]
        first = members[0]
        rest = f'{first.units}, "{first.activation}", "{first.initializer}"'
        stem, _, number = first.name.rpartition("_")
        if len(members) >= _RUN:
            last = int(number) + len(members)
            lines.append(f'    *((f"{stem}_{{number}}", {rest}) for number in range({number}, {last})),')
        else:
            lines += [f'    ("{row.name}", {rest}),' for row in members]
    return lines


def _shape_and_offset(row: Row, index: int) -> tuple[object, ...]:
    """Equal for neighbours that differ only in the running number of their name."""
    stem, _, number = row.name.rpartition("_")
    offset = int(number) - index if number.isascii() and number.isdigit() and str(int(number)) == number else None
    return row.units, row.activation, row.initializer, stem, row.name if offset is None else offset


def _first_weights(initializers: set[str]) -> list[str]:
    lines = [
        "def first_weights(name, fan_in, units, initializer):",
        '    """Weights (units, fan_in) and biases, drawn from the seed and the layer\'s name."""',
        '    key = np.frombuffer(hashlib.blake2b(f"{SEED}/{name}".encode(), digest_size=16).digest(), np.uint64)',
        "    random = np.random.Generator(np.random.Philox(key=key))",
    ]
    normal = {name for name in initializers if name.endswith("normal")}
    if normal == initializers:
        lines.append(f"    draws = {_NORMAL}")
    elif normal:
        lines.append(f'    draws = {_NORMAL} if initializer.endswith("normal") else {_UNIFORM}')
    else:
        lines.append(f"    draws = {_UNIFORM}")
    if len(initializers) == 1:
        scale = _SCALES[next(iter(initializers))]
    else:
        cases = ", ".join(f'"{name}": {_SCALES[name]}' for name in sorted(initializers))
        scale = f"{{{cases}}}[initializer]"
    lines.append(f"    scale = {scale}")
    bias = '0.1 if initializer == "playground" else 0.0' if "playground" in initializers else "0.0"
    lines += [
        "    weight = (draws[:, :fan_in] * scale).astype(np.float32)",
        f"    return weight, np.full(units, {bias}, np.float32)",
    ]
    return lines


def by_layer(rows: list[Row], member: str) -> str:
    """A dictionary from layer name to one of its numbers, without those that are 0."""
    named = {row.name: getattr(row, member) for row in rows if getattr(row, member)}
    return "{" + ", ".join(f'"{name}": {value!r}' for name, value in named.items()) + "}"
