"""Maps against the twin: cell centres, row 0 at the top, half a step of error, units and layers as asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from neuroglow.insight.maps import grid
from neuroglow.nets.shape import STACK_FROM
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import dense, experiment, twin_net

R = 10


def twin_maps(watched: Watched, resolution: int = R) -> list[NDArray[Any]]:
    """What each layer answers at every cell, (units, r, r), the output after its own activation."""
    centres = -6.0 + (np.arange(resolution) + 0.5) * 12.0 / resolution
    rows = np.array([[x1, x2] for x2 in centres[::-1] for x1 in centres])
    inputs = watched.subject.dataset.encode(rows.astype(np.float32)).astype(np.float64)
    seen = twin.forward(twin_net(watched.layers, watched.spec), inputs)
    answers = [a for _, a in seen[:-1]] + [twin.answer(watched.head, seen[-1][0])]
    return [a.T.reshape(-1, resolution, resolution) for a in answers]


def restored(tensors: dict[str, Any], layer: str) -> NDArray[np.float64]:
    low, high = tensors[f"{layer}.range"].astype(np.float64)
    values: NDArray[np.float64] = low + (high - low) * tensors[layer] / 255.0
    return values


@pytest.mark.parametrize("spec", [
    experiment(),
    experiment(data={"features": ["x1", "x2^2", "sin(x2)"]}),
    experiment(data={"source": "synthetic", "name": "blobs", "samples": 60, "classes": 4}),
    experiment(data={"source": "synthetic", "name": "plane", "samples": 60}),
], ids=["xor", "features", "blobs", "plane"])  # fmt: skip
def test_every_unit_at_every_cell_matches_the_twin_within_half_a_step(spec: Any) -> None:
    watched = watch(spec, stream="maps", resolution=R)
    assert list(watched.tensors) == [
        name for layer in ("dense_1", "dense_2", "output") for name in (layer, f"{layer}.range")
    ]
    for layer, expected in zip(("dense_1", "dense_2", "output"), twin_maps(watched), strict=True):
        u8, ends = watched.tensors[layer], watched.tensors[f"{layer}.range"]
        assert u8.dtype == np.uint8
        assert u8.shape == expected.shape
        assert ends.dtype == np.float32
        step = float(ends[1] - ends[0]) / 255.0
        assert np.abs(restored(watched.tensors, layer) - expected).max() <= step * 0.501 + 1e-5


def test_row_0_is_the_top_and_column_0_the_left() -> None:
    """The input's own maps are the coordinates."""
    watched = watch(experiment(), stream="maps", resolution=R, layers=["x"])
    x1, x2 = restored(watched.tensors, "x")
    assert x2[0, 0] == pytest.approx(5.4, abs=0.03)
    assert x2[-1, 0] == pytest.approx(-5.4, abs=0.03)
    assert x1[0, 0] == pytest.approx(-5.4, abs=0.03)
    assert x1[0, -1] == pytest.approx(5.4, abs=0.03)
    assert (np.diff(x2, axis=0) < 0).all()
    assert (np.diff(x1, axis=1) > 0).all()


def test_cells_are_sampled_at_their_centres() -> None:
    points = grid(4)
    assert points.shape == (16, 2)
    assert points[0].tolist() == [-4.5, 4.5]
    assert points[3].tolist() == [4.5, 4.5]
    assert points[-1].tolist() == [4.5, -4.5]


def test_a_range_of_units_is_cut_out_of_each_layer() -> None:
    whole = watch(experiment(), stream="maps", resolution=R)
    part = watch(experiment(), stream="maps", resolution=R, units=[1, 3], layers=["dense_1", "dense_2"])
    for layer in ("dense_1", "dense_2"):
        assert part.tensors[layer].tobytes() == whole.tensors[layer][1:3].tobytes()
    beyond = watch(experiment(), stream="maps", resolution=R, units=[3, 99])
    assert list(beyond.tensors) == ["dense_1", "dense_1.range"]
    assert beyond.tensors["dense_1"].shape == (1, R, R)


def test_maps_of_a_scanned_stack_match_the_twin_layer_by_layer() -> None:
    spec = experiment(network=dense(*[3] * (STACK_FROM + 2)))
    watched = watch(spec, stream="maps", resolution=R)
    for layer, expected in zip(watched.subject.names, twin_maps(watched), strict=True):
        step = float(np.ptp(watched.tensors[f"{layer}.range"])) / 255.0
        assert np.abs(restored(watched.tensors, layer) - expected).max() <= step * 0.501 + 1e-5


def test_resolution_is_lowered_until_a_frame_fits_and_said_so() -> None:
    watched = watch(experiment(), max_bytes=8 * 20 * 20, stream="maps", resolution=100)
    assert watched.probe.facts["resolution"] == 20
    assert watched.probe.facts["domain"] == [-6.0, 6.0, -6.0, 6.0]
    assert watched.tensors["dense_1"].shape == (4, 20, 20)
    assert watched.probe.frame_bytes == 8 * 20 * 20


@pytest.mark.parametrize("value", [np.inf, np.nan, 3e38])
def test_a_diverged_state_still_gives_maps(value: float) -> None:
    watched = watch(experiment(network=dense(4, 3, activation="linear")), stream="maps", resolution=R, fill=value)
    for name, array in watched.tensors.items():
        assert np.isfinite(array).all(), name
    low, high = watched.tensors["dense_1.range"]
    assert low <= high
