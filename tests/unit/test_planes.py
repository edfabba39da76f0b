"""Planes through the data: against scikit-learn's PCA and rows put together by hand; maps over them, by the twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import TypeAdapter
from sklearn.decomposition import PCA

from neuroglow.data import load, rows_of
from neuroglow.data.components import first_two
from neuroglow.data.planes import ColumnPlane, ComponentPlane, plane_of
from neuroglow.errors import InvalidInputError
from neuroglow.insight import maps
from neuroglow.insight.maps import grid
from neuroglow.spec import BundledData, parse_experiment
from neuroglow.spec.base import parse
from neuroglow.spec.data import BundledName
from neuroglow.spec.looking import Axes, ColumnAxes, ComponentAxes, SampleAt, SampleValues
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import twin_net
from unit.uploading import Shelf

PETALS = ("petal length (cm)", "petal width (cm)")
AXES: TypeAdapter[Axes] = TypeAdapter(Axes)
COMPONENTS = ComponentAxes(type="components")


def petals(**settings: Any) -> ColumnAxes:
    return ColumnAxes(type="columns", columns=PETALS, **settings)


# --- principal components


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer"])
def test_components_of_a_bundled_set_are_scikit_learns(name: BundledName) -> None:
    dataset = load(BundledData(name=name))
    plane = plane_of(dataset, COMPONENTS)
    assert isinstance(plane, ComponentPlane)
    pca = PCA(n_components=2, svd_solver="full").fit(dataset.train.inputs.astype(float))
    alignment = np.abs((plane.components.directions * pca.components_).sum(axis=1))
    assert alignment == pytest.approx([1.0, 1.0], abs=1e-5)
    assert plane.components.explained == pytest.approx(pca.explained_variance_ratio_, rel=1e-4)
    expected = pca.transform(dataset.test.inputs)
    signs = np.sign((plane.components.directions * pca.components_).sum(axis=1))
    np.testing.assert_allclose(plane.places_of(dataset.test), expected * signs, rtol=1e-3, atol=1e-3)


@settings(max_examples=40)
@given(rows=st.integers(1, 40), width=st.integers(2, 160), rank=st.integers(0, 3), seed=st.integers(0, 2**32 - 1))
def test_two_orthogonal_directions_come_out_whatever_the_rows_are(rows: int, width: int, rank: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    table = (random.normal(size=(rows, rank)) @ random.normal(size=(rank, width)) + 3.0).astype(np.float32)
    mean, directions, explained = first_two(table)
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-4)
    np.testing.assert_allclose(mean, table.mean(axis=0), rtol=1e-4, atol=1e-4)
    assert 0.0 <= explained[1] <= explained[0] <= 1.0 + 1e-6
    centred = table - mean
    if rows > 2 and rank >= 2:
        best = PCA(n_components=2, svd_solver="full").fit(table.astype(float))
        left = np.linalg.norm(centred - centred @ directions.T @ directions)
        least = np.linalg.norm(centred - best.inverse_transform(best.transform(table)) + best.mean_ - mean)
        assert left <= least * 1.01 + 1e-2


def test_wide_inputs_take_their_components_from_fewer_rows() -> None:
    random = np.random.default_rng(0)
    strong = random.normal(size=(3_000, 2)) * [30.0, 20.0]
    turned = strong @ np.linalg.qr(random.normal(size=(500, 2)))[0].T
    table = (turned + random.normal(size=(3_000, 500))).astype(np.float32)
    _, directions, _ = first_two(table)
    best = PCA(n_components=2, svd_solver="full").fit(table.astype(float)).components_
    assert np.abs((directions * best).sum(axis=1)) == pytest.approx([1.0, 1.0], abs=0.05)


def test_the_middle_of_the_plane_of_components_is_the_mean_of_the_inputs() -> None:
    dataset = load(BundledData(name="wine"))
    plane = plane_of(dataset, COMPONENTS)
    middle = plane.inputs_at(np.zeros((1, 2), np.float32))[0]
    assert middle == pytest.approx(dataset.train.inputs.mean(axis=0), abs=1e-5)


# --- columns


@pytest.mark.parametrize("others", [
    "mean", "median", SampleAt(split="train", index=7), SampleValues(values=(1, 2, 3, 4)),
])  # fmt: skip
def test_all_other_columns_are_held_where_it_says(others: Any) -> None:
    dataset = load(BundledData(name="iris"))
    plane = plane_of(dataset, petals(others=others))
    raw = dataset.train.raw.astype(float)
    rest = {"mean": raw.mean(axis=0), "median": np.median(raw, axis=0)}.get(
        others if isinstance(others, str) else "", raw[7] if isinstance(others, SampleAt) else np.array([1, 2, 3, 4])
    )
    points = np.array([[1.0, 0.5], [6.0, 2.0]], np.float32)
    expected = [[*rest[:2], *point] for point in points]
    standardised = (np.array(expected) - raw.mean(axis=0)) / raw.std(axis=0)
    np.testing.assert_allclose(plane.inputs_at(points), standardised, rtol=1e-4, atol=1e-4)


def test_among_columns_of_ones_own_words_are_held_at_the_most_frequent_one_and_empty_cells_are_left_out(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    lines = [f"{'' if row % 5 == 0 else row},{row * row},{'blue' if row % 3 else 'red'},{row % 2}" for row in range(60)]
    sheet = shelf.put("\n".join(["a,b,colour,kind", *lines]))
    dataset = load(shelf.spec(sheet, target="kind", inputs=["a", "b", "colour"], task="classification"))
    own = dataset.train.raw[:, :3].astype(float)
    present = own[~np.isnan(own[:, 0]), 0]
    for others, middle in (("mean", np.mean), ("median", np.median)):
        plane = plane_of(dataset, parse(AXES, {"type": "columns", "columns": ["a", "b"], "others": others}))
        assert isinstance(plane, ColumnPlane)
        assert plane.rest.tolist() == pytest.approx([middle(present), middle(own[:, 1]), 0.0], rel=1e-6)
        margin = 0.05 * float(np.ptp(present))
        assert plane.domain[:2] == pytest.approx((present.min() - margin, present.max() + margin), rel=1e-6)


def test_the_domain_is_that_of_the_training_rows_with_a_margin() -> None:
    dataset = load(BundledData(name="iris"))
    plane = plane_of(dataset, petals())
    lengths = dataset.train.raw[:, 2]
    margin = 0.05 * float(np.ptp(lengths))
    assert plane.domain[:2] == pytest.approx((lengths.min() - margin, lengths.max() + margin), rel=1e-6)
    assert plane.names == PETALS


def test_on_plane_data_the_plane_is_the_plane() -> None:
    dataset = load(parse_experiment({"data": {"source": "synthetic", "noise_columns": 2}}).data)
    plain = plane_of(dataset, None)
    assert isinstance(plain, ColumnPlane)
    assert plain.domain == (-6.0, 6.0, -6.0, 6.0)
    turned = plane_of(dataset, ColumnAxes(type="columns", columns=("x2", "x1")))
    points = np.array([[1.0, -3.0]], np.float32)
    assert plain.inputs_at(points).tolist() == [[1.0, -3.0, 0.0, 0.0]]
    assert turned.inputs_at(points).tolist() == [[-3.0, 1.0, 0.0, 0.0]]
    assert turned.domain == plain.domain


def test_formulas_follow_the_columns_over_the_plane() -> None:
    area = "[petal length (cm)] * [petal width (cm)]"
    document = {"source": "bundled", "name": "iris", "formulas": [{"expression": area}]}
    dataset = load(parse_experiment({"data": document}).data)
    areas = dataset.train.raw[:, 2].astype(float) * dataset.train.raw[:, 3]
    inputs = plane_of(dataset, petals()).inputs_at(np.array([[3.0, 2.0]], np.float32))
    assert inputs[0, 4] == pytest.approx((6.0 - areas.mean()) / areas.std(), rel=1e-4)


@pytest.mark.parametrize(("axes", "field"), [
    (ColumnAxes(type="columns", columns=("petal length (cm)", "colour")), "/axes/columns/1"),
    (ColumnAxes(type="columns", columns=(PETALS[0], PETALS[0])), "/axes/columns/1"),
    (petals(others=SampleAt(index=30)), "/axes/others/index"),
    (petals(others=SampleValues(values=(1,))), "/axes/others/values"), (None, "/axes"),
])  # fmt: skip
def test_a_plane_that_is_none_is_refused_where_it_goes_wrong(axes: Any, field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        plane_of(load(BundledData(name="iris")), axes)
    assert refusal.value.field == field


# --- rows on the plane


@pytest.mark.parametrize("axes", [petals(), COMPONENTS], ids=["columns", "components"])
def test_a_row_lies_where_the_plane_has_its_inputs(axes: Any) -> None:
    """For components the row's shadow on the plane: the nearest place to it."""
    data = BundledData(name="iris")
    dataset, (tensors, _) = load(data), rows_of(data, "test", 0, 30, axes)
    plane = plane_of(dataset, axes)
    there = plane.inputs_at(tensors["places"])
    if isinstance(axes, ColumnAxes):
        np.testing.assert_allclose(there[:, 2:], dataset.test.inputs[:, 2:], rtol=1e-5, atol=1e-5)
    else:
        assert isinstance(plane, ComponentPlane)
        residual = dataset.test.inputs - there
        assert np.abs(residual @ plane.components.directions.T).max() < 1e-4


# --- maps over it


def twin_maps(watched: Watched, inputs: NDArray[np.float32], resolution: int) -> list[NDArray[Any]]:
    seen = twin.forward(twin_net(watched.layers, watched.spec), inputs.astype(np.float64))
    answers = [a for _, a in seen[:-1]] + [twin.answer(watched.head, seen[-1][0])]
    return [a.T.reshape(-1, resolution, resolution) for a in answers]


@pytest.mark.parametrize("axes", [
    {"type": "columns", "columns": list(PETALS)}, {"type": "components"},
    {"type": "columns", "columns": list(PETALS), "others": {"split": "test", "index": 3}},
], ids=["columns", "components", "through a sample"])  # fmt: skip
def test_maps_of_a_table_match_the_twin_at_every_cell(axes: dict[str, Any]) -> None:
    spec = parse_experiment({"data": {"source": "bundled", "name": "iris"}})
    watched = watch(spec, stream="maps", resolution=10, axes=axes)
    facts = watched.probe.facts
    plane = plane_of(watched.subject.dataset, parse(AXES, axes))
    assert facts["domain"] == list(plane.domain)
    assert facts["axes"] == list(plane.names)
    inputs = plane.inputs_at(grid(10, plane.domain))
    for layer, expected in zip(watched.subject.names, twin_maps(watched, inputs, 10), strict=True):
        low, high = watched.tensors[f"{layer}.range"].astype(np.float64)
        restored = low + (high - low) * watched.tensors[layer] / 255.0
        assert np.abs(restored - expected).max() <= (high - low) / 255.0 * 0.501 + 1e-5


def test_other_axes_need_no_other_program() -> None:
    spec = parse_experiment({"data": {"source": "bundled", "name": "iris"}})
    keys = {
        watch(spec, stream="maps", resolution=10, axes=axes).probe.key
        for axes in ({"type": "components"}, {"type": "columns", "columns": list(PETALS)})
    }
    assert len(keys) == 1


def test_wide_inputs_get_coarser_maps_so_that_their_cells_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = parse_experiment({"data": {"source": "bundled", "name": "digits"}})
    monkeypatch.setattr(maps, "MOST_INPUTS", 64 * 50 * 50)
    watched = watch(spec, stream="maps", layers=["output"], resolution=100, axes={"type": "components"})
    assert watched.probe.facts["resolution"] == 50
    assert watched.tensors["output"].shape == (10, 50, 50)
