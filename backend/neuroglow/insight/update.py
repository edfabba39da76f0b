"""The `update` stream: the batch that training takes next, its loss and slopes, and what the update makes of one layer.

Of a run that stands still it tells beforehand what a single step will do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.optimizers import bounded, rate_now
from neuroglow.engine.programs import TrainKey, abstract_batches, abstract_rows, train_key
from neuroglow.engine.rule import Rule
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import Batches, Rows, State, batch_at, chance_at, gradient, one_update, picked_at
from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.spec.limits import MAX_INSIDE_CELLS
from neuroglow.wire.subscriptions import SubscribeUpdate


def next_update(
    rule: Rule, batch_bucket: int, state: State, hyper: Hyper, rows: Rows, batches: Batches
) -> dict[str, Any]:
    """`picked` i32 (batch_bucket,) training rows, `count` how many of them are no padding, `loss` () of the batch
    before the update as training has it, `rate` () the learning rate; for all blocks their parameters `slope`, as the
    optimizer is given them, and `after` the update."""
    first = jnp.zeros((), jnp.int32)
    picked, is_row = picked_at(rows, batches, batch_bucket, first)
    batch = batch_at(rows, batches, batch_bucket, first)
    chance = chance_at(rule, state.model, hyper, batches, batch, first)
    (mean, _), slope = gradient(rule.objective, state.model, hyper, batch, chance)
    after, _, _ = one_update(rule, state, hyper, batch, chance)
    return {
        "picked": picked,
        "count": jnp.sum(is_row),
        "loss": mean,
        "rate": jnp.asarray(rate_now(rule, hyper)),
        "slope": tuple(block.parameters for block in bounded(rule, hyper, slope).blocks),
        "after": tuple(block.parameters for block in after.model.blocks),
    }


def _arguments(key: TrainKey) -> tuple[Any, ...]:
    return (
        abstract_state(key.shape, key.rule.optimizer),
        abstract_hyper(key.rule, key.shape),
        abstract_rows(key.shape.inputs, key.train_bucket, key.label_shape),
        abstract_batches(key),
    )


class UpdateProbe:
    """Bound `update` subscription. One program tells it of all layers, so it is compiled once for a network.

    Arrays of more than `MAX_INSIDE_CELLS` numbers are left out, and named.
    """

    def __init__(self, ask: SubscribeUpdate, subject: Subject) -> None:
        if ask.layer not in subject.names:
            raise InvalidInputError(f"No layer is named '{ask.layer}'", field="/layer")
        self._subject, self._layer = subject, ask.layer
        self._key = train_key(subject.experiment)
        self._parameters = subject.layer(ask.layer).parameters
        self._sizes = {
            f"{name}.{what}": parameter.size
            for what in ("slope", "after")
            for name, parameter in self._parameters.items()
            if what == "after" or parameter.is_learned
        }
        self._shown = tuple(name for name, size in self._sizes.items() if size <= MAX_INSIDE_CELLS)

    @property
    def key(self) -> Hashable:
        return ("update", self._key)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "layer": self._layer,
            "optimizer": self._key.rule.optimizer,
            "parameters": [name for name, parameter in self._parameters.items() if parameter.is_learned],
            "left_out": [name for name in self._sizes if name not in self._shown],
        }

    @property
    def frame_bytes(self) -> int:
        return 4 * (self._key.batch_bucket + 2 + sum(self._sizes[name] for name in self._shown))

    def compile(self) -> Callable[..., Outputs]:
        rule, batch_bucket = self._key.rule, self._key.batch_bucket

        def program(state: State, hyper: Hyper, rows: Rows, batches: Batches) -> dict[str, Any]:
            return next_update(rule, batch_bucket, state, hyper, rows, batches)

        return jax.jit(program).lower(*_arguments(self._key)).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        ahead = self._subject.ahead
        assert ahead is not None, "launched only where something trains"
        return program(state, hyper, *ahead())

    def tensors(self, outputs: Outputs) -> Tensors:
        count = int(outputs["count"])
        parts = {what: self._subject.pick(outputs[what], self._layer) for what in ("slope", "after")}
        arrays = {name: np.asarray(parts[name.rpartition(".")[2]][name.rpartition(".")[0]]) for name in self._shown}
        return {
            "rows": np.asarray(outputs["picked"])[:count].astype(np.uint32),
            **{name: np.asarray(outputs[name], np.float32)[None] for name in ("loss", "rate")},
            **{f"{self._layer}.{name}": array.astype(np.float32) for name, array in arrays.items()},
        }
