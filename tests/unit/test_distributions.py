"""The `distributions` stream against NumPy on what other streams tell, and the record it is kept in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglow.errors import InvalidInputError
from neuroglow.insight.record import MOMENTS, Record
from neuroglow.insight.spread import DRAWN, QUANTILES, picked
from neuroglow.nets.shape import STACK_FROM
from unit.probing import UPDATE, Watched, watch
from unit.rig import dense, experiment

TINY = experiment()
DEEP = experiment(network=dense(*[3] * (STACK_FROM + 2)))
SPARSE = experiment(network={"layers": [{"type": "sparse_dense", "units": 8, "density": 0.4}]})
PICTURES = experiment(
    data={"source": "bundled", "name": "digits"},
    network={"layers": [{"type": "conv2d", "channels": 3}, {"type": "max_pool2d"}, {"units": 5}]},
)
WIDE = experiment(data={"source": "bundled", "name": "digits"}, network=dense(96))
WIDE_STACK = experiment(data={"source": "bundled", "name": "digits"}, network=dense(*[72] * (STACK_FROM + 2)))


def spread(spec: Any, layer: str) -> Watched:
    return watch(spec, stream="distributions", layer=layer)


def close(found: Any, numbers: Any, *, rtol: float = 1e-4) -> None:
    numbers = np.asarray(numbers, np.float64).ravel()
    assert found.dtype == np.float32
    assert found.shape == (1, len(QUANTILES))
    np.testing.assert_allclose(found[0], np.quantile(numbers, QUANTILES), rtol=rtol, atol=rtol * np.abs(numbers).max())


@pytest.mark.parametrize(
    ("spec", "layer"),
    [(TINY, "dense_1"), (TINY, "output"), (DEEP, "dense_7"), (PICTURES, "conv2d_1"), (PICTURES, "dense_1")],
    ids=["dense", "output", "stacked", "convolution", "after pictures"],
)
def test_quantiles_are_those_of_all_weights_gradients_and_activations(spec: Any, layer: str) -> None:
    watched = spread(spec, layer)
    assert watched.tensors[f"{layer}.updates"].tolist() == [[0, UPDATE]]
    close(watched.tensors[f"{layer}.weights"], watched.layers[layer]["weight"], rtol=1e-6)
    # These come in half precision.
    slopes = watch(spec, stream="gradients", layers=[layer], max_cells=65_536).tensors[layer]
    close(watched.tensors[f"{layer}.gradients"], slopes, rtol=2e-3)
    answers = watch(spec, stream="codes", layer=layer, split="train", count=256).tensors[layer]
    if answers.size <= DRAWN:
        close(watched.tensors[f"{layer}.activations"], answers, rtol=2e-3)
    assert watched.probe.facts == {
        "layer": layer, "rows": len(answers), "quantiles": list(QUANTILES), "drawn": DRAWN,
    }  # fmt: skip


@pytest.mark.parametrize(("spec", "layer"), [(WIDE, "dense_1"), (WIDE_STACK, "dense_7")], ids=["wide", "stacked"])
def test_of_many_numbers_a_sample_stands_for_all_and_the_ends_are_of_all(spec: Any, layer: str) -> None:
    watched = spread(spec, layer)
    weights = watched.layers[layer]["weight"].ravel()
    assert len(weights) > DRAWN
    found = watched.tensors[f"{layer}.weights"][0]
    assert (found[0], found[-1]) == (weights.min(), weights.max())
    # The share of all weights below a quantile of 4,096 of them strays by 0.8 per cent, or less, in one deviation.
    below = [np.mean(weights <= value) for value in found[1:-1]]
    np.testing.assert_allclose(below, QUANTILES[1:-1], atol=4 * 0.5 / np.sqrt(DRAWN))
    np.testing.assert_array_equal(picked(len(weights)), np.unique(picked(len(weights))))
    answers = watch(spec, stream="codes", layer=layer, split="train", count=256).tensors[layer].astype(float)
    found = watched.tensors[f"{layer}.activations"][0]
    np.testing.assert_allclose(found[[0, -1]], [answers.min(), answers.max()], rtol=2e-3)
    below = [np.mean(answers <= value) for value in found[1:-1]]
    np.testing.assert_allclose(below, QUANTILES[1:-1], atol=0.03)


def test_connections_that_are_not_there_have_no_weight() -> None:
    watched = spread(SPARSE, "sparse_dense_1")
    held = watched.layers["sparse_dense_1"]
    assert 0 < held["mask"].mean() < 1
    close(watched.tensors["sparse_dense_1.weights"], held["weight"][held["mask"] > 0], rtol=1e-6)


def test_layers_that_learn_nothing_have_activations_only() -> None:
    watched = spread(PICTURES, "max_pool2d_1")
    assert set(watched.tensors) == {"max_pool2d_1.updates", "max_pool2d_1.activations"}


def test_a_frame_is_never_larger_than_it_says() -> None:
    watched = spread(TINY, "dense_1")
    assert sum(array.nbytes for array in watched.tensors.values()) * MOMENTS == watched.probe.frame_bytes


@pytest.mark.parametrize("layer", ["nobody", "x"])
def test_a_layer_that_computes_nothing_is_refused(layer: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        spread(TINY, layer)
    assert caught.value.field == "/layer"


def seen(update: int) -> dict[str, Any]:
    return {"dense_1": np.full((3, 2), update, np.float32)}


@given(steps=st.lists(st.integers(1, 10_000), min_size=1, max_size=300), most=st.integers(4, 32))
def test_a_record_is_bounded_keeps_its_ends_and_invents_nothing(steps: list[int], most: int) -> None:
    record, updates = Record(most), [int(at) for at in np.cumsum(steps)]
    for update in updates:
        record.add(update, seen(update))
        kept, spreads = record.of("dense_1")
        assert (kept[0], kept[-1]) == (updates[0], update)
        assert len(kept) <= most
        assert kept == sorted(set(kept) & set(updates))
        np.testing.assert_array_equal(spreads[:, 0, 0], np.array(kept, np.float32))


def test_a_long_run_is_covered_evenly() -> None:
    record = Record(16)
    for update in range(0, 100_000, 10):
        record.add(update, seen(update))
    kept, _ = record.of("dense_1")
    gaps = np.diff(kept)[:-1]
    assert len(kept) >= 8
    assert gaps.max() <= 2.5 * gaps.min()


def test_the_same_moment_again_replaces_what_was_known() -> None:
    record = Record()
    record.add(5, seen(5))
    record.add(5, seen(6))
    kept, spreads = record.of("dense_1")
    assert kept == [5]
    assert spreads[0, 0, 0] == 6.0


def test_a_new_run_keeps_what_came_before_it_and_a_layer_its_own_moments() -> None:
    record = Record()
    for update in (1, 2, 3):
        record.add(update, seen(update))
    record.cut(3)
    record.add(3, {"dense_2": np.zeros((3, 2), np.float32)})
    assert record.of("dense_1")[0] == [1, 2]
    assert record.of("dense_2")[0] == [3]
    record.cut(0)
    assert record.of("dense_1")[0] == []
