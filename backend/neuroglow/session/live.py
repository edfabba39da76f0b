"""A live session inside a worker: what may be asked of it. Everything happens on the dispatch thread."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from neuroglow.engine.programs import train_key
from neuroglow.engine.snapshot import Snapshot, initial_snapshot
from neuroglow.session.trainer import subject_of
from neuroglow.session.turns import Turns
from neuroglow.spec.base import parse
from neuroglow.spec.experiment import parse_experiment
from neuroglow.spec.memory import require_fits
from neuroglow.spec.network import Cell
from neuroglow.wire.messages import parse_subscribe
from neuroglow.wire.worker import (
    ControlSession,
    EditSession,
    LoadSession,
    OpenChannel,
    Predict,
    SetWeights,
    TryRates,
)

_CELLS: TypeAdapter[tuple[Cell, ...]] = TypeAdapter(tuple[Cell, ...])


class LiveSession(Turns):
    """`None` as the answer to a command means that its reply comes later."""

    def control(self, command: ControlSession) -> dict[str, Any] | None:
        """Play, pause, step, reset, rewind. None if the reply comes later (a step)."""
        match command.action:
            case "play":
                self._play(command.updates_per_second)
            case "pause":
                self._pause()
            case "step":
                self._machine.require("compiling", "running", "paused", action="step")
                self._pause()
                self._steps.add(command.call, command.updates)
                self._pace.steps_left += command.updates
                return None
            case "reset":
                self._machine.require("compiling", "running", "paused", "diverged", "failed", action="reset")
                self._restart(None)
            case "rewind":
                self._machine.require("diverged", action="rewind")
                self._restart(self._trainer.good if self._trainer else None)
        return self.facts

    def _play(self, updates_per_second: float | None) -> None:
        self._machine.require("compiling", "running", "paused", action="play")
        self._pace.set_dial(updates_per_second, time.monotonic())
        self._wants_play = True
        self._trouble.reason = None
        if self._trainer is not None:
            self._stopping.play(self._trainer.cursor, time.monotonic())
            self._machine.move("running")
        self._tell()

    def _restart(self, snapshot: Snapshot | None) -> None:
        """A new run, from the beginning (reset) or from a kept moment (rewind)."""
        self._drop_waiting("The run was restarted")
        trainer = self._trainer
        if trainer is None:
            self._new_run(0)
            self._begin(self._beginning.experiment, None)
            return
        start = snapshot if snapshot is not None else initial_snapshot(trainer.experiment)
        trainer.restore(start)
        self._new_run(start.cursor.update)
        self._tell()
        self._moments.save(trainer)

    def edit(self, command: EditSession) -> dict[str, Any] | None:
        """Apply an experiment. None if the reply comes when a program has been compiled."""
        experiment = parse_experiment(command.experiment)
        require_fits(experiment, self._tools.limits.memory_bytes)
        trainer = self._trainer
        if trainer is None:
            self._trouble.clear()
            self._begin(experiment, self._beginning)
            return self.facts
        if trainer.is_live_edit(experiment, train_key(experiment)):
            self._moments.before_live_edit(trainer)
            trainer.edit_live(experiment)
            self._stopping.follow(experiment.training.stop)
            self._standing.trained()
            self.viewing.rebind(trainer.subject)
            return self.facts
        self._compile(experiment, command.call)
        return None

    def set_weights(self, command: SetWeights) -> None:
        """Answered when no chunk is under way and the state holds them."""
        cells = parse(_CELLS, command.cells, at="/cells")
        self._machine.require("running", "paused", action="set weights of")
        self._by_hand.add(command.call, cells)

    def test_rates(self, command: TryRates) -> None:
        """Answered when every rate was tried."""
        self._machine.require("running", "paused", action="test learning rates of")
        self._rate_tests.ask(command)

    def predict(self, command: Predict) -> None:
        """Answered at the first turn that has the program for it."""
        self._machine.require("compiling", "running", "paused", action="predict with")
        self._predicting.ask(command.call, command.rows, self._trainer.subject if self._trainer else None)

    def open_channel(self, command: OpenChannel) -> dict[str, Any]:
        ask = parse_subscribe(command.subscription)
        subject = self._trainer.subject if self._trainer else subject_of(self._beginning.experiment)
        return self.viewing.open(command.channel, ask, subject)

    def save(self) -> Future[None] | None:
        """Write a snapshot that survives a power cut; None if there is nothing finite to write."""
        if self._trainer is None or self._is_ruined:
            return None
        return self._moments.save(self._trainer, durable=True)

    def write(self) -> Future[None]:
        """The present moment to disk, or the last finite one; the future is done when it is there."""
        good = self._trainer.good if self._trainer else self._beginning
        return self.save() or self._moments.write(good, durable=True)

    def load(self, command: LoadSession) -> None:
        """Answered when what the file holds trains here."""
        self._loading.begin(command.call, Path(command.path), parse_experiment(command.experiment))

    def close(self) -> None:
        """Answer whoever still waits."""
        self._telling.refuse(self._building.drop(), "The session was closed")
        self._drop_waiting("The session was closed")
        self._machine.move("closed")
