"""The line between a browser and a server, as something one can pull out: every byte passes through here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from anyio.from_thread import BlockingPortal, start_blocking_portal

CHUNK_BYTES = 1 << 16


class Cable:
    """Listens on `port` and passes everything on to the server's."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.port = 0
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

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

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
            self._writers |= {writer, server_writer}
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, server_writer))
                both.create_task(_pump(server_reader, writer))
            self._writers -= {writer, server_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass(frozen=True)
class Line:
    """A cable for tests that are not coroutines."""

    url: str
    portal: BlockingPortal
    cable: Cable

    def pull(self) -> None:
        self.portal.call(self.cable.pull)

    def plug(self) -> None:
        self.portal.call(self.cable.plug)


@contextlib.contextmanager
def cable_to(server_port: int) -> Iterator[Line]:
    """A plugged cable; the browser goes to its `url`."""
    with start_blocking_portal() as portal:
        cable = Cable(server_port)
        portal.call(cable.plug)
        yield Line(f"http://127.0.0.1:{cable.port}", portal, cable)
        portal.call(cable.pull)
