"""Weights go out and come back as files: training goes on to the bit, and a file made to do harm harms nothing."""

from __future__ import annotations

import http.client
import json
import struct
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
from safetensors.numpy import load, save

from api.test_routes import bearer
from live_client import Created, create_session, live
from serving import ServerProcess

pytestmark = pytest.mark.anyio

SMALL: dict[str, Any] = {
    "data": {"source": "synthetic", "name": "xor", "samples": 60, "noise": 0.1},
    "network": {"layers": [{"units": 5}, {"units": 3}]},
    "training": {"batch_size": 7, "optimizer": {"type": "adam", "learning_rate": 0.02}, "seed": 5},
}
OTHER: dict[str, Any] = {"data": {"source": "bundled", "name": "iris"}, "network": {"layers": [{"units": 6}]}}


def down(http: httpx.Client, of: Created) -> bytes:
    answer = http.get(f"/api/sessions/{of.id}/weights", headers=bearer(of.viewer_token))
    assert answer.status_code == 200, answer.text
    return answer.content


def up(http: httpx.Client, to: Created, file: bytes, *, query: str = "", token: str | None = None) -> httpx.Response:
    headers = bearer(token or to.owner_token)
    return http.put(f"/api/sessions/{to.id}/weights{query}", content=file, headers=headers)


def refused(http: httpx.Client, of: Created) -> int:
    """What one who brings no token gets."""
    return http.get(f"/api/sessions/{of.id}/weights").status_code


def header_of(file: bytes) -> dict[str, Any]:
    length = struct.unpack("<Q", file[:8])[0]
    header: dict[str, Any] = json.loads(file[8 : 8 + length])
    return header


def content(file: bytes) -> tuple[dict[str, Any], bytes]:
    """What a file says and every bit of its numbers; the order of its metadata says nothing."""
    return header_of(file), file[8 + struct.unpack("<Q", file[:8])[0] :]


def with_header(file: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The file with another header, its numbers as they are."""
    header = header_of(file)
    text = json.dumps(change(header) or header).encode()
    return struct.pack("<Q", len(text)) + text + file[8 + struct.unpack("<Q", file[:8])[0] :]


async def stepped(server: ServerProcess, session: Created, updates: int) -> None:
    server.wait_workers_ready()
    async with live(server.url, session.id, session.owner_token) as client:
        assert (await client.control("step", updates=updates))["type"] == "done"


async def test_training_goes_on_from_a_file_to_the_bit(server: ServerProcess, http: httpx.Client) -> None:
    first = create_session(server.url, {"experiment": SMALL})
    await stepped(server, first, 123)
    file = down(http, first)
    second = create_session(server.url, {"experiment": OTHER})
    async with live(server.url, second.id, second.owner_token) as client:
        await client.state("paused")
        before = len(client.messages)
        answer = up(http, second, file)
        assert answer.status_code == 200, answer.text
        assert answer.json()["update"] == 123
        assert answer.json()["experiment"] == first.document["experiment"]
        told = await client.message("experiment", after=before)
        assert told["experiment"] == first.document["experiment"]
        began = await client.message("state", after=before, where=lambda state: state["run"] != second.document["run"])
        assert began["update"] == 123
        assert began["state"] == "paused"
    assert content(down(http, second)) == content(file)
    await stepped(server, first, 77)
    await stepped(server, second, 77)
    assert content(down(http, second)) == content(down(http, first))
    assert header_of(down(http, first))["__metadata__"]["update"] == "200"


async def test_weights_can_go_into_the_sessions_own_experiment(server: ServerProcess, http: httpx.Client) -> None:
    first = create_session(server.url, {"experiment": SMALL})
    await stepped(server, first, 10)
    wider = SMALL | {"network": {"layers": [{"units": 6}, {"units": 3}]}, "training": {"batch_size": 3}}
    second = create_session(server.url, {"experiment": wider})
    answer = up(http, second, down(http, first), query="?experiment=session")
    assert answer.json()["experiment"] == second.document["experiment"]
    old, new = load(down(http, first)), load(down(http, second))
    np.testing.assert_array_equal(
        new["parameters/dense_1/weight"][:5], old["parameters/dense_1/weight"]
    )
    np.testing.assert_array_equal(new["parameters/output/weight"], old["parameters/output/weight"])


async def test_only_the_owner_loads_and_a_viewer_may_download(server: ServerProcess, http: httpx.Client) -> None:
    session = create_session(server.url, {"experiment": SMALL})
    server.wait_workers_ready()
    file = down(http, session)
    assert up(http, session, file, token=session.viewer_token).status_code == 403
    assert up(http, session, file, token="guess").status_code == 401
    assert refused(http, session) == 401
    assert up(http, session, file, query="?experiment=mine").json()["field"] == "/experiment"


def changed(name: str, **members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[name].update(members)


def described(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header["__metadata__"].update(members)


BIAS = "parameters/dense_1/bias"
HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda file: b"",
    "a few bytes": lambda file: file[:5],
    "header longer than the file": lambda file: struct.pack("<Q", len(file) * 2) + file[8:],
    "header of 2^63 bytes": lambda file: struct.pack("<Q", 1 << 63) + file[8:],
    "header of 3 MB": lambda file: struct.pack("<Q", 3 << 20) + b" " * (3 << 20),
    "not JSON": lambda file: struct.pack("<Q", 8) + b"{nothing" + file,
    "a list": lambda file: with_header(file, lambda header: [header]),
    "nested too deep": lambda file: struct.pack("<Q", 20_000) + b"[" * 20_000,
    "not UTF-8": lambda file: struct.pack("<Q", 8) + b'{"\xff": 1}',
    "the same key twice": lambda file: file.replace(b'"scalars/0":', b'"scalars/0":null,"scalars/0":', 1),
    "cut off": lambda file: file[:-1],
    "something behind": lambda file: file + b"\0",
    "overlapping tensors": lambda file: with_header(file, changed(BIAS, data_offsets=[0, 20])),
    "negative offsets": lambda file: with_header(file, changed(BIAS, data_offsets=[-20, 0])),
    "offsets that are no integers": lambda file: with_header(file, changed(BIAS, data_offsets=[0.0, 20.0])),
    "shape and bytes disagree": lambda file: with_header(file, changed(BIAS, shape=[500_000_000])),
    "a shape of 2^62": lambda file: with_header(file, changed(BIAS, shape=[1 << 62])),
    "another dtype": lambda file: with_header(file, changed(BIAS, dtype="F64")),
    "true for a number": lambda file: with_header(file, changed("scalars/0", shape=[True])),
    "a tensor too many": lambda file: with_header(file, lambda header: header.update({"x": header[BIAS]})),
    "a tensor too few": lambda file: with_header(file, lambda header: header.pop(BIAS) and None),
    "a file of someone else": lambda file: save({"weight": np.zeros(3, np.float32)}, metadata={"format": "pt"}),
    "no metadata": lambda file: save(load(file)),
    "a newer format": lambda file: with_header(file, described(format="2")),
    "a negative update": lambda file: with_header(file, described(update="-1")),
    "an update without end": lambda file: with_header(file, described(update="9" * 19)),
    "no experiment": lambda file: with_header(file, described(experiment="{}")),
    "not the optimizer's state": lambda file: with_header(file, described(moments="0")),
    "a number that is not finite": lambda file: file[:-4] + struct.pack("<f", float("nan")),
}  # fmt: skip


async def test_a_file_made_to_do_harm_is_refused_and_the_session_goes_on(
    server: ServerProcess, http: httpx.Client
) -> None:
    session = create_session(server.url, {"experiment": SMALL})
    await stepped(server, session, 5)
    file = down(http, session)
    for what, spoil in HOSTILE.items():
        spoiled = spoil(file)
        if what == "a number that is not finite":
            # The last tensor of the file is one of floats.
            last = max((e for n, e in header_of(file).items() if n != "__metadata__"), key=lambda e: e["data_offsets"])
            if last["dtype"] != "F32":
                start = 8 + struct.unpack("<Q", file[:8])[0]
                at = start + header_of(file)[BIAS]["data_offsets"][0]
                spoiled = file[:at] + struct.pack("<f", float("nan")) + file[at + 4 :]
        answer = up(http, session, spoiled)
        assert answer.status_code == 422, (what, answer.text)
        assert answer.json()["code"] in ("upload_rejected", "invalid"), what
    assert content(down(http, session)) == content(file)
    assert not list((server.data_dir / "sessions" / session.id).glob("upload-*"))


async def test_an_experiment_too_large_for_the_server_is_refused_by_its_header(
    server: ServerProcess, http: httpx.Client
) -> None:
    session = create_session(server.url, {"experiment": SMALL})
    server.wait_workers_ready()
    layers = [{"type": "dense", "name": f"dense_{n}", "units": 1024, "initializer": "zeros"} for n in range(1, 200)]
    large = SMALL | {"network": {"layers": layers}}
    answer = up(http, session, with_header(down(http, session), described(experiment=json.dumps(large))))
    assert answer.status_code == 422


async def test_a_body_above_the_limit_is_refused_before_it_comes(server: ServerProcess) -> None:
    session = create_session(server.url, {"experiment": SMALL})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("PUT", f"/api/sessions/{session.id}/weights")
    for name, value in {**bearer(session.owner_token), "Content-Length": str(1 << 40)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
