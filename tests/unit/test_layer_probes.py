"""What streams show of networks with other layers, recomputed layer by layer in NumPy."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from neuroglow.engine.rule import rule_of
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.insight.divergence import locate
from neuroglow.insight.maps import grid
from neuroglow.insight.spread import DRAWN, QUANTILES
from neuroglow.insight.statistics import BINS, COLUMNS
from neuroglow.spec import Experiment
from unit import net_twin
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import experiment, numbers_of, trainer_of

LAYERS: list[dict[str, Any]] = [
    {"units": 16, "name": "d"},
    {"type": "reshape", "shape": [1, 4, 4], "name": "p"},
    {"type": "conv2d", "channels": 3, "padding": "same", "activation": "tanh", "name": "c"},
    {"type": "batch_norm", "name": "n"},
    {"type": "dropout", "name": "o"},
    {"type": "concat", "inputs": ["o", "p"], "name": "both"},
    {"type": "max_pool2d", "name": "m"},
    {"type": "reshape", "shape": [4, 4], "name": "q"},
    {"type": "gru", "units": 3, "return_sequences": True, "name": "r"},
    {"type": "sparse_dense", "units": 2, "activation": "tanh", "name": "s"},
]
SGD = {"optimizer": {"type": "sgd", "learning_rate": 0.05}}
MIXED = experiment(network={"layers": LAYERS}, training=SGD)
CALM_LAYERS = [*LAYERS[:3], {"type": "reshape", "shape": [12, 4], "name": "q"}, *LAYERS[8:]]
CALM = experiment(network={"layers": CALM_LAYERS}, training=SGD)
COPYING = experiment(
    data={"source": "sequences", "name": "copying", "length": 6, "samples": 40},
    network={"layers": [{"type": "embedding", "units": 4}, {"type": "gru", "units": 5, "return_sequences": True}]},
)
NAMES = (*(layer["name"] for layer in LAYERS), "output")


def expected(watched: Watched, rows: Any) -> dict[str, Any]:
    """Of every layer for rows (count, inputs); the output after its own activation."""
    seen = net_twin.for_rows(watched.spec, watched.layers, rows)
    z = seen["output"]
    seen["output"] = twin.answer(watched.head, z.reshape(-1, z.shape[-1])).reshape(z.shape)
    return seen


def close(found: Any, wanted: Any) -> None:
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.astype(float), wanted, rtol=3e-3, atol=2e-3)


@pytest.mark.parametrize("spec", [MIXED, COPYING], ids=["mixed", "tokens"])
def test_activations_have_the_shapes_and_numbers_of_every_layer(spec: Experiment) -> None:
    names = ["x", *(str(layer.name) for layer in spec.network.layers), "output"]
    watched = watch(spec, stream="activations", layers=names, sample={"split": "test", "index": 2})
    row = watched.subject.dataset.test.inputs[2]
    for name, wanted in expected(watched, row[None]).items():
        assert watched.tensors[name].dtype == np.float16
        close(watched.tensors[name], wanted[0])


def test_maps_hold_every_number_of_a_layer_over_the_plane() -> None:
    watched = watch(MIXED, stream="maps", layers=["c", "m", "r", "output"], resolution=10)
    wanted = expected(watched, grid(10))
    for name in ("c", "m", "r", "output"):
        units = wanted[name].reshape(100, -1).T.reshape(-1, 10, 10)
        low, high = watched.tensors[f"{name}.range"]
        assert [low, high] == pytest.approx([units.min(), units.max()], rel=1e-3, abs=1e-3)
        found = low + watched.tensors[name].astype(float) / 255.0 * (high - low)
        assert np.abs(found - units).max() <= (high - low) / 255.0 + 1e-3


def test_weights_are_matrices_of_units_by_what_each_reads() -> None:
    watched = watch(MIXED, stream="weights")
    layers = watched.layers
    found = {name for name in watched.tensors if "." not in name}
    assert found == {"d", "c", "r", "s", "output"}, "what has no weight is left out"
    close(watched.tensors["c"], layers["c"]["weight"].reshape(3, 9))
    close(watched.tensors["c.bias"], layers["c"]["bias"])
    close(watched.tensors["r"], layers["r"]["weight"])
    close(watched.tensors["s"], layers["s"]["weight"] * layers["s"]["mask"])
    assert watched.tensors["c.shape"].tolist() == [3, 9]
    pooled = watch(MIXED, stream="weights", layers=["c"], max_cells=9).tensors["c"]
    assert pooled.size <= 9
    assert float(pooled.astype(float).mean()) == pytest.approx(layers["c"]["weight"].mean(), abs=0.1)


def mean_loss(spec: Experiment, layers: Any) -> float:
    rows, head = dataset_rows(spec)
    z = net_twin.for_rows(spec, layers, rows.inputs)["output"]
    return float(twin.losses(head, z, rows.labels.astype(float)).mean())


@cache
def dataset_rows(spec: Experiment) -> Any:
    trainer = trainer_of(spec)
    return trainer.subject.dataset.train, trainer.program.key.head


@pytest.mark.parametrize(("layer", "cells"), [
    ("d", [(0, 1), (9, 0)]), ("c", [(0, 0), (1, 4), (2, 8)]), ("r", [(0, 2), (5, 0), (8, 3)]), ("s", [(0, 2), (1, 0)]),
])  # fmt: skip
def test_gradients_are_differences_of_the_mean_loss(layer: str, cells: list[tuple[int, int]]) -> None:
    watched = watch(CALM, stream="gradients")
    for row, column in cells:
        values = []
        for step in (-1e-4, 1e-4):
            weight = watched.layers[layer]["weight"].astype(np.float64)
            weight.reshape(len(weight), -1)[row, column] += step
            layers = {**watched.layers, layer: {**watched.layers[layer], "weight": weight}}
            values.append(mean_loss(CALM, layers))
        slope = (values[1] - values[0]) / 2e-4
        assert float(watched.tensors[layer][row, column]) == pytest.approx(slope, rel=5e-3, abs=2e-5)


def test_statistics_are_over_all_rows_and_places() -> None:
    watched = watch(MIXED, stream="statistics")
    wanted = expected(watched, watched.subject.dataset.train.inputs)
    for name in NAMES:
        six = dict(zip(COLUMNS, watched.tensors[name].tolist(), strict=True))
        a = wanted[name]
        assert six["mean"] == pytest.approx(a.mean(), rel=1e-3, abs=1e-4)
        assert six["std"] == pytest.approx(a.std(), rel=1e-3, abs=1e-4)
        low, high = watched.tensors[f"{name}.range"]
        assert [low, high] == pytest.approx([a.min(), a.max()], rel=1e-3, abs=1e-4)
        histogram = watched.tensors[f"{name}.histogram"]
        assert int(histogram.sum()) == a.size
        counted, _ = np.histogram(a, bins=BINS, range=(float(low), float(high)))
        # A value on an edge may fall either way in single precision.
        assert np.abs(histogram.astype(int) - counted).sum() <= max(4, a.size // 40)
        weights = [array for part, array in watched.layers[name].items() if part.endswith("weight")]
        assert (six["update_to_weight"] > 0) == bool(weights)


@pytest.mark.parametrize("layer", NAMES)
def test_distributions_are_of_all_weights_rows_and_places(layer: str) -> None:
    watched = watch(MIXED, stream="distributions", layer=layer)
    held = watched.layers[layer]
    there = held.get("mask", np.ones(())) > 0
    weights = [array[np.broadcast_to(there, array.shape)] for part, array in held.items() if part.endswith("weight")]
    assert (f"{layer}.weights" in watched.tensors) == (f"{layer}.gradients" in watched.tensors) == bool(weights)
    if weights:
        wanted = np.quantile(np.concatenate([array.ravel() for array in weights]), QUANTILES)
        np.testing.assert_allclose(watched.tensors[f"{layer}.weights"][0], wanted, rtol=1e-5, atol=1e-6)
    a = expected(watched, watched.subject.dataset.train.inputs[:256])[layer].ravel()
    found = watched.tensors[f"{layer}.activations"][0]
    np.testing.assert_allclose(found[[0, -1]], [a.min(), a.max()], rtol=1e-3, atol=1e-4)
    if a.size <= DRAWN:
        np.testing.assert_allclose(found, np.quantile(a, QUANTILES), rtol=2e-3, atol=1e-3)
    else:
        below = [(np.mean(a < value - 1e-4), np.mean(a <= value + 1e-4)) for value in found]
        assert all(low - 0.03 <= share <= high + 0.03 for (low, high), share in zip(below, QUANTILES, strict=True))


@pytest.mark.parametrize("layer", ["c", "r", "output"])
def test_codes_are_what_a_layer_makes_of_every_row_side_by_side(layer: str) -> None:
    watched = watch(MIXED, stream="codes", layer=layer, split="test", count=9)
    wanted = expected(watched, watched.subject.dataset.test.inputs[:9])[layer]
    close(watched.tensors[layer], wanted.reshape(9, -1))


def test_predictions_and_judgement_of_labels_by_step() -> None:
    watched = watch(COPYING, stream="predictions", split="test", count=5)
    rows = watched.subject.dataset.test
    close(watched.tensors["output"], expected(watched, rows.inputs[:5])["output"])
    judged = watch(COPYING, stream="judgement", split="test")
    z = net_twin.for_rows(COPYING, judged.layers, rows.inputs)["output"]
    guesses, labels = z.argmax(axis=2).ravel(), rows.labels.ravel().astype(int)
    figures = dict(zip(judged.probe.facts["figures"], judged.tensors["figures"].tolist(), strict=True))
    assert figures["accuracy"] == pytest.approx((guesses == labels).mean(), abs=1e-6)
    classes = z.shape[2]
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (labels, guesses), 1)
    assert np.array_equal(judged.tensors["confusion"], confusion)


# --- divergence -------------------------------------------------------------------------------------------------------

PLANE = {"source": "synthetic", "name": "plane", "samples": 60}


@pytest.mark.parametrize(("layer", "part", "value", "origin"), [
    ("c", "bias", np.nan, ("c", "activations")),
    ("d", "weight", 3e38, ("d", "activations")),
    ("n", "gain", np.inf, ("n", "activations")),
    ("output", "bias", 3e19, ("output", "loss")),
])  # fmt: skip
def test_divergence_is_found_in_the_layer_where_it_begins(
    layer: str, part: str, value: float, origin: tuple[str, str]
) -> None:
    """Batches are normalised by themselves while training: running figures beyond all numbers are not to blame."""
    layers = [{**each, "activation": "linear"} if each["name"] == "d" else each for each in LAYERS[:7]]
    spec = experiment(data=PLANE, network={"layers": layers}, training=SGD)
    snapshot = initial_snapshot(spec)
    snapshot.layers[layer][part][...] = value
    if layer == "output":
        snapshot.layers["n"]["mean"][...], snapshot.layers["n"]["variance"][...] = 3e38, 1e-38
    trainer = trainer_of(spec, snapshot)
    found = locate(snapshot, trainer.walk, rule_of(spec), numbers_of(spec), 5)
    assert found is not None
    assert (found.update, (found.layer, found.what)) == (1, origin)
