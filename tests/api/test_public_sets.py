"""Public sets over HTTP: fetched once, shared by all; without a network a sentence, and everything else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from live_client import create_session, live
from neuroglow.spec.public import public_set
from neuroglow.spec.sheet import DataSheet
from openml import NO_NETWORK, ROWS, keep_downloaded
from serving import ServerProcess, serving, until

PUBLIC = "/api/datasets/public"
PATIENCE_SECS = 200.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Has downloaded two of the sets, and reaches nothing any more; copying one of them here once broke off."""
    data_dir = tmp_path_factory.mktemp("data")
    for name in ("fashion_mnist", "california_housing"):
        keep_downloaded(data_dir, name)
    unfinished = data_dir / "datasets" / public_set("fashion_mnist").dataset
    unfinished.mkdir(parents=True)
    (unfinished / "c0.npy").write_bytes(b"half")
    with serving(data_dir, environment=NO_NETWORK) as own:
        yield own


@pytest.fixture
def http(server: ServerProcess) -> Iterator[httpx.Client]:
    with server.client() as client:
        # An errand gives way to everything else that a machine is busy with.
        client.timeout = httpx.Timeout(PATIENCE_SECS)
        yield client


def fetch(http: httpx.Client, name: str) -> httpx.Response:
    return http.post(PUBLIC, json={"name": name})


def test_a_set_is_fetched_once_and_shared(server: ServerProcess, http: httpx.Client) -> None:
    first = fetch(http, "california_housing")
    assert first.status_code == 201, first.text
    sheet = DataSheet.model_validate_json(first.content)
    assert (sheet.title, sheet.format, sheet.rows) == ("California housing", "openml", ROWS)
    assert first.headers["location"] == f"/api/datasets/{sheet.id}"
    # It is a data set by now; what was downloaded is not needed any more.
    assert not (server.data_dir / "public" / "california_housing").exists()
    again = fetch(http, "california_housing")
    assert (again.status_code, again.json()) == (200, first.json())
    refused = http.delete(f"/api/datasets/{sheet.id}")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert http.get(f"/api/datasets/{sheet.id}").json() == first.json()


def test_who_asks_together_waits_for_the_same_fetch_and_learns_from_it(
    server: ServerProcess, http: httpx.Client
) -> None:
    async def together() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_SECS, verify=False) as class_room:
            return await asyncio.gather(*(class_room.post(PUBLIC, json={"name": "fashion_mnist"}) for _ in range(5)))

    answers = asyncio.run(together())
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1

    def stored() -> list[str]:
        return [entry["dataset"] for entry in server.events("dataset_stored") if "fashion" in entry["dataset"]]

    # An answer may be here before the line that the server wrote first.
    until(stored, secs=PATIENCE_SECS, why="the server did not tell of the set")
    assert stored() == [public_set("fashion_mnist").dataset]
    server.wait_workers_ready()
    data = {"source": "upload", "dataset": public_set("fashion_mnist").dataset}
    created = create_session(server.url, {"experiment": {"data": data}, "play": True})
    assert created.document["experiment"]["data"]["target"] == "kind"
    asyncio.run(_trains(server, created.id, created.owner_token))


async def _trains(server: ServerProcess, session: str, token: str) -> None:
    async with live(server.url, session, token) as client:
        await client.message("metrics", where=lambda m: any(point["update"] > 0 for point in m["points"]))


def test_without_a_network_it_says_what_to_do_and_sessions_go_on(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    created = create_session(server.url, {"play": True})

    async def beside() -> None:
        async with live(server.url, created.id, created.owner_token) as client:
            await client.state("running")
            answer = await asyncio.to_thread(fetch, http, "mnist")
            body = answer.json()
            assert (answer.status_code, body["type"], body["code"]) == (503, "error", "no_network")
            assert "could not reach openml.org" in body["message"]
            assert "mnist.npz" in body["message"]
            after = len(client.messages)
            await client.message("metrics", after=after, where=lambda m: bool(m["points"]))

    asyncio.run(beside())
    data = {"source": "upload", "dataset": public_set("mnist").dataset}
    refused = http.post("/api/sessions", json={"experiment": {"data": data}}).json()
    assert (refused["code"], refused["field"]) == ("unknown_data_set", "/experiment/data/dataset")
    assert "MNIST was not fetched" in refused["message"]
    assert not [*(server.data_dir / "datasets").glob(".*")]


@pytest.mark.parametrize(
    ("body", "field"), [({}, "/name"), ({"name": "iris"}, "/name"), ({"name": "mnist", "x": 1}, "/x")]
)
def test_what_is_no_public_set_is_pointed_at(http: httpx.Client, body: dict[str, object], field: str) -> None:
    answer = http.post(PUBLIC, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", field)


def test_the_catalog_lists_them(http: httpx.Client) -> None:
    listed = http.get("/api/catalog").json()["public_sets"]
    assert [known["name"] for known in listed] == ["mnist", "fashion_mnist", "cifar_10", "california_housing"]
    assert all(known["title"] and known["sentence"] and known["rows"] for known in listed)
