"""The script for JAX, Equinox and Optax."""

from __future__ import annotations

from neuroglow.export.data import data_section, imports, library_imports
from neuroglow.export.losses import loss_section
from neuroglow.export.network import Row, by_layer, layers_section, rows_of
from neuroglow.export.training import BATCHES, NEEDS, REPORT, constants, is_scheduled, schedule_section, title
from neuroglow.spec.datasets import facts, input_names, split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.network import Cell

_ACTIVATIONS = {
    "relu": "jax.nn.relu",
    "leaky_relu": "lambda z: jax.nn.leaky_relu(z, 0.01)",
    "tanh": "jnp.tanh",
    "sigmoid": "jax.nn.sigmoid",
    "gelu": "lambda z: jax.nn.gelu(z, approximate=True)",
    "silu": "jax.nn.silu",
    "elu": "jax.nn.elu",
    "softplus": "jax.nn.softplus",
    "sine": "jnp.sin",
    "linear": "lambda z: z",
}
_WEIGHTS = "lambda model: jax.tree.map(lambda leaf: leaf.ndim > 1, model)"
_ADAGRAD = '''def adagrad(eps):
    """g / (√s + ε), s the sum of squares; Optax puts ε under the root."""

    def update(gradient, sums, _=None):
        sums = jax.tree.map(lambda s, g: s + g * g, sums, gradient)
        return jax.tree.map(lambda g, s: g / (jnp.sqrt(s) + eps), gradient, sums), sums

    return optax.GradientTransformation(lambda model: jax.tree.map(jnp.zeros_like, model), update)
'''


def jax_script(experiment: Experiment, updates: int) -> str:
    rows = rows_of(experiment)
    has_dropout = any(row.dropout for row in rows)
    clamps = _clamps(experiment, rows)
    has_holds = any(row.frozen for row in rows) or bool(experiment.network.pins or experiment.network.frozen_units)
    parts = [
        title(facts(experiment.data).title),
        "",
        f'{NEEDS.format("jax equinox optax")}"""',
        "",
        "import hashlib",
        "import sys",
        *library_imports(experiment.data),
        "",
        "import equinox as eqx",
        "import jax",
        "import jax.numpy as jnp",
        "import numpy as np",
        "import optax",
        *imports(experiment.data),
        "",
        *constants(experiment, updates),
        "",
        data_section(experiment.data),
        "",
        layers_section(rows, experiment.training.seed),
        "",
        "",
        *clamps,
        *_model(rows, has_dropout=has_dropout, has_clamps=bool(clamps)),
        *_beginning(experiment, has_holds=has_holds),
        "",
        "# --- Training",
        *_per_layer(rows),
        "",
        "",
        *loss_section(experiment, "jnp", "jax.nn.one_hot(y.astype(int), {classes})", "jax.nn.logsumexp"),
        "",
        "",
        *(_dropout(experiment) if has_dropout else []),
        *([*schedule_section(experiment, "jnp", "{}"), "", ""] if is_scheduled(experiment) else []),
        *([_ADAGRAD, ""] if experiment.training.optimizer.type == "adagrad" else []),
        f"optimizer = {_optimizer(experiment, rows)}",
        "",
        "",
        *_update(experiment, rows, has_dropout=has_dropout, has_holds=has_holds),
        "",
        "",
        BATCHES,
        "",
        "",
        *_loop(experiment, has_dropout=has_dropout),
    ]
    return "\n".join(parts) + "\n"


def _clamps(experiment: Experiment, rows: list[Row]) -> list[str]:
    """Held units that have a place: by layer their numbers and their values."""
    held: dict[str, dict[int, float]] = {}
    for clamp in experiment.network.clamps or ():
        if any(row.name == clamp.layer and clamp.unit < row.units for row in rows):
            held.setdefault(clamp.layer, {})[clamp.unit] = clamp.value
    if not held:
        return []
    return [
        "# Units that answer the same whatever they read; no slope leads past them.",
        "CLAMPS = {",
        *(f'    "{name}": ({list(units)}, {list(units.values())}),' for name, units in held.items()),
        "}",
        "",
        "",
    ]


def _model(rows: list[Row], *, has_dropout: bool, has_clamps: bool) -> list[str]:
    used = dict.fromkeys(row.activation for row in rows)
    table = ", ".join(f'"{name}": {_ACTIVATIONS[name]}' for name in used)
    call = ["    def __call__(self, x):", "        for layer in self.layers:", "            x = layer(x)"]
    if has_dropout or has_clamps:
        call = [
            f"    def __call__(self, x{', factors=None' if has_dropout else ''}):",
            "        for (name, *_), layer in zip(LAYERS, self.layers):",
            "            x = layer(x)",
        ]
    if has_dropout:
        call += ["            if factors and name in factors:", "                x = x * factors[name]"]
    if has_clamps:
        call += [
            "            if name in CLAMPS:",
            "                units, values = CLAMPS[name]",
            "                x = x.at[jnp.array(units)].set(jnp.array(values, x.dtype))",
        ]
    return [
        f"ACTIVATIONS = {{{table}}}",
        "",
        "",
        "class Dense(eqx.Module):",
        "    weight: jax.Array",
        "    bias: jax.Array",
        "    activation: str = eqx.field(static=True)",
        "",
        "    def __call__(self, x):",
        "        return ACTIVATIONS[self.activation](self.weight @ x + self.bias)",
        "",
        "",
        "class Network(eqx.Module):",
        "    layers: list[Dense]",
        "",
        *call,
        "        return x",
        "",
        "",
    ]


def _beginning(experiment: Experiment, *, has_holds: bool) -> list[str]:
    lines = [
        "layers, fan_in = [], X.shape[1]",
        "for name, units, activation, initializer in LAYERS:",
        "    weight, bias = first_weights(name, fan_in, units, initializer)",
        "    layers.append(Dense(jnp.array(weight), jnp.array(bias), activation))",
        "    fan_in = units",
        "model = Network(layers)",
    ]
    if has_holds:
        lines += [
            "",
            "# What is frozen or pinned does not move: True marks the numbers that are held.",
            f"FROZEN = {{{', '.join(repr(name) for name in _frozen(experiment))}}}",
            "held = [",
            "    [np.full(layer.weight.shape, name in FROZEN), np.full(layer.bias.shape, name in FROZEN)]",
            "    for (name, *_), layer in zip(LAYERS, model.layers)",
            "]",
            *_frozen_units(experiment),
            *_pins(experiment),
            "held = Network([Dense(*masks, layer.activation) for masks, layer in zip(held, model.layers)])",
        ]
    return lines


def _frozen(experiment: Experiment) -> list[str]:
    return [row.name for row in rows_of(experiment) if row.frozen]


def _frozen_units(experiment: Experiment) -> list[str]:
    """Frozen units that have a place: (index of the layer, unit)."""
    places = {row.name: (index, row.units) for index, row in enumerate(rows_of(experiment))}
    frozen = [(places[unit.layer], unit.unit) for unit in experiment.network.frozen_units or () if unit.layer in places]
    written = [(index, unit) for (index, units), unit in frozen if unit < units]
    if not written:
        return []
    return [
        f"for index, unit in {written}:",
        "    held[index][0][unit] = held[index][1][unit] = True",
    ]


def _pins(experiment: Experiment) -> list[str]:
    """Pins that have a place: (index of the layer, 0 for a weight and 1 for a bias, place, value)."""
    written = [text for pin in experiment.network.pins if (text := _pin(experiment, pin)) is not None]
    if not written:
        return []
    return [
        "for index, part, place, value in [",
        *(f"    {text}," for text in written),
        "]:",
        "    held[index][part][place] = True",
        "    where = lambda model: [model.layers[index].weight, model.layers[index].bias][part]",
        "    model = eqx.tree_at(where, model, where(model).at[place].set(value))",
    ]


def _pin(experiment: Experiment, pin: Cell) -> str | None:
    rows = rows_of(experiment)
    index = next((number for number, row in enumerate(rows) if row.name == pin.layer), None)
    if index is None or pin.unit >= rows[index].units:
        return None
    if pin.source is None:
        return f"({index}, 1, ({pin.unit},), {pin.value!r})"
    inputs = input_names(experiment.data)
    if index == 0:
        column = inputs.index(pin.source) if isinstance(pin.source, str) and pin.source in inputs else None
    else:
        column = pin.source if isinstance(pin.source, int) and pin.source < rows[index - 1].units else None
    return None if column is None else f"({index}, 0, ({pin.unit}, {column}), {pin.value!r})"


def _per_layer(rows: list[Row]) -> list[str]:
    """Rates that differ from layer to layer, shaped like the network."""
    lines = []
    for member in ("l1", "l2"):
        if len({getattr(row, member) for row in rows}) > 1:
            each = f"Dense({member}.get(name, 0.0), 0.0, activation) for name, _, activation, _ in LAYERS"
            lines += [f"{member} = {by_layer(rows, member)}", f"{member} = Network([{each}])"]
    return lines


def _dropout(experiment: Experiment) -> list[str]:
    size = min(experiment.training.batch_size, split_counts(experiment.data)[0])
    drawn = max(8, 1 << (size - 1).bit_length())
    return [
        f"DROPOUT = {by_layer(rows_of(experiment), 'dropout')}",
        "",
        "",
        "def silence(epoch, position, rows):",
        '    """What the units are multiplied with in a batch; drawn for a power of two of rows."""',
        '    key = jax.random.wrap_key_data(jnp.array([0x64726F70, SEED], jnp.uint32), impl="threefry2x32")',
        "    key = jax.random.fold_in(jax.random.fold_in(key, epoch), position)",
        "    factors = {}",
        "    for name, units, *_ in LAYERS:",
        "        if name in DROPOUT:",
        '            own = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")',
        "            speaks = 1.0 - jnp.float32(DROPOUT[name])",
        f"            drawn = jax.random.bernoulli(jax.random.fold_in(key, own), speaks, ({drawn}, units))",
        "            factors[name] = jnp.where(drawn, 1.0 / speaks, 0.0)[:rows]",
        "    return factors",
        "",
        "",
    ]


def _optimizer(experiment: Experiment, rows: list[Row]) -> str:
    training = experiment.training
    links: list[str] = []
    if training.clipping.type == "value":
        links.append(f"optax.clip({training.clipping.limit!r})")
    elif training.clipping.type == "norm":
        links.append(f"optax.clip_by_global_norm({training.clipping.limit!r})")
    rates = {row.l2 for row in rows}
    if len(rates) > 1:
        decay = "lambda gradient, model: jax.tree.map(lambda g, w, rate: g + rate * w, gradient, model, l2)"
        links.append(f"optax.stateless({decay})")
    elif rates != {0.0}:
        links.append(f"optax.add_decayed_weights({rates.pop()!r}, mask={_WEIGHTS})")
    links += _rule(experiment)
    if not links:
        return "optax.identity()"
    return links[0] if len(links) == 1 else "optax.chain(\n    " + ",\n    ".join(links) + ",\n)"


def _rule(experiment: Experiment) -> list[str]:
    n = experiment.training.optimizer.model_dump()
    adam = f"optax.scale_by_adam({n.get('b1')!r}, {n.get('b2')!r}, {n.get('eps')!r})"
    match n["type"]:
        case "momentum":
            return [f"optax.trace({n['momentum']!r})"]
        case "nesterov":
            return [f"optax.trace({n['momentum']!r}, nesterov=True)"]
        case "adam":
            return [adam]
        case "adamw":
            return [adam, f"optax.add_decayed_weights({n['weight_decay']!r}, mask={_WEIGHTS})"]
        case "rmsprop":
            return [f"optax.scale_by_rms({n['decay']!r}, {n['eps']!r}, eps_in_sqrt=False)"]
        case "adagrad":
            return [f"adagrad({n['eps']!r})"]
    return []


def _update(experiment: Experiment, rows: list[Row], *, has_dropout: bool, has_holds: bool) -> list[str]:
    arguments = ["model", "state", "x", "y"]
    arguments += ["done"] if is_scheduled(experiment) else []
    arguments += ["epoch", "position"] if has_dropout else []
    forward = "jax.vmap(m)(x, silence(epoch, position, len(x)))" if has_dropout else "jax.vmap(m)(x)"
    rate = "rate" if is_scheduled(experiment) else "LEARNING_RATE"
    lines = [
        "@jax.jit",
        f"def update({', '.join(arguments)}):",
        f"    gradient = jax.grad(lambda m: losses({forward}, y).mean())(model)",
    ]
    if has_holds:
        lines.append("    gradient = jax.tree.map(lambda g, h: jnp.where(h, 0.0, g), gradient, held)")
    lines.append("    directions, state = optimizer.update(gradient, state, model)")
    if is_scheduled(experiment):
        lines.append("    rate = LEARNING_RATE * factor(done)")
    lines.append(f"    moved = jax.tree.map(lambda w, d: w - {rate} * d, model, directions)")
    l1 = {row.l1 for row in rows}
    if l1 != {0.0}:
        each = "l1" if len(l1) > 1 else f"jax.tree.map(lambda w: {l1.pop()!r} * (w.ndim > 1), model)"
        lines += [
            "",
            "    def shrink(old, new, pull):  # L1 acts after the step and stops at zero",
            f"        shrunk = new - {rate} * pull * jnp.sign(old)",
            "        return jnp.where(new * shrunk < 0, 0.0, shrunk)",
            "",
            f"    moved = jax.tree.map(shrink, model, moved, {each})",
        ]
    if has_holds:
        lines.append("    moved = jax.tree.map(jnp.where, held, model, moved)")
    return [*lines, "    return moved, state"]


def _loop(experiment: Experiment, *, has_dropout: bool) -> list[str]:
    arguments = ["model", "state", "X[rows]", "Y[rows]"]
    arguments += ["np.int32(done)"] if is_scheduled(experiment) else []
    before = []
    if has_dropout:
        before = ["    epoch, position = divmod(done, -(-len(X) // BATCH))"]
        arguments += ["np.uint32(epoch)", "np.int32(position)"]
    return [
        "mean_loss = jax.jit(lambda model, x, y: losses(jax.vmap(model)(x), y).mean())",
        "state = optimizer.init(model)",
        "for done, rows in zip(range(UPDATES), batches()):",
        *before,
        f"    model, state = update({', '.join(arguments)})",
        f"    if (done + 1) % {REPORT} == 0 or done + 1 == UPDATES:",
        "        train_loss, test_loss = mean_loss(model, X, Y), mean_loss(model, X_test, Y_test)",
        '        print(f"update {done + 1}: train loss {train_loss:.7f}, test loss {test_loss:.7f}")',
    ]
