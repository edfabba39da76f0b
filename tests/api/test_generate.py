"""A network writes on over HTTP: the same characters that predictions of it give."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.test_routes import bearer
from live_client import Created, create_session, live
from neuroglow.spec.limits import Limits
from neuroglow.spec.text import vocabulary_of
from neuroglow.wire.http import TextWritten
from serving import ServerProcess

pytestmark = pytest.mark.anyio

TEXT = "the cat sat on the mat. the dog ate the cat. " * 12
LENGTH = 8
EXPERIMENT: dict[str, Any] = {
    "data": {"source": "text", "text": TEXT, "length": LENGTH, "stride": 1},
    "network": {"layers": [{"type": "embedding", "units": 8}, {"type": "gru", "units": 16, "return_sequences": True}]},
}


def ask(http: httpx.Client, of: Created, token: str | None = None, **members: Any) -> httpx.Response:
    return http.post(
        f"/api/sessions/{of.id}/generate", json=members, headers=bearer(token or of.viewer_token), timeout=120.0
    )


def written(answer: httpx.Response) -> TextWritten:
    assert answer.status_code == 200, answer.text
    return TextWritten.model_validate_json(answer.content)


def likeliest(http: httpx.Client, of: Created, read: str, count: int) -> tuple[str, list[float]]:
    """As any program can write with predictions alone."""
    said, sure = "", []
    for _ in range(count):
        row = list((read + said)[-LENGTH:])
        made = http.post(f"/api/predict/{of.id}", json={"rows": [row]}, headers=bearer(of.viewer_token), timeout=60.0)
        (prediction,) = made.json()["predictions"]
        said += prediction["class"]
        sure.append(max(prediction["probabilities"]))
    return said, sure


async def test_a_text_is_written_on_as_predictions_would_and_is_repeated_by_its_seed(
    server: ServerProcess, http: httpx.Client
) -> None:
    server.wait_workers_ready()
    created = create_session(server.url, {"experiment": EXPERIMENT})
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused")
        await client.control("step", updates=60)
    told = written(ask(http, created, prompt="the cat s", characters=20, temperature=0))
    text, sure = likeliest(http, created, "the cat s", 20)
    assert (told.text, told.run, told.from_update, told.update) == (text, "1", 60, 60)
    assert told.probabilities == pytest.approx(sure, rel=1e-4)
    # Behind the beginning of the text.
    unprompted = written(ask(http, created, characters=5, temperature=0))
    assert unprompted.text == likeliest(http, created, TEXT[:LENGTH], 5)[0]
    first, again, other = (
        written(ask(http, created, prompt="the ", characters=120, temperature=1.5, seed=seed)) for seed in (3, 3, 4)
    )
    assert first == again
    assert first.text != other.text
    assert len(first.text) == 120
    assert set(first.text) <= set(vocabulary_of(TEXT))


async def test_it_writes_while_it_trains(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    created = create_session(server.url, {"experiment": EXPERIMENT, "play": True})
    told = written(ask(http, created, created.owner_token, characters=40))
    assert len(told.text) == 40
    assert told.update > told.from_update


def test_what_cannot_be_written_is_refused(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    created = create_session(server.url, {"experiment": EXPERIMENT})
    for members, field in (
        ({"prompt": "Ünknown"}, "/prompt"),
        ({"characters": Limits().generated_characters + 1}, "/characters"),
        ({"temperature": 2.5}, "/temperature"),
        ({"seed": -1}, "/seed"),
    ):
        answer = ask(http, created, **members)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", field)
    assert ask(http, created, "wrong").status_code == 401
    plane = create_session(server.url, {})
    refused = ask(http, plane)
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_state")
