"""The same experiment learns the same way as in TensorFlow Playground, given the same weights and order of samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from neuroglow.engine.metrics import mean_loss
from neuroglow.engine.order import epoch_order
from neuroglow.session.trainer import Trainer
from neuroglow.spec import Experiment, parse_experiment
from unit.playground_twin import Playground, one_epoch
from unit.rig import trainer_of, twin_net

UPDATES = 1_000
BATCH = 10
TOLERANCE = 1e-4


def playground(
    name: str = "circle",
    *,
    shape: tuple[int, ...] = (4, 2),
    activation: str = "tanh",
    samples: int = 500,
    noise: float = 0.0,
    rate: float = 0.03,
    regularization: tuple[str, float] = ("none", 0.0),
    features: tuple[str, ...] = ("x1", "x2"),
) -> Experiment:
    """What the page's controls say, as an experiment of ours."""
    kind, penalty = regularization
    return parse_experiment(
        {
            "data": {"source": "synthetic", "name": name, "samples": samples, "noise": noise, "features": features},
            "network": {
                "layers": [{"units": u, "activation": activation, "initializer": "playground"} for u in shape],
                "output_initializer": "playground",
            },
            "training": {
                "loss": "squared_error",
                "batch_size": BATCH,
                "optimizer": {"type": "sgd", "learning_rate": rate},
                "regularization": {"type": kind, "rate": penalty},
                "seed": 7,
            },
        }
    )


def twin_of(trainer: Trainer, spec: Experiment, *, links_die: bool = True) -> Playground:
    """The page's network with the engine's present weights."""
    net = twin_net(trainer.snapshot().layers, spec)
    output = "linear" if trainer.subject.dataset.facts.task == "regression" else "tanh"
    regularization = spec.training.regularization
    layers = [*net[:-1], (net[-1][0], net[-1][1], output)]
    return Playground(layers, regularization.type, regularization.rate, links_die=links_die)


def targets_of(trainer: Trainer, labels: NDArray[np.float32]) -> NDArray[np.float64]:
    """The page's labels: −1 and +1 for classes, the number itself for a regression."""
    wide = labels.astype(np.float64)
    return wide if trainer.subject.dataset.facts.task == "regression" else 2.0 * wide - 1.0


def both_curves(spec: Experiment, *, links_die: bool = True) -> tuple[list[float], list[float]]:
    """The loss of every update's batch, then that of test rows at the end: the engine's, the page's."""
    trainer = trainer_of(spec)
    dataset, rate = trainer.subject.dataset, spec.training.optimizer.learning_rate
    twin = twin_of(trainer, spec, links_die=links_die)
    train_x, train_t = dataset.train.inputs.astype(np.float64), targets_of(trainer, dataset.train.labels)
    test_x, test_t = dataset.test.inputs.astype(np.float64)[:50], targets_of(trainer, dataset.test.labels)[:50]
    per_epoch = len(train_t) // BATCH
    assert per_epoch * BATCH == len(train_t), "an incomplete last batch is a difference of its own"
    ours, theirs = [], []
    for update in range(UPDATES):
        epoch, position = divmod(update, per_epoch)
        rows = epoch_order(spec.training.seed, epoch, len(train_t))[position * BATCH : (position + 1) * BATCH]
        losses = one_epoch(twin, [(train_x[row], train_t[row]) for row in rows], BATCH, rate)
        theirs.append(float(np.mean(losses)))
        trainer.finish(trainer.launch(1, evaluate=False))
        loss = mean_loss(trainer.tally)
        assert loss is not None
        ours.append(loss)
        trainer.tally = type(trainer.tally)()
    net = twin_net(trainer.snapshot().layers, spec)
    last = Playground([*net[:-1], (net[-1][0], net[-1][1], twin.layers[-1][2])])
    ours.append(last.loss(test_x, test_t))
    theirs.append(twin.loss(test_x, test_t))
    return ours, theirs


CASES: dict[str, dict[str, Any]] = {
    "the page's default": {},
    "exclusive or, relu": {"name": "xor", "activation": "relu", "noise": 0.1},
    "gauss, sigmoid, noise": {"name": "gauss", "activation": "sigmoid", "noise": 0.25, "rate": 0.1},
    "spiral, all features, six layers": {
        "name": "spiral", "shape": (8, 8, 8, 8, 8, 8),
        "features": ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"),
    },
    "no hidden layer": {"name": "gauss", "shape": ()},
    "regression on a plane, linear": {"name": "plane", "samples": 1200, "activation": "linear", "rate": 0.01},
    "regression on hills": {"name": "multi_gauss", "samples": 1200},
    "l2": {"regularization": ("l2", 0.03)},
    "l1 that reaches no zero for good": {"name": "xor", "regularization": ("l1", 0.0003)},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_thousand_updates_follow_the_page_loss_by_loss(case: dict[str, Any]) -> None:
    ours, theirs = both_curves(playground(**case))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)
    assert theirs[0] - min(theirs) > TOLERANCE, "nothing was learned, so nothing was compared"


def test_but_for_links_that_die_l1_follows_the_page() -> None:
    spec = playground(regularization=("l1", 0.01))
    ours, theirs = both_curves(spec, links_die=False)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)


def test_a_link_that_l1_has_set_to_zero_may_come_back_here_and_never_does_there() -> None:
    spec = playground(regularization=("l1", 0.03))
    ours, theirs = both_curves(spec, links_die=True)
    assert np.abs(np.subtract(ours, theirs)).max() > TOLERANCE


def test_the_page_keeps_an_incomplete_batch_for_the_next_epoch_and_the_engine_trains_on_it() -> None:
    spec = playground(samples=30)
    trainer = trainer_of(spec)
    page = twin_of(trainer, spec)
    train = trainer.subject.dataset.train
    rows = list(zip(train.inputs.astype(np.float64), targets_of(trainer, train.labels), strict=True))
    assert len(rows) == 15

    one_epoch(page, rows, BATCH, 0.03)
    after_one_update = [weight.copy() for weight, _, _ in page.layers]
    one_epoch(page, rows[:9], BATCH, 0.03)
    for before, (weight, _, _) in zip(after_one_update, page.layers, strict=True):
        np.testing.assert_array_equal(weight, before)

    assert trainer.walk.per_epoch == 2
    done = trainer.finish(trainer.launch(2, evaluate=False)).cursor
    assert (done.epoch, done.update) == (1, 2)
