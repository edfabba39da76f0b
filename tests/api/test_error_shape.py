"""Every 4xx and 5xx is `{"type":"error","code","message","field"?}`, with a status and headers that fit."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from live_client import create_session
from neuroglow.errors import all_error_types
from serving import ServerProcess

CODES = {kind.code for kind in all_error_types()}


def assert_error(answer: httpx.Response, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The one shape of an error, and what this one says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == "error"
    assert body["code"] == code
    assert code in CODES
    assert body["message"]
    assert not body["message"].endswith(".")
    assert body.get("field") == field
    return body


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/sessions/a/b/c", "/nothing", "/assets/nothing.js"]
)
def test_an_unknown_path(http: httpx.Client, path: str) -> None:
    assert_error(http.get(path), 404, "not_found")


def test_an_unknown_path_of_the_api_by_any_method(http: httpx.Client) -> None:
    assert_error(http.post("/api/nothing", json={}), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/health"),
        ("PUT", "/api/sessions"),
        ("PATCH", "/api/catalog"),
        ("GET", "/api/samples"),
        ("POST", "/api/sessions/abc"),
        ("POST", "/"),
    ],
)
def test_a_method_the_route_does_not_take(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert_error(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


def test_an_unknown_session(http: httpx.Client) -> None:
    assert_error(http.get("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA"), 404, "not_found")
    assert_error(http.delete("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA"), 404, "not_found")


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic abc", "Bearer"])
def test_a_session_without_its_token(server: ServerProcess, http: httpx.Client, header: str | None) -> None:
    created = create_session(server.url)
    headers = {} if header is None else {"Authorization": header}
    answer = http.get(f"/api/sessions/{created.id}", headers=headers)
    assert_error(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_viewer_cannot_delete(server: ServerProcess, http: httpx.Client) -> None:
    created = create_session(server.url)
    answer = http.delete(f"/api/sessions/{created.id}", headers={"Authorization": f"Bearer {created.viewer_token}"})
    assert_error(answer, 403, "forbidden")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (b'{"play":true,"play":false}', "malformed_json"),
        (b'{"experiment":{"training":{"learning_rate":NaN}}}', "malformed_json"),
        (b'{"play":1e999}', "malformed_json"),
        (b'{"preset":"\\ud800"}', "malformed_json"),
        (b"[" * 50_000, "malformed_json"),
        (b"1" * 100_000, "malformed_json"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
    ],
)
def test_a_body_that_is_not_an_object_of_strict_json(http: httpx.Client, body: bytes, code: str) -> None:
    answer = http.post("/api/sessions", content=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    ("experiment", "field"),
    [
        ({"training": {"batch_size": "10"}}, "/experiment/training/batch_size"),
        ({"training": {"batch_size": True}}, "/experiment/training/batch_size"),
        ({"training": {"batch_size": 0}}, "/experiment/training/batch_size"),
        ({"training": {"batch_size": 2.5}}, "/experiment/training/batch_size"),
        (
            {"training": {"optimizer": {"type": "sgd", "learning_rate": 0}}},
            "/experiment/training/optimizer/learning_rate",
        ),
        ({"network": {"layers": [{"type": "dense", "units": 2**31}]}}, "/experiment/network/layers/0/units"),
        (
            {"network": {"layers": [{"type": "dense", "activation": "../../x"}]}},
            "/experiment/network/layers/0/activation",
        ),
        ({"data": {"source": "bundled", "name": "nothing"}}, "/experiment/data/name"),
        ({"surprise": 1}, "/experiment/surprise"),
        ({"version": 99}, "/experiment/version"),
    ],
)
def test_an_experiment_that_does_not_fit_is_pointed_at(http: httpx.Client, experiment: Any, field: str) -> None:
    assert_error(http.post("/api/sessions", json={"experiment": experiment}), 422, "invalid", field)


def test_a_network_beyond_the_memory_budget_is_refused_before_anything_is_made(http: httpx.Client) -> None:
    layers = [{"type": "dense", "units": 1024}] * 256
    body = {"experiment": {"network": {"layers": layers}, "training": {"batch_size": 10_000}}}
    answer = http.post("/api/sessions", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "network_too_large"


def test_other_fields_of_the_body(http: httpx.Client) -> None:
    assert_error(http.post("/api/sessions", json={"surprise": 1}), 422, "invalid", "/surprise")
    assert_error(http.post("/api/sessions", json={"play": "yes"}), 422, "invalid", "/play")
    assert_error(http.post("/api/sessions", json={"preset": "nothing"}), 404, "not_found", "/preset")
    both = {"preset": "xor", "experiment": {}}
    assert_error(http.post("/api/sessions", json=both), 422, "invalid", "/preset")


def test_samples_that_do_not_fit(http: httpx.Client) -> None:
    assert_error(http.post("/api/samples", json={}), 422, "invalid", "/data")
    data = {"source": "bundled", "name": "iris"}
    assert_error(http.post("/api/samples", json={"data": data, "count": 0}), 422, "invalid", "/count")
    assert_error(http.post("/api/samples", json={"data": data, "from": -1}), 422, "invalid", "/from")
    assert_error(http.post("/api/samples", json={"data": data, "split": "all"}), 422, "invalid", "/split")


def test_a_body_above_its_limit(http: httpx.Client) -> None:
    assert_error(http.post("/api/sessions", content=b" " * (256 * 1024 + 1)), 413, "too_large")


def test_a_chunked_body_above_its_limit(server: ServerProcess) -> None:
    def chunks() -> Any:
        for _ in range(300):
            yield b" " * 1024

    with server.client() as client:
        assert_error(client.post("/api/sessions", content=chunks()), 413, "too_large")


def test_a_request_that_is_not_http(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/json" in head
    assert httpx.Response(400, content=body).json()["type"] == "error"


def test_refusals_carry_the_security_headers(http: httpx.Client) -> None:
    for answer in (http.get("/api/health"), http.get("/api/nothing"), http.get("/", headers={"Host": "evil.com"})):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
