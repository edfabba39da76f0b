"""One request, one answer: load the data, fit what is asked. An errand of the gateway's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neuroglow import errand
from neuroglow.data import Dataset, load, use_folder
from neuroglow.spec.base import parse
from neuroglow.spec.data import AnyData
from neuroglow.spec.model_results import Clustering, FittedModel
from neuroglow.spec.models import (
    ClusterModel,
    FitRequest,
    GaussianMixture,
    KMeans,
    SupervisedModel,
    require_learnable,
)


def work(request: dict[str, Any]) -> dict[str, Any]:
    """The document of a `FitRequest`, and where `datasets` lie -> that of a `FittedModel` or a `Clustering`."""
    use_folder(Path(request.pop("datasets")))
    asked = parse(FitRequest, request)
    return fit(asked.data, asked.model).model_dump(mode="json")


def fit(data: AnyData, model: SupervisedModel | ClusterModel) -> FittedModel | Clustering:
    """A pure function but for the times it tells. Raises `InvalidInputError` where the model does not apply."""
    # Scikit-learn takes a second to import, and so does what fits: only in the process that needs it.
    from neuroglow.baselines.clusters import find_clusters
    from neuroglow.baselines.supervised import fit_model

    require_learnable(data, model)
    dataset: Dataset = load(data)
    if isinstance(model, KMeans | GaussianMixture):
        return find_clusters(data, dataset, model)
    return fit_model(data, dataset, model)


if __name__ == "__main__":
    errand.carry_out(work)
