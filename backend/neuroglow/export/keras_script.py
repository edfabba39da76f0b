"""The script for Keras 3, on any of its backends."""

from __future__ import annotations

from neuroglow.export.data import data_section, imports, library_imports
from neuroglow.export.losses import loss_section
from neuroglow.export.network import Row, by_layer, layers_section, rows_of
from neuroglow.export.training import BATCHES, NEEDS, REPORT, constants, is_scheduled, schedule_section, title
from neuroglow.spec.datasets import facts, input_names, output_count
from neuroglow.spec.experiment import Experiment

_ACTIVATIONS = {
    "leaky_relu": "lambda z: ops.leaky_relu(z, 0.01)",
    "gelu": "lambda z: ops.gelu(z, approximate=True)",
    "sine": "ops.sin",
}
"""Those whose Keras name means the same are left to Keras."""
_MOMENTS = {"sgd": (), "momentum": ("velocity",), "nesterov": ("velocity",), "adam": ("first", "second"),
            "adamw": ("first", "second"), "rmsprop": ("second",), "adagrad": ("second",)}  # fmt: skip


def keras_script(experiment: Experiment, updates: int) -> str:
    rows = rows_of(experiment)
    is_vector = experiment.data.goal == "reconstruct"
    outputs = output_count(experiment.data)
    labels = f"(-1, {outputs})" if is_vector else "(-1,)"
    parts = [
        title(facts(experiment.data).title),
        "",
        NEEDS.format("keras jax"),
        'KERAS_BACKEND names another backend."""',
        "",
        "import hashlib",
        "import os",
        "import sys",
        *library_imports(experiment.data),
        "",
        'os.environ.setdefault("KERAS_BACKEND", "jax")',
        "",
        "import keras",
        "import numpy as np",
        "from keras import ops",
        *imports(experiment.data),
        "",
        *constants(experiment, updates),
        "",
        data_section(experiment.data),
        "",
        layers_section(rows, experiment.training.seed),
        "",
        "",
        *_model(experiment, rows),
        "",
        "# --- Training",
        "",
        "",
        *loss_section(experiment, "ops", 'ops.one_hot(ops.cast(y, "int32"), {classes})', "ops.logsumexp"),
        "",
        "",
        "def mean_loss(y, z):",
        f"    return ops.mean(losses(ops.reshape(z, (-1, {outputs})), ops.reshape(y, {labels})))",
        "",
        "",
        *(_schedule(experiment) if is_scheduled(experiment) else []),
        *_optimizer(experiment, rows),
        "",
        "",
        BATCHES,
        "",
        "",
        "model.compile(optimizer=optimizer, loss=mean_loss)",
        "for done, rows in zip(range(UPDATES), batches()):",
        "    model.train_on_batch(X[rows], Y[rows])",
        f"    if (done + 1) % {REPORT} == 0 or done + 1 == UPDATES:",
        "        train_loss = float(mean_loss(Y, model.predict_on_batch(X)))",
        "        test_loss = float(mean_loss(Y_test, model.predict_on_batch(X_test)))",
        '        print(f"update {done + 1}: train loss {train_loss:.7f}, test loss {test_loss:.7f}")',
    ]
    return "\n".join(parts) + "\n"


def _model(experiment: Experiment, rows: list[Row]) -> list[str]:
    own = {name: text for name, text in _ACTIVATIONS.items() if any(row.activation == name for row in rows)}
    table = ", ".join(f'"{name}": {text}' for name, text in own.items())
    activation = "ACTIVATIONS.get(activation, activation)" if own else "activation"
    frozen = [row.name for row in rows if row.frozen]
    freeze = []
    if frozen:
        freeze = [f"FROZEN = {{{', '.join(repr(name) for name in frozen)}}}"]
    lines = [
        *([f"ACTIVATIONS = {{{table}}}"] if own else []),
        *freeze,
        f"model = keras.Sequential([keras.Input(({len(input_names(experiment.data))},))])",
        "for name, units, activation, _ in LAYERS:",
        f"    model.add(keras.layers.Dense(units, {activation}, name=name))",
        "for layer, (name, units, _, initializer) in zip(model.layers, LAYERS):",
        "    weight, bias = first_weights(name, layer.kernel.shape[0], units, initializer)",
        "    layer.set_weights([weight.T, bias])",
    ]
    return [*lines, "    layer.trainable = name not in FROZEN"] if frozen else lines


def _schedule(experiment: Experiment) -> list[str]:
    return [
        *schedule_section(experiment, "ops", 'ops.cast({}, "float32")'),
        "",
        "",
        "class Schedule(keras.optimizers.schedules.LearningRateSchedule):",
        "    def __call__(self, step):",
        "        return LEARNING_RATE * factor(step)",
        "",
        "",
    ]


def _optimizer(experiment: Experiment, rows: list[Row]) -> list[str]:
    """Keras' own where it means the same; else the rule, written out."""
    training = experiment.training
    n = training.optimizer.model_dump()
    rate = "Schedule()" if is_scheduled(experiment) else "LEARNING_RATE"
    option = {"none": "", "value": ", clipvalue={!r}", "norm": ", global_clipnorm={!r}"}[training.clipping.type]
    clip = option.format(training.clipping.limit)
    is_plain = all(row.l1 == row.l2 == 0.0 for row in rows)
    if n["type"] == "sgd" and is_plain:
        return [f"optimizer = keras.optimizers.SGD({rate}{clip})"]
    if n["type"] in ("momentum", "nesterov") and is_plain and not is_scheduled(experiment):
        nesterov = ", nesterov=True" if n["type"] == "nesterov" else ""
        return [f"optimizer = keras.optimizers.SGD({rate}, momentum={n['momentum']!r}{nesterov}{clip})"]
    return [*_rule(rows, n), "", "", f"optimizer = Rule({rate}{clip})"]


def _rule(rows: list[Row], n: dict[str, float]) -> list[str]:
    kind = str(n["type"])
    slots = _MOMENTS[kind]
    used = [member for member in ("l1", "l2") if any(getattr(row, member) for row in rows)]
    reference = "self.add_variable_from_reference(v, name={0!r}) for v in variables"
    lines = [f"{member.upper()} = {by_layer(rows, member)}" for member in used]
    lines += [
        "",
        "",
        "class Rule(keras.optimizers.Optimizer):",
        f'    """{kind}; written out where Keras regularises otherwise or has its epsilon elsewhere."""',
        "",
        "    def build(self, variables):",
        "        super().build(variables)",
        *(f"        self.{slot} = [{reference.format(slot)}]" for slot in slots),
        "",
        "    def update_step(self, g, w, rate):",
        "        index = self._get_variable_index(w)",
        '        layer, part = w.path.split("/")[-2:]',
        '        is_weight = part == "kernel"',
        "        rate = ops.cast(rate, w.dtype)",
        "        old = ops.convert_to_tensor(w)",
    ]
    if any(row.l2 for row in rows):
        lines += ["        if is_weight:", "            g = g + L2.get(layer, 0.0) * old"]
    lines += [f"        {line}" for line in _direction(kind, n)]
    lines.append("        new = old - rate * direction")
    if any(row.l1 for row in rows):
        lines += [
            "        if is_weight:  # L1 acts after the step and stops at zero",
            "            shrunk = new - rate * L1.get(layer, 0.0) * ops.sign(old)",
            "            new = ops.where(new * shrunk < 0, 0.0, shrunk)",
        ]
    return [*lines, "        self.assign(w, new)"]


def _direction(kind: str, n: dict[str, float]) -> list[str]:
    match kind:
        case "momentum" | "nesterov":
            moved = f"velocity = {n['momentum']!r} * self.velocity[index] + g"
            direction = f"g + {n['momentum']!r} * velocity" if kind == "nesterov" else "velocity"
            return [moved, "self.assign(self.velocity[index], velocity)", f"direction = {direction}"]
        case "adam" | "adamw":
            lines = [
                'count = ops.cast(self.iterations + 1, "float32")',
                f"first = {n['b1']!r} * self.first[index] + (1.0 - {n['b1']!r}) * g",
                f"second = {n['b2']!r} * self.second[index] + (1.0 - {n['b2']!r}) * g * g",
                "self.assign(self.first[index], first)",
                "self.assign(self.second[index], second)",
                f"by_first, by_second = 1.0 - {n['b1']!r} ** count, 1.0 - {n['b2']!r} ** count",
                f"direction = first / by_first / (ops.sqrt(second / by_second) + {n['eps']!r})",
            ]
            if kind == "adamw":
                lines += ["if is_weight:", f"    direction = direction + {n['weight_decay']!r} * old"]
            return lines
        case "rmsprop" | "adagrad":
            grown = (
                f"{n['decay']!r} * self.second[index] + (1.0 - {n['decay']!r}) * g * g"
                if kind == "rmsprop"
                else "self.second[index] + g * g"
            )
            return [
                f"second = {grown}",
                "self.assign(self.second[index], second)",
                f"direction = g / (ops.sqrt(second) + {n['eps']!r})",
            ]
    return ["direction = g"]
