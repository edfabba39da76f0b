"""What the owner does to a session: edits, one at a time, and controls."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroglow.errors import EngineUnavailableError, IllegalStateError, NotFoundError, StaleRevisionError
from neuroglow.gateway.runs import next_run
from neuroglow.spec import Experiment, patched
from neuroglow.spec.memory import require_fits
from neuroglow.wire import worker as protocol
from neuroglow.wire.messages import Control, Edit, ExperimentMessage, RateTest, SetWeights

if TYPE_CHECKING:
    from neuroglow.gateway.session import Session


class Changes:
    """While the engine is away, edits take effect at once and the wish to play or pause is kept; the session goes on
    from there. Everything else raises `EngineUnavailableError` then."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._edits = asyncio.Lock()

    @property
    def is_editing(self) -> bool:
        return self._edits.locked()

    async def control(self, message: Control) -> int:
        """Do what the message says; the update at which it was done."""
        session = self._session
        session.touch()
        is_set_aside = session.record.failure is not None
        if is_set_aside and message.action == "reset":
            return self._start_over()
        if is_set_aside:
            raise IllegalStateError("This session has failed; change something or reset it first")
        if message.action == "play":
            return await self._wish(play=True, updates_per_second=message.updates_per_second)
        if message.action == "pause":
            return await self._wish(play=False, updates_per_second=session.record.updates_per_second)
        result = await session.hosting.call(protocol.ControlSession, action=message.action, updates=message.updates)
        if message.action == "step":
            session.recorder.change(play=False)
        return self._reached(result)

    async def edit(self, message: Edit) -> tuple[int, int]:
        """Apply a patch; (the new revision, the update at which it took effect), on disk and told to everybody."""
        async with self._edits:
            session = self._session
            revision = session.record.revision
            if message.base != revision:
                raise StaleRevisionError(
                    f"The experiment is at revision {revision}, not {message.base}; look and try again",
                    field="/base",
                    revision=revision,
                )
            experiment = patched(
                session.experiment,
                message.patch,
                used_names=session.record.used_names,
                complete=session.complete,
            )
            require_fits(experiment, session.limits.memory_bytes)
            update = session.line.update
            if session.hosting.link is not None:
                result = await session.hosting.call(protocol.EditSession, experiment=experiment.to_document())
                update = self._reached(result)
            if session.is_closed:
                raise NotFoundError("This session was closed")
            return await self._commit(experiment, update), update

    async def set_weights(self, message: SetWeights) -> int:
        """Write numbers into the run; the update at which it was done."""
        self._session.touch()
        cells = [cell.to_document() for cell in message.cells]
        return self._reached(await self._session.hosting.call(protocol.SetWeights, cells=cells))

    async def test_rates(self, message: RateTest) -> dict[str, Any]:
        """What learning rates would do to the loss, as members of `done`."""
        self._session.touch()
        return await self._session.hosting.call(
            protocol.TryRates, low=message.low, high=message.high, steps=message.steps
        )

    async def write(self) -> None:
        """Have the present moment on disk; what lies there will do where no engine has the session."""
        session = self._session
        try:
            await session.hosting.call(protocol.SaveSession)
        except EngineUnavailableError:
            if not session.recorder.has_snapshot():
                raise

    async def load(self, file: Path, experiment: Experiment | None) -> int:
        """Go on from a weight file that was checked, as this experiment or, where it is None, as the session's own;
        the update it stands at. Told to everybody."""
        async with self._edits:
            session = self._session
            experiment = experiment or session.experiment
            result = await session.hosting.call(
                protocol.LoadSession, experiment=experiment.to_document(), path=str(file)
            )
            update = self._reached(result)
            if session.is_closed:
                raise NotFoundError("This session was closed")
            await self._commit(experiment, update)
            return update

    async def _commit(self, experiment: Experiment, update: int) -> int:
        session = self._session
        session.experiment = experiment
        revision = session.record.revision + 1
        session.recorder.change(
            experiment=experiment.to_document(),
            revision=revision,
            used_names=tuple(dict.fromkeys((*session.record.used_names, *layer_names(experiment)))),
            failure=None,
            touched=time.time(),
        )
        session.watching.edited()
        await session.recorder.save()
        session.broadcast(ExperimentMessage(type="experiment", revision=revision, update=update, experiment=experiment))
        self._host_again()
        return revision

    async def _wish(self, *, play: bool, updates_per_second: float | None) -> int:
        session = self._session
        try:
            result = await session.hosting.call(
                protocol.ControlSession, action="play" if play else "pause", updates_per_second=updates_per_second
            )
        except EngineUnavailableError:
            result = {}
        session.recorder.change(play=play, updates_per_second=updates_per_second)
        session.recorder.save_soon()
        return self._reached(result)

    def _start_over(self) -> int:
        """Reset what no engine hosts: a new run from the beginning, the snapshot counts no more."""
        session = self._session
        run = next_run(session.line.run)
        session.recorder.change(failure=None, update=0, epoch=0, saved=True, run=run)
        session.recorder.discard_snapshot()
        session.recorder.save_soon()
        session.line.reach(0, 0)
        session.begin_run(run, None)
        self._host_again()
        return 0

    def _host_again(self) -> None:
        """After a change that may have mended what was wrong with it."""
        hosting = self._session.hosting
        hosting.forgive()
        if not hosting.is_wanted and not self._session.is_closed:
            hosting.start()

    def _reached(self, result: dict[str, Any]) -> int:
        line = self._session.line
        line.update = int(result.get("update", line.update))
        return line.update


def layer_names(experiment: Experiment) -> list[str]:
    return [layer.name for layer in experiment.network.layers if layer.name is not None]
