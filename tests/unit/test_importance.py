"""Units: what the loss is without them, and what excites them, found or made."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuroglow.engine.layers import Layers
from neuroglow.nets.shape import STACK_FROM, net_shape
from neuroglow.spec import Experiment
from unit import numpy_twin as twin
from unit.explaining import (
    CONV,
    DEEP,
    DENSE,
    DIGITS,
    GATED,
    IRIS,
    MAPS,
    RECTIFIED,
    SEQUENCE,
    answer,
    convolved,
    model_of,
)
from unit.probing import Watched, watch
from unit.rig import dense, experiment, twin_net


def mean_loss(watched: Watched, layers: Layers, split: str, count: int) -> float:
    """Cross-entropy of a softmax, from the formula."""
    rows = getattr(watched.subject.dataset, split)
    model = model_of(watched.spec, layers)
    z = np.asarray(answer(model, jnp.asarray(rows.inputs[:count])), np.float64)
    largest = z.max(axis=1, keepdims=True)
    everything = largest[:, 0] + np.log(np.exp(z - largest).sum(axis=1))
    return float((everything - z[np.arange(len(z)), rows.labels[:count].astype(int)]).mean())


def silenced(layers: Layers, layer: str, unit: int) -> Layers:
    """Without what the unit reads, and without its bias: tanh and relu of 0 are 0."""
    own = {part: array.copy() for part, array in layers[layer].items()}
    own["weight"][unit], own["bias"][unit] = 0.0, 0.0
    return {**layers, layer: own}


@pytest.mark.parametrize(
    ("spec", "layers"),
    [
        (DENSE, ["dense_1", "dense_2"]),
        (DEEP, ["dense_1", "dense_5", f"dense_{STACK_FROM + 2}"]),
        (CONV, ["conv2d_1", "dense_1", "output"]),
    ],
    ids=["dense", "deep", "conv"],
)
@pytest.mark.parametrize(("split", "count"), [("test", 30), ("train", 9)])
def test_importance_is_the_rise_of_the_loss_one_unit_at_a_time(
    spec: Experiment, layers: list[str], split: str, count: int
) -> None:
    watched = watch(spec, stream="importance", layers=layers, split=split, count=count)
    whole = mean_loss(watched, watched.layers, split, count)
    assert watched.tensors["loss"][0] == pytest.approx(whole, rel=1e-5)
    for name in layers:
        units = watched.layers[name]["bias"].size
        expected = [mean_loss(watched, silenced(watched.layers, name, unit), split, count) for unit in range(units)]
        np.testing.assert_allclose(watched.tensors[name], np.array(expected) - whole, rtol=1e-3, atol=2e-6)


def test_importance_of_every_step_of_a_sequence_goes_with_its_feature() -> None:
    gru = {"type": "gru", "units": 3, "return_sequences": True}
    spec = experiment(data=DIGITS, network={"layers": [*SEQUENCE, gru]})
    watched = watch(spec, stream="importance", count=12)
    whole = mean_loss(watched, watched.layers, "test", 12)
    for unit in range(3):
        # The output reads step after step, three features each.
        read = watched.layers["output"]["weight"].reshape(10, 8, 3).copy()
        read[:, :, unit] = 0.0
        layers = {**watched.layers, "output": {**watched.layers["output"], "weight": read.reshape(10, 24)}}
        rise = mean_loss(watched, layers, "test", 12) - whole
        assert watched.tensors["gru_1"][unit] == pytest.approx(rise, rel=1e-3, abs=2e-6)


def test_all_layers_are_the_hidden_ones_that_learn() -> None:
    watched = watch(CONV, stream="importance", count=5)
    assert set(watched.tensors) == {"loss", "conv2d_1", "dense_1"}
    assert watched.probe.facts == {"rows": 5, "total": 359}


@pytest.mark.parametrize(("split", "count", "top"), [("test", 40, 7), ("train", 12, 50)])
def test_rows_that_excite_a_channel_are_sorted_by_its_largest_place(split: str, count: int, top: int) -> None:
    watched = watch(MAPS, stream="excites", layer="conv2d_1", unit=2, split=split, count=count, top=top)
    layer = watched.layers["conv2d_1"]
    rows = getattr(watched.subject.dataset, split).inputs[:count].reshape(-1, 1, 8, 8).astype(np.float64)
    maps = np.array([np.tanh(convolved(x, layer["weight"][2:3], layer["bias"][2:3]))[0] for x in rows])
    largest = maps.max(axis=(1, 2))
    order = np.argsort(-largest, kind="stable")[:top]
    np.testing.assert_allclose(watched.tensors["a"], largest[order], rtol=1e-4)
    told, places = watched.tensors["rows"], watched.tensors["places"]
    np.testing.assert_allclose(largest[told], largest[order], rtol=1e-4)
    assert len(set(told.tolist())) == len(told) == min(top, count)
    for row, (down, right), a in zip(told, places, watched.tensors["a"], strict=True):
        assert maps[row, down, right] == pytest.approx(a, rel=1e-4)


@pytest.mark.parametrize(("spec", "layer", "at"), [(DENSE, "dense_2", 1), (DEEP, "dense_4", 3), (DENSE, "output", 2)])
def test_rows_that_excite_a_unit_are_sorted_by_itsanswer(spec: Experiment, layer: str, at: int) -> None:
    watched = watch(spec, stream="excites", layer=layer, unit=1, count=60, top=60)
    x = watched.subject.dataset.test.inputs[:60].astype(np.float64)
    a = twin.forward(twin_net(watched.layers, spec), x)[at][1]
    if layer == "output":
        powers = np.exp(a - a.max(axis=1, keepdims=True))
        a = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(watched.tensors["a"], -np.sort(-a[:, 1]), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(a[watched.tensors["rows"], 1], watched.tensors["a"], rtol=1e-4, atol=1e-6)
    assert watched.tensors["places"].shape == (60, 0)


def test_the_ideal_of_a_plain_unit_is_the_corner_that_its_weights_point_to() -> None:
    spec = experiment(data=IRIS, network=dense(5, activation="sigmoid"))
    undamped: dict[str, Any] = {"steps": 512, "rate": 10.0, "l2": 0.0, "variation": 0.0}
    watched = watch(spec, stream="ideal", layer="dense_1", unit=1, **undamped)
    rows = watched.subject.dataset.train.inputs
    weight, bias = watched.layers["dense_1"]["weight"][1], watched.layers["dense_1"]["bias"][1]
    corner = np.where(weight > 0, rows.max(axis=0), rows.min(axis=0))
    np.testing.assert_allclose(watched.tensors["x"], corner, rtol=1e-6)
    reached = 1.0 / (1.0 + np.exp(-(weight @ corner + bias)))
    started = 1.0 / (1.0 + np.exp(-(weight @ rows.mean(axis=0) + bias)))
    np.testing.assert_allclose(watched.tensors["mean"], [started, reached], rtol=1e-4)
    np.testing.assert_array_equal(watched.tensors["mean"], watched.tensors["largest"])


@pytest.mark.parametrize(
    ("spec", "layer"),
    [(CONV, "conv2d_1"), (CONV, "dense_1"), (RECTIFIED, "dense_2"), (GATED, "gru_1"), (DEEP, "dense_7")],
)
@pytest.mark.parametrize("start", ["mean", "zeros"])
def test_an_ideal_excites_more_than_its_start_within_the_range_of_the_data(
    spec: Experiment, layer: str, start: str
) -> None:
    watched = watch(spec, stream="ideal", layer=layer, unit=1, start=start)
    x, rows = watched.tensors["x"], watched.subject.dataset.train.inputs
    assert x.shape == net_shape(spec).entrance.shape
    assert (x.ravel() >= rows.min(axis=0)).all()
    assert (x.ravel() <= rows.max(axis=0)).all()
    before, after = watched.tensors["mean"]
    assert after > before
    model = model_of(spec, watched.layers)
    block, position = watched.subject.place(layer)
    a = np.asarray(jax.jit(lambda m, x: m.outputs(x)[block])(model, x.ravel()))
    unit = a[position][1] if watched.subject.shape.blocks[block].is_stack else a[1]
    assert after == pytest.approx(unit.mean(), rel=1e-4)
    assert watched.tensors["largest"][1] == pytest.approx(unit.max(), rel=1e-4)


def test_damping_keeps_an_ideal_smooth_and_near_where_it_began() -> None:
    ask: dict[str, Any] = {"stream": "ideal", "layer": "dense_1", "unit": 1, "l2": 0.0, "variation": 0.0}
    wild = watch(CONV, **ask).tensors["x"][0]
    smooth = watch(CONV, **{**ask, "variation": 50.0}).tensors["x"][0]
    near = watch(CONV, **{**ask, "l2": 50.0}).tensors["x"][0]
    mean = watch(CONV, **ask).subject.dataset.train.inputs.mean(axis=0).reshape(8, 8)
    assert np.abs(np.diff(smooth)).sum() < np.abs(np.diff(wild)).sum()
    assert np.abs(near - mean).sum() < np.abs(wild - mean).sum()
