"""Whole runs against the twin: schedules, clipping, dropout, losses, regularisation by layer, frozen layers, pins, held
and frozen units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.engine.programs import train_key
from neuroglow.engine.snapshot import initial_snapshot
from neuroglow.nets.shape import STACK_FROM
from neuroglow.spec import Experiment
from unit import numpy_twin as twin
from unit.rig import dense, experiment, numbers_of, trained, trainer_of, twin_net
from unit.twin_run import silent_units, twin_after

SGD = {"type": "sgd", "learning_rate": 0.1}
PLANE = {"source": "synthetic", "name": "plane", "samples": 60}
BLOBS = {"source": "synthetic", "name": "blobs", "samples": 60}
L2 = {"type": "l2", "rate": 0.05}
RUNS: dict[str, dict[str, Any]] = {
    "small batches": {"training": {"optimizer": SGD, "batch_size": 4}},
    "momentum on tanh": {"training": {"optimizer": {"type": "momentum"}, "loss": "squared_error"}},
    "one batch, many classes": {"data": BLOBS, "training": {"batch_size": 300}},
    "numbers with L1": {"data": PLANE, "training": {"regularization": {"type": "l1", "rate": 0.01}}},
    "step and value": {
        "data": BLOBS,
        "network": dense(4, 3, dropout=0.3),
        "training": {
            "optimizer": SGD,
            "schedule": {"type": "step", "every": 10, "factor": 0.5, "warmup": 7},
            "clipping": {"type": "value", "limit": 0.05},
            "loss": "hinge",
        },
    },
    "cosine and norm, frozen between": {
        "network": {
            "layers": [{"units": 4, "regularization": L2}, {"units": 4, "frozen": True}, {"units": 3, "dropout": 0.5}],
            "output_regularization": {"type": "l1", "rate": 0.01},
        },
        "training": {
            "schedule": {"type": "cosine", "updates": 40, "floor": 0.2},
            "clipping": {"type": "norm", "limit": 0.1},
            "class_weights": "balanced",
            "loss": "focal",
            "loss_parameters": {"gamma": 1.5, "delta": 1.0},
        },
    },
    "exponential, pins": {
        "data": PLANE,
        "network": {
            **dense(4, 3),
            "output_frozen": True,
            "pins": [
                {"layer": "dense_1", "unit": 0, "source": "x2", "value": 0.0},
                {"layer": "dense_2", "unit": 1, "value": 0.25},
                {"layer": "dense_2", "unit": 2, "source": 3, "value": -1.5},
            ],
        },
        "training": {
            "optimizer": {"type": "adamw"},
            "schedule": {"type": "exponential", "every": 15, "factor": 0.6},
            "regularization": L2,
            "loss": "huber",
            "loss_parameters": {"gamma": 2.0, "delta": 0.4},
        },
    },
    "held and frozen units": {
        "network": {
            **dense(4, 3, dropout=0.3),
            "clamps": [
                {"layer": "dense_1", "unit": 3, "value": 0.7},
                {"layer": "dense_1", "unit": 0},
                {"layer": "dense_2", "unit": 1, "value": -2.0},
            ],
            "frozen_units": [{"layer": "dense_2", "unit": 2}, {"layer": "dense_1", "unit": 3}],
        },
        "training": {
            "optimizer": {"type": "adamw"},
            "regularization": L2,
            "clipping": {"type": "norm", "limit": 0.1},
        },
    },
    "a held unit in a stack": {
        "network": {
            **dense(*[4] * (STACK_FROM + 2)), "clamps": [{"layer": "dense_5", "unit": 1, "value": 0.5}]
        },
        "training": {"optimizer": SGD},
    },
}  # fmt: skip


@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_fifty_updates_match_the_twin_that_walks_the_same_order(changes: dict[str, Any]) -> None:
    spec = experiment(**changes)
    trainer = trainer_of(spec)
    net, total = twin_after(spec, 50, trainer.walk.batch_bucket)
    snapshot = trained(trainer, 50, cuts=[20])
    for (weight, bias, _), (expected_weight, expected_bias, _) in zip(
        twin_net(snapshot.layers, spec), net, strict=True
    ):
        np.testing.assert_allclose(weight, expected_weight, rtol=2e-3, atol=2e-4)
        np.testing.assert_allclose(bias, expected_bias, rtol=2e-3, atol=2e-4)
    assert trainer.tally.loss == pytest.approx(total, rel=1e-3)


def test_what_is_held_keeps_its_bits_and_its_moments() -> None:
    spec = experiment(**RUNS["exponential, pins"])
    before, after = initial_snapshot(spec), trained(trainer_of(spec), 30)
    assert after.layers["output"]["weight"].tobytes() == before.layers["output"]["weight"].tobytes()
    assert after.layers["dense_1"]["weight"][0, 1] == 0.0
    assert after.layers["dense_2"]["bias"][1] == np.float32(0.25)
    assert after.layers["dense_2"]["weight"][2, 3] == np.float32(-1.5)
    for moments in after.moments:
        assert (moments["output"]["weight"] == 0.0).all()
        assert (moments["output"]["bias"] == 0.0).all()
        first, second = moments["dense_1"], moments["dense_2"]
        assert first["weight"][0, 1] == second["bias"][1] == second["weight"][2, 3] == 0.0
        assert np.count_nonzero(moments["dense_1"]["weight"]) == moments["dense_1"]["weight"].size - 1


def test_a_pin_that_names_nothing_rests() -> None:
    pins = [
        {"layer": "nowhere", "unit": 0, "value": 1.0},
        {"layer": "dense_1", "unit": 9, "value": 1.0},
        {"layer": "dense_1", "unit": 0, "source": "x1^2", "value": 1.0},
        {"layer": "dense_1", "unit": 0, "source": 1, "value": 1.0},
        {"layer": "dense_2", "unit": 0, "source": "x1", "value": 1.0},
        {"layer": "dense_2", "unit": 0, "source": 4, "value": 1.0},
    ]
    spec = experiment(network={**dense(4, 3), "pins": pins})
    held = numbers_of(spec).held
    assert held is not None
    assert not any(np.asarray(mask).any() for block in held.blocks for mask in block.parameters.values())
    free = initial_snapshot(experiment(network=dense(4, 3)))
    for name, layer in initial_snapshot(spec).layers.items():
        assert layer["weight"].tobytes() == free.layers[name]["weight"].tobytes()


@pytest.mark.parametrize("kind", ["value", "norm"])
def test_a_gradient_below_the_limit_is_left_alone(kind: str) -> None:
    clipping = {"type": kind, "limit": 1e9}
    clipped = trained(trainer_of(experiment(training={"clipping": clipping, "optimizer": SGD})), 5)
    plain = trained(trainer_of(experiment(training={"optimizer": SGD})), 5)
    for name, layer in plain.layers.items():
        np.testing.assert_allclose(clipped.layers[name]["weight"], layer["weight"], rtol=1e-6, atol=1e-7)


def test_a_gradient_whose_squares_overflow_is_still_scaled_to_the_limit() -> None:
    """An exploding gradient is what clipping is for."""
    spec = experiment(
        data=PLANE,
        network=dense(4, activation="linear"),
        training={"optimizer": {"type": "sgd", "learning_rate": 1.0}, "clipping": {"type": "norm", "limit": 2.0}},
    )
    start = initial_snapshot(spec)
    start.layers["output"]["weight"][...] = 1e15
    after = trained(trainer_of(spec, start), 1)
    moved = [
        (after.layers[name]["weight"] - layer["weight"], after.layers[name]["bias"] - layer["bias"])
        for name, layer in start.layers.items()
        if name != "output"
    ]
    norm = np.sqrt(sum(float((array.astype(np.float64) ** 2).sum()) for pair in moved for array in pair))
    assert norm == pytest.approx(2.0, rel=1e-3)


# --- what is compiled -------------------------------------------------------------------------------------------------


FREE = experiment()
GONE = {"layer": "dense_9", "unit": 0}
LIVE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"training": {"schedule": {"type": "step", "every": 5}}},
        {"training": {"schedule": {"type": "step", "every": 9}}},
    ),
    (
        {"training": {"schedule": {"type": "cosine", "warmup": 0}}},
        {"training": {"schedule": {"type": "cosine", "warmup": 50, "floor": 0.3}}},
    ),
    (
        {"training": {"clipping": {"type": "norm", "limit": 1.0}}},
        {"training": {"clipping": {"type": "norm", "limit": 9.0}}},
    ),
    (
        {"training": {"loss": "focal", "loss_parameters": {"gamma": 1.0}}},
        {"training": {"loss": "focal", "loss_parameters": {"gamma": 3.0}}},
    ),
    ({"network": dense(4, 3, dropout=0.1)}, {"network": dense(4, 3, dropout=0.7)}),
    ({"network": dense(4, 3, frozen=True)}, {"network": {**dense(4, 3), "output_frozen": True}}),
    ({"network": dense(4, 3, regularization=L2)}, {"network": {**dense(4, 3), "output_regularization": L2}}),
    (
        {"network": {**dense(4, 3), "clamps": [{"layer": "dense_1", "unit": 1}]}},
        {"network": {**dense(4, 3), "clamps": [{"layer": "dense_2", "unit": 0, "value": 3.0}, GONE]}},
    ),
    (
        {"network": {**dense(4, 3), "frozen_units": [{"layer": "dense_1", "unit": 1}]}},
        {"network": {**dense(4, 3), "frozen_units": [{"layer": "output", "unit": 0}, GONE]}},
    ),
]


@pytest.mark.parametrize(("one", "other"), LIVE)
def test_numbers_of_a_feature_share_its_program_and_a_program_without_it_knows_nothing_of_it(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert train_key(experiment(**one)) == train_key(experiment(**other))
    plain = dense(4, 3) if "network" in one else {"layers": [{"units": 4}, {"units": 3, "activation": "relu"}]}
    assert train_key(experiment(**one)) != train_key(experiment(network=plain))


def test_stop_rules_and_what_is_off_are_no_part_of_a_program() -> None:
    """A number that is not used, and a feature set to nothing, give the program of an experiment without them."""
    for changes in (
        {"training": {"stop": {"epochs": 3, "target": {"metric": "test_loss", "value": 0.1}}}},
        {"training": {"schedule": {"type": "constant", "warmup": 0}, "clipping": {"type": "none", "limit": 7.0}}},
        {"training": {"loss_parameters": {"gamma": 9.0, "delta": 9.0}}},
        {"training": {"loss": "cross_entropy"}},
    ):
        assert train_key(experiment(**changes)) == train_key(FREE)
        assert _leaves(experiment(**changes)) == _leaves(FREE)
    assert _leaves(FREE) == 9


def _leaves(spec: Experiment) -> int:
    return sum(number is not None for number in numbers_of(spec))


# --- dropout ----------------------------------------------------------------------------------------------------------


def test_dropout_silences_its_share_and_raises_the_others() -> None:
    spec = experiment(network=dense(400, 300, dropout=0.25))
    drawn = silent_units(spec, 3, 1, 64)
    assert drawn is not None
    for factors in drawn[:-1]:
        assert factors is not None
        assert set(np.unique(factors)) == {0.0, np.float64(np.float32(1.0) / np.float32(0.75))}
        assert np.mean(factors == 0.0) == pytest.approx(0.25, abs=0.02)
    assert drawn[-1] is None, "the output always speaks"


def test_draws_follow_seed_layer_and_place_in_the_walk() -> None:
    def drawn(spec: Experiment, epoch: int, position: int, layer: int = 0) -> bytes:
        factors = silent_units(spec, epoch, position, 8)
        assert factors is not None
        array = factors[layer]
        assert array is not None
        return array.tobytes()

    spec = experiment(network=dense(6, 6, dropout=0.5))
    same = drawn(spec, 1, 2)
    assert drawn(spec, 1, 2) == same
    others = [drawn(spec, 1, 3), drawn(spec, 2, 2), drawn(spec, 1, 2, layer=1)]
    others.append(drawn(experiment(network=dense(6, 6, dropout=0.5), training={"seed": 6}), 1, 2))
    assert same not in others
    assert len(set(others)) == len(others)
    added = [{"name": "new", "units": 5}, *({"name": f"dense_{i}", "units": 6, "dropout": 0.5} for i in (1, 2))]
    assert drawn(experiment(network={"layers": added}), 1, 2, layer=1) == same, "another layer moves no draw"


def test_the_test_set_is_answered_by_all_units() -> None:
    spec = experiment(network=dense(8, dropout=0.6))
    trainer = trainer_of(spec)
    rows = trainer.subject.dataset.test
    net = twin_net(trained(trainer, 10).layers, spec)
    expected = twin.losses("sigmoid", twin.forward(net, rows.inputs)[-1][0], rows.labels).sum()
    assert float(trainer.evaluate().loss) == pytest.approx(float(expected), rel=1e-4)
