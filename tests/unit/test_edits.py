"""What an edit keeps: learned numbers follow names, units and features; the update count goes on; reset starts over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.engine.layers import Layers
from neuroglow.engine.order import Cursor
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, to_state
from neuroglow.nets.shape import STACK_FROM
from neuroglow.session.edits import carry_over
from neuroglow.spec import Experiment, parse_experiment
from neuroglow.spec.datasets import input_names
from unit import numpy_twin as twin
from unit.rig import as_bytes, dense, experiment, merged, program_of, trained, trainer_of, twin_net


def named(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"layers": [{"units": 4, **layer} for layer in layers]}


def learned(spec: Experiment) -> Snapshot:
    """A snapshot in which every number is unlike every other, as after training, without training."""
    fresh = initial_snapshot(spec)
    random = np.random.default_rng(1)

    def numbers(group: Layers) -> Layers:
        return {
            name: {part: random.normal(size=array.shape).astype(np.float32) for part, array in layer.items()}
            for name, layer in group.items()
        }

    moments = tuple(numbers(group) for group in fresh.moments)
    scalars = tuple(np.full_like(value, 77) for value in fresh.scalars)
    return Snapshot(spec, Cursor(update=123, epoch=24, position=3), numbers(fresh.layers), moments, scalars)


def changed(spec: Experiment, **changes: Any) -> Experiment:
    return parse_experiment(merged(spec.to_document(), changes))


def with_units(spec: Experiment, layer: int, units: int) -> Experiment:
    document = spec.to_document()
    document["network"]["layers"][layer]["units"] = units
    return parse_experiment(document)


def outputs(snapshot: Snapshot, features: int = 2) -> Any:
    x = np.random.default_rng(2).normal(size=(6, features))
    return twin.forward(twin_net(snapshot.layers, snapshot.experiment), x)[-1][0]


def groups(snapshot: Snapshot) -> list[Layers]:
    return [snapshot.layers, *snapshot.moments]


SPEC = experiment(network=named({"name": "a"}, {"name": "b"}, {"name": "c"}))


@pytest.mark.parametrize("changes", [
    {"training": {"optimizer": {"type": "adam", "learning_rate": 0.9, "b1": 0.5}}},
    {"training": {"regularization": {"type": "l2", "rate": 0.1}}},
    {"training": {"batch_size": 9}},
    {"training": {"seed": 99}},
    {"training": {"loss": "squared_error"}},
    {"network": named({"name": "a", "activation": "relu"}, {"name": "b", "initializer": "zeros"}, {"name": "c"})},
    {"data": {"noise": 0.4, "seed": 3}},
])  # fmt: skip
def test_hyperparameters_activations_and_data_of_the_same_shape_keep_everything(changes: dict[str, Any]) -> None:
    before = learned(SPEC)
    after = carry_over(before, changed(SPEC, **changes))
    for old, new in zip(groups(before), groups(after), strict=True):
        for name in old:
            assert new[name]["weight"].tobytes() == old[name]["weight"].tobytes()
            assert new[name]["bias"].tobytes() == old[name]["bias"].tobytes()
    assert [value.tolist() for value in after.scalars] == [77]
    assert after.cursor.update == 123


@settings(max_examples=30)
@given(layer=st.integers(0, 2), units=st.integers(1, 9))
def test_a_unit_added_or_removed_leaves_all_other_numbers_alone(layer: int, units: int) -> None:
    before = learned(SPEC)
    after = carry_over(before, with_units(SPEC, layer, units))
    kept = min(4, units)
    names = ["a", "b", "c", "output"]
    for old, new in zip(groups(before), groups(after), strict=True):
        for index, name in enumerate(names):
            rows = kept if index == layer else None
            columns = kept if index == layer + 1 else None
            assert np.array_equal(new[name]["weight"][:rows, :columns], old[name]["weight"][:rows, :columns])
            assert np.array_equal(new[name]["bias"][:rows], old[name]["bias"][:rows])
    assert after.layers[names[layer]]["weight"].shape[0] == units
    assert after.layers[names[layer + 1]]["weight"].shape[1] == units


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_new_unit_has_no_effect_yet_but_can_learn(layer: int) -> None:
    before = learned(SPEC)
    after = carry_over(before, with_units(SPEC, layer, 6))
    np.testing.assert_allclose(outputs(after), outputs(before), rtol=1e-12)
    names = ["a", "b", "c", "output"]
    assert (after.layers[names[layer + 1]]["weight"][:, 4:] == 0.0).all()
    drawn = after.layers[names[layer]]["weight"][4:]
    assert (drawn != 0.0).any(), "a unit that reads nothing either would never learn"
    for group in after.moments:
        assert (group[names[layer]]["weight"][4:] == 0.0).all()
        assert (group[names[layer + 1]]["weight"][:, 4:] == 0.0).all()


def test_a_layer_added_removed_or_moved_leaves_the_others_by_name() -> None:
    before = learned(SPEC)
    for order in ("abcd", "ab", "ac", "bac", "cab", "dabc", "b"):
        after = carry_over(before, changed(SPEC, network=named(*({"name": name} for name in order))))
        assert list(after.layers) == [*order, "output"]
        for old, new in zip(groups(before), groups(after), strict=True):
            for name in [*(name for name in order if name in "abc"), "output"]:
                if old[name]["weight"].shape == new[name]["weight"].shape:
                    assert new[name]["weight"].tobytes() == old[name]["weight"].tobytes(), f"{name} of {order}"
                assert new[name]["bias"].tobytes() == old[name]["bias"].tobytes()


def test_a_layer_moved_to_another_width_keeps_the_columns_that_fit() -> None:
    spec = experiment(network=named({"name": "a", "units": 3}, {"name": "b", "units": 5}))
    before = learned(spec)
    moved = changed(spec, network=named({"name": "b", "units": 5}, {"name": "a", "units": 3}))
    after = carry_over(before, moved)
    # b read three units of a, and now reads the two columns of x.
    assert np.array_equal(after.layers["b"]["weight"], before.layers["b"]["weight"][:, :2])
    assert np.array_equal(after.layers["a"]["weight"][:, :2], before.layers["a"]["weight"])


def test_a_renamed_layer_is_a_new_layer() -> None:
    after = carry_over(learned(SPEC), changed(SPEC, network=named({"name": "a"}, {"name": "z"}, {"name": "c"})))
    fresh = initial_snapshot(after.experiment)
    assert after.layers["z"]["weight"].tobytes() == fresh.layers["z"]["weight"].tobytes()


@settings(max_examples=30)
@given(
    old=st.lists(st.sampled_from(["x1", "x2", "x1^2", "x1*x2", "sin(x2)"]), min_size=1, unique=True),
    new=st.lists(st.sampled_from(["x1", "x2", "x1^2", "x1*x2", "sin(x2)"]), min_size=1, unique=True),
)
def test_features_keep_their_columns_by_name(old: list[str], new: list[str]) -> None:
    spec = experiment(data={"features": old}, network=named({"name": "a"}, {"name": "b"}))
    before = learned(spec)
    after = carry_over(before, changed(spec, data={"features": new}))
    shared = [name for name in new if name in old]
    for was, now in zip(groups(before), groups(after), strict=True):
        for name in shared:
            assert np.array_equal(now["a"]["weight"][:, new.index(name)], was["a"]["weight"][:, old.index(name)])
        if shared:
            added = [index for index, name in enumerate(new) if name not in old]
            assert (now["a"]["weight"][:, added] == 0.0).all()
            assert np.array_equal(now["a"]["bias"], was["a"]["bias"])
        assert now["b"]["weight"].tobytes() == was["b"]["weight"].tobytes()


def test_an_added_feature_changes_no_answer_yet() -> None:
    before = learned(experiment(data={"features": ["x1", "x2"]}, network=named({"name": "a"})))
    after = carry_over(before, changed(before.experiment, data={"features": ["x1", "x1*x2", "x2"]}))
    x = np.random.default_rng(2).normal(size=(6, 2))
    wide = np.stack([x[:, 0], x[:, 0] * x[:, 1], x[:, 1]], axis=1)
    was = twin.forward(twin_net(before.layers, before.experiment), x)[-1][0]
    now = twin.forward(twin_net(after.layers, after.experiment), wide)[-1][0]
    np.testing.assert_allclose(now, was, rtol=1e-12)


@pytest.mark.parametrize(("data", "keeps_output"), [
    ({"source": "synthetic", "name": "plane"}, True),
    ({"source": "synthetic", "name": "spiral"}, True),
    ({"source": "synthetic", "name": "blobs", "classes": 4}, False),
])  # fmt: skip
def test_another_task_keeps_what_keeps_its_shape(data: dict[str, Any], keeps_output: bool) -> None:
    before = learned(SPEC)
    after = carry_over(before, changed(SPEC, data=data))
    for name in "abc":
        assert after.layers[name]["weight"].tobytes() == before.layers[name]["weight"].tobytes()
    kept = after.layers["output"]["weight"].tobytes() == before.layers["output"]["weight"].tobytes()
    assert kept is keeps_output
    fresh = initial_snapshot(after.experiment).layers["output"]["weight"]
    assert keeps_output or after.layers["output"]["weight"].tobytes() == fresh.tobytes()


def test_other_columns_make_the_first_layer_new_and_keep_the_rest() -> None:
    before = learned(SPEC)
    after = carry_over(before, changed(SPEC, data={"source": "bundled", "name": "breast_cancer"}))
    fresh = initial_snapshot(after.experiment)
    assert after.layers["a"]["weight"].tobytes() == fresh.layers["a"]["weight"].tobytes()
    assert after.layers["b"]["weight"].tobytes() == before.layers["b"]["weight"].tobytes()
    assert after.layers["output"]["weight"].tobytes() == before.layers["output"]["weight"].tobytes()


@pytest.mark.parametrize("kind", ["sgd", "momentum", "adamw", "rmsprop"])
def test_another_optimizer_starts_its_moments_afresh_and_nothing_else(kind: str) -> None:
    before = learned(SPEC)
    after = carry_over(before, changed(SPEC, training={"optimizer": {"type": kind}}))
    fresh = initial_snapshot(after.experiment)
    assert after.cursor.update == 123
    for name in before.layers:
        assert after.layers[name]["weight"].tobytes() == before.layers[name]["weight"].tobytes()
    assert len(after.moments) == len(fresh.moments)
    assert all((layer["weight"] == 0.0).all() for group in after.moments for layer in group.values())
    to_state(after)


def test_growing_into_a_scanned_stack_and_back_keeps_everything() -> None:
    few = experiment(network=dense(*[4] * 5))
    before = learned(few)
    many = carry_over(before, changed(few, network=dense(*[4] * (STACK_FROM + 3))))
    assert program_of(many.experiment).key.shape.blocks[1].is_stack
    again = carry_over(many, few)
    for name in before.layers:
        assert again.layers[name]["bias"].tobytes() == before.layers[name]["bias"].tobytes()
        if name != "output":
            assert again.layers[name]["weight"].tobytes() == before.layers[name]["weight"].tobytes()


def test_an_edit_and_its_undo_change_no_bit_of_what_goes_on() -> None:
    spec = experiment()
    straight = trained(trainer_of(spec), 40)
    half = trained(trainer_of(spec), 20)
    widened = carry_over(half, with_units(spec, 0, 5))
    back = carry_over(widened, spec)
    assert as_bytes(back) == as_bytes(half)
    assert as_bytes(trained(trainer_of(spec, back), 20)) == as_bytes(straight)


def test_training_goes_on_where_the_update_count_was() -> None:
    spec = experiment()
    half = trained(trainer_of(spec), 20)
    edited = with_units(spec, 0, 5)
    trainer = trainer_of(edited, carry_over(half, edited))
    assert trained(trainer, 3).cursor.update == 23


def test_a_smaller_training_set_ends_an_epoch_that_was_already_longer() -> None:
    before = learned(SPEC)
    after = carry_over(before, changed(SPEC, training={"batch_size": 30}))
    assert (after.cursor.update, after.cursor.epoch, after.cursor.position) == (123, 25, 0)


@settings(max_examples=30)
@given(data=st.data())
def test_switching_inputs_keeps_the_weights_of_the_others(data: st.DataObject) -> None:
    """Formulas, noise columns and features alike: by name, and back on without effect at first."""
    formulas = [{"expression": text} for text in ("2*x1", "x1^2 - x2", "x2/3")]
    further = {"formulas": formulas, "noise_columns": 3}
    names = ("x1", "x2", *(formula["expression"] for formula in formulas), "noise_1", "noise_2", "noise_3")

    def switched(off: list[str]) -> Experiment:
        return changed(SPEC, data={**further, "switched_off": off})

    some = st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1)
    before, after = switched(data.draw(some)), switched(data.draw(some))
    snapshot = learned(before)
    carried = carry_over(snapshot, after)
    olds, news = input_names(before.data), input_names(after.data)
    kept = [name for name in news if name in olds]
    for old, new in zip(groups(snapshot), groups(carried), strict=True):
        for name in kept:
            assert (new["a"]["weight"][:, news.index(name)] == old["a"]["weight"][:, olds.index(name)]).all()
        if kept:
            fresh = [news.index(name) for name in news if name not in olds]
            assert not new["a"]["weight"][:, fresh].any()
        assert new["b"]["weight"].tobytes() == old["b"]["weight"].tobytes()
    assert carried.cursor.update == snapshot.cursor.update


def test_a_formula_more_or_a_noise_column_less_keeps_the_rest() -> None:
    before = changed(SPEC, data={"formulas": [{"expression": "2*x1"}], "noise_columns": 2})
    after = changed(SPEC, data={"formulas": [{"expression": "x1/x2"}, {"expression": "2*x1"}], "noise_columns": 1})
    snapshot = learned(before)
    weight, old = carry_over(snapshot, after).layers["a"]["weight"], snapshot.layers["a"]["weight"]
    assert weight[:, [0, 1, 3, 4]].tobytes() == old[:, [0, 1, 2, 3]].tobytes()
    assert not weight[:, 2].any()
