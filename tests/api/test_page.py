"""The built page is served under every address of the page, and nothing else of the disk is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving import ServerProcess, serving

INDEX = "<!doctype html><title>Neuroglow</title>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with one asset, beside a file that is nobody's business."""
    root = tmp_path_factory.mktemp("page")
    static = root / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(INDEX)
    (static / "favicon.svg").write_text("<svg/>")
    (static / "assets" / "index-abc123.js").write_text("export {}")
    (static / ".hidden").write_text("hidden")
    (root / "secret.txt").write_text("secret")
    (static / "link.txt").symlink_to(root / "secret.txt")
    return static


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[httpx.Client]:
    with (
        serving(tmp_path_factory.mktemp("data"), arguments=("--static", str(folder))) as server,
        server.client() as http,
    ):
        yield http


@pytest.mark.parametrize("path", ["/", "/s/AAAAAAAAAAAAAAAAAAAAAA", "/?x=1"])
def test_the_page_has_one_document(page: httpx.Client, path: str) -> None:
    answer = page.get(path)
    assert answer.status_code == 200
    assert answer.text == INDEX
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


def test_assets_may_be_kept_for_ever(page: httpx.Client) -> None:
    answer = page.get("/assets/index-abc123.js")
    assert answer.text == "export {}"
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]
    assert page.get("/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/link.txt",
        "/.hidden",
        "/assets/%00",
        "/assets",
        "/api/index.html",
        "/" + "a" * 5000,
    ],
)
def test_nothing_else_is_served(page: httpx.Client, path: str) -> None:
    answer = page.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_page_may_connect_to_its_own_socket_and_nowhere_else(page: httpx.Client) -> None:
    policy = page.get("/").headers["content-security-policy"]
    host = page.base_url.netloc.decode()
    assert f"connect-src 'self' ws://{host}" in policy
    assert "object-src 'none'" in policy


def test_a_missing_page_is_said_and_the_api_is_up(tmp_path: Path) -> None:
    arguments = ("--static", str(tmp_path / "nothing"))
    with serving(tmp_path / "data", arguments=arguments) as server, server.client() as http:
        answer = http.get("/")
        assert answer.status_code == 503
        assert "not built" in answer.text
        assert http.get("/api/health").status_code == 200


def test_a_broken_handshake_has_the_one_error_shape(server: ServerProcess, http: httpx.Client) -> None:
    answer = http.get("/api/sessions/x/live", headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "error"
