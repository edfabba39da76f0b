"""Other kinds of models, fitted once beside the network on the same split: which there are and what may be set."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from neuroglow.errors import InvalidInputError
from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.data import AnyData, DataSpec
from neuroglow.spec.datasets import facts
from neuroglow.spec.facts import Task

# Titles are what pages call them; a client may build its controls from the schema alone.
Strength = Annotated[float, Field(ge=limits.MIN_MODEL_STRENGTH, le=limits.MAX_MODEL_STRENGTH)]
Depth = Annotated[int, Field(title="Depth at most", ge=1, le=limits.MAX_TREE_DEPTH)]
Clusters = Annotated[int, Field(title="Clusters", ge=limits.MIN_CLUSTERS, le=limits.MAX_CLUSTERS)]


class LinearRegression(Spec):
    """The weighted sum of the inputs with the least squared error."""

    type: Literal["linear_regression"] = "linear_regression"


class Ridge(Spec):
    """Least squares with a price on large coefficients: + alpha · Σ w²."""

    type: Literal["ridge"] = "ridge"
    alpha: Annotated[Strength, Field(title="Penalty α")] = 1.0


class LogisticRegression(Spec):
    """A weighted sum per class, turned into probabilities; `c` is the inverse of the L2 price."""

    type: Literal["logistic_regression"] = "logistic_regression"
    c: Annotated[Strength, Field(title="Inverse penalty C")] = 1.0


class DecisionTree(Spec):
    """Yes-or-no questions, one input at a time."""

    type: Literal["decision_tree"] = "decision_tree"
    max_depth: Depth = 5
    min_leaf: Annotated[int, Field(title="Rows in a leaf at least", ge=1, le=limits.MAX_LEAF_ROWS)] = 1


class RandomForest(Spec):
    """The mean of many trees, each grown on other rows and other inputs."""

    type: Literal["random_forest"] = "random_forest"
    trees: Annotated[int, Field(title="Trees", ge=1, le=limits.MAX_TREES)] = 100
    max_depth: Depth = 16


class GradientBoosting(Spec):
    """Small trees in a row, each correcting those before it (histogram-based)."""

    type: Literal["gradient_boosting"] = "gradient_boosting"
    rounds: Annotated[int, Field(title="Rounds", ge=1, le=limits.MAX_TREES)] = 100
    learning_rate: Annotated[float, Field(title="Learning rate", ge=0.001, le=1.0)] = 0.1
    leaves: Annotated[int, Field(title="Leaves of a tree", ge=2, le=limits.MAX_LEAVES)] = 31


class NearestNeighbours(Spec):
    """The vote, or the mean, of the training rows that lie nearest."""

    type: Literal["nearest_neighbours"] = "nearest_neighbours"
    neighbours: Annotated[int, Field(title="Neighbours", ge=1, le=limits.MAX_NEIGHBOURS)] = 5
    weights: Annotated[Literal["uniform", "distance"], Field(title="Votes weigh by")] = "uniform"


class SupportVectorMachine(Spec):
    """The border with the widest margin, held by a few training rows."""

    type: Literal["support_vector_machine"] = "support_vector_machine"
    c: Annotated[Strength, Field(title="Price of errors C")] = 1.0
    kernel: Annotated[Literal["rbf", "linear", "poly"], Field(title="Kernel")] = "rbf"


class KMeans(Spec):
    """Each row belongs to the nearest of k centres, each centre is the mean of its rows."""

    type: Literal["k_means"] = "k_means"
    clusters: Clusters = 3


class GaussianMixture(Spec):
    """Each row comes from one of k Gaussian clouds, with a probability."""

    type: Literal["gaussian_mixture"] = "gaussian_mixture"
    clusters: Clusters = 3
    covariance: Annotated[Literal["full", "diag", "spherical"], Field(title="Shape of a cloud")] = "full"


SupervisedModel = (
    LinearRegression
    | Ridge
    | LogisticRegression
    | DecisionTree
    | RandomForest
    | GradientBoosting
    | NearestNeighbours
    | SupportVectorMachine
)
ClusterModel = KMeans | GaussianMixture
ModelSpec = Annotated[SupervisedModel | ClusterModel, Field(discriminator="type")]
_MODEL: TypeAdapter[SupervisedModel | ClusterModel] = TypeAdapter(ModelSpec)


class FitRequest(Spec):
    """`POST /api/models`: a model and the data to fit it on. The answer is a function of both, its times apart."""

    data: DataSpec
    model: ModelSpec


class ModelFacts(BaseModel):
    """`tasks` are those it can learn; none for models that look for clusters, which need no labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    title: str
    sentence: str
    tasks: tuple[Task, ...]


_BOTH: tuple[Task, ...] = ("classification", "regression")
_TITLES: tuple[tuple[str, str, tuple[Task, ...]], ...] = (
    ("linear_regression", "Linear regression", ("regression",)),
    ("ridge", "Ridge regression", ("regression",)),
    ("logistic_regression", "Logistic regression", ("classification",)),
    ("decision_tree", "Decision tree", _BOTH),
    ("random_forest", "Random forest", _BOTH),
    ("gradient_boosting", "Gradient boosting", _BOTH),
    ("nearest_neighbours", "k-nearest neighbours", _BOTH),
    ("support_vector_machine", "Support vector machine", _BOTH),
    ("k_means", "k-means", ()),
    ("gaussian_mixture", "Gaussian mixture", ()),
)
_KINDS: dict[str, type[Spec]] = {
    kind.model_fields["type"].default: kind for kind in (*get_args(SupervisedModel), *get_args(ClusterModel))
}
MODELS: tuple[ModelFacts, ...] = tuple(
    ModelFacts(type=kind, title=title, sentence=(_KINDS[kind].__doc__ or "").split("\n")[0].rstrip("."), tasks=tasks)
    for kind, title, tasks in _TITLES
)


def model_facts(model: SupervisedModel | ClusterModel) -> ModelFacts:
    return next(entry for entry in MODELS if entry.type == model.type)


_AIMS: dict[str, str] = {
    "classification": "classes",
    "regression": "numbers",
    "reconstruction": "the inputs themselves",
}


def require_learnable(data: AnyData, model: SupervisedModel | ClusterModel) -> None:
    """Raise `InvalidInputError` unless the model can learn what these data ask. Clusters can be sought in any."""
    about, task = model_facts(model), facts(data).task
    if facts(data).positions is not None:
        raise InvalidInputError(
            f"'{facts(data).title}' asks for an answer at every step, and {about.title} gives one for a row; "
            "choose other data",
            field="/data",
        )
    if about.tasks and task not in about.tasks:
        raise InvalidInputError(
            f"{about.title} learns {_AIMS[about.tasks[0]]}, and these data ask for {_AIMS[task]}; choose another model",
            field="/model/type",
        )


def models_schema() -> dict[str, object]:
    """JSON Schema of the tagged union, for clients that offer the hyperparameters within their bounds."""
    return _MODEL.json_schema()
