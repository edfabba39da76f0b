"""What a fitted model tells: figures, times, a map, and the inside of those that can be read.

Plain data that the process which fits, the gateway and every client know alike. Nothing here is ever not a number.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figures(_Result):
    """Of one split. `loss` is as for the network: cross-entropy in nats, or half the squared error in standard
    deviations of the target; null where the model gives no probabilities. `accuracy` and macro `f1` for classes, `r2`
    and `mae` (in the target's own units) for numbers; scikit-learn's definitions."""

    rows: int
    """Judged: the first of the (shuffled) split where judging all would take too long."""
    loss: float | None = None
    accuracy: float | None = None
    f1: float | None = None
    r2: float | None = None
    mae: float | None = None


class ModelMap(_Result):
    """The answer over the plane, as the `maps` stream gives the network's: U8 (units, r, r), row 0 the top, in base64;
    value = low + (high − low)·u/255. `activation` says what the values are: `sigmoid` and `softmax` probabilities,
    `linear` standard deviations of the target, `margin` a support vector machine's distance from the border."""

    resolution: int
    domain: tuple[float, float, float, float]
    activation: Literal["sigmoid", "softmax", "linear", "margin"]
    units: int
    low: float
    high: float
    levels: str


class Coefficients(_Result):
    """Of the standardised inputs: what one standard deviation of that input adds. One row for numbers and two classes
    (evidence for the second), else one per class."""

    kind: Literal["coefficients"] = "coefficients"
    inputs: tuple[str, ...]
    rows: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    intercepts: tuple[float, ...]


class TreeNode(_Result):
    """`below` and `above` are places in the list: where the input is ≤ `threshold`, and where it is larger; null in a
    leaf, and where the tree goes on deeper than it is told. `threshold` is in the units of the data's own column where
    the input is one, else of the input."""

    depth: int
    rows: int
    impurity: float
    """Gini index for classes, variance (of standardised targets) for numbers."""
    value: float
    """The class that is answered, or the number in the target's own units."""
    counts: tuple[int, ...] = ()
    """Training rows per class."""
    input: str | None = None
    threshold: float | None = None
    below: int | None = None
    above: int | None = None
    is_leaf: bool


class Tree(_Result):
    """Nodes in breadth-first order, the root first, down to `shown_depth` of `depth`."""

    kind: Literal["tree"] = "tree"
    nodes: tuple[TreeNode, ...]
    node_count: int
    depth: int
    shown_depth: int
    importances: tuple[float, ...]
    inputs: tuple[str, ...]


class Importances(_Result):
    """`how`: `impurity` is the mean decrease of impurity (sums to 1); `permutation` is how much the test score drops
    when the column is shuffled."""

    kind: Literal["importances"] = "importances"
    how: Literal["impurity", "permutation"]
    inputs: tuple[str, ...]
    values: tuple[float, ...]


class Neighbours(_Result):
    kind: Literal["neighbours"] = "neighbours"
    neighbours: int
    stored_rows: int


class SupportVectors(_Result):
    """How many training rows hold the border, per class (one entry for numbers)."""

    kind: Literal["support_vectors"] = "support_vectors"
    counts: tuple[int, ...]


WhiteBox = Annotated[
    Coefficients | Tree | Importances | Neighbours | SupportVectors,
    Field(discriminator="kind"),
]


class FittedModel(_Result):
    """Answer to `POST /api/models` for a model that learns from labels."""

    kind: Literal["fitted"] = "fitted"
    type: str
    fitted_rows: int
    train_rows: int
    """Of which `fitted_rows` were used; fewer only where all would take too long."""
    test_rows: int
    fit_secs: float
    predict_secs: float
    """For `predicted_rows` rows of the test split."""
    predicted_rows: int
    size: int
    size_of: str
    """What `size` counts: coefficients, nodes, support vectors, …"""
    train: Figures
    test: Figures
    predictions: tuple[float, ...]
    """For the first test rows: the class, or the number in the target's own units."""
    map: ModelMap | None = None
    inside: WhiteBox
    notes: tuple[str, ...] = ()
    """What one should know: a cap that was hit, a fit that did not converge."""


class Ellipse(_Result):
    """Where the cloud has one standard deviation: half-axes, and the turn of the first from the horizontal, radians."""

    half_axes: tuple[float, float]
    turn: float


class Cluster(_Result):
    """`share` of the fitted rows; the centre in the plane that is shown."""

    rows: int
    share: float
    centre: tuple[float, float]
    ellipse: Ellipse | None = None


class ClusterChoice(_Result):
    """What another number of clusters would give: the mean silhouette of as many rows as `silhouette_rows`."""

    clusters: int
    silhouette: float | None


class Clustering(_Result):
    """Answer to `POST /api/models` for a model that looks for clusters among the inputs of the training rows, without
    their labels."""

    kind: Literal["clustering"] = "clustering"
    type: str
    fitted_rows: int
    train_rows: int
    fit_secs: float
    axes: tuple[str, str]
    """What is shown: the plane's coordinates, or the first two principal components."""
    shown_variance: float
    """Share of the inputs' variance that the two axes hold; 1 on the plane."""
    clusters: tuple[Cluster, ...]
    assignments: tuple[int, ...]
    """Of the first training rows, 0 the largest cluster."""
    labels: tuple[float, ...]
    """Their classes; empty where the data have none."""
    positions: tuple[tuple[float, float], ...]
    """The same rows along the two axes."""
    silhouette: float | None = None
    silhouette_rows: int
    adjusted_rand: float | None = None
    """Agreement with the classes: 1 the same groups, 0 by chance."""
    choice: tuple[ClusterChoice, ...]
    notes: tuple[str, ...] = ()


ModelResult = Annotated[FittedModel | Clustering, Field(discriminator="kind")]
