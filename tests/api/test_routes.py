"""The HTTP routes: what they answer when all is well."""

from __future__ import annotations

import json

import httpx
from safetensors.numpy import load

from live_client import create_session
from neuroglow import __version__
from neuroglow.spec import Catalog, Experiment, preset
from neuroglow.wire.http import Health, SessionCreated
from neuroglow.wire.messages import SessionInfo
from serving import ServerProcess


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_health_names_the_version_and_every_worker(http: httpx.Client) -> None:
    health = Health.model_validate_json(http.get("/api/health").content)
    assert health.status == "ok"
    assert health.version == __version__
    assert health.workers


def test_the_catalog_is_complete(http: httpx.Client) -> None:
    catalog = Catalog.model_validate_json(http.get("/api/catalog").content)
    assert {entry.name for entry in catalog.data_sets} >= {"circle", "spirals", "digits", "diabetes"}
    assert catalog.schemas["experiment"]["title"] == "Experiment"
    assert catalog.presets


def test_an_empty_body_opens_the_default_experiment(http: httpx.Client) -> None:
    answer = http.post("/api/sessions", json={})
    assert answer.status_code == 201
    created = SessionCreated.model_validate_json(answer.content)
    assert (created.run, created.revision, created.state) == ("1", 1, "compiling")
    assert answer.headers["location"] == f"/api/sessions/{created.id}"
    written = answer.json()["experiment"]
    assert written["data"]["noise"] == 0
    assert [layer["name"] for layer in written["network"]["layers"]] == ["dense_1", "dense_2"]


def test_a_preset_opens_by_name(http: httpx.Client) -> None:
    answer = http.post("/api/sessions", json={"preset": "digits"})
    assert answer.json()["experiment"] == preset("digits").experiment.to_document()


def test_an_experiment_comes_back_with_every_default_written_out(http: httpx.Client) -> None:
    sent = {"data": {"source": "synthetic", "name": "rings"}, "network": {"layers": [{"type": "dense", "units": 3}]}}
    answer = http.post("/api/sessions", json={"experiment": sent})
    written = answer.json()["experiment"]
    assert written["data"]["classes"] == 3
    assert written["network"]["layers"][0]["name"] == "dense_1"
    assert Experiment.model_validate_json(json.dumps(written)).to_document() == written


def test_both_tokens_read_a_session(server: ServerProcess, http: httpx.Client) -> None:
    created = create_session(server.url)
    for token in (created.owner_token, created.viewer_token):
        answer = http.get(f"/api/sessions/{created.id}", headers=bearer(token))
        assert answer.status_code == 200
        assert SessionInfo.model_validate_json(answer.content).id == created.id


def test_ids_and_tokens_are_long_and_never_the_same(server: ServerProcess) -> None:
    one, two = create_session(server.url), create_session(server.url)
    secrets = [one.id, one.owner_token, one.viewer_token, two.id, two.owner_token, two.viewer_token]
    assert len(set(secrets)) == 6
    assert all(len(secret) >= 22 for secret in secrets)


def test_the_owner_deletes_a_session(server: ServerProcess, http: httpx.Client) -> None:
    created = create_session(server.url)
    address = f"/api/sessions/{created.id}"
    assert http.delete(address, headers=bearer(created.owner_token)).status_code == 204
    assert http.get(address, headers=bearer(created.owner_token)).status_code == 404
    assert not (server.data_dir / "sessions" / created.id).exists()


def test_samples_are_a_safetensors_file(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    body = {"data": {"source": "synthetic", "name": "xor", "samples": 100}, "split": "train", "from": 10, "count": 20}
    answer = http.post("/api/samples", json=body)
    assert answer.status_code == 200
    tensors = load(answer.content)
    assert tensors["inputs"].shape == (20, 2)
    assert tensors["targets"].shape == (20,)
    assert http.post("/api/samples", json=body).content == answer.content
