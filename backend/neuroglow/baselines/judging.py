"""How good a fitted model is: the figures of the page, by scikit-learn's definitions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.data import Dataset, Split
from neuroglow.spec.model_results import Figures

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judge:
    """A fitted estimator and the data set it answers about."""

    fitted: Any
    dataset: Dataset

    @property
    def classes(self) -> int:
        return len(self.dataset.facts.classes)

    def figures(self, split: Split, rows: int) -> Figures:
        """Of the first `rows` of the split."""
        inputs, labels = as_doubles(split.inputs[:rows]), as_doubles(split.labels[:rows])
        answers = as_doubles(self.fitted.predict(inputs))
        if self.dataset.facts.task == "regression":
            return self._of_numbers(answers, labels)
        return self._of_classes(inputs, answers, labels)

    def probabilities(self, inputs: Array) -> Array | None:
        """(rows, classes), a column for every class of the data set; None where the model gives none."""
        if not hasattr(self.fitted, "predict_proba"):
            return None
        known = self.fitted.predict_proba(inputs)
        every = np.zeros((len(inputs), self.classes))
        every[:, self.fitted.classes_.astype(int)] = known
        return every

    def _of_classes(self, inputs: Array, answers: Array, labels: Array) -> Figures:
        from sklearn import metrics

        probabilities = self.probabilities(inputs)
        loss = None
        if probabilities is not None:
            loss = metrics.log_loss(labels, probabilities, labels=np.arange(self.classes, dtype=np.float64))
        return Figures(
            rows=len(labels),
            loss=finite(loss),
            accuracy=float(metrics.accuracy_score(labels, answers)),
            f1=float(metrics.f1_score(labels, answers, average="macro", zero_division=0.0)),
        )

    def _of_numbers(self, answers: Array, labels: Array) -> Figures:
        from sklearn import metrics

        # A single target, or targets that are all the same, leave nothing to explain.
        r2 = metrics.r2_score(labels, answers) if np.ptp(labels) > 0.0 else None
        return Figures(
            rows=len(labels),
            loss=finite(0.5 * metrics.mean_squared_error(labels, answers)),
            r2=finite(r2),
            mae=finite(self.dataset.target_std * metrics.mean_absolute_error(labels, answers)),
        )


def as_doubles(values: NDArray[Any]) -> Array:
    """float64: a least-squares fit in float32 would lose the digits that make figures comparable."""
    return np.asarray(values, np.float64)


def finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
