"""What an edit of other layers keeps: a network that grows answers as before, to the oracle's last digits."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from neuroglow.engine.layers import Layers
from neuroglow.engine.order import Cursor
from neuroglow.engine.snapshot import Snapshot, initial_snapshot
from neuroglow.session.edits import carry_over
from neuroglow.spec import Experiment, parse_experiment
from neuroglow.spec.datasets import input_names
from unit import net_twin
from unit.rig import experiment

Path = tuple[Any, ...]
SEQUENCES = {"source": "sequences", "name": "adding", "length": 5, "samples": 40}
TOKENS = {"source": "sequences", "name": "copying", "length": 6, "samples": 40}


def learned(spec: Experiment) -> Snapshot:
    """A snapshot in which every number is unlike every other, as after training; masks stay what they are."""
    fresh, random = initial_snapshot(spec), np.random.default_rng(1)

    def numbers(group: Layers) -> Layers:
        return {
            name: {
                part: array if part == "mask" else np.abs(random.normal(0.0, 0.4, array.shape)).astype(np.float32)
                if part.endswith("variance") else random.normal(0.0, 0.4, array.shape).astype(np.float32)
                for part, array in layer.items()
            }
            for name, layer in group.items()
        }  # fmt: skip

    scalars = tuple(np.full_like(value, 77) for value in fresh.scalars)
    moments = tuple(numbers(group) for group in fresh.moments)
    return Snapshot(spec, Cursor(update=123, epoch=24, position=3), numbers(fresh.layers), moments, scalars)


def with_layers(*layers: dict[str, Any], data: dict[str, Any] | None = None) -> Experiment:
    return experiment(network={"layers": list(layers)}, **({} if data is None else {"data": data}))


def edited(spec: Experiment, *changes: tuple[Path, Any]) -> Experiment:
    """With other values at paths below `network/layers`."""
    document = copy.deepcopy(spec.to_document())
    for (*path, last), value in changes:
        place = document["network"]["layers"]
        for step in path:
            place = place[step]
        place[last] = value
    return parse_experiment(document)


def outputs(snapshot: Snapshot) -> Any:
    spec = snapshot.experiment
    random = np.random.default_rng(2)
    inputs = len(input_names(spec.data))
    rows = random.integers(0, 8, (3, inputs)) if spec.data.source == "sequences" else random.normal(size=(3, inputs))
    return net_twin.for_rows(spec, snapshot.layers, rows)["output"]


PICTURE: list[dict[str, Any]] = [
    {"units": 36, "name": "d"},
    {"type": "reshape", "shape": [1, 6, 6], "name": "p"},
    {"type": "conv2d", "channels": 3, "padding": "same", "name": "c", "activation": "tanh"},
    {"type": "batch_norm", "name": "n"},
    {"type": "conv2d", "channels": 2, "padding": "same", "name": "e", "activation": "tanh", "inputs": ["n"]},
    {"type": "concat", "inputs": ["c", "e"], "name": "both"},
    {"type": "max_pool2d", "name": "m"},
]
CONVOLVED = with_layers(*PICTURE)
FLAT = with_layers(*PICTURE, {"type": "flatten", "name": "f"}, {"type": "dropout"}, {"units": 4, "name": "l"})
POOLED = with_layers(*PICTURE, {"type": "global_avg_pool"}, {"type": "sparse_dense", "units": 4, "name": "s"})
STEPS = with_layers(
    {"type": "conv1d", "channels": 3, "padding": "same", "name": "c", "activation": "tanh"},
    {"type": "gru", "units": 3, "return_sequences": True, "name": "r"},
    {"type": "concat", "inputs": ["c", "r"], "name": "both"},
    {"units": 3, "name": "l"},
    data=SEQUENCES,
)
REMEMBERED = with_layers(
    {"type": "lstm", "units": 3, "return_sequences": True, "name": "m"},
    {"type": "rnn", "units": 2, "name": "r"},
    data=SEQUENCES,
)
TEXT = with_layers(
    {"type": "embedding", "units": 3, "name": "e"},
    {"type": "positional_encoding", "kind": "learned", "name": "p"},
    {"units": 4, "name": "l"},
    data=TOKENS,
)
REPEATED = with_layers(
    {"units": 25, "name": "d"},
    {"type": "reshape", "shape": [1, 5, 5], "name": "p"},
    {"type": "conv2d", "channels": 2, "padding": "same", "name": "c"},
    {"type": "repeat", "times": 3, "name": "r", "layers": [
        {"type": "conv2d", "channels": 3, "padding": "same", "name": "wide", "activation": "tanh"},
        {"type": "conv2d", "channels": 2, "padding": "same", "name": "back", "activation": "tanh"},
        {"type": "add", "inputs": ["back", "x"], "name": "sum"},
    ]},
)  # fmt: skip
TRANSPOSED = with_layers(
    {"units": 9, "name": "d"},
    {"type": "reshape", "shape": [1, 3, 3], "name": "p"},
    {"type": "conv_transpose2d", "channels": 2, "kernel": 2, "name": "t"},
)
GROWTH: dict[str, tuple[Experiment, list[tuple[Path, Any]]]] = {
    "channels": (CONVOLVED, [((2, "channels"), 5)]),
    "channels of the second, beside the first": (CONVOLVED, [((4, "channels"), 4)]),
    "channels read flat": (FLAT, [((2, "channels"), 5), ((4, "channels"), 3)]),
    "channels read by their means": (POOLED, [((2, "channels"), 5), ((4, "channels"), 3)]),
    "a kernel": (CONVOLVED, [((2, "kernel"), 5)]),
    "a kernel to an even one": (CONVOLVED, [((4, "kernel"), [4, 6])]),
    "a kernel of one": (edited(CONVOLVED, ((2, "kernel"), [1, 2])), [((2, "kernel"), [2, 5])]),
    "a transposed kernel": (TRANSPOSED, [((2, "kernel"), 4)]),
    "a transposed kernel by one": (TRANSPOSED, [((2, "kernel"), [3, 5])]),
    "channels along the steps": (STEPS, [((0, "channels"), 5)]),
    "features of steps read flat": (STEPS, [((3, "units"), 5)]),
    "a kernel along the steps": (STEPS, [((0, "kernel"), 5)]),
    "units with gates": (STEPS, [((1, "units"), 5)]),
    "units with a memory": (REMEMBERED, [((0, "units"), 4)]),
    "units with a memory, and those that read them": (REMEMBERED, [((0, "units"), 4), ((1, "units"), 5)]),
    "an embedding": (TEXT, [((0, "units"), 5)]),
    "units of steps": (TEXT, [((2, "units"), 6)]),
    "channels inside a repeated block": (REPEATED, [((3, "layers", 0, "channels"), 5)]),
    "a kernel inside a repeated block": (REPEATED, [((3, "layers", 1, "kernel"), 5)]),
}


@pytest.mark.parametrize("case", GROWTH)
def test_what_grows_answers_as_before_and_shrinks_back_to_what_it_was(case: str) -> None:
    spec, changes = GROWTH[case]
    before = learned(spec)
    after = carry_over(before, edited(spec, *changes))
    np.testing.assert_allclose(outputs(after), outputs(before), rtol=1e-9, atol=1e-12)
    again = carry_over(after, spec)
    for was, now in zip((before.layers, *before.moments), (again.layers, *again.moments), strict=True):
        for layer, arrays in was.items():
            for name, array in arrays.items():
                assert now[layer][name].tobytes() == array.tobytes(), f"{layer}.{name}"
    assert again.cursor == before.cursor


@pytest.mark.parametrize("case", GROWTH)
def test_what_is_new_can_learn(case: str) -> None:
    """Either what it reads or what reads it starts away from zero; else no slope would ever reach it."""
    spec, changes = GROWTH[case]
    after = carry_over(learned(spec), edited(spec, *changes))
    for name, arrays in after.layers.items():
        weight = arrays.get("weight")
        if weight is not None and not name.startswith("output"):
            assert weight.reshape(len(weight), -1).any(axis=1).all(), f"a unit of {name} reads nothing"


@pytest.mark.parametrize("times", [1, 2, 5, 14])
def test_more_or_fewer_turns_keep_the_first(times: int) -> None:
    before = learned(REPEATED)
    after = carry_over(before, edited(REPEATED, ((3, "times"), times)))
    kept = min(times, 3)
    for was, now in zip((before.layers, *before.moments), (after.layers, *after.moments), strict=True):
        for name, array in was["r"].items():
            assert np.array_equal(now["r"][name][:kept], array[:kept])
        assert np.array_equal(now["output"]["weight"], was["output"]["weight"])
    fresh = initial_snapshot(after.experiment)
    for name, array in fresh.layers["r"].items():
        assert np.array_equal(after.layers["r"][name][kept:], array[kept:])
    assert all(not group["r"]["wide.weight"][kept:].any() for group in after.moments)


@pytest.mark.parametrize("change", [{"type": "conv_transpose2d", "stride": 1}, {"name": "z"}])
def test_another_name_or_type_is_another_layer(change: dict[str, Any]) -> None:
    layers: list[dict[str, Any]] = [*PICTURE[:2], {**PICTURE[2], **change}]
    before, spec = learned(CONVOLVED), with_layers(*layers)
    after, fresh = carry_over(before, spec), initial_snapshot(spec)
    name = str(layers[2]["name"])
    assert np.array_equal(after.layers[name]["weight"], fresh.layers[name]["weight"])
    assert np.array_equal(after.layers["d"]["weight"], before.layers["d"]["weight"])


def test_a_recurrent_layer_of_another_kind_starts_afresh() -> None:
    """Twelve rows are three gates of four or four of three: they are not the same."""
    gru = with_layers({"type": "gru", "units": 4, "name": "r"}, data=SEQUENCES)
    for kind, units in (("lstm", 3), ("rnn", 12)):
        spec = with_layers({"type": kind, "units": units, "name": "r"}, data=SEQUENCES)
        after, fresh = carry_over(learned(gru), spec), initial_snapshot(spec)
        for name, array in fresh.layers["r"].items():
            assert after.layers["r"][name].tobytes() == array.tobytes()


def test_dense_becomes_sparse_and_norms_change_their_kind_with_what_they_have_learned() -> None:
    spec = with_layers({"units": 6, "name": "a"}, {"type": "batch_norm", "name": "n"}, {"units": 4, "name": "b"})
    norm: dict[str, Any] = {"type": "layer_norm", "name": "n"}
    sparse = with_layers({"units": 6, "name": "a"}, norm, {"type": "sparse_dense", "units": 4, "name": "b"})
    before = learned(spec)
    after = carry_over(before, sparse)
    assert np.array_equal(after.layers["b"]["weight"], before.layers["b"]["weight"])
    assert np.array_equal(after.layers["n"]["gain"], before.layers["n"]["gain"])
    assert after.layers["b"]["mask"].sum(axis=1).tolist() == [3.0] * 4


def test_a_layer_put_between_that_only_hands_on_moves_no_column() -> None:
    plain = with_layers(*PICTURE[:5])
    more = with_layers(*PICTURE[:3], {"type": "dropout", "name": "o"}, *PICTURE[3:5])
    before = learned(plain)
    after = carry_over(before, more)
    assert np.array_equal(after.layers["e"]["weight"], before.layers["e"]["weight"])
    np.testing.assert_allclose(outputs(after), outputs(before), rtol=1e-12)
