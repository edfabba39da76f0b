"""The line between a browser and a server, as something one can pull out: every byte passes through here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from anyio.from_thread import BlockingPortal, start_blocking_portal

CHUNK_BYTES = 1 << 16


class Cable:
    """Listens on `port` and passes everything on to `server_port`, once that is set."""

    def __init__(self) -> None:
        self.server_port = 0
        self.port = 0
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._joins: set[asyncio.Task[None]] = set()

    async def plug(self) -> None:
        """Let connections through, always on the same port."""
        self._listener = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        """Cut every connection at once and refuse new ones."""
        assert self._listener is not None
        self._listener.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._joins)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._joins.add(task)
        async with self._held(writer):
            with contextlib.suppress(ConnectionError):
                server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
                async with self._held(server_writer), asyncio.TaskGroup() as both:
                    both.create_task(_pump(reader, server_writer))
                    both.create_task(_pump(server_reader, writer))
        self._joins.discard(task)

    @contextlib.asynccontextmanager
    async def _held(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        """One end of a connection: cut when the cable is pulled, closed when its other end is."""
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass(frozen=True)
class Line:
    """A cable for tests that are not coroutines."""

    portal: BlockingPortal
    cable: Cable

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.cable.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def connect(self, server_port: int) -> None:
        self.cable.server_port = server_port

    def pull(self) -> None:
        self.portal.call(self.cable.pull)

    def plug(self) -> None:
        self.portal.call(self.cable.plug)


@contextlib.contextmanager
def laid_cable() -> Iterator[Line]:
    """A plugged cable whose other end is still loose; the browser goes to its `url`."""
    with start_blocking_portal() as portal:
        cable = Cable()
        portal.call(cable.plug)
        try:
            yield Line(portal, cable)
        finally:
            portal.call(cable.pull)
