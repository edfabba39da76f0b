"""Units that are held at a value, and units whose weights stay: what moves, what does not, and what is seen of it."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuroglow.engine.snapshot import Snapshot, decode_snapshot, encode_snapshot, initial_snapshot
from neuroglow.nets.layers import Call, Clamp, forward
from neuroglow.nets.shape import STACK_FROM
from neuroglow.session.edits import carry_over
from neuroglow.spec import Experiment
from neuroglow.wire.weights import check_header, header_length
from unit import numpy_twin as twin
from unit.explaining import DIGITS, IRIS, ROW, answer, convolved, model_of
from unit.layer_cases import made, numbers_for, reads_for, shape_of
from unit.probing import Watched, watch
from unit.rig import as_bytes, dense, experiment, program_of, trained, trainer_of, twin_net

Layers = list[dict[str, Any]]
PICTURE: Layers = [{"type": "conv2d", "channels": 3, "activation": "tanh", "name": "l"}, {"type": "max_pool2d"}]
STEPS: Layers = [{"type": "reshape", "shape": [8, 8]}]
SGD = {"optimizer": {"type": "sgd", "learning_rate": 0.1}}
HELD = 0.6


def digits(layers: Layers, **members: Any) -> Experiment:
    training = {"batch_size": 16, **members.pop("training", SGD)}
    return experiment(data={**DIGITS}, network={"layers": layers, **members}, training=training)


# --- held at a value --------------------------------------------------------------------------------------------------

CASES = [
    "dense", "dense on steps", "sparse", "conv2d same", "conv2d in groups", "transposed same", "conv1d on a signal",
    "conv1d on steps", "flatten", "global pool of a picture", "batch_norm on a sequence", "embedding",
    "learned positions", "attention", "transformer", "concat of pictures", "repeat as a scan",
]  # fmt: skip


@pytest.mark.parametrize("case", [*CASES, "rnn, all", "gru, all", "lstm, last"])
def test_a_held_unit_answers_its_value_at_all_its_places_and_the_others_answer_as_before(case: str) -> None:
    shape = shape_of(case)
    numbers, reads, unit = numbers_for(shape), reads_for(shape), shape.units - 1
    held = np.arange(shape.units) == unit
    clamp = Clamp(jnp.asarray(held, jnp.float32), jnp.full(shape.units, HELD, jnp.float32))
    free, a = made(shape, numbers, reads)["a"], made(shape, numbers, reads, clamp=clamp)["a"]
    axis = shape.output.unit_axis
    assert (np.compress(held, a, axis) == np.float32(HELD)).all()
    if case in CASES:
        np.testing.assert_array_equal(np.compress(~held, a, axis), np.compress(~held, free, axis))


@pytest.mark.parametrize(("case", "own"), [
    ("dense on steps", {"weight": 0, "bias": 0}),
    ("conv2d same", {"weight": 0, "bias": 0}),
    ("rnn, all", {"weight": 0, "state_weight": 0, "bias": 0}),
    ("lstm, last", {"weight": 0, "state_weight": 0, "bias": 0}),
    ("embedding", {"weight": 1}),
    ("attention", {"out_weight": 0, "out_bias": 0}),
])  # fmt: skip
def test_no_slope_leads_past_a_held_unit(case: str, own: dict[str, int]) -> None:
    """What feeds it feels nothing, what feeds the others does."""
    shape = shape_of(case)
    reads = tuple(jnp.asarray(read, jnp.float32) for read in reads_for(shape))
    numbers = {name: jnp.asarray(array, jnp.float32) for name, array in numbers_for(shape).items()}
    clamp = Clamp(jnp.asarray(np.arange(shape.units) == 1, jnp.float32), jnp.full(shape.units, HELD))

    def loudness(parameters: dict[str, Any]) -> Any:
        return jnp.sum(jnp.square(forward(Call(shape, parameters, reads, clamp=clamp))["a"]))

    slopes = jax.grad(loudness)(numbers)
    for name, axis in own.items():
        slope = np.moveaxis(np.asarray(slopes[name]), axis, 0)
        assert (slope[1 :: shape.units] == 0.0).all()
        assert (slope[2 :: shape.units] != 0.0).any()


def without_a_choice(layer: str, units: int, unit: int, layers: dict[str, Any]) -> None:
    """Numbers with which a unit of tanh answers `HELD` whatever it reads: none of its weights speaks, its bias does."""
    own = layers[layer]
    for part in own:
        if part != "mask":
            own[part][unit::units] = 0.0
    bias = np.float32(np.arctanh(HELD))
    if len(own["bias"]) == 3 * units:
        # The update gate of a GRU is shut: nothing of the state before is kept.
        own["bias"][[unit + units, unit + 2 * units]] = -200.0, bias
    else:
        own["bias"][unit] = bias


@pytest.mark.parametrize("layers", [
    PICTURE,
    [{"units": 3, "name": "l"}, {"units": 4}],
    [*STEPS, {"type": "gru", "units": 3, "return_sequences": True, "name": "l"}],
], ids=["channel", "neuron", "gru"])  # fmt: skip
def test_the_others_train_as_beside_a_unit_that_can_answer_nothing_else(layers: Layers) -> None:
    unit = {"layer": "l", "unit": 1}
    spec, twin_spec = digits(layers, clamps=[{**unit, "value": HELD}]), digits(layers, frozen_units=[unit])
    start, twin_start = initial_snapshot(spec), initial_snapshot(twin_spec)
    without_a_choice("l", 3, 1, twin_start.layers)
    after, twin_after = trained(trainer_of(spec), 40), trained(trainer_of(twin_spec, twin_start), 40)
    for name, layer in after.layers.items():
        for part, array in layer.items():
            own = np.zeros(array.shape, bool)
            own[1::3] = name == "l"
            np.testing.assert_allclose(array[~own], twin_after.layers[name][part][~own], rtol=2e-3, atol=2e-5)
            assert (array[own] == start.layers[name][part][own]).all(), "its own numbers have no slope"
    assert (after.layers["l"]["weight"][0] != start.layers["l"]["weight"][0]).any()


def test_a_held_unit_of_a_repeated_block_is_what_its_last_turn_makes() -> None:
    block = {"type": "repeat", "name": "r", "times": 3, "layers": [{"units": 4, "name": "d"}]}
    spec = experiment(network={"layers": [{"units": 4, "name": "a"}, block], "clamps": [{"layer": "r", "unit": 2}]})
    watched = watch(spec, stream="inside", layer="r", sample={"split": "test", "index": 0})
    a, turns = watched.tensors["r.a"], watched.tensors["r.d.a"]
    np.testing.assert_array_equal(a, np.where(np.arange(4) == 2, 0.0, turns[-1]))
    assert (turns[:, 2] != 0.0).all()


# --- frozen -----------------------------------------------------------------------------------------------------------

FROZEN: dict[str, tuple[Layers, int, dict[str, Any]]] = {
    "neuron": ([{"units": 4, "name": "l"}], 1, {"weight": np.s_[1], "bias": np.s_[1]}),
    "channel": (PICTURE, 2, {"weight": np.s_[2], "bias": np.s_[2]}),
    "gru": (
        [*STEPS, {"type": "gru", "units": 3, "name": "l"}],
        1,
        {"weight": np.s_[[1, 4, 7]], "state_weight": np.s_[[1, 4, 7]], "bias": np.s_[[1, 4, 7]], "state_bias": 1},
    ),
    "lstm": (
        [*STEPS, {"type": "lstm", "units": 2, "name": "l"}],
        0,
        {"weight": np.s_[[0, 2, 4, 6]], "state_weight": np.s_[[0, 2, 4, 6]], "bias": np.s_[[0, 2, 4, 6]]},
    ),
    "features of attention": (
        [*STEPS, {"type": "attention", "heads": 2, "name": "l"}], 5, {"out_weight": np.s_[5], "out_bias": np.s_[5]},
    ),
    "normalised channel": (
        [PICTURE[0] | {"name": "c"}, {"type": "batch_norm", "name": "l"}],
        1,
        {"gain": np.s_[1], "bias": np.s_[1], "mean": np.s_[1], "variance": np.s_[1]},
    ),
    "one feature of every token": (
        [
            {"type": "flatten"},
            {"type": "embedding", "units": 3, "vocabulary": 17, "name": "l"},
            {"type": "global_avg_pool"},
        ],
        1,
        {"weight": np.s_[:, 1]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "unit", "own"), FROZEN.values(), ids=FROZEN)
def test_a_frozen_unit_keeps_its_bits_while_the_others_train(layers: Layers, unit: int, own: dict[str, Any]) -> None:
    """Under momentum, weight decay and L2; its moments do not move either."""
    training = {
        "optimizer": {"type": "adamw", "learning_rate": 0.01, "weight_decay": 0.1},
        "regularization": {"type": "l2", "rate": 0.01},
    }
    spec = digits(layers, frozen_units=[{"layer": "l", "unit": unit}], training=training)
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 100)
    for part, array in after.layers["l"].items():
        kept = np.zeros(array.shape, bool)
        if part in own:
            kept[own[part]] = True
        old = before.layers["l"][part]
        assert array[kept].tobytes() == old[kept].tobytes()
        assert np.mean(array[~kept] != old[~kept]) > 0.9, part
        for moments in after.moments:
            assert (moments["l"][part][kept] == 0.0).all()
    assert (after.layers["output"]["bias"] != before.layers["output"]["bias"]).all()


def test_a_frozen_unit_of_a_stack_or_of_the_output_stays_too() -> None:
    network = dense(*[4] * (STACK_FROM + 2))
    frozen = [{"layer": "dense_5", "unit": 3}, {"layer": "output", "unit": 0}, {"layer": "dense_5", "unit": 9}]
    spec = experiment(network={**network, "frozen_units": frozen})
    assert program_of(spec).key.shape.blocks[1].is_stack
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 20)
    for name in ("dense_5", "output"):
        row = 3 if name == "dense_5" else 0
        for part in ("weight", "bias"):
            assert after.layers[name][part][row].tobytes() == before.layers[name][part][row].tobytes()
    assert (after.layers["dense_5"]["weight"][:3] != before.layers["dense_5"]["weight"][:3]).all()
    assert (after.layers["dense_6"]["weight"][3] != before.layers["dense_6"]["weight"][3]).all()


# --- what is seen of it -----------------------------------------------------------------------------------------------

WATCHED = experiment(
    data=DIGITS, network={**dense(5, 4), "clamps": [{"layer": "dense_1", "unit": 2, "value": 2.0}]}
)
CLAMPS: twin.Clamps = {(0, 2): 2.0}


def seen(watched: Watched, rows: Any) -> list[tuple[Any, Any]]:
    return twin.forward(twin_net(watched.layers, watched.spec), rows.astype(float), clamps=CLAMPS)


def test_activations_and_the_numbers_of_a_unit_are_those_of_the_network_with_the_held_unit() -> None:
    activations = watch(WATCHED, stream="activations", layers="all", sample=ROW)
    x = activations.subject.dataset.test.inputs
    layers = seen(activations, x[[ROW["index"]]])
    np.testing.assert_allclose(activations.tensors["dense_1"], layers[0][1][0], rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(activations.tensors["dense_2"], layers[1][1][0], rtol=2e-3, atol=2e-3)
    unit = watch(WATCHED, stream="unit", layer="dense_1", unit=2, sample=ROW).tensors
    assert unit["dense_1.a"] == 2.0
    np.testing.assert_allclose(unit["dense_1.z"], layers[0][0][0, 2], rtol=1e-4)


def test_a_silenced_unit_is_not_called_dead() -> None:
    free = watch(WATCHED, stream="statistics", layers=["dense_1"]).tensors["dense_1"]
    assert free[2] == 0.0
    everything = [{"layer": "dense_1", "unit": unit} for unit in range(5)]
    held = experiment(data=DIGITS, network={**dense(5, 4), "clamps": everything})
    six = watch(held, stream="statistics", layers="all").tensors
    assert (six["dense_1"][2:4] == 0.0).all()
    assert six["dense_2"][2] == 1.0, "units that read nothing but constants say the same of every row"


def test_the_slope_of_what_a_held_unit_sums_up_is_zero() -> None:
    sample = {"split": "train", "index": 3}
    watched = watch(WATCHED, stream="backward", layer="dense_1", sample=sample)
    rows = watched.subject.dataset.train
    net = twin_net(watched.layers, WATCHED)
    slopes = twin.gradients(
        "softmax", net, rows.inputs[3:4].astype(float), rows.labels[3:4].astype(float), clamps=CLAMPS
    )
    weight, bias = slopes[0]
    np.testing.assert_allclose(watched.tensors["dense_1.weight.slope"], weight, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(watched.tensors["dense_1.z.slope"], bias, rtol=1e-3, atol=1e-6)
    assert watched.tensors["dense_1.z.slope"][2] == 0.0


def test_slopes_in_a_stack_stop_at_its_held_units() -> None:
    layers = STACK_FROM + 2
    network = {**dense(*[4] * layers), "clamps": [{"layer": "dense_5", "unit": 1, "value": 0.5}]}
    spec, sample = experiment(network=network), {"split": "train", "index": 3}
    watched = {name: watch(spec, stream="backward", layer=name, sample=sample) for name in ("dense_4", "dense_5")}
    assert watched["dense_5"].subject.shape.blocks[1].is_stack
    rows, net = watched["dense_5"].subject.dataset.train, twin_net(watched["dense_5"].layers, spec)
    x, label = rows.inputs[3:4].astype(float), rows.labels[3:4].astype(float)
    slopes = twin.gradients("sigmoid", net, x, label, clamps={(4, 1): 0.5})
    for number, (name, one) in enumerate(watched.items(), 3):
        np.testing.assert_allclose(one.tensors[f"{name}.z.slope"], slopes[number][1], rtol=1e-3, atol=1e-7)
    assert watched["dense_5"].tensors["dense_5.a.slope"][1] == 0.0


def test_importance_of_a_held_unit_is_what_its_value_is_worth() -> None:
    watched = watch(WATCHED, stream="importance", layers=["dense_1"], count=40, split="test")
    rows, net = watched.subject.dataset.test, twin_net(watched.layers, WATCHED)
    x, labels = rows.inputs[:40].astype(float), rows.labels[:40].astype(float)

    def loss(clamps: twin.Clamps) -> float:
        return float(twin.losses("softmax", twin.forward(net, x, clamps=clamps)[-1][0], labels).mean())

    assert watched.tensors["loss"] == pytest.approx([loss(CLAMPS)], rel=1e-4)
    rises = [loss({**CLAMPS, (0, unit): 0.0}) - loss(CLAMPS) for unit in range(5)]
    np.testing.assert_allclose(watched.tensors["dense_1"], rises, rtol=1e-2, atol=2e-5)


def test_a_held_map_tells_nothing_and_has_no_share_in_where_the_answer_comes_from() -> None:
    network = {"layers": PICTURE, "clamps": [{"layer": "l", "unit": 1, "value": 0.5}]}
    spec = experiment(data=DIGITS, network=network)
    watched = watch(spec, stream="explanation", method="grad_cam", layer="l", sample=ROW)
    x = watched.subject.dataset.test.inputs[ROW["index"]].astype(np.float64).reshape(1, 8, 8)
    own, model = watched.layers["l"], model_of(spec, watched.layers)
    maps = np.tanh(convolved(x, own["weight"].astype(float), own["bias"].astype(float)))
    output = int(watched.tensors["output"][0])

    def score(moved: Any) -> float:
        z = np.asarray(jax.nn.log_softmax(model.onward(x.ravel().astype(np.float32), {0: moved})))
        return float(z[output])

    assert score(maps) == pytest.approx(score(np.where(np.arange(3)[:, None, None] == 1, 9.0, maps)))
    there = np.asarray(answer(model, x.reshape(1, -1).astype(np.float32)))[0]
    assert score(maps) == pytest.approx(float(np.asarray(jax.nn.log_softmax(there))[output]), rel=1e-5)


# --- edits and files --------------------------------------------------------------------------------------------------


def test_holding_a_unit_changes_no_number_and_letting_it_go_brings_its_answer_back() -> None:
    spec = experiment(data=IRIS, network=dense(5, 4))
    before = trained(trainer_of(spec), 30)
    held = experiment(data=IRIS, network={**dense(5, 4), "clamps": [{"layer": "dense_1", "unit": 2, "value": 2.0}]})
    during = carry_over(before, held)
    assert as_bytes(during) == as_bytes(before)
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    net = twin_net(before.layers, spec)
    for snapshot, clamps in ((during, CLAMPS), (carry_over(during, spec), None)):
        z = np.asarray(answer(model_of(snapshot.experiment, snapshot.layers), jnp.asarray(x)))
        np.testing.assert_allclose(z, twin.forward(net, x.astype(float), clamps=clamps)[-1][0], rtol=1e-3, atol=1e-5)


def test_a_file_of_weights_holds_the_same_arrays_with_held_units_and_goes_on_to_the_bit() -> None:
    network = {**dense(4, 3), "clamps": [{"layer": "dense_2", "unit": 1, "value": -0.5}]}
    spec = experiment(network=network)
    trainer = trainer_of(spec)
    data = encode_snapshot(trained(trainer, 15))
    length = header_length(data[:8], len(data))
    assert check_header(data[8 : 8 + length], len(data)) == spec
    there: Snapshot = trained(trainer_of(spec, decode_snapshot(data)), 15)
    assert as_bytes(there) == as_bytes(trained(trainer, 15))
