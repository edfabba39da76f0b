"""A program that follows the page's session through the public interface, for comparing what the page shows with it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from anyio.from_thread import BlockingPortal, start_blocking_portal
from numpy.typing import NDArray
from playwright.sync_api import Page

from e2e.screen import own_session
from live_client import Frame, LiveClient, Message, live
from serving import ServerProcess

Tensors = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Moment:
    """One stream at one update; tensors are named without their channel."""

    update: int
    tensors: Tensors
    facts: Message
    """What `done` said of the stream."""


@dataclass(frozen=True)
class SecondClient:
    """`live_client.LiveClient` for tests that are not coroutines: the browser's tests hold a loop of their own."""

    portal: BlockingPortal
    live: LiveClient

    def control(self, action: str, **members: Any) -> Message:
        return self.portal.call(partial(self.live.control, action, **members))

    def edit(self, *patch: Message) -> Message:
        return self.portal.call(partial(self.live.edit, self.revision, *patch))

    def replace(self, **values: Any) -> Message:
        """Edit single values: the names are pointers with `__` for the slash."""
        patch = [
            {"op": "replace", "path": "/" + name.replace("__", "/"), "value": value} for name, value in values.items()
        ]
        return self.edit(*patch)

    @property
    def experiment(self) -> Message:
        """The latest that the server told."""
        told = [m["experiment"] for m in self.live.messages if m["type"] == "experiment"]
        first: Message = self.live.messages[0]["session"]["experiment"]
        return told[-1] if told else first

    @property
    def revision(self) -> int:
        told = [m["revision"] for m in self.live.messages if m["type"] == "experiment"]
        return int(told[-1] if told else self.live.messages[0]["session"]["revision"])

    def wait_experiment(self, condition: Any) -> Message:
        """Until the experiment is as the condition wants it."""
        self.portal.call(partial(self.live.wait, lambda: bool(condition(self.experiment)), "for an edit of the page"))
        return self.experiment

    def look(self, stream: str, where: Callable[[Tensors], bool] = lambda _: True, **members: Any) -> Moment:
        """Ask once: the first frame of a new subscription whose tensors fit."""
        before = len(self.live.frames)
        done = self.portal.call(partial(self.live.subscribe, stream, **members))
        assert done["type"] == "done", done
        prefix = f"{done['channel']}/"

        def carried(frame: Frame) -> Tensors:
            return {name.removeprefix(prefix): t for name, t in frame.tensors.items() if name.startswith(prefix)}

        def fits(frame: Frame) -> bool:
            tensors = carried(frame)
            return bool(tensors) and where(tensors)

        frame = self.portal.call(partial(self.live.frame, after=before, where=fits))
        self.portal.call(self.live.request, {"type": "unsubscribe", "channel": done["channel"]})
        return Moment(frame.header.update, carried(frame), done)

    def weights(self, where: Callable[[Tensors], bool] = lambda _: True) -> Moment:
        """Every weight and bias, once they fit."""
        return self.look("weights", where, layers="all", max_cells=65_536)

    def fingerprint(self) -> dict[str, bytes]:
        """The bits of all weights as streamed, and in full precision those of the first unit of every layer."""
        bits = {name: tensor.tobytes() for name, tensor in self.weights().tensors.items()}
        names = [layer["name"] for layer in self.experiment["network"]["layers"]]
        for name in [*names, "output"]:
            unit = self.look("unit", layer=name, unit=0).tensors
            bits |= {f"unit of {part}": tensor.tobytes() for part, tensor in unit.items()}
        return bits


@contextlib.contextmanager
def following(server: ServerProcess, page: Page) -> Iterator[SecondClient]:
    """Another client of the page's own session, with the owner's rights."""
    own = own_session(page)
    with attached(server, own["id"], own["token"]) as client:
        yield client


@contextlib.contextmanager
def attached(server: ServerProcess, session_id: str, token: str) -> Iterator[SecondClient]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(live(server.url, session_id, token)) as client,
    ):
        yield SecondClient(portal, client)
