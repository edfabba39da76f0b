"""Exported scripts run by themselves and learn what the engine learns: the same data, weights, batches and numbers."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuroglow.data import load
from neuroglow.data.rows_file import work as write_rows
from neuroglow.errors import InvalidInputError, StorageFullError
from neuroglow.export import TARGETS, rows_name, write_script
from neuroglow.export.data import data_section
from neuroglow.spec import Experiment, parse_experiment
from neuroglow.spec.datasets import input_names
from neuroglow.spec.uploaded import UploadedData
from unit.rig import trained, trainer_of
from unit.uploading import Shelf

UPDATES = 90
_LINE = re.compile(r"update (\d+): train loss ([-\d.]+|nan), test loss ([-\d.]+|nan)")


def plane(name: str = "xor", **members: Any) -> dict[str, Any]:
    return {"source": "synthetic", "name": name, "samples": 120, "noise": 0.1, "seed": 3, **members}


def layers(*widths: int, **members: Any) -> dict[str, Any]:
    return {"layers": [{"units": units, **members} for units in widths]}


ADAM = {"type": "adam", "learning_rate": 0.02}
BMI = {"expression": "[bmi] * bp / (1 + s1^2)"}
UNITS = [{"layer": "dense_1", "unit": 4}, {"layer": "dense_2", "unit": 0}, {"layer": "dense_2", "unit": 7}]
JAX_ONLY = ("held and frozen units", "held units that are sometimes silent")
EVERYTHING: dict[str, dict[str, Any]] = {
    "adam with l2, rings, mixed layers": {
        "data": plane("rings", classes=4, features=["x1", "x2", "x1*x2", "sin(x2)"]),
        "network": {
            "layers": [
                {"units": 7, "activation": "gelu", "initializer": "he_normal"},
                {"units": 6, "activation": "leaky_relu"},
                {"units": 5, "activation": "sine", "initializer": "playground"},
            ]
        },
        "training": {"batch_size": 16, "optimizer": ADAM, "regularization": {"type": "l2", "rate": 0.01}, "seed": 4},
    },
    "the playground's own arithmetic with l1": {
        "data": plane("circle"),
        "network": layers(4, 2, initializer="playground") | {"output_initializer": "playground"},
        "training": {"loss": "squared_error", "regularization": {"type": "l1", "rate": 0.01}},
    },
    "a real table, numbers to predict, wrong labels": {
        "data": {"source": "bundled", "name": "diabetes", "label_noise": 0.2, "noise_columns": 2, "formulas": [BMI]},
        "network": layers(6, activation="relu"),
        "training": {"batch_size": 32, "optimizer": {"type": "nesterov", "learning_rate": 0.01}},
    },
    "adamw": {"data": plane(), "network": layers(5), "training": {"optimizer": {"type": "adamw", "weight_decay": 0.1}}},
    "rmsprop": {"data": plane("blobs", classes=3), "training": {"optimizer": {"type": "rmsprop", "eps": 1e-3}}},
    "adagrad": {"data": plane("moons", classes=2), "network": layers(), "training": {"optimizer": {"type": "adagrad"}}},
    "momentum and many classes as numbers": {
        "data": plane("blobs", classes=3),
        "training": {"loss": "squared_error", "optimizer": {"type": "momentum", "learning_rate": 0.01}},
    },
    "held and frozen units": {
        "data": plane(),
        "network": {
            **layers(5, 4), "clamps": [{**UNITS[0], "value": 0.75}, *UNITS[1:]], "frozen_units": UNITS,
        },
        "training": {"optimizer": ADAM, "batch_size": 16},
    },
    "held units that are sometimes silent": {
        "data": plane(), "network": {**layers(5, 4, dropout=0.2), "clamps": UNITS}, "training": {"batch_size": 16},
    },
}  # fmt: skip


_DRIVER = "import runpy, sys; [(print('===', path), runpy.run_path(path)) for path in sys.argv[2:]]"
Losses = dict[int, tuple[float, float]]


def run(scripts: dict[str, str], folder: Path, updates: int) -> dict[str, Losses]:
    """Their losses by update, one after the other in one process: importing takes longer than training. It runs in a
    folder outside of any checkout and sees nothing but installed packages."""
    paths = []
    for number, script in enumerate(scripts.values()):
        paths.append(folder / f"script_{number}.py")
        paths[-1].write_text(script)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "JAX_PLATFORMS": "cpu", "KERAS_BACKEND": "jax"}
    command = [sys.executable, "-I", "-c", _DRIVER, str(updates), *map(str, paths)]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    said = ran.stdout.split("===")[1:]
    return {
        what: {int(n): (float(train), float(test)) for n, train, test in _LINE.findall(lines)}
        for what, lines in zip(scripts, said, strict=True)
    }


def losses_of_the_engine(spec: Experiment, updates: list[int]) -> list[float]:
    """Its test losses at these updates."""
    trainer = trainer_of(spec)
    curve: list[float] = []
    for update in updates:
        trained(trainer, update - trainer.cursor.update)
        curve.append(float(trainer.point(trainer.cursor, trainer.evaluate())["test_loss"]))
    return curve


def own_table(folder: Path) -> Experiment:
    """Rows that somebody brought, with gaps and words among them, and their file where a script looks for it."""
    random = np.random.default_rng(8)
    shelf = Shelf(folder / "shelf")
    cells = [(random.normal(), random.choice(["red", "green", ""]), random.integers(3)) for _ in range(150)]
    sheet = shelf.put("size,colour,kind\n" + "".join(f"{size:.3f},{colour},k{kind}\n" for size, colour, kind in cells))
    data = shelf.spec(sheet, target="kind", noise_columns=1, formulas=[{"expression": "size^2"}], label_noise=0.1)
    request = {"data": data.to_document(), "datasets": str(shelf.store.root), "file": str(folder / rows_name(data))}
    assert write_rows(request)["bytes"] > 150 * 4 * len(input_names(data))
    return parse_experiment({"data": data.to_document(), "network": layers(5), "training": {"batch_size": 16}})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
def test_rows_that_find_the_disk_full_say_so(tmp_path: Path) -> None:
    request = {"data": plane(), "datasets": str(tmp_path), "file": "/dev/full"}
    with pytest.raises(StorageFullError, match="disk is full"):
        write_rows(request)


@pytest.mark.parametrize("target", TARGETS)
def test_scripts_learn_what_the_engine_learns(target: str, tmp_path: Path) -> None:
    specs = {what: parse_experiment(document) for what, document in EVERYTHING.items()}
    specs["own data"] = own_table(tmp_path)
    if target == "keras":
        specs = {what: spec for what, spec in specs.items() if what not in JAX_ONLY}
    scripts = {what: write_script(spec, target, 1_000) for what, spec in specs.items()}
    for what, there in run(scripts, tmp_path, UPDATES).items():
        here = losses_of_the_engine(specs[what], sorted(there))
        assert len(there) >= 20
        ours = [test for _, test in there.values()]
        np.testing.assert_allclose(ours, here, rtol=2e-4, atol=2e-6, err_msg=what)


SETS: list[dict[str, Any]] = [
    *(plane(name, classes=classes, samples=101) for name, classes in [
        ("circle", None), ("xor", None), ("gauss", None), ("spiral", None), ("plane", None), ("multi_gauss", None),
        ("blobs", 5), ("moons", 3), ("rings", 10), ("spirals", 7),
    ]),
    *({"source": "bundled", "name": name, "seed": 9} for name in ("digits", "iris", "wine", "breast_cancer")),
    {"source": "bundled", "name": "digits", "size": 28, "train_fraction": 0.3},
    {"source": "bundled", "name": "diabetes", "train_fraction": 0.61},
    {"source": "drawn", "points": [[x / 7, -x / 5, x % 3] for x in range(-20, 20)], "classes": 3, "label_noise": 0.3},
    {"source": "drawn", "points": [[x / 7, -x / 5, x / 20] for x in range(-20, 20)], "task": "regression"},
    plane("plane", label_noise=0.3),
    plane("moons", classes=2, label_noise=0.25, noise_columns=3, switched_off=["noise_2", "x1"]),
    plane("plane", goal="reconstruct"),
    plane("circle", formulas=[{"expression": text} for text in (
        "sqrt(x1^2 + x2^2)", "-x1 / (x2 - x2)", "log(x1)", "3", "1/0", "max(x1, x2, 0) - min(x1, 1)",
        "sigmoid(x1) * gauss(x2)", "2^-x1", "relu(floor(x1)) + ceil(abs(x2))", "exp(exp(x1 * x2))", "pi * tanh(e)",
    )]),
]  # fmt: skip


@pytest.mark.parametrize("data", SETS, ids=lambda data: f"{data['source']} {data.get('name', '')}")
def test_the_data_that_a_script_draws_are_the_engines_to_the_bit(data: dict[str, Any]) -> None:
    spec = parse_experiment({"data": {key: value for key, value in data.items() if value is not None}})
    space: dict[str, Any] = {"np": np}
    names = re.findall(r"load_\w+", data_section(spec.data))
    if names:
        from sklearn import datasets

        space |= {name: getattr(datasets, name) for name in names}
    exec(data_section(spec.data), space)
    ours = load(spec.data)
    train, test = ours.train, ours.test
    wanted_by_name = {"X": train.inputs, "X_test": test.inputs, "Y": train.labels, "Y_test": test.labels}
    for got, wanted in wanted_by_name.items():
        assert space[got].dtype == np.float32
        np.testing.assert_array_equal(space[got], wanted, err_msg=got)


def refused(target: str, **members: Any) -> str | None:
    with pytest.raises(InvalidInputError) as refusal:
        write_script(parse_experiment({"data": plane(), **members}), target, 100)
    return refusal.value.field


def test_what_a_script_cannot_say_is_refused_where_it_stands() -> None:
    assert refused("julia") == "/target"
    assert refused("keras", network=layers(4, 3, dropout=0.2)) == "/network/layers/0/dropout"
    pin = {"layer": "dense_1", "unit": 0, "source": None, "value": 1.0}
    assert refused("keras", network={"layers": [{"units": 4, "name": "dense_1"}], "pins": [pin]}) == "/network/pins"
    assert refused("keras", network={**layers(5), "clamps": UNITS}) == "/network/clamps"
    assert refused("keras", network={**layers(5), "frozen_units": UNITS}) == "/network/frozen_units"


def test_a_title_cannot_break_out_of_the_words_of_a_script(tmp_path: Path) -> None:
    spec = own_table(tmp_path)
    assert isinstance(spec.data, UploadedData)
    title = '"""\nimport os; os.remove("x") \\'
    data = spec.data.model_copy(update={"sheet": spec.data.known.model_copy(update={"title": title})})
    tree = ast.parse(write_script(spec.model_copy(update={"data": data}), "jax", 100))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"hashlib", "sys", "equinox", "jax", "jax.numpy", "numpy", "optax"}


def test_many_equal_layers_are_one_line() -> None:
    script = write_script(parse_experiment({"data": plane(), "network": layers(*[16] * 200)}), "jax", 100)
    assert "for number in range(1, 201))" in script
    assert len(script.splitlines()) < 150
