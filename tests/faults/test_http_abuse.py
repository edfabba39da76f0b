"""HTTP that is wrong: every answer has the one shape, and nothing outside the page's folder is ever served."""

from __future__ import annotations

import contextlib
import json
import random
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from starlette.routing import Route, WebSocketRoute

from faults.nonsense import WRONG
from faults.raw_wire import RawWire
from faults.rig import Bystander, assert_quiet, crowding
from live_client import create_session
from neuroglow.errors import all_error_types
from neuroglow.gateway.page import Page
from neuroglow.gateway.routes import routes
from serving import ServerProcess, serving

ANSWER_SECS = 0.3
CODES = {kind.code for kind in all_error_types()} - {"internal"}
BODY_LIMIT = 256 * 1024
SECRET = b"the-content-of-a-file-nobody-may-read"

HTTP_ROUTES = sorted(
    (method, route.path.replace("{session_id}", "A" * 22).replace("{path:path}", "x.js").replace("{rest:path}", "x"))
    for route in routes(Page(None))
    if isinstance(route, Route)
    for method in (route.methods or {"GET"})
)
SOCKET_ROUTES = [
    route.path.replace("{session_id}", "A" * 22) for route in routes(Page(None)) if isinstance(route, WebSocketRoute)
]
BAD_HOSTS = ["evil.com", "127.0.0.1.evil.com", "127.0.0.1:1", "localhost.", "", "127.0.0.1:{port}@evil.com"]
BAD_ORIGINS = ["null", "http://evil.com", "https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.com", "file://", ""]


@pytest.fixture(scope="module")
def module_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with a page of its own: a folder beside which secrets lie."""
    folder = tmp_path_factory.mktemp("served")
    static = folder / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<p>the page</p>")
    (static / "assets" / "a.js").write_text("1")
    (static / ".hidden").write_bytes(SECRET)
    (static / "assets" / ".hidden").write_bytes(SECRET)
    (folder / "secret.txt").write_bytes(SECRET)
    (folder / "static-secret").mkdir()
    (folder / "static-secret" / "secret.txt").write_bytes(SECRET)
    (static / "link.txt").symlink_to(folder / "secret.txt")
    (static / "way-out").symlink_to(folder, target_is_directory=True)
    environment = {
        "NEUROGLOW_LIMITS__UNWATCHED_PAUSE_SECS": "0.5",
        "NEUROGLOW_LIMITS__REQUESTS_PER_SECOND": "1e6",
        "NEUROGLOW_LIMITS__REQUEST_BURST": "1000000",
        "NEUROGLOW_LIMITS__SESSIONS": "4",
        "NEUROGLOW_PARKED_SESSIONS": "4",
    }
    with serving(folder / "data", arguments=("--static", str(static)), environment=environment) as own:
        yield own


@pytest.fixture
def http(server: ServerProcess) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def assert_typed(answer: httpx.Response) -> None:
    """The one shape of every error."""
    assert 400 <= answer.status_code < 500 or answer.status_code == 503, (answer.status_code, answer.text[:300])
    body = answer.json()
    assert body["type"] == "error"
    assert body["code"] in CODES, body
    assert body["message"]
    assert set(body) >= {"type", "code", "message"}


@pytest.fixture(scope="module", autouse=True)
def slow_heads(module_server: ServerProcess) -> Iterator[list[RawWire]]:
    """Connections from before all other tests whose request's head never ends; the last test looks at them."""
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(RawWire(module_server)) for _ in range(3)]
        for wire, start in zip(wires, (b"", b"GET /api/hea", b"GET /api/health HTTP/1.1\r\nX-Slow: "), strict=True):
            wire.send(start)
        yield wires


# --- who asks


@pytest.mark.parametrize(("method", "path"), HTTP_ROUTES)
def test_no_route_answers_under_other_names_or_to_other_pages(http: httpx.Client, method: str, path: str) -> None:
    port = http.base_url.port
    for host in BAD_HOSTS:
        answer = http.request(method, path, headers={"Host": host.format(port=port)})
        assert answer.status_code == 403
        assert method == "HEAD" or answer.json()["code"] == "forbidden"
    for origin in BAD_ORIGINS:
        answer = http.request(method, path, headers={"Origin": origin.format(port=port)})
        assert answer.status_code == 403
        assert method == "HEAD" or answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("path", SOCKET_ROUTES)
@pytest.mark.parametrize("line", [*(f"Origin: {origin}" for origin in BAD_ORIGINS), "Host: evil.com"])
def test_no_socket_opens_to_other_pages(server: ServerProcess, path: str, line: str) -> None:
    key = f"Sec-WebSocket-Key: {'A' * 22}=="
    usual = ("Upgrade: websocket", "Connection: Upgrade", key, "Sec-WebSocket-Version: 13")
    with RawWire(server) as wire:
        answer = wire.upgrade(path, *usual, line.format(port=server.port))
    assert answer.status_code in (400, 403)
    assert_typed(answer)


@pytest.mark.parametrize("path", sorted({path for _, path in HTTP_ROUTES} | {"/api", "/nothing", "/a/b/c"}))
def test_methods_a_route_does_not_take(server: ServerProcess, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH"):
        if (method, path) in HTTP_ROUTES:
            continue
        with RawWire(server) as wire:
            wire.request(f"{method} {path} HTTP/1.1\nConnection: close\nContent-Length: 0")
            assert_typed(wire.answer())


# --- what is asked for

TRAVERSALS = [
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/%252e%252e%252fsecret.txt",
    "/....//secret.txt",
    "/.%2e/secret.txt",
    "/../static-secret/secret.txt",
    "/%2e%2e/static-secret/secret.txt",
    "//secret.txt",
    "/link.txt",
    "/way-out/secret.txt",
    "/.hidden",
    "/assets/.hidden",
    "/%2ehidden",
    "/s/../secret.txt",
    "/s/%2e%2e%2fsecret.txt",
    "/s/..%2f..%2fsecret.txt",
    "/secret.txt%00.js",
    "/assets/a.js%00",
    "/%00",
    "/" + "a" * 5000,
    "/" + "a/" * 2000,
    "/%ff%fe",
    "/%c0%ae%c0%ae/secret.txt",
    "/C:/secret.txt",
    "/file:///etc/passwd",
    "/?/../secret.txt",
    "/assets/a.js/../../../secret.txt",
    "/api/../secret.txt",
    "/api/sessions/../../secret.txt",
    "/api/sessions/..%2f..%2fdata%2flock",
]


@pytest.mark.parametrize("path", [*TRAVERSALS, "{static}/../secret.txt", "/{static}/../secret.txt"])
@pytest.mark.parametrize("range_line", ["", "\nRange: bytes=0-9", "\nRange: bytes=" + ",".join(["0-1"] * 1000)])
def test_nothing_outside_the_page_is_served(server: ServerProcess, path: str, range_line: str) -> None:
    asked = path.format(static=str(server.data_dir.parent / "static"))
    with RawWire(server) as wire:
        wire.request(f"GET {asked} HTTP/1.1\nConnection: close{range_line}")
        answer = wire.answer()
    assert SECRET not in answer.content
    if answer.status_code == 200:
        assert answer.content == b"<p>the page</p>"
    else:
        assert_typed(answer)


def test_ranges_are_not_honoured_and_cost_nothing(http: httpx.Client) -> None:
    many = ",".join(f"{n}-{n + 1}" for n in range(10_000))[:8000]
    answer = http.get("/assets/a.js", headers={"Range": f"bytes={many}"})
    assert (answer.status_code, answer.content) == (200, b"1")


# --- what is sent

LONG = str(10**30)
LENGTHS = [
    ("Content-Length: -1", b""),
    ("Content-Length: x", b""),
    (f"Content-Length: {LONG}", b""),
    ("Content-Length: 5\nContent-Length: 6", b"12345"),
    ("Content-Length: 5\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    (f"Content-Length: {BODY_LIMIT + 1}", b""),
    ("Transfer-Encoding: chunked", b"x\r\n"),
    ("Transfer-Encoding: chunked", b"FFFFFFFFFFFFFFFFFF\r\n"),
    ("Transfer-Encoding: chunked", b"%x\r\n" % (BODY_LIMIT + 1) + b" " * (BODY_LIMIT + 1) + b"\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", b"1\r\n \r\n" * 60_000 + b"0\r\n\r\n"),
    ("Transfer-Encoding: gzip", b""),
]


@pytest.mark.parametrize(("line", "body"), LENGTHS, ids=[line[:40] for line, _ in LENGTHS])
def test_bodies_whose_length_is_a_lie(server: ServerProcess, line: str, body: bytes) -> None:
    with RawWire(server) as wire:
        with contextlib.suppress(ConnectionError):
            wire.request(f"POST /api/sessions HTTP/1.1\nConnection: close\n{line}", body)
        assert_typed(wire.answer())


def test_bodies_that_never_come_hold_up_nobody(server: ServerProcess) -> None:
    """Half heads, half bodies, a byte now and then, connections that say nothing: fifty of each."""
    with contextlib.ExitStack() as stack, Bystander(server) as bystander:
        for _ in range(50):
            for start in (
                b"",
                b"POST /api/sess",
                b"POST /api/sessions HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\n\r\n{",
                b"POST /api/sessions HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
            ):
                wire = stack.enter_context(RawWire(server))
                wire.send(start.replace(b"%s", wire.host.encode()))
        create_session(server.url)
    bystander.assert_served(ANSWER_SECS * crowding())


HEADS = [
    "GET /api/health HTTP/9.9",
    "GET /api/health",
    "GET  /api/health HTTP/1.1",
    "GET /api/health HTTP/1.1\nBad Header: x",
    "GET /api/health HTTP/1.1\nX: " + "y" * 100_000,
    "GET /api/health HTTP/1.1\n" + "\n".join(f"X-{n}: y" for n in range(5000)),
    "GET /" + "a" * 100_000 + " HTTP/1.1",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "PRI * HTTP/2.0",
    "CONNECT evil.com:443 HTTP/1.1",
    "GET http://evil.com/ HTTP/1.1",
    "G\xcbT /api/health HTTP/1.1",
    "GET /api/health HTTP/1.1\nAuthorization: Bearer \x00",
    "GET /api/health HTTP/1.1\nX: a\r\rInjected: b",
]


@pytest.mark.parametrize("head", HEADS, ids=[head[:30] for head in HEADS])
def test_heads_that_are_none(server: ServerProcess, head: str) -> None:
    """Answered in the one shape or simply hung up on; an odd but legal one may be answered."""
    with RawWire(server) as wire:
        with contextlib.suppress(ConnectionError):
            wire.request(f"{head}\nConnection: close")
        answer = wire.answer()
    if answer.status_code not in (200, 599):
        assert_typed(answer)


BODIES: list[Any] = [
    {},
    {"preset": "xor"},
    {"experiment": {}},
    {"experiment": {"data": {"source": "synthetic", "name": "xor", "noise": 0.1}}},
    {"experiment": {"data": {"source": "bundled", "name": "wine"}, "network": {"layers": []}}},
    {"experiment": {"network": {"layers": [{"type": "dense", "units": 3, "name": "a"}]}}},
    {"experiment": {"training": {"optimizer": {"type": "adam", "learning_rate": 0.1}, "loss": "auto"}}},
    {"data": {"source": "synthetic", "name": "xor"}, "split": "train", "from": 0, "count": 5},
]


def paths_of(value: Any) -> list[tuple[Any, ...]]:
    """Where something could be wrong in a document."""
    found: list[tuple[Any, ...]] = [()]
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        found += [(step, *rest) for rest in paths_of(inner)]
    return found


@st.composite
def wrong_bodies(draw: st.DrawFn) -> bytes:
    """A body with a member of it, however deep, replaced, added or doubled."""
    document = json.loads(json.dumps(draw(st.sampled_from(BODIES))))
    path = draw(st.sampled_from(paths_of(document)))
    wrong = draw(WRONG)
    if not path:
        document = wrong if draw(st.booleans()) else document | {draw(st.text(max_size=8)): wrong}
    else:
        inner = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = wrong
    text = json.dumps(document)
    match draw(st.sampled_from(["whole", "whole", "whole", "cut", "twice"])):
        case "cut":
            text = text[: draw(st.integers(0, len(text)))]
        case "twice":
            text = text[:-1] + ',"play":1,"play":2' + text[-1:]
    return text.encode(errors="surrogatepass")


def test_bodies_that_are_wrong_somewhere(server: ServerProcess, http: httpx.Client, soak: bool) -> None:
    server.wait_workers_ready()
    mark = len(server.log)

    @seed(random.SystemRandom().getrandbits(64) if soak else 8)
    @settings(
        max_examples=10_000 if soak else 150,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(path=st.sampled_from(["/api/sessions", "/api/samples"]), body=wrong_bodies())
    def send(path: str, body: bytes) -> None:
        answer = http.post(path, content=body)
        if answer.status_code not in (200, 201):
            assert_typed(answer)

    send()
    assert_quiet(server, mark)


def test_a_socket_that_is_reset_in_the_middle_of_an_answer(server: ServerProcess) -> None:
    mark = len(server.log)
    for _ in range(20):
        wire = RawWire(server)
        wire.request("GET /api/catalog HTTP/1.1")
        wire.cut()
        with RawWire(server) as half:
            half.send(b"GET /api/catalog HTTP/1.1\r\nHost: ")
            half.socket.shutdown(socket.SHUT_WR)
    with server.client() as client:
        assert client.get("/api/catalog").status_code == 200
    assert_quiet(server, mark)


def test_the_log_holds_no_token_and_no_secret(server: ServerProcess) -> None:
    created = create_session(server.url)
    with server.client() as client:
        for token in (created.owner_token, created.viewer_token):
            client.get(f"/api/sessions/{created.id}", headers={"Authorization": f"Bearer {token}"})
        client.get("/api/nothing", headers={"X-Name": 'x\n{"level":"error"}'.replace("\n", " ")})
    for path in [server.data_dir / "sessions" / created.id / "session.json"]:
        assert not any(token in path.read_text() for token in (created.owner_token, created.viewer_token))
    log = "\n".join(server.log)
    assert created.owner_token not in log
    assert created.viewer_token not in log
    assert SECRET.decode() not in log
    assert_quiet(server)


def test_who_is_slow_is_given_up(server: ServerProcess, slow_heads: list[RawWire], soak: bool) -> None:
    """A head has ten seconds, which passed meanwhile; the long form also waits the half minute that a body has."""
    for wire in slow_heads:
        assert wire.socket.recv(1000) == b""
    if soak:
        with RawWire(server) as wire:
            wire.socket.settimeout(60.0)
            wire.request("POST /api/sessions HTTP/1.1\nContent-Length: 100", b"{")
            assert_typed(wire.answer())
