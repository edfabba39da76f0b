"""`POST /api/models`: other kinds of models, fitted in a process of their own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sklearn.linear_model import LogisticRegression

from api.test_error_shape import assert_error
from neuroglow.data import load
from neuroglow.spec import SyntheticData
from neuroglow.spec.model_results import Clustering, FittedModel

CIRCLE = {"source": "synthetic", "name": "circle", "samples": 60}


def ask(http: httpx.Client, model: dict[str, Any], data: dict[str, Any] = CIRCLE) -> httpx.Response:
    return http.post("/api/models", json={"data": data, "model": model}, timeout=120.0)


def test_a_model_is_fitted_on_the_rows_the_network_learns_from_and_kept(http: httpx.Client) -> None:
    first = ask(http, {"type": "logistic_regression", "c": 0.5})
    told = FittedModel.model_validate_json(first.content)
    dataset = load(SyntheticData(name="circle", samples=60))
    direct = LogisticRegression(C=0.5, max_iter=1000)
    direct.fit(dataset.train.inputs.astype(float), dataset.train.labels.astype(float))
    assert list(told.predictions) == direct.predict(dataset.test.inputs.astype(float)).tolist()
    assert told.map is not None
    assert (told.map.resolution, told.map.domain) == (100, (-6.0, 6.0, -6.0, 6.0))
    # Also its times are those of the first fit.
    assert ask(http, {"c": 0.5, "type": "logistic_regression"}).content == first.content


def test_clusters_are_found_in_data_of_any_task(http: httpx.Client) -> None:
    answer = ask(http, {"type": "k_means", "clusters": 2}, {"source": "bundled", "name": "diabetes"})
    told = Clustering.model_validate_json(answer.content)
    assert len(told.clusters) == 2
    assert told.adjusted_rand is None


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ({"type": "oracle"}, "/model"),
        ({"type": "decision_tree", "max_depth": 0}, "/model/max_depth"),
        ({"type": "decision_tree", "max_depth": "3"}, "/model/max_depth"),
        ({"type": "random_forest", "trees": 501}, "/model/trees"),
        ({"type": "ridge", "alpha": 1e7}, "/model/alpha"),
        ({"type": "k_means", "clusters": 11}, "/model/clusters"),
        ({"type": "nearest_neighbours", "weights": "gravity"}, "/model/weights"),
        ({"type": "linear_regression"}, "/model/type"),
        ({"type": "linear_regression", "slope": 1}, "/model/slope"),
        ({"type": "k_means", "clusters": 10}, "/model/clusters"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_pointer(http: httpx.Client, model: dict[str, Any], field: str) -> None:
    small = CIRCLE | {"samples": 12}
    assert_error(ask(http, model, small), 422, "invalid", field)
