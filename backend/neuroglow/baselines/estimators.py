"""From a model's spec to scikit-learn's estimator, and how many rows each can take before it becomes too slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neuroglow.spec.facts import Task
from neuroglow.spec.models import (
    ClusterModel,
    DecisionTree,
    GaussianMixture,
    GradientBoosting,
    KMeans,
    LinearRegression,
    LogisticRegression,
    NearestNeighbours,
    RandomForest,
    Ridge,
    SupervisedModel,
    SupportVectorMachine,
)

SEED = 0
"""Of what an estimator draws by itself: the same data and model give the same answer."""
MAX_ITERATIONS = 1_000
STARTS = 10
"""Beginnings of k-means, the best kept; a mixture begins at its centres."""


@dataclass(frozen=True)
class Caps:
    """Rows used for fitting, and rows of each split that are judged; the first of the (shuffled) split."""

    fit: int
    judge: int


# What takes about ten seconds on one core with 20 columns.
_UNCAPPED = Caps(fit=2_000_000, judge=2_000_000)
_CAPS: dict[str, Caps] = {
    "decision_tree": Caps(fit=500_000, judge=2_000_000),
    "random_forest": Caps(fit=20_000, judge=50_000),
    "gradient_boosting": Caps(fit=500_000, judge=100_000),
    "nearest_neighbours": Caps(fit=50_000, judge=5_000),
    "support_vector_machine": Caps(fit=10_000, judge=5_000),
    "k_means": Caps(fit=100_000, judge=0),
    "gaussian_mixture": Caps(fit=50_000, judge=0),
}


def caps_of(model: SupervisedModel | ClusterModel) -> Caps:
    return _CAPS.get(model.type, _UNCAPPED)


def estimator(model: SupervisedModel, task: Task) -> Any:
    """Unfitted. The task is one that the model can learn (`spec.models.MODELS`)."""
    is_regression = task == "regression"
    match model:
        case LinearRegression():
            from sklearn import linear_model

            return linear_model.LinearRegression()
        case Ridge():
            from sklearn import linear_model

            return linear_model.Ridge(alpha=model.alpha)
        case LogisticRegression():
            from sklearn import linear_model

            return linear_model.LogisticRegression(C=model.c, max_iter=MAX_ITERATIONS)
        case DecisionTree():
            from sklearn import tree

            kind = tree.DecisionTreeRegressor if is_regression else tree.DecisionTreeClassifier
            return kind(max_depth=model.max_depth, min_samples_leaf=model.min_leaf, random_state=SEED)
        case RandomForest():
            from sklearn import ensemble

            kind = ensemble.RandomForestRegressor if is_regression else ensemble.RandomForestClassifier
            return kind(n_estimators=model.trees, max_depth=model.max_depth, random_state=SEED)
        case GradientBoosting():
            from sklearn import ensemble

            kind = ensemble.HistGradientBoostingRegressor if is_regression else ensemble.HistGradientBoostingClassifier
            return kind(
                max_iter=model.rounds,
                learning_rate=model.learning_rate,
                max_leaf_nodes=model.leaves,
                random_state=SEED,
            )
        case NearestNeighbours():
            from sklearn import neighbors

            kind = neighbors.KNeighborsRegressor if is_regression else neighbors.KNeighborsClassifier
            return kind(n_neighbors=model.neighbours, weights=model.weights)
        case SupportVectorMachine():
            from sklearn import svm

            if is_regression:
                return svm.SVR(C=model.c, kernel=model.kernel)
            # Ties between many classes go to the widest margin: what is predicted is what the map shows.
            return svm.SVC(C=model.c, kernel=model.kernel, break_ties=True)


def clusterer(model: ClusterModel, clusters: int) -> Any:
    """Unfitted, for that many clusters."""
    match model:
        case KMeans():
            from sklearn import cluster

            return cluster.KMeans(n_clusters=clusters, n_init=STARTS, random_state=SEED)
        case GaussianMixture():
            from sklearn import mixture

            return mixture.GaussianMixture(
                n_components=clusters, covariance_type=model.covariance, max_iter=MAX_ITERATIONS, random_state=SEED
            )
