"""Uploaded data sets over HTTP: from a form or a pasted table to the data sheet; nothing is left of what is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from safetensors.numpy import load

from live_client import Created, create_session, live
from neuroglow.spec.sheet import DataSheet
from serving import ServerProcess, serving, until

TABLE = "age,colour,size,bought\n" + "".join(
    f"{20 + row},{('red', 'blue', '')[row % 3]},{row / 4},{'yes' if row % 4 else 'no'}\n" for row in range(40)
)


def assert_refused(answer: httpx.Response, status: int, code: str, field: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert (body["type"], body["code"], body.get("field")) == ("error", code, field), body
    assert body["message"]


def upload(http: httpx.Client, data: bytes, name: str = "table.csv") -> httpx.Response:
    return http.post("/api/datasets", files={"file": (name, data)})


def leftovers(server: ServerProcess) -> list[Path]:
    """What is on disk of data sets that never were."""
    return [*(server.data_dir / "spool").iterdir(), *(server.data_dir / "datasets").glob(".*")]


def test_a_form_with_a_table_becomes_a_data_set(server: ServerProcess, http: httpx.Client) -> None:
    answer = upload(http, TABLE.encode(), "../../etc/My table.csv")
    assert answer.status_code == 201, answer.text
    sheet = DataSheet.model_validate_json(answer.content)
    assert answer.headers["location"] == f"/api/datasets/{sheet.id}"
    assert (sheet.title, sheet.rows, sheet.format) == ("My table.csv", 40, "csv")
    assert [(column.name, column.type) for column in sheet.columns] == [
        ("age", "number"), ("colour", "category"), ("size", "number"), ("bought", "boolean"),
    ]  # fmt: skip
    assert (sheet.task, sheet.target, sheet.inputs) == ("classification", "bought", ("age", "colour", "size"))
    assert sheet.columns[1].missing == 13
    assert sheet.preview[0] == ("20", "red", "0.0", "no")
    assert http.get(f"/api/datasets/{sheet.id}").content == answer.content
    assert not leftovers(server)


def test_a_pasted_table_becomes_a_data_set(http: httpx.Client) -> None:
    answer = http.post("/api/datasets", json={"text": "height\tweight\n1,82\t80\n1,64\t61\n1,75\t70\n"})
    assert answer.status_code == 201, answer.text
    sheet = DataSheet.model_validate_json(answer.content)
    assert sheet.columns[0].mean == pytest.approx((1.82 + 1.64 + 1.75) / 3)
    assert sheet.title == "Pasted table"


def test_a_deleted_data_set_is_gone(server: ServerProcess, http: httpx.Client) -> None:
    found = upload(http, TABLE.encode()).json()["id"]
    assert http.delete(f"/api/datasets/{found}").status_code == 204
    assert_refused(http.get(f"/api/datasets/{found}"), 404, "not_found")
    assert_refused(http.delete(f"/api/datasets/{found}"), 404, "not_found")
    assert not (server.data_dir / "datasets" / found).exists()


@pytest.mark.parametrize("name", ["..", "a", "A" * 65, "%2e%2e%2f%2e%2e%2fsessions00000", "AAAAAAAAAAAAAAAAAAAAAA"])
def test_an_id_that_is_none_names_nothing(http: httpx.Client, name: str) -> None:
    assert http.get(f"/api/datasets/{name}").status_code == 404


def form(*parts: tuple[str, bytes], end: str = "--") -> bytes:
    body = b"".join(b"--X\r\n%s\r\n\r\n%s\r\n" % (head.encode(), data) for head, data in parts)
    return body + f"--X{end}\r\n".encode()


FILE = 'Content-Disposition: form-data; name="file"; filename="a.csv"'
OTHER = 'Content-Disposition: form-data; name="other"'


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None),
        (form(), "/file"),
        (form((OTHER, b"1")), "/file"),
        (form((FILE, b"a,b\n1,2\n"), (FILE, b"a,b\n1,2\n")), "/file"),
        (form(*[(OTHER, b"")] * 5000), "/file"),
        (form((FILE, b"a,b\n1,2\n"), end=""), "/file"),
        (form((FILE, b"a,b\n1,2\n3,4\n"))[:-9], None),
        (form(("Content-Disposition: " + "x" * 9000, b"1")), None),
        (form(("", b"a,b\n1,2\n")), "/file"),
        (b"no form at all", None),
    ],
)
def test_a_form_that_is_not_one_file_is_refused(
    server: ServerProcess, http: httpx.Client, body: bytes, field: str | None
) -> None:
    headers = {"content-type": "multipart/form-data; boundary=X"}
    assert_refused(http.post("/api/datasets", content=body, headers=headers), 422, "invalid", field)
    assert not leftovers(server)


@pytest.mark.parametrize("kind", [None, "text/csv", "multipart/form-data", "multipart/mixed; boundary=X"])
def test_a_body_of_another_kind_is_refused(http: httpx.Client, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    assert_refused(http.post("/api/datasets", content=TABLE.encode(), headers=headers), 422, "invalid")


@pytest.mark.parametrize(
    ("body", "field"), [({}, "/text"), ({"text": ""}, "/text"), ({"text": 1}, "/text"), ({"text": "a", "x": 1}, "/x")]
)
def test_a_paste_that_does_not_fit_says_where(http: httpx.Client, body: dict[str, Any], field: str) -> None:
    assert_refused(http.post("/api/datasets", json=body), 422, "invalid", field)


def test_a_file_above_the_limits_is_refused_and_nothing_is_left_of_it(data_dir: Path) -> None:
    limits = {"UPLOAD_BYTES": 3 << 20, "DATASETS_BYTES": 5 << 20, "DATASETS": 3, "PASTE_BYTES": 1000}
    environment = {f"NEUROGLOW_LIMITS__{name}": str(value) for name, value in limits.items()}
    with serving(data_dir, environment=environment) as server, server.client() as http:
        assert_refused(upload(http, b"1,2\n" * (1 << 20)), 413, "too_large")
        # The declared length passes, the counted one does not.
        assert_refused(upload(http, b"1,2\n" * (3 << 18) + b"\n"), 413, "too_large")
        assert_refused(http.post("/api/datasets", json={"text": "1,2\n" * 500}), 413, "too_large")
        assert not leftovers(server)
        table = b"a,b\n" + b"1.25,2\n" * 300_000
        first = upload(http, table)
        assert first.status_code == 201, first.text
        assert_refused(upload(http, table), 413, "too_large")
        assert not leftovers(server)
        assert http.delete(f"/api/datasets/{first.json()['id']}").status_code == 204
        for _ in range(3):
            assert upload(http, TABLE.encode()).status_code == 201
        assert_refused(upload(http, TABLE.encode()), 507, "storage_full")


def test_an_upload_that_is_cut_off_leaves_nothing(server: ServerProcess) -> None:
    body = form((FILE, TABLE.encode() * 1000))
    for share in (1, 5, 9):
        part = len(body) * share // 10

        def cut(part: int = part) -> Any:
            yield body[:part]
            raise ConnectionError("cut")

        headers = {"content-type": "multipart/form-data; boundary=X", "content-length": str(len(body))}
        with server.client() as http, pytest.raises(ConnectionError):
            http.post("/api/datasets", content=cut(), headers=headers)
    until(lambda: not leftovers(server), secs=20.0, why="something is left of uploads that broke off")


def test_data_sets_outlive_the_server(data_dir: Path) -> None:
    with serving(data_dir) as server, server.client() as http:
        sheet = upload(http, TABLE.encode()).json()
        (data_dir / "spool" / "left").write_bytes(b"behind")
    with serving(data_dir) as server, server.client() as http:
        assert http.get(f"/api/datasets/{sheet['id']}").json() == sheet
        assert not leftovers(server)


def test_an_uploaded_table_trains_and_shows_its_rows(server: ServerProcess, http: httpx.Client) -> None:
    server.wait_workers_ready()
    sheet = upload(http, TABLE.encode()).json()
    data = {"source": "upload", "dataset": sheet["id"]}
    created = create_session(server.url, {"experiment": {"data": data}, "play": True})
    spec = created.document["experiment"]["data"]
    assert (spec["target"], spec["task"], spec["inputs"]) == ("bought", "classification", ["age", "colour", "size"])
    assert spec["preparation"]["colour"] == {
        "missing": "category", "encode": "category", "scale": "none", "categories": 20,
    }  # fmt: skip
    asyncio.run(_learn_something_else(server.url, created))
    answer = http.post("/api/samples", json={"data": data, "split": "test", "from": 0, "count": 100})
    assert answer.status_code == 200, answer.text
    assert load(answer.content)["inputs"].shape == (8, 3)


async def _learn_something_else(url: str, created: Created) -> None:
    async with live(url, created.id, created.owner_token) as owner:
        await owner.message("metrics", where=lambda m: any(p["epoch"] >= 20 and p["test_loss"] for p in m["points"]))
        answer = await owner.edit(
            1,
            {"op": "replace", "path": "/data/inputs", "value": ["age", "bought"]},
            {"op": "replace", "path": "/data/target", "value": "size"},
            {"op": "remove", "path": "/data/task"},
        )
        assert answer["type"] == "done", answer
        told = await owner.message("experiment")
        data = told["experiment"]["data"]
        # What depends on the columns is written out anew.
        assert data["task"] == "regression"
        assert set(data["preparation"]) == {"age", "bought"}
        assert [column["name"] for column in data["sheet"]["columns"]] == ["size", "age", "bought"]
        await owner.message("metrics", where=lambda m: any(p.get("test_r2") for p in m["points"]))


@pytest.mark.parametrize("path", ["/api/sessions", "/api/samples", "/api/models"])
def test_data_that_are_not_here_are_named(server: ServerProcess, http: httpx.Client, path: str) -> None:
    server.wait_workers_ready()
    data = {"source": "upload", "dataset": "A" * 22}
    bodies: dict[str, Any] = {
        "/api/sessions": {"experiment": {"data": data}},
        "/api/samples": {"data": data},
        "/api/models": {"data": data, "model": {"type": "decision_tree"}},
    }
    field = "/experiment/data/dataset" if path == "/api/sessions" else "/data/dataset"
    assert_refused(http.post(path, json=bodies[path]), 422, "unknown_data_set", field)
