"""Clusters found without labels: assignments and figures are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.cluster import KMeans as Centres
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture as Clouds

from neuroglow.baselines import clusters
from neuroglow.baselines.fit import fit
from neuroglow.data import load
from neuroglow.errors import InvalidInputError
from neuroglow.spec import BundledData, SyntheticData
from neuroglow.spec.model_results import Clustering
from neuroglow.spec.models import ClusterModel, GaussianMixture, KMeans

BLOBS = SyntheticData(name="blobs", classes=4, samples=160)
IRIS = BundledData(name="iris")
Data = SyntheticData | BundledData


def found(data: Data, model: ClusterModel) -> Clustering:
    answer = fit(data, model)
    assert isinstance(answer, Clustering)
    return answer


def inputs_of(data: Data) -> NDArray[np.float64]:
    return load(data).train.inputs.astype(np.float64)


@pytest.mark.parametrize("data", [BLOBS, IRIS], ids=lambda data: data.name)
def test_k_means_groups_rows_as_scikit_learn_does(data: Data) -> None:
    told, inputs = found(data, KMeans(clusters=4)), inputs_of(data)
    direct = Centres(4, n_init=10, random_state=0).fit_predict(inputs)
    assert metrics.adjusted_rand_score(direct, told.assignments) == 1.0
    assert told.silhouette == pytest.approx(metrics.silhouette_score(inputs, direct), abs=1e-6)
    labels = load(data).train.labels
    assert told.adjusted_rand == pytest.approx(metrics.adjusted_rand_score(labels, direct), abs=1e-6)
    assert told.labels == tuple(labels.tolist())


@pytest.mark.parametrize("covariance", ["full", "diag", "spherical"])
def test_a_mixture_groups_rows_as_scikit_learn_does(covariance: str) -> None:
    model = GaussianMixture(clusters=3, covariance=covariance)  # type: ignore[arg-type]
    told, inputs = found(IRIS, model), inputs_of(IRIS)
    direct = Clouds(3, covariance_type=covariance, max_iter=1000, random_state=0).fit_predict(inputs)
    assert metrics.adjusted_rand_score(direct, told.assignments) == 1.0
    assert told.silhouette == pytest.approx(metrics.silhouette_score(inputs, direct), abs=1e-6)


def test_the_largest_cluster_comes_first_and_sizes_add_up() -> None:
    told = found(IRIS, KMeans(clusters=5))
    sizes = [cluster.rows for cluster in told.clusters]
    assert sizes == sorted(np.bincount(told.assignments).tolist(), reverse=True)
    assert sum(sizes) == told.fitted_rows == told.train_rows
    assert sum(cluster.share for cluster in told.clusters) == pytest.approx(1.0)


def test_on_the_plane_centres_lie_in_the_middle_of_their_points() -> None:
    told = found(BLOBS, KMeans(clusters=4))
    raw, assignments = load(BLOBS).train.raw, np.array(told.assignments)
    assert told.axes == ("x1", "x2")
    assert told.shown_variance == 1.0
    np.testing.assert_allclose(told.positions, raw, atol=1e-6)
    for number, cluster in enumerate(told.clusters):
        np.testing.assert_allclose(cluster.centre, raw[assignments == number].mean(axis=0), atol=1e-4)


@pytest.mark.parametrize("features", [("x2", "x1"), ("x1^2", "x1")])
def test_whatever_the_inputs_are_the_points_stay_where_they_are(features: tuple[str, str]) -> None:
    data = BLOBS.model_copy(update={"features": features})
    told = found(data, GaussianMixture(clusters=2))
    raw, assignments = load(data).train.raw, np.array(told.assignments)
    np.testing.assert_allclose(told.positions, raw, atol=1e-6)
    for number, cluster in enumerate(told.clusters):
        assert np.hypot(*(np.array(cluster.centre) - raw[assignments == number].mean(axis=0))) < 0.5
        assert cluster.ellipse is not None


def test_elsewhere_the_first_two_principal_components_are_shown() -> None:
    told, inputs = found(IRIS, KMeans(clusters=3)), inputs_of(IRIS)
    analysis = PCA(2).fit(inputs)
    np.testing.assert_allclose(np.abs(told.positions), np.abs(analysis.transform(inputs)), atol=1e-6)
    assert told.shown_variance == pytest.approx(analysis.explained_variance_ratio_.sum())
    positions, assignments = np.array(told.positions), np.array(told.assignments)
    for number, cluster in enumerate(told.clusters):
        np.testing.assert_allclose(cluster.centre, positions[assignments == number].mean(axis=0), atol=1e-3)


def test_the_ellipse_of_a_cloud_is_its_covariance_in_the_view() -> None:
    told, inputs = found(IRIS, GaussianMixture(clusters=2)), inputs_of(IRIS)
    direct = Clouds(2, max_iter=1000, random_state=0).fit(inputs)
    axes = PCA(2).fit(inputs).components_
    expected = sorted(
        np.sqrt(np.linalg.eigvalsh(axes @ cloud @ axes.T))[::-1].tolist() for cloud in direct.covariances_
    )
    told_axes = sorted(list(cluster.ellipse.half_axes) for cluster in told.clusters if cluster.ellipse is not None)
    np.testing.assert_allclose(told_axes, expected, rtol=1e-5)


def test_the_silhouette_over_the_number_of_clusters_peaks_at_what_was_drawn() -> None:
    told = found(BLOBS, KMeans(clusters=2))
    assert [choice.clusters for choice in told.choice] == list(range(2, 11))
    assert max(told.choice, key=lambda choice: choice.silhouette or -1.0).clusters == 4
    assert told.silhouette == told.choice[0].silhouette


def test_data_without_classes_have_nothing_to_agree_with() -> None:
    told = found(BundledData(name="diabetes"), KMeans())
    assert told.adjusted_rand is None
    assert told.labels == ()


def test_clusters_can_be_sought_where_the_labels_are_hidden() -> None:
    hidden = found(IRIS.model_copy(update={"goal": "reconstruct"}), KMeans(clusters=3))
    assert hidden.adjusted_rand == found(IRIS, KMeans(clusters=3)).adjusted_rand


def test_a_silhouette_of_many_rows_is_that_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "SILHOUETTE_ROWS", 30)
    told = found(BLOBS, KMeans(clusters=4))
    assert told.silhouette_rows == 30
    expected = metrics.silhouette_score(inputs_of(BLOBS)[:30], np.array(told.assignments)[:30])
    assert told.silhouette == pytest.approx(expected, abs=1e-6)


def test_more_clusters_than_rows_are_refused_with_the_number_of_rows() -> None:
    with pytest.raises(InvalidInputError, match="only 5 different") as refusal:
        fit(SyntheticData(name="circle", samples=10), KMeans(clusters=5))
    assert refusal.value.field == "/model/clusters"
