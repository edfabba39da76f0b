"""Importing: text in, an experiment out, over HTTP; refusals have the one shape of all errors."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import httpx
import pytest

from neuroglow.spec import Experiment, preset
from unit.playground_links import whole


def imported(http: httpx.Client, kind: str, text: str) -> httpx.Response:
    return http.post("/api/experiments/import", json={"format": kind, "text": text})


def test_a_playground_link_becomes_an_experiment_that_opens(http: httpx.Client) -> None:
    answer = imported(http, "tensorflow-playground", whole(dataset="xor", noise_hide="true", discretize="true"))
    assert answer.status_code == 200
    body = answer.json()
    assert body["experiment"]["data"]["name"] == "xor"
    assert body["hidden"] == ["noise"]
    assert body["view"] == {"test_samples": False, "hard_edges": True}
    assert body["notes"]
    opened = http.post("/api/sessions", json={"experiment": body["experiment"]})
    assert opened.json()["experiment"] == body["experiment"]


def link_of(document: Any, *, version: str = "1", hide: str = "") -> str:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(json.dumps(document).encode()) + packer.flush()
    payload = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"http://127.0.0.1:8000/#e={version}.{payload}{hide}"


def test_an_experiment_file_and_a_link_are_the_same_experiment(http: httpx.Client) -> None:
    document = preset("iris").experiment.to_document()
    for text in (json.dumps(document, indent=2), link_of(document)):
        answer = imported(http, "neuroglow", text)
        assert answer.status_code == 200
        assert answer.json()["experiment"] == document
        assert not answer.json()["notes"]
    hiding = imported(http, "neuroglow", link_of(document, hide="&hide=noise,nothing,batch"))
    assert hiding.json()["hidden"] == ["noise", "batch"]


@pytest.mark.parametrize(
    ("kind", "text", "code", "told"),
    [
        ("tensorflow-playground", "what is this", "invalid", "no TensorFlow Playground link"),
        ("tensorflow-playground", "#networkShape=" + ",".join(["1024"] * 200), "network_too_large", "fewer layers"),
        ("neuroglow", "{", "malformed_json", "Not JSON"),
        ("neuroglow", '{"version": 2}', "invalid", "newer than this server"),
        ("neuroglow", '{"data": {"source": "synthetic", "name": "sun"}}', "invalid", ""),
        ("neuroglow", "[" * 100, "malformed_json", "nested"),
        ("neuroglow", '{"a": 1, "a": 2}', "malformed_json", "twice"),
        ("neuroglow", '"\\ud800"', "malformed_json", "Unicode"),
        ("neuroglow", "http://x/#e=99.abc", "invalid", "newer Neuroglow"),
        ("neuroglow", "http://x/#e=1.%%%", "invalid", "damaged"),
        ("neuroglow", link_of({"x": "y" * 300_000}), "invalid", "too long"),
        ("neuroglow", "", "invalid", ""),
        ("zip", "x", "invalid", ""),
    ],
)
def test_what_is_no_experiment_is_a_sentence(http: httpx.Client, kind: str, text: str, code: str, told: str) -> None:
    answer = imported(http, kind, text)
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert told in answer.json()["message"]


def test_a_refused_field_of_a_file_is_named(http: httpx.Client) -> None:
    document = Experiment().to_document()
    document["training"]["batch_size"] = -1
    assert imported(http, "neuroglow", json.dumps(document)).json()["field"] == "/training/batch_size"
