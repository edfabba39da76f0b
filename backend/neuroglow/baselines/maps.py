"""What a fitted model answers over the plane, on the same cells and in the same terms as the network's output map."""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np

from neuroglow.baselines.judging import Array, Judge, as_doubles
from neuroglow.spec.datasets import PLANE_DOMAIN
from neuroglow.spec.model_results import ModelMap

RESOLUTION = 100
LEVELS = 255
WIDEST_MARGIN = 2.0
"""Distances from a border beyond this look the same."""

Activation = Literal["sigmoid", "softmax", "linear", "margin"]


def cells(resolution: int) -> Array:
    """Centres of the cells, (resolution², 2), row by row from the top left (x2 highest first)."""
    low, high = PLANE_DOMAIN
    centres = low + (np.arange(resolution) + 0.5) * ((high - low) / resolution)
    x1, x2 = np.meshgrid(centres, centres[::-1])
    return np.stack([x1.ravel(), x2.ravel()], axis=1)


def map_of(judge: Judge) -> ModelMap | None:
    """None where the data do not lie in the plane."""
    dataset = judge.dataset
    if dataset.facts.kind != "plane":
        return None
    values, activation = _answers(judge, as_doubles(dataset.encode(cells(RESOLUTION).astype(np.float32))))
    low, high = float(values.min()), float(values.max())
    levels = np.round((values - low) / ((high - low) or 1.0) * LEVELS).astype(np.uint8)
    return ModelMap(
        resolution=RESOLUTION,
        domain=(*PLANE_DOMAIN, *PLANE_DOMAIN),
        activation=activation,
        units=values.shape[1],
        low=low,
        high=high,
        levels=base64.b64encode(np.ascontiguousarray(levels.T).tobytes()).decode(),
    )


def _answers(judge: Judge, inputs: Array) -> tuple[Array, Activation]:
    """(cells, units): one unit for numbers and two classes (evidence for the second), else one per class."""
    if judge.dataset.facts.task == "regression":
        return as_doubles(judge.fitted.predict(inputs))[:, None], "linear"
    probabilities = judge.probabilities(inputs)
    if probabilities is None:
        return np.clip(_margins(judge, inputs), -WIDEST_MARGIN, WIDEST_MARGIN), "margin"
    if judge.classes == 2:
        return probabilities[:, 1:], "sigmoid"
    return probabilities, "softmax"


def _margins(judge: Judge, inputs: Array) -> Array:
    """Distance from the border of each class, positive inside; with two classes only that of the second."""
    fitted: Any = judge.fitted
    decisions = as_doubles(fitted.decision_function(inputs))
    if decisions.ndim == 1:
        one = decisions[:, None]
        return one if judge.classes == 2 else _spread(judge, np.concatenate([-one, one], axis=1))
    best_of_others = np.stack(
        [np.delete(decisions, own, axis=1).max(axis=1) for own in range(decisions.shape[1])], axis=1
    )
    return _spread(judge, decisions - best_of_others)


def _spread(judge: Judge, margins: Array) -> Array:
    """A column for every class of the data set; one that no training row has is nowhere."""
    every = np.full((len(margins), judge.classes), -WIDEST_MARGIN)
    every[:, judge.fitted.classes_.astype(int)] = margins
    return every
