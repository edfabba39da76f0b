"""Which names and origins are let in, decided without a server."""

from __future__ import annotations

import pytest

from neuroglow.gateway.access import AccessPolicy
from neuroglow.settings import Settings


def test_loopback_answers_to_its_own_names_on_its_own_port() -> None:
    policy = AccessPolicy.of(Settings(), 8000)
    assert all(policy.allows_host(host) for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"))
    assert not any(
        policy.allows_host(host)
        for host in (
            "127.0.0.1",
            "localhost",
            "localhost:8001",
            "evil.com:8000",
            "127.0.0.1:8000.evil.com",
            "10.0.0.1:8000",
        )
    )


def test_the_usual_port_may_be_left_out() -> None:
    assert AccessPolicy.of(Settings(), 80).allows_host("localhost")


def test_open_to_the_network_any_address_will_do_but_no_foreign_name() -> None:
    policy = AccessPolicy.of(Settings(host="0.0.0.0", open_to_network=True), 8000)
    for host in ("192.168.1.5:8000", "192.168.1.5", "10.0.0.1:9000", "[fe80::1]:8000", "[fe80::1]", "localhost:9000"):
        assert policy.allows_host(host)
    for host in ("evil.com", "evil.com:8000", "192.168.1.5.evil.com", "192.168.1.5:port", "192.168.1.5:", "", ":8000"):
        assert not policy.allows_host(host)


def test_further_names_and_origins_come_from_the_settings() -> None:
    settings = Settings(allowed_hosts=("lab.example.org",), allowed_origins=("http://localhost:5173",))
    policy = AccessPolicy.of(settings, 8000)
    assert policy.allows_host("lab.example.org")
    assert not policy.allows_host("lab.example.org.evil.com")
    assert policy.allows_origin("http://localhost:5173", "localhost:8000")
    assert policy.allows_origin("http://localhost:8000", "localhost:8000")


@pytest.mark.parametrize(
    "origin", ["null", "http://localhost:8000/", "https://localhost:8000", "http://LOCALHOST:8000"]
)
def test_an_origin_is_the_hosts_own_to_the_letter(origin: str) -> None:
    assert not AccessPolicy.of(Settings(), 8000).allows_origin(origin, "localhost:8000")


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("lab", False),
    ],
)
def test_loopback_is_known(host: str, is_loopback: bool) -> None:
    assert Settings(host=host).is_loopback() is is_loopback
