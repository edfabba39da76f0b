"""Clusters among the inputs, found without labels and then compared with them."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.baselines.estimators import SEED, caps_of, clusterer
from neuroglow.baselines.judging import Array, as_doubles, finite
from neuroglow.data import Dataset
from neuroglow.errors import InvalidInputError
from neuroglow.spec.data import AnyData
from neuroglow.spec.datasets import input_names, source_facts
from neuroglow.spec.limits import MAX_CLUSTERS, MIN_CLUSTERS
from neuroglow.spec.model_results import Cluster, ClusterChoice, Clustering, Ellipse
from neuroglow.spec.models import ClusterModel

SHOWN_ROWS = 2_000
SILHOUETTE_ROWS = 2_000
"""Its cost grows with the square of the rows."""
CHOICE_ROWS = 5_000
"""Rows on which other numbers of clusters are tried."""


@dataclass(frozen=True)
class View:
    """From inputs to the two axes that are shown: (inputs − mean) @ axes. Empty axes where the view is not linear."""

    names: tuple[str, str]
    positions: Array
    """(rows, 2)"""
    mean: Array
    axes: Array
    """(inputs, 2)"""
    share: float


def find_clusters(data: AnyData, dataset: Dataset, model: ClusterModel) -> Clustering:
    """Of the training rows. Raises `InvalidInputError` where there are fewer different rows than clusters."""
    split = dataset.train
    inputs = as_doubles(split.inputs[: caps_of(model).fit])
    different = len(np.unique(inputs[: SHOWN_ROWS * 2], axis=0))
    if different <= model.clusters:
        raise InvalidInputError(
            f"There are only {different} different training rows; choose fewer clusters", field="/model/clusters"
        )
    view = _view(data, dataset, inputs)
    fitted, secs = _fitted(model, model.clusters, inputs)
    found = fitted.predict(inputs)
    order = np.argsort(-np.bincount(found, minlength=model.clusters), kind="stable")
    place = np.argsort(order)[found]
    labels = split.targets[: len(inputs)] if source_facts(data).classes else None
    notes = [f"Fitted on {len(inputs):,} of {len(split.inputs):,} rows"] if len(inputs) < len(split.inputs) else []
    return Clustering(
        type=model.type,
        fitted_rows=len(inputs),
        train_rows=len(split.inputs),
        fit_secs=secs,
        axes=view.names,
        shown_variance=view.share,
        clusters=tuple(_cluster(fitted, view, place, number, int(old)) for number, old in enumerate(order)),
        assignments=tuple(place[:SHOWN_ROWS].tolist()),
        labels=() if labels is None else tuple(labels[:SHOWN_ROWS].tolist()),
        positions=tuple((float(x), float(y)) for x, y in view.positions[:SHOWN_ROWS]),
        silhouette=_silhouette(inputs, place),
        silhouette_rows=min(SILHOUETTE_ROWS, len(inputs)),
        adjusted_rand=None if labels is None else _agreement(labels, place),
        choice=_choice(model, inputs[:CHOICE_ROWS], different),
        notes=tuple(notes),
    )


def _fitted(model: ClusterModel, clusters: int, inputs: Array) -> tuple[Any, float]:
    with warnings.catch_warnings():
        # Fewer different rows than clusters, or a mixture that still creeps: the figures say how good it is.
        warnings.simplefilter("ignore")
        unfitted = clusterer(model, clusters)
        began = time.perf_counter()
        fitted = unfitted.fit(inputs)
        return fitted, time.perf_counter() - began


def _view(data: AnyData, dataset: Dataset, inputs: Array) -> View:
    """The plane where there is one, else the first two principal components."""
    names = input_names(data)
    if dataset.facts.kind == "plane":
        raw = as_doubles(dataset.train.raw[: len(inputs)])
        # Only where the inputs are the coordinates themselves is there a straight way back from them to the plane.
        identity = np.array([[name == "x1", name == "x2"] for name in names], np.float64)
        is_linear = sorted(names) == ["x1", "x2"]
        return View(("x1", "x2"), raw, np.zeros(len(names)), identity if is_linear else np.empty((0, 0)), 1.0)
    from sklearn.decomposition import PCA

    components = min(2, inputs.shape[1])
    analysis = PCA(n_components=components, random_state=SEED).fit(inputs)
    axes = np.zeros((inputs.shape[1], 2))
    axes[:, :components] = analysis.components_.T
    share = min(1.0, float(np.nan_to_num(analysis.explained_variance_ratio_).sum()))
    return View(("component 1", "component 2"), (inputs - analysis.mean_) @ axes, analysis.mean_, axes, share)


def _cluster(fitted: Any, view: View, place: NDArray[Any], number: int, old: int) -> Cluster:
    mine = place == number
    centre, spread = _shape(fitted, view, mine, old)
    return Cluster(
        rows=int(mine.sum()),
        share=float(mine.mean()),
        centre=(float(centre[0]), float(centre[1])),
        ellipse=_ellipse(spread) if hasattr(fitted, "covariances_") else None,
    )


def _shape(fitted: Any, view: View, mine: NDArray[Any], old: int) -> tuple[Array, Array]:
    """Centre (2,) and covariance (2, 2) in the view: the model's own, or where there is no straight way its rows'."""
    if view.axes.size == 0:
        members = view.positions[mine] if mine.any() else view.positions
        return members.mean(axis=0), np.cov(members.T, ddof=0)
    if not hasattr(fitted, "covariances_"):
        return (fitted.cluster_centers_[old] - view.mean) @ view.axes, np.zeros((2, 2))
    covariance = fitted.covariances_[old]
    full = covariance if np.ndim(covariance) == 2 else np.diag(np.broadcast_to(covariance, len(view.mean)))
    return (fitted.means_[old] - view.mean) @ view.axes, view.axes.T @ full @ view.axes


def _ellipse(covariance: Array) -> Ellipse:
    sizes, directions = np.linalg.eigh(covariance)
    long, short = np.sqrt(np.maximum(sizes[::-1], 0.0))
    first = directions[:, 1]
    return Ellipse(half_axes=(float(long), float(short)), turn=float(np.arctan2(first[1], first[0])))


def _silhouette(inputs: Array, place: NDArray[Any]) -> float | None:
    from sklearn.metrics import silhouette_score

    rows, groups = inputs[:SILHOUETTE_ROWS], place[:SILHOUETTE_ROWS]
    if not 2 <= len(np.unique(groups)) < len(rows):
        return None
    return finite(silhouette_score(rows, groups))


def _agreement(labels: NDArray[Any], place: NDArray[Any]) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(labels, place))


def _choice(model: ClusterModel, inputs: Array, different: int) -> tuple[ClusterChoice, ...]:
    """The silhouette for every number of clusters that these rows allow."""
    numbers = range(MIN_CLUSTERS, min(MAX_CLUSTERS, different - 1) + 1)
    return tuple(
        ClusterChoice(
            clusters=number, silhouette=_silhouette(inputs, _fitted(model, number, inputs)[0].predict(inputs))
        )
        for number in numbers
    )
