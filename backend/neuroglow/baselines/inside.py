"""White boxes opened: coefficients, the tree, importances, what is stored."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuroglow.baselines.judging import Array, Judge, as_doubles
from neuroglow.spec.model_results import (
    Coefficients,
    Importances,
    Neighbours,
    SupportVectors,
    Tree,
    TreeNode,
    WhiteBox,
)
from neuroglow.spec.models import SupervisedModel

SHOWN_DEPTH = 8
SHOWN_NODES = 511
SHOWN_INPUTS = 256
"""Of a model with more, those with the largest figures are told."""
SHUFFLED_ROWS = 300
SHUFFLES = 3
FEW_INPUTS = 64
"""More are shuffled only once each."""


@dataclass(frozen=True)
class Inside:
    """What was found, and the size of the model: `count` of `what`."""

    box: WhiteBox
    count: int
    what: str


def open_box(judge: Judge, model: SupervisedModel, names: tuple[str, ...], inputs: Array) -> Inside:
    """`inputs` are the rows the model was fitted on, `names` the names of their columns."""
    fitted = judge.fitted
    match model.type:
        case "linear_regression" | "ridge" | "logistic_regression":
            return Inside(
                _coefficients(judge, names, inputs), fitted.coef_.size + fitted.intercept_.size, "coefficients"
            )
        case "decision_tree":
            return Inside(_tree(judge, names), fitted.tree_.node_count, "nodes")
        case "random_forest":
            nodes = sum(tree.tree_.node_count for tree in fitted.estimators_)
            return Inside(_importances("impurity", names, fitted.feature_importances_), nodes, "nodes")
        case "gradient_boosting":
            leaves = sum(tree.get_n_leaf_nodes() for stage in fitted._predictors for tree in stage)  # noqa: SLF001
            return Inside(_importances("permutation", names, _shuffled(judge)), leaves, "leaves")
        case "nearest_neighbours":
            stored = int(fitted.n_samples_fit_)
            return Inside(Neighbours(neighbours=fitted.n_neighbors, stored_rows=stored), stored, "stored rows")
        case "support_vector_machine":
            counts = tuple(int(count) for count in fitted.n_support_)
            return Inside(SupportVectors(counts=counts), sum(counts), "support vectors")


def _coefficients(judge: Judge, names: tuple[str, ...], inputs: Array) -> Coefficients:
    """Per standard deviation of an input, so that inputs of different spread compare."""
    facts, scale = judge.dataset.facts, judge.dataset.target_std
    weights, bias = np.atleast_2d(judge.fitted.coef_), np.atleast_1d(judge.fitted.intercept_)
    rows: tuple[str, ...] = (facts.target,)
    if facts.task == "classification":
        known = judge.fitted.classes_.astype(int)
        rows = tuple(facts.classes[index] for index in (known if len(weights) > 1 else known[1:]))
    values = weights * inputs.std(axis=0) * scale
    at_mean = judge.dataset.target_mean + scale * (bias + weights @ inputs.mean(axis=0))
    largest = _largest(np.abs(values).max(axis=0))
    return Coefficients(
        inputs=tuple(names[index] for index in largest),
        rows=rows,
        values=tuple(tuple(row[largest].tolist()) for row in values),
        intercepts=tuple(at_mean.tolist()),
    )


def _tree(judge: Judge, names: tuple[str, ...]) -> Tree:
    tree = judge.fitted.tree_
    places = _breadth_first(tree)
    kept = {node: place for place, (node, _) in enumerate(places)}
    shown = _largest(judge.fitted.feature_importances_)
    return Tree(
        nodes=tuple(_node(judge, names, tree, node, depth, kept) for node, depth in places),
        node_count=int(tree.node_count),
        depth=int(tree.max_depth),
        shown_depth=max(depth for _, depth in places),
        importances=tuple(judge.fitted.feature_importances_[shown].tolist()),
        inputs=tuple(names[index] for index in shown),
    )


def _breadth_first(tree: Any) -> list[tuple[int, int]]:
    """(node, depth) of those that are told: whole levels, as many as `SHOWN_DEPTH` and `SHOWN_NODES` allow."""
    found: list[tuple[int, int]] = []
    waiting = deque([(0, 0)])
    while waiting:
        node, depth = waiting.popleft()
        if depth > SHOWN_DEPTH:
            break
        if found and depth > found[-1][1] and len(found) + len(waiting) + 1 > SHOWN_NODES:
            break
        found.append((node, depth))
        if tree.children_left[node] >= 0:
            waiting.extend((int(child[node]), depth + 1) for child in (tree.children_left, tree.children_right))
    return found


def _node(judge: Judge, names: tuple[str, ...], tree: Any, node: int, depth: int, kept: dict[int, int]) -> TreeNode:
    dataset = judge.dataset
    rows, value = int(tree.n_node_samples[node]), tree.value[node, 0]
    is_leaf = tree.children_left[node] < 0
    counts: tuple[int, ...] = ()
    if dataset.facts.task == "classification":
        every = np.zeros(judge.classes)
        every[judge.fitted.classes_.astype(int)] = value
        counts = tuple(int(count) for count in np.rint(every * rows))
        answer = float(judge.fitted.classes_[np.argmax(value)])
    else:
        answer = dataset.target_mean + dataset.target_std * float(value[0])
    split = {} if is_leaf else _question(judge, names, int(tree.feature[node]), float(tree.threshold[node]))
    return TreeNode(
        depth=depth,
        rows=rows,
        impurity=float(tree.impurity[node]),
        value=answer,
        counts=counts,
        below=None if is_leaf else kept.get(int(tree.children_left[node])),
        above=None if is_leaf else kept.get(int(tree.children_right[node])),
        is_leaf=bool(is_leaf),
        **split,
    )


def _question(judge: Judge, names: tuple[str, ...], column: int, threshold: float) -> dict[str, Any]:
    """`input` ≤ `threshold`, in centimetres rather than in standard deviations where the column has them."""
    shift, width = judge.dataset.encoder.units()
    return {"input": names[column], "threshold": float(shift[column] + width[column] * threshold)}


def _importances(how: Any, names: tuple[str, ...], values: Array) -> Importances:
    shown = _largest(values)
    return Importances(
        how=how, inputs=tuple(names[index] for index in shown), values=tuple(as_doubles(values)[shown].tolist())
    )


def _shuffled(judge: Judge) -> Array:
    """How much the score on test rows falls when one column is shuffled."""
    from sklearn.inspection import permutation_importance

    split = judge.dataset.test
    inputs, labels = as_doubles(split.inputs[:SHUFFLED_ROWS]), as_doubles(split.labels[:SHUFFLED_ROWS])
    if len(labels) < 2:
        return np.zeros(inputs.shape[1])
    repeats = SHUFFLES if inputs.shape[1] <= FEW_INPUTS else 1
    found = permutation_importance(judge.fitted, inputs, labels, n_repeats=repeats, random_state=0)
    return np.nan_to_num(as_doubles(found.importances_mean))


def _largest(sizes: Array) -> Any:
    """Places of the largest, in the order of the inputs."""
    return np.sort(np.argsort(-sizes, kind="stable")[:SHOWN_INPUTS])
