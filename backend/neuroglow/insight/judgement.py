"""The `judgement` stream: how good the network is on one split, beyond loss and accuracy.

The device makes one batched forward pass; everything else is NumPy on the host (`insight.judging`), a few milliseconds
for the rows that are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.numbers import abstract_hyper
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State, bucket
from neuroglow.insight.judging import curves, probabilities, verdict
from neuroglow.insight.judging.numbers import HISTOGRAM_BINS
from neuroglow.insight.probe import Outputs, Subject, Tensors
from neuroglow.nets.losses import loss
from neuroglow.nets.model import Network
from neuroglow.wire.subscriptions import SubscribeJudgement

JUDGED_ROWS = 2_000
"""Rows that are judged, at most; a larger split is judged on its first, and splits are shuffled."""

PROBABLE = ("auto", "cross_entropy", "focal")
"""Losses that train probabilities; the others train scores, which can be ranked but not calibrated."""


def class_scores(z: NDArray[np.float32], *, are_probabilities: bool) -> NDArray[np.float64]:
    """z (rows, outputs) -> (rows, classes): probabilities, or one score per class. One output means two classes."""
    wide = np.clip(np.nan_to_num(z.astype(np.float64)), -verdict.SINGLE_MOST, verdict.SINGLE_MOST)
    is_one = wide.shape[1] == 1
    if not are_probabilities:
        return np.concatenate([-wide, wide], axis=1) if is_one else wide
    if is_one:
        # Each from its own side, so that neither loses its small digits to the other.
        chances: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, np.concatenate([wide, -wide], axis=1)))
        return chances
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


class JudgementProbe:
    def __init__(self, ask: SubscribeJudgement, subject: Subject) -> None:
        dataset = subject.dataset
        split = dataset.train if ask.split == "train" else dataset.test
        self._subject = subject
        self._steps = subject.rule.objective.steps
        self._total = len(split.labels)
        self._count = min(self._total, max(1, JUDGED_ROWS // (self._steps or 1)))
        self._has_classes = dataset.facts.task == "classification"
        self._is_vector = split.labels.ndim == 2 and self._steps is None
        truth = split.targets if self._steps is None and not self._is_vector else split.labels
        self._truth = truth[: self._count]
        if self._steps is not None:
            self._truth = self._truth.ravel()
        self._bucket = bucket(max(1, self._count))
        self._inputs: Array = jax.device_put(self._padded(split.inputs))
        self._labels: Array = jax.device_put(self._padded(split.labels))

    def _padded(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        padded = np.zeros((self._bucket, *rows.shape[1:]), np.float32)
        padded[: self._count] = rows[: self._count]
        return padded

    @property
    def key(self) -> Hashable:
        return ("judgement", self._subject.shape, self._subject.rule.objective, self._bucket)

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "activation": self._subject.head,
            "rows": self._count,
            "total": self._total,
            "chosen": "all" if self._count == self._total else "first",
            "figures": list(verdict.CLASS_FIGURES if self._has_classes else verdict.NUMBER_FIGURES),
        }
        if self._has_classes:
            facts |= {"columns": list(verdict.CLASS_COLUMNS), "zero_division": 0, "bins": probabilities.BINS}
        return facts

    @property
    def frame_bytes(self) -> int:
        shared = 4 * self._count * (self._steps or 1) + verdict.WORST + 1
        if not self._has_classes:
            per_output = len(verdict.OUTPUT_COLUMNS) * self._subject.shape.outputs
            return 4 * (shared + HISTOGRAM_BINS + 2 + len(verdict.NUMBER_FIGURES) + per_output)
        classes = len(self._subject.dataset.facts.classes)
        with_curves = classes if classes <= verdict.CURVE_CLASSES else 0
        per_class = classes + 3 * len(verdict.CLASS_COLUMNS) + 3 * probabilities.BINS
        return 4 * (shared + per_class * (classes + 1) + 6 * curves.POINTS * with_curves)

    def compile(self) -> Callable[..., Outputs]:
        subject, objective = self._subject, self._subject.rule.objective

        if self._steps is not None:
            objective = replace(objective, steps=None)

        def program(model: Network, inputs: Array, labels: Array, parameter: Array | None) -> tuple[Array, Array]:
            z = model.of_rows(inputs)
            if self._steps is not None:
                z, labels = z.reshape(-1, z.shape[-1]), labels.ravel()
            return z, jax.vmap(lambda one, label: loss(objective, one, label, parameter))(z, labels)

        inputs = ShapeDtypeStruct(self._inputs.shape, jnp.float32)
        labels = ShapeDtypeStruct(self._labels.shape, jnp.float32)
        parameter = abstract_hyper(subject.rule, subject.shape).loss_parameter
        return jax.jit(program).lower(abstract_state(subject.shape, "sgd").model, inputs, labels, parameter).compile()

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._inputs, self._labels, hyper.loss_parameter)

    def tensors(self, outputs: Outputs) -> Tensors:
        answers = self._count * (self._steps or 1)
        z, losses = (np.asarray(array)[:answers] for array in outputs)
        rows = np.arange(answers, dtype=np.uint32) // np.uint32(self._steps or 1)
        of_rows = {"rows": rows, "of": np.array([self._total], np.uint32)}
        return of_rows | self._judged(z, np.nan_to_num(losses.astype(np.float64)))

    def _judged(self, z: NDArray[np.float32], losses: NDArray[np.float64]) -> Tensors:
        dataset = self._subject.dataset
        if self._has_classes:
            probable = self._subject.experiment.training.loss in PROBABLE
            scores, actual = class_scores(z, are_probabilities=probable), self._truth.astype(np.int64)
            return verdict.judge_classes(scores, actual, scores.argmax(axis=1), losses, are_probabilities=probable)
        answers, truth = np.nan_to_num(z.astype(np.float64)), self._truth.astype(np.float64)
        if self._is_vector:
            return verdict.judge_vectors(truth, answers, losses)
        return verdict.judge_numbers(truth, dataset.target_mean + dataset.target_std * answers[:, 0], losses)
