"""Answers to rows that someone brings: through the data set's encoder and the network, to classes and real units."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.data import AskedRow, raw_rows
from neuroglow.engine.snapshot import abstract_state
from neuroglow.engine.train import State, bucket
from neuroglow.errors import IllegalStateError
from neuroglow.insight.judgement import PROBABLE, class_scores
from neuroglow.insight.probe import Subject
from neuroglow.nets.model import Network
from neuroglow.spec.datasets import input_names


class RowAnswers:
    """Rows bound to an experiment; raises `InvalidInputError` where they do not fit its columns."""

    def __init__(self, rows: Sequence[AskedRow], subject: Subject) -> None:
        self._subject = subject
        inputs = subject.dataset.encode(raw_rows(subject.experiment.data, rows, at="/rows"))
        self._count = len(inputs)
        self._bucket = bucket(self._count)
        padded = np.zeros((self._bucket, inputs.shape[1]), np.float32)
        padded[: self._count] = inputs
        self._rows: Array = jax.device_put(padded)

    @property
    def key(self) -> Hashable:
        return ("answers", self._subject.shape, self._bucket)

    def compile(self) -> Callable[..., Array]:
        shape = self._subject.shape

        def program(model: Network, rows: Array) -> Array:
            return model.of_rows(rows)

        rows = ShapeDtypeStruct((self._bucket, shape.inputs), jnp.float32)
        return jax.jit(program).lower(abstract_state(shape, "sgd").model, rows).compile()

    def launch(self, program: Callable[..., Array], state: State) -> Array:
        """Enqueue; returns without waiting."""
        return program(state.model, self._rows)

    def document(self, outputs: Array) -> dict[str, Any]:
        """The members of `wire.http.PredictionsMade` but for the moment; waits for the device.

        Raises `IllegalStateError` for a network that answers with no numbers.
        """
        z = np.asarray(outputs)[: self._count]
        if not np.isfinite(z).all():
            raise IllegalStateError("The network's answers are beyond all numbers; rewind or reset the run")
        about = self._subject.dataset.facts
        members = {"task": about.task, "columns": list(about.columns), "target": about.target}
        if z.ndim == 3:
            last = self._classes(z[:, -1])
            steps = [[about.classes[place] for place in row] for row in z.argmax(axis=2).tolist()]
            told = [{**answer, "steps": row} for answer, row in zip(last, steps, strict=True)]
            return members | {"outputs": list(about.classes), "predictions": told}
        if about.task == "classification":
            return members | {"outputs": list(about.classes), "predictions": self._classes(z)}
        if about.task == "reconstruction":
            shift, width = self._subject.dataset.encoder.units()
            values = (shift + width * z.astype(np.float64)).tolist()
            names = list(input_names(self._subject.experiment.data))
            return members | {"outputs": names, "predictions": [{"values": row} for row in values]}
        dataset = self._subject.dataset
        numbers = (dataset.target_mean + dataset.target_std * z[:, 0].astype(np.float64)).tolist()
        return members | {"outputs": [about.target], "predictions": [{"value": number} for number in numbers]}

    def _classes(self, z: NDArray[np.float32]) -> list[dict[str, Any]]:
        classes = self._subject.dataset.facts.classes
        are_probabilities = self._subject.experiment.training.loss in PROBABLE
        scores = class_scores(z, are_probabilities=are_probabilities)
        kind = "probabilities" if are_probabilities else "scores"
        best = scores.argmax(axis=1).tolist()
        return [{"class": classes[place], kind: row} for place, row in zip(best, scores.tolist(), strict=True)]
