"""A run as a script, over HTTP."""

from __future__ import annotations

import ast

import httpx

from api.test_routes import bearer
from live_client import create_session
from serving import ServerProcess


def test_whoever_may_watch_may_copy_the_run_as_code(server: ServerProcess, http: httpx.Client) -> None:
    session = create_session(server.url, {"preset": "iris"})
    address = f"/api/sessions/{session.id}/code"
    for target in ("jax", "keras"):
        answer = http.get(f"{address}?target={target}", headers=bearer(session.viewer_token))
        assert answer.status_code == 200
        assert f"neuroglow_iris_{target}.py" in answer.headers["content-disposition"]
        ast.parse(answer.text)
        assert "import keras" in answer.text or target == "jax"
    assert http.get(address).status_code == 401
    refused = http.get(f"{address}?target=julia", headers=bearer(session.owner_token))
    assert (refused.status_code, refused.json()["field"]) == (422, "/target")
