"""What the viewers of one session look at: channels on the worker, audiences, and the frames' way to the mailboxes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import Any

from neuroglow.errors import AtCapacityError, EngineUnavailableError, NeuroglowError, NotFoundError
from neuroglow.gateway.background import Background
from neuroglow.gateway.channels import AudienceTable, Channel, ChannelTable, question
from neuroglow.gateway.counters import Counters
from neuroglow.gateway.hosting import Hosting
from neuroglow.gateway.mailbox import Frame
from neuroglow.gateway.viewer import Viewer
from neuroglow.spec.limits import Limits
from neuroglow.wire import worker as protocol
from neuroglow.wire.messages import CloseCode
from neuroglow.wire.subscriptions import AnySubscribe


class Watching:
    """`viewers` is the session's own set of sockets; this reads it."""

    def __init__(self, hosting: Hosting, viewers: Collection[Viewer], limits: Limits, counters: Counters) -> None:
        self._hosting = hosting
        self._viewers = viewers
        self._limits = limits
        self._counters = counters
        self._channels: ChannelTable[Viewer] = ChannelTable()
        self._audiences: AudienceTable[Viewer] = AudienceTable()
        self._asleep: set[Viewer] = set()
        self._update_is_due = False
        self._background = Background()

    async def subscribe(self, viewer: Viewer, message: AnySubscribe) -> tuple[str, dict[str, Any]]:
        """The channel of this question and its facts, once the engine has given them.

        Raises `AtCapacityError`, or what the worker finds wrong with the question.
        """
        asks = question(message)
        channel = self._channels.find(asks)
        is_another = channel is None or channel.name not in viewer.channels
        if is_another and len(viewer.channels) >= self._limits.subscriptions_per_viewer:
            raise AtCapacityError(
                f"A viewer may have {self._limits.subscriptions_per_viewer} subscriptions; drop one first"
            )
        if channel is None:
            if len(self._channels) >= self._limits.probes_per_session:
                raise AtCapacityError(
                    f"This session already answers {self._limits.probes_per_session} different subscriptions"
                )
            channel = self._channels.add(asks)
        was_there = channel.name in viewer.channels
        channel.viewers.add(viewer)
        viewer.channels[channel.name] = min(message.max_fps, self._limits.frames_per_second)
        try:
            facts = await self._facts(channel)
        except NeuroglowError:
            if not was_there:
                self._leave(viewer, channel)
            raise
        self.update_soon()
        return channel.name, facts

    def unsubscribe(self, viewer: Viewer, name: str) -> None:
        channel = self._channels.get(name)
        if channel is None or name not in viewer.channels:
            raise NotFoundError("No such channel; it may be closed already", field="/channel")
        self._leave(viewer, channel)
        self.update_soon()

    def forget(self, viewer: Viewer) -> None:
        """Its socket is gone."""
        self._asleep.discard(viewer)
        for name in list(viewer.channels):
            channel = self._channels.get(name)
            if channel is not None:
                self._leave(viewer, channel)
        self.update_soon()

    def acknowledge(self, viewer: Viewer, seq: int) -> None:
        viewer.acknowledge(seq)
        if viewer in self._asleep:
            self._asleep.discard(viewer)
            self.update_soon()

    def check(self) -> None:
        """Now and then: who stopped acknowledging gets no more frames, then no more connection."""
        now = time.monotonic()
        asleep = {viewer for viewer in self._viewers if not viewer.is_awake(now)}
        if asleep != self._asleep:
            self._asleep = asleep
            self.update_soon()
        for viewer in list(self._viewers):
            if viewer.is_stalled(now):
                viewer.close(CloseCode.TOO_SLOW, "Frames wait and none is acknowledged", flush=False)

    def deliver(self, envelope: protocol.FrameEnvelope, data: bytes) -> None:
        self._counters.frames_received += 1
        frame = Frame(envelope.seq, frozenset(envelope.channels), data)
        for viewer in self._audiences.viewers(envelope.audience):
            viewer.offer(frame)

    def edited(self) -> None:
        """Facts may have changed with the experiment: who subscribes now asks the worker again."""
        self._channels.forget_facts()

    def engine_lost(self) -> None:
        """The worker that knew the channels is gone."""
        self._channels.close_all()
        self._audiences = AudienceTable()

    def reopen(self) -> None:
        """On a new worker: everything it has to know again."""
        for channel in self._channels:
            self._background.run(self._open(channel))

    def update_soon(self) -> None:
        """Tell the worker who looks at what; changes made in one go are told together."""
        if not self._update_is_due:
            self._update_is_due = True
            asyncio.get_running_loop().call_soon(self._update)

    def _update(self) -> None:
        self._update_is_due = False
        if self._hosting.link is None:
            return
        wants = {
            viewer: {name: fps for name, fps in viewer.channels.items() if self._is_open(name)}
            for viewer in self._viewers
        }
        is_awake = {viewer: viewer not in self._asleep for viewer in self._viewers}
        changed, refresh = self._audiences.regroup(wants, is_awake=is_awake)
        if changed:
            self._background.run(self._tell(self._audiences.audiences(), refresh))

    async def _tell(self, audiences: list[protocol.Audience], refresh: list[int]) -> None:
        await self._hosting.call(protocol.SetAudiences, audiences=audiences, refresh=refresh)

    def _is_open(self, name: str) -> bool:
        channel = self._channels.get(name)
        return channel is not None and channel.is_open

    async def _facts(self, channel: Channel[Viewer]) -> dict[str, Any]:
        while channel.facts is None:
            await self._hosting.opened()
            try:
                await self._open(channel)
            except EngineUnavailableError:
                # The worker died before it answered; its successor will.
                continue
        return channel.facts

    async def _open(self, channel: Channel[Viewer]) -> None:
        # A subscription is a request; this one is nobody's in particular.
        subscription = channel.asks | {"request": 0}
        channel.facts = await self._hosting.call(protocol.OpenChannel, channel=channel.name, subscription=subscription)
        channel.is_open = True
        self.update_soon()

    def _leave(self, viewer: Viewer, channel: Channel[Viewer]) -> None:
        viewer.channels.pop(channel.name, None)
        if self._channels.leave(channel, viewer) and self._hosting.link is not None:
            self._background.run(self._close(channel.name))

    async def _close(self, name: str) -> None:
        await self._hosting.call(protocol.CloseChannel, channel=name)
