"""Host and Origin: no other site's page and no rebound name gets in, on any route."""

from __future__ import annotations

import socket

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from live_client import create_session, raw_socket
from serving import ServerProcess

pytestmark = pytest.mark.anyio

ROUTES = [
    ("GET", "/"),
    ("GET", "/s/abc"),
    ("GET", "/assets/x.js"),
    ("GET", "/api/health"),
    ("GET", "/api/catalog"),
    ("POST", "/api/sessions"),
    ("GET", "/api/sessions/abc"),
    ("DELETE", "/api/sessions/abc"),
    ("POST", "/api/samples"),
    ("GET", "/api/nothing"),
]
BAD_HOSTS = [
    "evil.com",
    "evil.com:{port}",
    "localhost.evil.com:{port}",
    "127.0.0.1:1",
    "127.0.0.1.evil.com",
    "1.2.3.4:{port}",
    "LOCALHOST:{port}",
    "localhost.:{port}",
    "",
]
BAD_ORIGINS = [
    "null",
    "https://evil.com",
    "http://evil.com:{port}",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "https://127.0.0.1:{port}",
    "HTTP://127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}.evil.com",
    "http://127.0.0.1.evil.com:{port}",
    "http://localhost:{port}",
    "http://127.0.0.1.:{port}",
    "http://xn--127-0-0-1:{port}",
    "file://",
    "",
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_other_hosts_and_origins(http: httpx.Client, method: str, path: str) -> None:
    for headers in ({"Host": "evil.com"}, {"Origin": "https://evil.com"}):
        answer = http.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_a_name_that_is_not_ours(server: ServerProcess, http: httpx.Client, host: str) -> None:
    answer = http.get("/api/health", headers={"Host": host.format(port=server.port)})
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}"])
def test_our_own_names(server: ServerProcess, http: httpx.Client, host: str) -> None:
    own = host.format(port=server.port)
    assert http.get("/api/health", headers={"Host": own, "Origin": f"http://{own}"}).status_code == 200


def test_two_host_headers(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        own = f"127.0.0.1:{server.port}".encode()
        raw.sendall(b"GET /api/health HTTP/1.1\r\nHost: %s\r\nHost: evil.com\r\nConnection: close\r\n\r\n" % own)
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))


@pytest.mark.parametrize("origin", BAD_ORIGINS)
def test_an_origin_that_is_not_ours(server: ServerProcess, http: httpx.Client, origin: str) -> None:
    answer = http.post("/api/sessions", json={}, headers={"Origin": origin.format(port=server.port)})
    assert answer.status_code == 403


def test_an_absent_origin_is_allowed(http: httpx.Client) -> None:
    assert http.post("/api/sessions", json={}).status_code == 201


@pytest.mark.parametrize("origin", BAD_ORIGINS)
async def test_the_live_socket_refuses_other_origins(server: ServerProcess, origin: str) -> None:
    created = create_session(server.url)
    with pytest.raises(InvalidStatus) as refused:
        async with raw_socket(server.url, created.id, additional_headers={"Origin": origin.format(port=server.port)}):
            pytest.fail("the handshake was accepted")
    assert refused.value.response.status_code == 403
    assert b'"forbidden"' in refused.value.response.body


async def test_the_live_socket_takes_our_own_origin(server: ServerProcess) -> None:
    created = create_session(server.url)
    async with raw_socket(server.url, created.id, origin=server.url) as connection:
        assert connection.response is not None
        assert connection.response.status_code == 101
