"""Sampling, the bottleneck of a variational autoencoder: its noise, its divergence, and what they do to training."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuroglow.engine.chance import chance_of
from neuroglow.engine.snapshot import initial_snapshot, to_state
from neuroglow.engine.train import Batch, batch_loss
from neuroglow.errors import InvalidInputError
from neuroglow.nets.losses import objective_of
from unit.rig import as_bytes, experiment, numbers_of, trained, trainer_of

CODE = [
    {"units": 6}, {"units": 4, "activation": "linear", "name": "distribution"},
    {"type": "sampling", "kl_weight": 0.3}, {"units": 6},
]  # fmt: skip
SPEC = experiment(data={"source": "bundled", "name": "iris", "goal": "reconstruct"}, network={"layers": CODE})


def test_the_loss_gains_the_divergence_from_the_standard_normal_distribution() -> None:
    trainer = trainer_of(SPEC)
    model, hyper = trainer.state.model, numbers_of(SPEC)
    x = jnp.asarray(trainer.subject.dataset.train.inputs[:7])
    batch = Batch(x, x, jnp.asarray([1, 1, 1, 1, 1, 0, 0], jnp.float32))
    noise = jnp.asarray(np.random.default_rng(0).normal(size=(7, 2)), jnp.float32)
    chance = (None, None, noise, None, None)
    mean, (sums, _) = jax.jit(batch_loss, static_argnums=0)(objective_of(SPEC), model, hyper, batch, chance)

    parts = [jax.tree.map(lambda array: np.asarray(array, float), block.parameters) for block in model.blocks]
    rows: Any = np.asarray(x, float)
    first = np.tanh(rows @ parts[0]["weight"].T + parts[0]["bias"])
    means, logarithms = np.split(first @ parts[1]["weight"].T + parts[1]["bias"], 2, axis=1)
    code = means + np.exp(logarithms / 2) * np.asarray(noise)
    third = np.tanh(code @ parts[3]["weight"].T + parts[3]["bias"])
    answers = third @ parts[4]["weight"].T + parts[4]["bias"]
    losses = 0.5 * np.mean((answers - rows) ** 2, axis=1)[:5]
    divergence = -0.5 * np.sum(1 + logarithms - means**2 - np.exp(logarithms), axis=1)[:5]
    assert float(mean) == pytest.approx((losses + 0.3 * divergence).mean(), rel=1e-5)
    assert float(sums.loss) == pytest.approx(losses.sum(), rel=1e-5), "figures are comparable between networks"


def test_noise_is_standard_normal_and_new_for_every_update_and_number() -> None:
    model, numbers = to_state(initial_snapshot(SPEC)).model, numbers_of(SPEC).chance
    assert numbers is not None
    drawn = [
        chance_of(numbers, model, jnp.uint32(epoch), jnp.int32(position), 4_000)
        for epoch, position in ((0, 0), (0, 1), (1, 0), (0, 0))
    ]
    assert [each is not None for each in drawn[0]] == [False, False, True, False, False]
    first, second, third, again = (np.asarray(each[2]) for each in drawn)
    assert first.shape == (4_000, 2)
    assert abs(first.mean()) < 0.05
    assert first.std() == pytest.approx(1.0, abs=0.03)
    assert first.tobytes() == again.tobytes()
    assert len({array.tobytes() for array in (first, second, third)}) == 3
    assert abs(np.corrcoef(first[:, 0], second[:, 0])[0, 1]) < 0.06


def test_a_run_with_noise_repeats_to_the_bit_however_it_is_cut() -> None:
    whole = as_bytes(trained(trainer_of(SPEC), 30))
    assert as_bytes(trained(trainer_of(SPEC), 30, cuts=[7, 8, 21])) == whole


def test_means_and_variances_come_in_pairs() -> None:
    with pytest.raises(InvalidInputError, match="even number") as caught:
        experiment(network={"layers": [{"units": 5}, {"type": "sampling"}]})
    added = caught.value.facts["repair"]["patch"][-1]["value"]
    assert (added["type"], added["units"], added["activation"]) == ("dense", 4, "linear")
