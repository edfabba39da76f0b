"""The gateway's end of the worker protocol: commands and their replies, events, frames. One link per worker process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq
import zmq.asyncio

from neuroglow.errors import EngineUnavailableError, error_from_payload
from neuroglow.gateway.logs import Log
from neuroglow.wire import worker as protocol

FRAMES_WAITING = 8
"""Frames held by a socket before new ones are dropped: they are latest-wins, and stale ones help nobody."""

log = Log("link")

EventHandler = Callable[[protocol.AnyEvent], None]
FrameHandler = Callable[[protocol.FrameEnvelope, bytes], None]


class WorkerLink:
    """Two sockets in `folder` (mode 0700). Bound by this side, so a worker that starts again finds a fresh pair."""

    def __init__(self, context: zmq.asyncio.Context, folder: Path, name: str) -> None:
        self.control_endpoint = f"ipc://{folder}/{name}.control"
        self.frames_endpoint = f"ipc://{folder}/{name}.frames"
        self._control = context.socket(zmq.DEALER)
        self._frames = context.socket(zmq.PULL)
        for socket in (self._control, self._frames):
            socket.linger = 0
        self._control.sndhwm = self._control.rcvhwm = 0
        self._frames.rcvhwm = FRAMES_WAITING
        self._control.bind(self.control_endpoint)
        self._frames.bind(self.frames_endpoint)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._calls = 0
        self._closed = False

    async def call(self, kind: type[protocol.Command], **fields: Any) -> dict[str, Any]:
        """Send a command and wait for its reply. The command is on its way before the first suspension: callers that
        do not wait in between keep their order.

        Raises the error that the worker answered, or `EngineUnavailableError` if the worker goes away.
        """
        if self._closed:
            raise EngineUnavailableError("The engine is restarting; try again in a moment")
        self._calls += 1
        call = self._calls
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[call] = reply
        # An unbounded DEALER never blocks, so the future of `send` is done at once.
        self._control.send(protocol.encode(kind(call=call, **fields)))
        try:
            return await reply
        finally:
            self._waiting.pop(call, None)

    async def receive(self, on_event: EventHandler, on_frame: FrameHandler) -> None:
        """Hand on what arrives until cancelled or the link is closed."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive_events(on_event))
            tasks.create_task(self._receive_frames(on_frame))

    async def _receive_events(self, on_event: EventHandler) -> None:
        while True:
            event = protocol.decode_event(await self._control.recv())
            if isinstance(event, protocol.Reply):
                self._settle(event)
            else:
                on_event(event)

    async def _receive_frames(self, on_frame: FrameHandler) -> None:
        while True:
            envelope, data = await self._frames.recv_multipart()
            on_frame(protocol.decode_envelope(envelope), data)

    def _settle(self, reply: protocol.Reply) -> None:
        waiting = self._waiting.get(reply.call)
        if waiting is None or waiting.done():
            return
        if reply.error is not None:
            waiting.set_exception(error_from_payload(reply.error))
        else:
            waiting.set_result(reply.result or {})

    def close(self) -> None:
        """Whoever still waits for a reply gets `EngineUnavailableError`."""
        self._closed = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(EngineUnavailableError("The engine stopped; try again in a moment"))
        self._waiting.clear()
        self._control.close()
        self._frames.close()
