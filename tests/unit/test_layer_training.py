"""How networks of other layers train: chunk by chunk to the same bits, running statistics, silence, labels by step."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.data import load
from neuroglow.engine.chance import chance_of
from neuroglow.engine.order import epoch_order
from neuroglow.engine.snapshot import Snapshot, initial_snapshot, to_state
from neuroglow.engine.train import bucket
from neuroglow.nets.layers import ROWS_AXIS
from neuroglow.nets.losses import Objective, loss, score
from neuroglow.nets.shape import STACK_FROM
from neuroglow.spec import Experiment
from unit import net_twin
from unit import numpy_twin as twin
from unit.rig import as_bytes, experiment, numbers_of, trained, trainer_of

PICTURES: list[dict[str, Any]] = [
    {"units": 16, "name": "d"},
    {"type": "reshape", "shape": [1, 4, 4]},
    {"type": "conv2d", "channels": 2, "padding": "same", "activation": "tanh", "name": "c"},
    {"type": "batch_norm", "name": "n", "momentum": 0.8},
    {"type": "dropout", "rate": 0.3, "name": "o"},
    {"type": "add", "inputs": ["o", "c"]},
    {"type": "max_pool2d"},
]
CONVOLVED = experiment(network={"layers": PICTURES})
BODY = [
    {"units": 5, "activation": "tanh", "name": "d"},
    {"type": "batch_norm", "name": "n"},
    {"type": "add", "inputs": ["n", "x"]},
]


def normalised(times: int, **settings: Any) -> Experiment:
    layers = [{"units": 5, "name": "first"}, {"type": "repeat", "times": times, "layers": BODY, "name": "r"}]
    layers[1] |= settings
    return experiment(network={"layers": layers}, training={"optimizer": {"type": "sgd", "learning_rate": 0.1}})


def batches_of(spec: Experiment, updates: int) -> list[Any]:
    """The rows (count, inputs) of every batch from the beginning."""
    rows, size = load(spec.data).train.inputs, spec.training.batch_size
    per_epoch = -(-len(rows) // size)
    picked = []
    for update in range(updates):
        epoch, position = divmod(update, per_epoch)
        order = epoch_order(spec.training.seed, epoch, len(rows))
        picked.append(rows[order[position * size : (position + 1) * size]].astype(np.float64))
    return picked


# --- chunks -----------------------------------------------------------------------------------------------------------


@settings(max_examples=5)
@given(cuts=st.sets(st.integers(1, 19), max_size=6))
def test_chunks_cut_anywhere_give_the_same_bits_with_convolutions(cuts: set[int]) -> None:
    whole = as_bytes(trained(trainer_of(CONVOLVED), 20))
    assert as_bytes(trained(trainer_of(CONVOLVED), 20, cuts=sorted(cuts))) == whole


def test_a_chunk_with_convolutions_stops_at_the_update_whose_loss_is_not_finite() -> None:
    spec = experiment(
        data={"source": "synthetic", "name": "plane", "samples": 60},
        network={"layers": [PICTURES[0], PICTURES[1], {"type": "conv2d", "channels": 2, "activation": "linear"}]},
        training={"optimizer": {"type": "sgd", "learning_rate": 1e9}},
    )
    trainer = trainer_of(spec)
    done = trainer.finish(trainer.launch(40, evaluate=False))
    assert not done.finite
    one_by_one = trainer_of(spec)
    results = [one_by_one.finish(one_by_one.launch(1, evaluate=False)).finite for _ in range(done.updates)]
    assert results == [True] * (done.updates - 1) + [False]


# --- running statistics -----------------------------------------------------------------------------------------------


def dense_bn(spec: Experiment, snapshot: Snapshot, rows: Any) -> list[tuple[Any, Any]]:
    """(mean, variance) that every turn of the repeated block sees in a batch while training, from the formula."""
    layers, seen = snapshot.layers, []
    first = layers["first"]
    x = np.tanh(rows @ first["weight"].T + first["bias"])
    inside = layers["r"]
    for turn in range(len(inside["d.weight"])):
        a = np.tanh(x @ inside["d.weight"][turn].T + inside["d.bias"][turn])
        mean, variance = a.mean(axis=0), ((a - a.mean(axis=0)) ** 2).mean(axis=0)
        seen.append((mean, variance))
        normal = (a - mean) / np.sqrt(variance + 1e-5)
        x = x + normal * inside["n.gain"][turn] + inside["n.bias"][turn]
    return seen


@pytest.mark.parametrize("times", [2, STACK_FROM])
def test_running_statistics_follow_every_batch_also_inside_repeated_blocks(times: int) -> None:
    """60 rows in batches of seven: the last one of an epoch is short, all are padded to eight."""
    spec = normalised(times)
    trainer = trainer_of(spec)
    before = trainer.snapshot()
    for rows in batches_of(spec, 9):
        seen = dense_bn(spec, before, rows)
        after = trained(trainer, 1)
        for turn, figures in enumerate(seen):
            for name, figure in zip(("n.mean", "n.variance"), figures, strict=True):
                expected = 0.9 * before.layers["r"][name][turn] + 0.1 * figure
                np.testing.assert_allclose(after.layers["r"][name][turn], expected, rtol=1e-3, atol=1e-5)
        before = after


def test_running_statistics_of_channels_are_over_all_rows_and_places() -> None:
    trainer = trainer_of(CONVOLVED)
    before = trainer.snapshot()
    for rows in batches_of(CONVOLVED, 8):
        seen = net_twin.for_rows(CONVOLVED, before.layers, rows)["c"]
        after = trained(trainer, 1)
        for name, figure in (("mean", seen.mean((0, 2, 3))), ("variance", seen.var((0, 2, 3)))):
            expected = 0.8 * before.layers["n"][name] + 0.2 * figure
            np.testing.assert_allclose(after.layers["n"][name], expected, rtol=1e-3, atol=1e-5)
        before = after


def test_what_pads_a_batch_reaches_neither_answers_nor_statistics() -> None:
    model = to_state(initial_snapshot(normalised(2))).model
    x: Any = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    counts: Any = np.array([1, 1, 1, 1, 1, 0, 0, 0], np.float32)
    run = jax.vmap(model.trained, out_axes=(0, 0, None), axis_name=ROWS_AXIS)
    whole, _, seen = run(x[:5], counts[:5])
    x[5:] = [[np.nan, np.inf], [1e30, -1e30], [0.0, 0.0]]
    padded, _, also = run(x, counts)
    np.testing.assert_allclose(padded[:5], whole, rtol=1e-5, atol=1e-6)
    for ours, theirs in zip(jax.tree.leaves(also), jax.tree.leaves(seen), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_frozen_statistics_do_not_move_and_the_others_train() -> None:
    layers = [{**layer, "frozen": True} if layer.get("name") == "n" else layer for layer in PICTURES]
    spec = experiment(network={"layers": layers})
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 5)
    for name, array in before.layers["n"].items():
        assert after.layers["n"][name].tobytes() == array.tobytes(), name
    assert after.layers["c"]["weight"].tobytes() != before.layers["c"]["weight"].tobytes()
    repeated = normalised(2, frozen=True)
    before, after = initial_snapshot(repeated), trained(trainer_of(repeated), 5)
    assert all(after.layers["r"][name].tobytes() == array.tobytes() for name, array in before.layers["r"].items())
    assert after.layers["first"]["weight"].tobytes() != before.layers["first"]["weight"].tobytes()


@pytest.mark.parametrize("spec", [CONVOLVED, normalised(2), normalised(STACK_FROM)], ids=["conv", "two", "scan"])
def test_a_trained_network_answers_with_its_running_statistics(spec: Experiment) -> None:
    snapshot = trained(trainer_of(spec), 15)
    rows: Any = load(spec.data).test.inputs[:5]
    z = jax.vmap(to_state(snapshot).model)(rows)
    expected = net_twin.for_rows(spec, snapshot.layers, rows)["output"]
    np.testing.assert_allclose(z, expected, rtol=1e-3, atol=1e-4)


# --- silence ----------------------------------------------------------------------------------------------------------


def silence(spec: Experiment, rows: int = 400, position: int = 0) -> list[Any]:
    numbers = numbers_of(spec).chance
    assert numbers is not None
    drawn = chance_of(numbers, to_state(initial_snapshot(spec)).model, jnp.uint32(0), jnp.int32(position), rows)
    return [None if each is None else np.asarray(each) for each in drawn]


def test_a_dropout_layer_draws_for_every_row_and_number_and_keeps_the_mean() -> None:
    drawn = silence(CONVOLVED)
    assert [each is not None for each in drawn] == [layer["type"] == "dropout" for layer in named(CONVOLVED)] + [False]
    factors = drawn[4]
    assert factors.shape == (400, 2, 4, 4)
    assert set(np.unique(factors)) == {np.float32(0.0), np.float32(1.0 / 0.7)}
    for axis in range(4):
        others = tuple(other for other in range(4) if other != axis)
        share = (factors == 0).mean(axis=others)
        # Five standard deviations of a share of so many draws.
        assert np.abs(share - 0.3).max() < 5 * np.sqrt(0.21 / (factors.size / factors.shape[axis]))
    assert (factors[0] != factors[1]).any()
    assert (silence(CONVOLVED, position=1)[4] != factors).any()


def named(spec: Experiment) -> list[dict[str, Any]]:
    return [layer.model_dump() for layer in spec.network.layers]


def test_a_dropout_layer_trains_as_its_own_drawing_says() -> None:
    """The gradient that reaches the layers before it is that of the numbers which speak."""
    layers = [{"units": 4, "name": "d"}, {"type": "dropout", "rate": 0.5, "name": "o"}]
    spec = experiment(network={"layers": layers}, training={"optimizer": {"type": "sgd", "learning_rate": 0.1}})
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 1)
    (rows,) = batches_of(spec, 1)
    order = epoch_order(spec.training.seed, 0, len(load(spec.data).train.labels))[: len(rows)]
    labels = load(spec.data).train.labels[order].astype(np.float64)
    factors = silence(spec, bucket(len(rows)))[1][: len(rows)].astype(np.float64)
    net = [
        (before.layers[name]["weight"].astype(float), before.layers[name]["bias"].astype(float), activation)
        for name, activation in (("d", "tanh"), ("output", "linear"))
    ]
    slopes = twin.gradients("sigmoid", net, rows, labels, [factors, None])
    for name, (weight, bias), (old, shift, _) in zip(("d", "output"), slopes, net, strict=True):
        np.testing.assert_allclose(after.layers[name]["weight"], old - 0.1 * weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(after.layers[name]["bias"], shift - 0.1 * bias, rtol=1e-4, atol=1e-6)


# --- labels by step ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cross_entropy", "focal", "hinge"])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_loss_of_a_row_with_labels_by_step_is_the_mean_of_its_steps(kind: str, classes: int) -> None:
    random = np.random.default_rng(4)
    z = random.normal(size=(6, 1 if classes == 2 else classes))
    labels = random.integers(0, classes, 6).astype(float)
    weights = random.uniform(0.5, 2.0, classes)
    head = {2: "sigmoid", 4: "softmax"}[classes] if kind != "hinge" else {2: "tanh", 4: "softmax"}[classes]
    objective = Objective(head, kind, steps=6)  # type: ignore[arg-type]
    arrays = (jnp.asarray(z, jnp.float32), jnp.asarray(labels, jnp.float32))
    for given_weights in (None, weights):
        passed = None if given_weights is None else jnp.asarray(given_weights, jnp.float32)
        value = loss(objective, *arrays, jnp.float32(1.5), passed)
        expected = twin.losses(twin.Goal(head, kind, 1.5, given_weights), z, labels).mean()
        assert float(value) == pytest.approx(expected, rel=1e-5)
    guessed = z.argmax(axis=1) if classes > 2 else z[:, 0] > 0
    assert float(score(objective.head, *arrays)) == pytest.approx((guessed == labels).mean())
