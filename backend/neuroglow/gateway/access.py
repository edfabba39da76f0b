"""Which `Host` and `Origin` headers are let in: the guard against other sites' pages and against DNS rebinding.

Every HTTP route and the live socket pass through here. Names are compared exactly, never by pattern.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from neuroglow.errors import ForbiddenError
from neuroglow.gateway.faults import send_error
from neuroglow.settings import Settings

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class AccessPolicy:
    """`hosts`: exact `Host` values. `any_address`: numeric addresses and this machine's names on any port are fine too
    (a rebinding attack needs a name of its own). `origins`: further exact origins."""

    hosts: frozenset[str]
    origins: frozenset[str]
    any_address: bool = False
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings, port: int) -> AccessPolicy:
        """For a server that listens on `port`."""
        bound = f"[{settings.host}]" if ":" in settings.host and "[" not in settings.host else settings.host
        names = (*LOOPBACK_NAMES, bound)
        hosts = {f"{name}:{port}" for name in names} | set(settings.allowed_hosts)
        if port == 80:
            hosts |= set(names)
        machine = socket.gethostname().lower()
        return cls(
            hosts=frozenset(hosts),
            origins=frozenset(settings.allowed_origins),
            any_address=settings.open_to_network,
            names=frozenset({"localhost", machine, f"{machine}.local"}),
        )

    def allows_host(self, host: str) -> bool:
        if host in self.hosts:
            return True
        return self.any_address and self._is_address_or_own_name(host)

    def allows_origin(self, origin: str, host: str) -> bool:
        """A page of this very server, or one that the settings name."""
        return origin == f"http://{host}" or origin in self.origins

    def _is_address_or_own_name(self, host: str) -> bool:
        name, separator, port = host.rpartition(":")
        if not separator or host.endswith("]"):
            name, port = host, "80"
        if not (port.isascii() and port.isdigit()):
            return False
        if name in self.names:
            return True
        try:
            ipaddress.ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
        except ValueError:
            return False
        return True


class AccessGuard:
    """Answers 403 before anything else looks at the request."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            refusal = self._refusal(scope["headers"])
            if refusal is not None:
                await send_error(refusal, scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Iterable[tuple[bytes, bytes]]) -> ForbiddenError | None:
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
        if len(hosts) != 1 or not self._policy.allows_host(hosts[0]):
            return ForbiddenError(
                "This server does not answer under that name; use the address it printed, or allow the name with "
                "NEUROGLOW_ALLOWED_HOSTS"
            )
        if len(origins) > 1 or any(not self._policy.allows_origin(origin, hosts[0]) for origin in origins):
            return ForbiddenError("Pages of other sites may not use this server")
        return None
