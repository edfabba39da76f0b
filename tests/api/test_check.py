"""`POST /api/experiments/check`: what an experiment is made of and what is wrong with it, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import jsonpatch
import pytest

from neuroglow.spec import Limits
from neuroglow.spec.check import Checked

DIGITS = {"source": "bundled", "name": "digits"}
PLANE = {"source": "synthetic", "name": "plane"}
LENET: list[dict[str, Any]] = [
    {"type": "conv2d", "channels": 6},
    {"type": "max_pool2d"},
    {"type": "flatten"},
    {"units": 20},
]


def asked(http: httpx.Client, *layers: dict[str, Any], **members: Any) -> dict[str, Any]:
    experiment = {"data": DIGITS, "network": {"layers": list(layers)}, **members}
    answer = http.post("/api/experiments/check", json={"experiment": experiment})
    assert answer.status_code == 200
    Checked.model_validate_json(answer.content)
    body: dict[str, Any] = answer.json()
    return body


def test_every_layer_is_told_with_its_shape_and_what_it_takes(http: httpx.Client) -> None:
    body = asked(http, *LENET)
    assert body["errors"] == []
    assert (body["input"], body["input_kind"]) == ([1, 8, 8], "picture")
    told = [(layer["name"], layer["inputs"], layer["shape"], layer["parameters"]) for layer in body["layers"]]
    assert told == [
        ("conv2d_1", ["x"], [6, 6, 6], 6 * 9 + 6),
        ("max_pool2d_1", ["conv2d_1"], [6, 3, 3], 0),
        ("flatten_1", ["max_pool2d_1"], [54], 0),
        ("dense_1", ["flatten_1"], [20], 54 * 20 + 20),
        ("output", ["dense_1"], [10], 20 * 10 + 10),
    ]
    assert body["parameters"] == sum(layer["parameters"] for layer in body["layers"])
    assert body["layers"][0]["operations"] == 6 * 36 * 9
    assert all(layer["bytes"] > 0 for layer in body["layers"])


def test_a_check_makes_no_session_and_compiles_nothing(http: httpx.Client) -> None:
    def counted() -> tuple[int, list[int]]:
        health = http.get("/api/health").json()
        return health["gateway"]["sessions"], [worker["compiling"] for worker in health["workers"]]

    before = counted()
    asked(http, *LENET)
    assert counted() == before


def test_a_mistake_is_told_where_it_is_made_and_its_repair_applies_to_what_was_sent(http: httpx.Client) -> None:
    layers: list[dict[str, Any]] = [{"type": "flatten", "name": "flat"}, {"type": "conv2d", "inputs": ["flat"]}, {}]
    body = asked(http, *layers)
    (error,) = body["errors"]
    assert (error["code"], error["field"]) == ("shape_mismatch", "/network/layers/1")
    assert [layer["name"] for layer in body["layers"]] == ["flat"]
    sent = {"data": DIGITS, "network": {"layers": layers}}
    mended = jsonpatch.apply_patch(sent, error["repair"]["patch"])
    assert asked(http, *mended["network"]["layers"])["errors"] == []


@pytest.mark.parametrize(
    ("experiment", "code", "field"),
    [
        ({"network": {"layers": [{"units": -1}]}}, "invalid", "/network/layers/0/units"),
        ({"version": 2}, "invalid", "/version"),
        ({"data": {"source": "upload", "dataset": "nowhere"}}, "unknown_data_set", "/data/dataset"),
        ({"network": {"layers": [{"name": "a", "inputs": ["b"]}]}}, "invalid_graph", "/network/layers/0/inputs/0"),
        ({"network": {"layers": [{"units": 1024}] * 256}}, "network_too_large", "/network/layers"),
        ({"data": PLANE, "training": {"loss": "hinge"}}, "invalid", "/training/loss"),
    ],
)
def test_what_is_wrong_with_the_experiment_is_part_of_the_answer(
    http: httpx.Client, experiment: dict[str, Any], code: str, field: str
) -> None:
    answer = http.post("/api/experiments/check", json={"experiment": experiment})
    assert answer.status_code == 200
    assert [(error["code"], error["field"]) for error in answer.json()["errors"]] == [(code, field)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 422, "malformed_json"),
        (b"[]", 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"experiment": null}', 422, "invalid"),
        (b'{"experiment": {}, "more": 1}', 422, "invalid"),
        (b'{"experiment": {"a": 1, "a": 2}}', 422, "malformed_json"),
        (b" " * (Limits().body_bytes + 1), 413, "too_large"),
    ],
)
def test_a_request_that_is_none_is_refused_like_everywhere(
    http: httpx.Client, body: bytes, status: int, code: str
) -> None:
    answer = http.post("/api/experiments/check", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_other_sites_may_not_ask(http: httpx.Client) -> None:
    answer = http.post("/api/experiments/check", json={"experiment": {}}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
