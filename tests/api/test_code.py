"""A run as a script, over HTTP."""

from __future__ import annotations

import ast
import io

import httpx
import numpy as np
from safetensors.numpy import load

from api.test_datasets import TABLE, upload
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


def test_rows_of_ones_own_come_in_the_file_that_the_script_reads(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    uploaded = upload(http, TABLE.encode(), "My pets (2026).csv").json()
    session = create_session(server.url, {"experiment": {"data": {"source": "upload", "dataset": uploaded["id"]}}})
    address, watcher = f"/api/sessions/{session.id}", bearer(session.viewer_token)
    script = http.get(f"{address}/code", headers=watcher).text
    answer = http.get(f"{address}/data", headers=watcher, timeout=60.0)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="neuroglow_my_pets_2026.npz"'
    assert '"neuroglow_my_pets_2026.npz"' in script
    ages, bought = {}, {}
    for split in ("train", "test"):
        asked = {"data": session.document["experiment"]["data"], "split": split, "from": 0, "count": 100}
        samples = load(http.post("/api/samples", json=asked, timeout=60.0).content)
        ages[split], bought[split] = samples["inputs"][:, 0], samples["targets"]
    mean, deviation = ages["train"].mean(), ages["train"].std()
    with np.load(io.BytesIO(answer.content), allow_pickle=False) as rows:
        assert rows["inputs"][0] == "age"
        for split, x, y in (("train", "X", "Y"), ("test", "X_test", "Y_test")):
            np.testing.assert_allclose(rows[x][:, 0], (ages[split] - mean) / deviation, atol=1e-5)
            np.testing.assert_array_equal(rows[y], bought[split])
    assert not list((server.data_dir / "spool").iterdir())
    assert http.get(f"{address}/data").status_code == 401
