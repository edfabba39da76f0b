"""The `update` stream: what it says beforehand is what the engine then does, to the batch, the slope and the step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.engine.order import epoch_order
from neuroglow.errors import InvalidInputError
from neuroglow.insight.bind import bind
from neuroglow.insight.record import Record
from neuroglow.nets.shape import STACK_FROM
from neuroglow.session.trainer import Trainer
from neuroglow.spec import Experiment
from neuroglow.spec.limits import Limits
from neuroglow.wire.messages import parse_subscribe
from unit import numpy_twin as twin
from unit.probing import programs
from unit.rig import dense, experiment, trained, trainer_of, twin_net

SGD = {"optimizer": {"type": "sgd", "learning_rate": 0.1}}
NORMAL = {"layers": [{"units": 4}, {"type": "batch_norm"}, {"units": 3, "dropout": 0.5}]}
HELD = {"layers": [{"units": 4, "frozen": True}, {"units": 3}]}
RUNS: dict[str, Experiment] = {
    "adam": experiment(),
    "normalised and silenced": experiment(network=NORMAL),
    "held and clipped": experiment(network=HELD, training={"clipping": {"type": "norm", "limit": 0.01}}),
    "regularised on a schedule": experiment(training={
        "regularization": {"type": "l2", "rate": 0.1}, "schedule": {"type": "step", "every": 2, "warmup": 3},
    }),
    "units held": experiment(network={
        **dense(4, 3), "clamps": [{"layer": "dense_1", "unit": 1, "value": 0.5}],
        "frozen_units": [{"layer": "dense_2", "unit": 0}],
    }),
    "a stack": experiment(network=dense(*[3] * (STACK_FROM + 1))),
}  # fmt: skip


def foretold(trainer: Trainer, layer: str) -> dict[str, Any]:
    ask = parse_subscribe({"type": "subscribe", "request": 1, "stream": "update", "layer": layer})
    probe = bind(ask, trainer.subject, Limits().frame_bytes, Record())
    if probe.key not in programs:
        programs[probe.key] = probe.compile()
    tensors = probe.tensors(probe.launch(programs[probe.key], trainer.state, trainer.hyper))
    assert sum(array.nbytes for array in tensors.values()) <= probe.frame_bytes
    return {name.removeprefix(f"{layer}."): array for name, array in tensors.items()}


@pytest.mark.parametrize("name", RUNS)
def test_what_comes_after_is_what_the_engine_then_holds(name: str) -> None:
    trainer = trainer_of(RUNS[name])
    for moment in (0, 3):
        before = trained(trainer, moment).layers
        said = {layer: foretold(trainer, layer) for layer in before}
        after = trained(trainer, 1).layers
        for layer, parameters in after.items():
            for parameter, held in parameters.items():
                np.testing.assert_allclose(said[layer][f"{parameter}.after"], held, rtol=1e-5, atol=1e-6)
        if name == "held and clipped":
            assert not said["dense_1"]["weight.slope"].any()
            np.testing.assert_array_equal(after["dense_1"]["weight"], before["dense_1"]["weight"])


def test_the_batch_is_the_walks_and_its_slope_the_twins() -> None:
    spec = experiment(training=SGD)
    trainer = trainer_of(spec)
    split, size = trainer.subject.dataset.train, spec.training.batch_size
    count = len(split.labels)
    assert count % size, "the last batch of an epoch is to be a short one"
    for _ in range(trainer.walk.per_epoch + 1):
        cursor = trainer.cursor
        order = epoch_order(spec.training.seed, cursor.epoch, count)
        rows = order[cursor.position * size : (cursor.position + 1) * size]
        net = twin_net(trainer.snapshot().layers, spec)
        said = foretold(trainer, "dense_1")
        assert said["rows"].tolist() == rows.tolist()
        x, label = split.inputs[rows].astype(float), split.labels[rows].astype(float)
        weight, bias = twin.gradients("sigmoid", net, x, label)[0]
        np.testing.assert_allclose(said["weight.slope"], weight, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(said["bias.slope"], bias, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(said["weight.after"], net[0][0] - 0.1 * weight, rtol=1e-5, atol=1e-6)
        z = twin.forward(net, x)[-1][0][:, 0]
        assert said["loss"] == pytest.approx([np.mean(np.logaddexp(0.0, z) - label * z)], rel=1e-5)
        trained(trainer, 1)


def test_the_rate_is_that_of_the_schedule() -> None:
    trainer = trainer_of(RUNS["regularised on a schedule"])
    rates = []
    for _ in range(6):
        rates.append(float(foretold(trainer, "dense_1")["rate"][0]))
        trained(trainer, 1)
    np.testing.assert_allclose(rates, 0.02 * np.array([1 / 3, 2 / 3, 1, 1, 1, 0.5]), rtol=1e-6)


def test_a_live_edit_of_the_batch_size_is_followed() -> None:
    trainer = trainer_of(experiment(training=SGD))
    trainer.edit_live(experiment(training={**SGD, "batch_size": 5}))
    assert len(foretold(trainer, "output")["rows"]) == 5


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        foretold(trainer_of(experiment()), "nobody")
    assert caught.value.field == "/layer"
