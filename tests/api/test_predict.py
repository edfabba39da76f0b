"""Predictions over HTTP: the run's own answers to rows that someone brings."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest
from safetensors.numpy import load

from api.test_datasets import TABLE, upload
from api.test_routes import bearer
from live_client import Created, create_session, live
from neuroglow.spec.limits import Limits
from neuroglow.wire.http import PredictionsMade
from serving import ServerProcess

pytestmark = pytest.mark.anyio

IRIS: dict[str, Any] = {"data": {"source": "bundled", "name": "iris"}, "network": {"layers": [{"units": 6}]}}
FLOWER = [5.1, 3.5, 1.4, 0.2]


def ask(http: httpx.Client, of: Created, rows: Any, token: str | None = None) -> httpx.Response:
    body = {"rows": rows}
    return http.post(f"/api/predict/{of.id}", json=body, headers=bearer(token or of.viewer_token), timeout=60.0)


def made(answer: httpx.Response) -> PredictionsMade:
    assert answer.status_code == 200, answer.text
    return PredictionsMade.model_validate_json(answer.content)


def samples_of(http: httpx.Client, data: dict[str, Any]) -> list[list[float]]:
    answer = http.post("/api/samples", json={"data": data, "split": "test", "count": 30})
    assert answer.status_code == 200, answer.text
    rows: list[list[float]] = load(answer.content)["inputs"].astype(float).tolist()
    return rows


async def test_answers_are_those_of_the_predictions_stream(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    created = create_session(server.url, {"experiment": IRIS})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=200)
        channel = (await client.subscribe("predictions", split="test", count=30))["channel"]
        frame = await client.frame(where=lambda f: f.header.update == 200 and f"{channel}/output" in f.tensors)
    answer = made(ask(http, created, samples_of(http, IRIS["data"])))
    assert (answer.run, answer.update, answer.outputs) == ("1", 200, ("setosa", "versicolor", "virginica"))
    expected = frame.tensors[f"{channel}/output"].astype(float)
    np.testing.assert_allclose(np.array([row.probabilities for row in answer.predictions]), expected, atol=1e-3)
    assert [row.class_ for row in answer.predictions] == [answer.outputs[place] for place in expected.argmax(axis=1)]


async def test_numbers_come_in_real_units_while_the_run_plays(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    data = {"source": "bundled", "name": "diabetes"}
    created = create_session(server.url, {"experiment": {"data": data}, "play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.message("metrics", where=lambda m: any(point["update"] > 500 for point in m["points"]))
        answer = made(ask(http, created, samples_of(http, data)))
        await client.control("pause")
    assert answer.update > 500
    values = [row.value for row in answer.predictions]
    # Progression lies between 25 and 346.
    assert all(value is not None and 0.0 < value < 500.0 for value in values)
    assert max(filter(None, values)) > 150.0


def test_words_and_gaps_of_an_uploaded_table_are_prepared_as_its_own_rows(http: httpx.Client) -> None:
    found = upload(http, TABLE.encode()).json()["id"]
    created = create_session(str(http.base_url), {"experiment": {"data": {"source": "upload", "dataset": found}}})
    # Asked before there is a network, so found out when it is made.
    refused = ask(http, created, [[22, "green", 0.5]])
    assert (refused.status_code, refused.json()["field"]) == (422, "/rows/0/1")
    assert "'red'" in refused.json()["message"]
    rows = [{"age": 21, "colour": "blue", "size": 0.25}, {"size": None, "age": 40, "colour": None}, [22, "red", 0.5]]
    answer = made(ask(http, created, rows))
    assert (answer.columns, answer.target, answer.outputs) == (("age", "colour", "size"), "bought", ("no", "yes"))
    assert all(sum(row.probabilities or ()) == pytest.approx(1.0) for row in answer.predictions)


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([], "/rows"),
        ([FLOWER] * (Limits().predict_rows + 1), "/rows"),
        ([FLOWER[:3]], "/rows/0"),
        ([FLOWER, {"petal": 1}], "/rows/1/petal"),
        ([[*FLOWER[:3], "wide"]], "/rows/0/3"),
        ([[*FLOWER[:3], 1e12]], "/rows/0/3"),
        ([[*FLOWER[:3], [1]]], "/rows/0/3"),
        ("5.1", "/rows"),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_a_pointer(
    iris: Created, http: httpx.Client, rows: Any, field: str
) -> None:
    answer = ask(http, iris, rows)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json()["field"]) == ("invalid", field)


@pytest.fixture(scope="module")
def iris(shared_server: ServerProcess) -> Created:
    shared_server.wait_workers_ready()
    return create_session(shared_server.url, {"experiment": IRIS})


def test_whoever_may_watch_may_ask(iris: Created, http: httpx.Client) -> None:
    for token in (iris.owner_token, iris.viewer_token):
        assert made(ask(http, iris, [FLOWER], token)).task == "classification"
    assert http.post(f"/api/predict/{iris.id}", json={"rows": [FLOWER]}).status_code == 401
    assert ask(http, iris, [FLOWER], "wrong").status_code == 401
    assert http.get(f"/api/predict/{iris.id}").status_code == 405
    assert http.post(f"/api/predict/{'A' * 22}", json={"rows": [FLOWER]}, headers=bearer("x")).status_code == 404
    huge = b'{"rows":[[' + b"1," * Limits().body_bytes + b"1]]}"
    assert http.post(f"/api/predict/{iris.id}", content=huge, headers=bearer(iris.owner_token)).status_code == 413


async def test_a_run_that_diverged_answers_nothing_until_it_goes_on(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    training = {"optimizer": {"type": "sgd", "learning_rate": 1e9}}
    experiment = {
        "data": {"source": "synthetic", "name": "plane"},
        "network": {"layers": [{"units": 4, "activation": "relu"}]},
    }
    created = create_session(server.url, {"experiment": experiment | {"training": training}, "play": True})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("diverged")
        answer = ask(http, created, [[1, 2]])
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_state")
        await client.control("reset")
        assert made(ask(http, created, [[1, 2]])).update == 0
