"""Running one server: the lock, the port, uvicorn, the URL line, and ending well on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from typing import TextIO

import uvicorn

from neuroglow.errors import StartupError
from neuroglow.gateway.access import AccessPolicy
from neuroglow.gateway.app import create_app
from neuroglow.gateway.logs import configure_logs
from neuroglow.gateway.protocols import HttpProtocol, SocketProtocol
from neuroglow.settings import Settings
from neuroglow.store import DataFolderLock

DRAIN_SECS = 1
"""For requests under way when the server stops; saving has its own time after that."""
PING_SECS = 20.0


def run(settings: Settings) -> None:
    """Serve until a signal says otherwise. Raises `StartupError`."""
    configure_logs(settings)
    raise_file_limit()
    lock = DataFolderLock(settings.data_dir)
    lock.acquire()
    try:
        listener = bind(settings)
        port: int = listener.getsockname()[1]
        config = uvicorn.Config(
            create_app(settings, AccessPolicy.of(settings, port)),
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_max_size=settings.limits.message_bytes,
            # Compression would cost more time than it saves bytes, and lets small messages unpack into huge ones.
            ws_per_message_deflate=False,
            ws_ping_interval=PING_SECS,
            ws_ping_timeout=PING_SECS,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECS,
            log_config=None,
            access_log=False,
            lifespan="on",
        )
        Server(config, settings, port).run(sockets=[listener])
    finally:
        lock.release()


def bind(settings: Settings) -> socket.socket:
    """The listening socket, so that a port that is taken is told before anything starts."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host.strip("[]"), settings.port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = (
                f"Port {settings.port} on {settings.host} is taken; choose another with --port, or 0 for a free one"
            )
        else:
            message = f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}"
        raise StartupError(message) from None
    return listener


class Server(uvicorn.Server):
    """Prints the URL line once connections are accepted; a signal ends it with exit code 0."""

    def __init__(self, config: uvicorn.Config, settings: Settings, port: int) -> None:
        super().__init__(config)
        self._settings = settings
        self._port = port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        url = self._url()
        _say(sys.stdout, f"Neuroglow is running at {url}")
        if self._settings.open_to_network:
            for address in lan_addresses():
                _say(sys.stderr, f"From other machines: http://{address}:{self._port}")
        if self._settings.browser:
            open_browser(url)

    def _url(self) -> str:
        host = self._settings.host
        if self._settings.is_every_address():
            host = "[::1]" if ":" in host else "127.0.0.1"
        elif ":" in host and "[" not in host:
            host = f"[{host}]"
        return f"http://{host}:{self._port}"

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT, SIGTERM and SIGHUP. uvicorn would raise the signal again afterwards and end with an error."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in signals:
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    def _stop(self) -> None:
        self.should_exit = True


def _say(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()


def open_browser(url: str) -> None:
    """In a thread, for some systems take seconds; without a display or browser nothing happens."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def lan_addresses() -> list[str]:
    """The address under which other machines most likely reach this one, if there is a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only chooses the interface.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        address: str = probe.getsockname()[0]
    return [address]


def raise_file_limit() -> None:
    """Thousands of sockets need thousands of descriptors; the usual soft limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
