"""Patches over an experiment: applied whole, or refused with what is wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.errors import InvalidInputError, InvalidPatchError
from neuroglow.spec import parse_experiment, patched
from neuroglow.spec.limits import Limits
from unit.rig import dense_layers

SPEC = parse_experiment({"network": {"layers": [{"units": 4}, {"units": 2}]}})
PATHS = ["", "/", "/network", "/network/layers", "/network/layers/0", "/network/layers/-", "/network/layers/9",
         "/network/layers/00", "/network/layers/-1", "/network/layers/0/units", "/network/layers/0/units/x", "/a/b/c",
         "/data/features/0", "/data/name/0", "/version", "no-slash", "/~2", "/data/~0", 5, None, [], {}]  # fmt: skip
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "explode", 5, None, []])},
    optional={
        "path": st.sampled_from(PATHS),
        "from": st.sampled_from(PATHS),
        "value": st.sampled_from([None, 1, -1, 2.5, True, "tanh", [], {}, {"units": 3}, [{"units": 3}], "x" * 300]),
        "surprise": st.just(1),
    },
)


def test_operations_of_the_standard_apply_in_order() -> None:
    spec = patched(
        SPEC,
        [
            {"op": "test", "path": "/network/layers/0/units", "value": 4},
            {"op": "replace", "path": "/network/layers/0/units", "value": 7},
            {"op": "add", "path": "/network/layers/1", "value": {"units": 5}},
            {"op": "move", "from": "/network/layers/2", "path": "/network/layers/0"},
            {"op": "remove", "path": "/data/features/1"},
        ],
    )
    assert [(layer.name, layer.units) for layer in dense_layers(spec)] == [
        ("dense_2", 2), ("dense_1", 7), ("dense_3", 5),
    ]  # fmt: skip
    assert spec.data.to_document()["features"] == ["x1"]


def test_a_new_layer_never_takes_a_name_of_a_removed_one() -> None:
    spec = patched(
        SPEC, [{"op": "add", "path": "/network/layers/-", "value": {"units": 1}}], used_names=["dense_3", "dense_4"]
    )
    assert [layer.name for layer in spec.network.layers] == ["dense_1", "dense_2", "dense_5"]


def test_a_removed_layer_that_comes_back_by_name_is_the_same_layer() -> None:
    removed = patched(SPEC, [{"op": "remove", "path": "/network/layers/1"}])
    back = {"name": "dense_2", "units": dense_layers(SPEC)[1].units}
    again = patched(
        removed, [{"op": "add", "path": "/network/layers/-", "value": back}], used_names=["dense_1", "dense_2"]
    )
    assert again == SPEC


def test_the_experiment_itself_is_never_changed() -> None:
    before = SPEC.to_document()
    patched(SPEC, [{"op": "replace", "path": "/network/layers/0/units", "value": 9}])
    assert SPEC.to_document() == before


def test_an_empty_patch_is_the_same_experiment() -> None:
    assert patched(SPEC, []) == SPEC


def test_a_result_that_is_no_experiment_points_into_it() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        patched(SPEC, [{"op": "replace", "path": "/network/layers/1/units", "value": 0}])
    assert refusal.value.field == "/network/layers/1/units"
    assert not isinstance(refusal.value, InvalidPatchError)


@settings(max_examples=500)
@given(patch=st.lists(OPERATION, max_size=4))
def test_any_patch_applies_or_is_refused(patch: list[dict[str, Any]]) -> None:
    try:
        spec = patched(SPEC, patch)
    except InvalidInputError as error:
        message = error.message
    else:
        message = spec.digest()
    assert 0 < len(message) < 400


@pytest.mark.parametrize("patch", [
    # Each copy doubles what is there.
    [{"op": "copy", "from": "/network", "path": "/network/a"}] * Limits().patch_operations,
    [{"op": "copy", "from": "", "path": f"/a{number}"} for number in range(Limits().patch_operations)],
    # Each addition nests one level deeper, then copies nest the nest.
    [{"op": "add", "path": "/a" * depth, "value": {}} for depth in range(1, 401)],
    [*({"op": "add", "path": "/a" * depth, "value": {}} for depth in range(1, 301)),
     *({"op": "copy", "from": "/a", "path": "/a" * (300 * power + 1)} for power in range(1, 4))],
])  # fmt: skip
def test_a_small_patch_that_would_grow_without_end_is_refused_quickly(patch: list[dict[str, Any]]) -> None:
    started = time.process_time()
    with pytest.raises(InvalidInputError):
        patched(SPEC, patch)
    assert time.process_time() - started < 5.0
