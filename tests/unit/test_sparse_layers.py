"""Connections that are not there: never heard, never back by themselves, and what edits make of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.data import load
from neuroglow.engine.masks import mask
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, to_state
from neuroglow.session.edits import carry_over
from neuroglow.spec import Experiment
from neuroglow.spec.layers import SparseDense
from unit import numpy_twin as twin
from unit.rig import experiment, trained, trainer_of

WEIGHT = np.random.default_rng(7).normal(size=(6, 10)).astype(np.float32)


def sparse(**settings: Any) -> SparseDense:
    return SparseDense(**{"name": "s", "units": 6, **settings})


def network(training: dict[str, Any] | None = None, **settings: Any) -> Experiment:
    layers = [{"units": 10, "name": "d"}, {"type": "sparse_dense", "units": 6, "name": "s", **settings}]
    return experiment(network={"layers": layers}, **({"training": training} if training else {}))


@given(density=st.floats(0.01, 1.0), seed=st.integers(0, 99))
def test_every_unit_keeps_its_share_at_random_and_less_is_a_part_of_more(density: float, seed: int) -> None:
    made = mask(sparse(density=density), WEIGHT, seed)
    assert made.sum(axis=1).tolist() == [max(1, round(density * 10))] * 6
    more = mask(sparse(density=min(1.0, density * 1.5)), WEIGHT, seed)
    assert (made <= more).all()


@given(density=st.floats(0.01, 1.0))
def test_the_largest_weights_are_kept_by_magnitude(density: float) -> None:
    made = mask(sparse(density=density, method="magnitude"), WEIGHT, 0)
    count = max(1, round(density * WEIGHT.size))
    assert made.sum() == count
    assert np.abs(WEIGHT)[made > 0].min() >= np.abs(WEIGHT)[made == 0].max(initial=0.0)


def test_seeds_and_names_draw_differently() -> None:
    first = mask(sparse(), WEIGHT, 0)
    assert (mask(sparse(), WEIGHT, 1) != first).any()
    assert (mask(sparse(name="t"), WEIGHT, 0) != first).any()


@pytest.mark.parametrize("method", ["random", "magnitude"])
def test_single_connections_are_cut_and_restored_whatever_the_rest(method: str) -> None:
    plain = mask(sparse(method=method), WEIGHT, 0)
    there, absent = (tuple(map(int, np.argwhere(plain == value)[0])) for value in (1.0, 0.0))
    made = mask(sparse(method=method, cut=(there, (99, 0)), restored=(absent, (0, 99))), WEIGHT, 0)
    assert made[there] == 0.0
    assert made[absent] == 1.0
    assert (made != plain).sum() == 2


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw", "rmsprop", "adagrad"])
def test_training_brings_no_connection_back_and_moves_none_that_is_not_there(optimizer: str) -> None:
    spec = network({"optimizer": {"type": optimizer, "learning_rate": 0.05}})
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 12)
    there = before.layers["s"]["mask"] > 0
    assert np.array_equal(after.layers["s"]["mask"], before.layers["s"]["mask"])
    assert (after.layers["s"]["weight"] != before.layers["s"]["weight"])[there].all()
    # Decay acts on every weight.
    still = after.layers["s"]["weight"] == before.layers["s"]["weight"]
    assert still[~there].all() or optimizer == "adamw"


def test_training_is_that_of_a_network_without_those_connections() -> None:
    spec = network({"optimizer": {"type": "sgd", "learning_rate": 0.1}, "batch_size": 30})
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 1)
    rows = load(spec.data).train
    net: twin.Net = []
    for name, activation in (("d", "tanh"), ("s", "tanh"), ("output", "linear")):
        layer = {part: array.astype(float) for part, array in before.layers[name].items()}
        net.append((layer["weight"] * layer.get("mask", 1.0), layer["bias"], activation))
    slopes = twin.gradients("sigmoid", net, rows.inputs.astype(float), rows.labels.astype(float))
    there = before.layers["s"]["mask"]
    expected = before.layers["s"]["weight"] - 0.1 * slopes[1][0] * there
    np.testing.assert_allclose(after.layers["s"]["weight"], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        after.layers["d"]["weight"], before.layers["d"]["weight"] - 0.1 * slopes[0][0], rtol=1e-4, atol=1e-6
    )


def test_what_is_not_connected_is_never_heard() -> None:
    snapshot = initial_snapshot(network())
    x: Any = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    quiet = np.asarray(jax.vmap(to_state(snapshot).model)(x))
    snapshot.layers["s"]["weight"][snapshot.layers["s"]["mask"] == 0] = 1e6
    assert np.array_equal(jax.vmap(to_state(snapshot).model)(x), quiet)


# --- edits ------------------------------------------------------------------------------------------------------------


def learned(spec: Experiment) -> Snapshot:
    snapshot, random = initial_snapshot(spec), np.random.default_rng(3)
    for layer in snapshot.layers.values():
        layer["weight"][...] = random.normal(size=layer["weight"].shape)
    return snapshot


def mask_after(before: Snapshot, spec: Experiment) -> Any:
    return carry_over(before, spec).layers["s"]["mask"]


@settings(max_examples=20)
@given(old=st.floats(0.1, 1.0), new=st.floats(0.1, 1.0))
def test_another_density_cuts_further_or_restores_what_was_cut(old: float, new: float) -> None:
    before = learned(network(density=old))
    was, now = before.layers["s"]["mask"], mask_after(before, network(density=new))
    assert ((now <= was) if new <= old else (now >= was)).all()


def test_pruning_by_magnitude_takes_the_weights_as_they_are_at_the_edit() -> None:
    before = learned(network(density=1.0))
    weight = np.abs(before.layers["s"]["weight"])
    pruned = carry_over(before, network(density=0.3, method="magnitude"))
    there = pruned.layers["s"]["mask"] > 0
    assert there.sum() == round(0.3 * weight.size)
    assert weight[there].min() > weight[~there].max()
    assert np.array_equal(pruned.layers["s"]["weight"], before.layers["s"]["weight"])
    # Weights that have moved since do not choose again, until someone says so.
    pruned.layers["s"]["weight"][...] = pruned.layers["s"]["weight"][::-1]
    later = network({"batch_size": 9}, density=0.3, method="magnitude")
    assert np.array_equal(mask_after(pruned, later), there)
    again = mask_after(pruned, network(density=0.31, method="magnitude"))
    assert (again != there).any()


def test_a_cut_connection_comes_back_with_its_weight() -> None:
    before = learned(network())
    place = tuple(map(int, np.argwhere(before.layers["s"]["mask"] > 0)[0]))
    cut = carry_over(before, network(cut=[place]))
    assert cut.layers["s"]["mask"][place] == 0.0
    back = carry_over(cut, network())
    assert np.array_equal(back.layers["s"]["mask"], before.layers["s"]["mask"])
    assert np.array_equal(back.layers["s"]["weight"], before.layers["s"]["weight"])


@pytest.mark.parametrize("method", ["random", "magnitude"])
def test_more_units_before_or_in_it_leave_its_connections_where_they_are(method: str) -> None:
    before = learned(network(method=method))
    was = before.layers["s"]["mask"]
    for units, sources in ((8, 10), (6, 13), (9, 12)):
        layers = [{"units": sources, "name": "d"}, {"type": "sparse_dense", "units": units, "name": "s"}]
        layers[1]["method"] = method
        grown = mask_after(before, experiment(network={"layers": layers}))
        assert grown.shape == (units, sources)
        assert np.array_equal(grown[:6, :10], was)


def test_cutting_one_connection_leaves_all_others_alone() -> None:
    """However the weights have moved since the largest were chosen."""
    spec = network(method="magnitude")
    start = initial_snapshot(spec)
    moved = np.random.default_rng(3).normal(size=(6, 10)).astype(np.float32)
    snapshot = replace(start, layers=start.layers | {"s": start.layers["s"] | {"weight": moved}})
    before = snapshot.layers["s"]["mask"]
    there = tuple(map(int, np.argwhere(before == 1.0)[0]))
    after = carry_over(snapshot, network(method="magnitude", cut=[there])).layers["s"]["mask"]
    assert [tuple(map(int, place)) for place in np.argwhere(after != before)] == [there]


def test_a_layer_on_the_input_becomes_sparse_and_keeps_its_weights() -> None:
    start = initial_snapshot(experiment(network={"layers": [{"units": 4, "name": "s"}]}))
    sparse_spec = experiment(network={"layers": [{"type": "sparse_dense", "units": 5, "name": "s"}]})
    after = carry_over(start, sparse_spec).layers["s"]
    assert after["weight"][:4].tobytes() == start.layers["s"]["weight"].tobytes()
    assert set(np.unique(after["mask"])) <= {0.0, 1.0}
