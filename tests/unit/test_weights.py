"""Weights and gradients as they are sent: whole or block means, against the parameters and the twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.insight.weights import pooled_shape
from neuroglow.nets.shape import STACK_FROM
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import dense, experiment, twin_net

DEEP = experiment(network=dense(*[3] * (STACK_FROM + 2)))
WIDE = experiment(network=dense(20, 30))
DIGITS = experiment(
    data={"source": "bundled", "name": "digits"},
    network=dense(6),
    training={"regularization": {"type": "l2", "rate": 0.5}},
)


def block_means(matrix: Any, rows: int, columns: int) -> Any:
    """Means over blocks of consecutive rows and columns, as equal as can be."""
    by_row = np.array_split(np.arange(matrix.shape[0]), rows)
    by_column = np.array_split(np.arange(matrix.shape[1]), columns)
    return np.array([[matrix[np.ix_(r, c)].mean() for c in by_column] for r in by_row])


def twin_gradients(watched: Watched) -> twin.Slopes:
    rows = watched.subject.dataset.train
    x, labels = rows.inputs[:256].astype(np.float64), rows.labels[:256].astype(np.float64)
    return twin.gradients(watched.head, twin_net(watched.layers, watched.spec), x, labels)


@pytest.mark.parametrize("spec", [experiment(), DEEP])
def test_weights_are_the_parameters(spec: Any) -> None:
    watched = watch(spec, stream="weights")
    for name, layer in watched.layers.items():
        assert watched.tensors[name].tobytes() == layer["weight"].astype(np.float16).tobytes()
        assert watched.tensors[f"{name}.bias"].tobytes() == layer["bias"].astype(np.float16).tobytes()
        assert watched.tensors[f"{name}.shape"].tolist() == list(layer["weight"].shape)
        assert watched.tensors[f"{name}.shape"].dtype == np.uint32


@pytest.mark.parametrize("cells", [1, 7, 36, 100, 599, 600])
def test_beyond_the_cells_asked_for_they_are_block_means(cells: int) -> None:
    watched = watch(WIDE, stream="weights", max_cells=cells)
    weight = watched.layers["dense_2"]["weight"].astype(np.float64)
    sent = watched.tensors["dense_2"]
    assert sent.size <= cells
    assert watched.tensors["dense_2.shape"].tolist() == [30, 20]
    if 30 % sent.shape[0] == 0 and 20 % sent.shape[1] == 0:
        np.testing.assert_allclose(sent.astype(float), block_means(weight, *sent.shape), atol=1e-3)
    assert watched.tensors["dense_2.bias"].shape == (sent.shape[0],)
    # However it is cut, the mean over all of it is close by.
    assert float(sent.astype(float).mean()) == pytest.approx(float(weight.mean()), abs=0.05)


@settings(max_examples=200)
@given(rows=st.integers(1, 1024), columns=st.integers(1, 1024), cells=st.integers(1, 65_536))
def test_pooling_keeps_within_the_cells_and_never_grows(rows: int, columns: int, cells: int) -> None:
    fewer_rows, fewer_columns = pooled_shape(rows, columns, cells)
    assert 1 <= fewer_rows <= rows
    assert 1 <= fewer_columns <= columns
    assert fewer_rows * fewer_columns <= cells
    if rows * columns <= cells:
        assert (fewer_rows, fewer_columns) == (rows, columns)


@pytest.mark.parametrize("spec", [experiment(), DEEP, DIGITS], ids=["tiny", "deep", "digits"])
def test_gradients_are_the_twins_on_the_first_training_rows_without_regularisation(spec: Any) -> None:
    watched = watch(spec, stream="gradients")
    assert watched.probe.facts == {"rows": min(256, len(watched.subject.dataset.train.labels))}
    for name, (weight, bias) in zip(watched.layers, twin_gradients(watched), strict=True):
        scale = np.abs(weight).max()
        np.testing.assert_allclose(watched.tensors[name].astype(float), weight, rtol=5e-3, atol=2e-3 * scale + 1e-6)
        np.testing.assert_allclose(watched.tensors[f"{name}.bias"].astype(float), bias, rtol=5e-3, atol=1e-4)


def test_only_the_layers_asked_for_are_sent() -> None:
    watched = watch(DEEP, stream="weights", layers=["dense_3", "output", "x"])
    assert {name.split(".")[0] for name in watched.tensors} == {"dense_3", "output"}


def test_frame_bytes_count_what_is_sent() -> None:
    for spec, cells in ((experiment(), 4096), (WIDE, 50), (DEEP, 4096)):
        watched = watch(spec, stream="weights", max_cells=cells)
        assert watched.probe.frame_bytes == sum(array.nbytes for array in watched.tensors.values())
