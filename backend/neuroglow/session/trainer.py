"""Training of one session: its program, its device state, where it stands, chunks under way, figures so far.

Knows nothing of clients. `LiveSession` decides when; this does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from neuroglow.data import load
from neuroglow.engine.cells import with_cells
from neuroglow.engine.hyper import Hyper, at_update
from neuroglow.engine.metrics import Tally, mean_loss, mean_score
from neuroglow.engine.numbers import hyper_of
from neuroglow.engine.order import Cursor
from neuroglow.engine.programs import TrainProgram
from neuroglow.engine.snapshot import Snapshot, from_state, to_state
from neuroglow.engine.train import ChunkResult, State, Sums
from neuroglow.engine.walk import Walk
from neuroglow.insight.probe import Ahead, Subject
from neuroglow.session.edits import carry_over, effective_batch
from neuroglow.session.material import material_of
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.network import Cell

METRICS_SECS = 0.05
"""The test set is evaluated at most this often, at a chunk's end."""
EVALUATION_SHARE = 0.1
"""Of the time, that goes into it at most."""
FETCH_SECS = 2e-4
"""Fetching what is ready takes less; longer means that the device was still at it."""


@dataclass(frozen=True)
class Chunk:
    """A chunk under way: where and in which walk it started, what it will return, the test set's sums if asked for."""

    start: Cursor
    updates: int
    per_epoch: int
    result: ChunkResult
    test: Sums | None


@dataclass(frozen=True)
class Finished:
    """A chunk that is done. `cursor` is where it ended; `finite` is False if the loss of its last update was not."""

    cursor: Cursor
    updates: int
    finite: bool
    at: float
    """When the device was seen to be done with it, monotonic seconds."""
    waited: bool
    """False if it was done before anyone looked."""


class Trainer:
    """`cursor` is where training will stand when every launched chunk is done."""

    def __init__(self, snapshot: Snapshot, program: TrainProgram) -> None:
        self._install(snapshot, program, None)
        self.good = snapshot
        """The last finite moment, on the host."""

    def _install(self, snapshot: Snapshot, program: TrainProgram, before: Walk | None) -> None:
        self.experiment = snapshot.experiment
        self.program = program
        self.cursor = snapshot.cursor
        # Read and padded already on a thread of its own, if it is large.
        self._material = material_of(self.experiment, program.key)
        self.subject = Subject(self.experiment, self._material.dataset, self._ahead)
        self.state: State = to_state(snapshot)
        self._describe(before)
        self.tally = Tally()
        self._evaluation_secs = 0.0
        self._newest: Chunk | None = None
        self._is_sound = True

    def _describe(self, before: Walk | None) -> None:
        dataset, training = self.subject.dataset, self.experiment.training
        self._numbers = hyper_of(self.experiment, dataset)
        batch, rows = effective_batch(self.experiment), self._material.train
        self.walk = Walk(dataset, self.program.key, training.seed, batch, rows=rows, before=before)

    @property
    def hyper(self) -> Hyper:
        """The live numbers of the next update."""
        return at_update(self._numbers, self.cursor.update)

    def _ahead(self) -> Ahead:
        return Ahead(self.walk.rows, self.walk.batches(self.cursor, 1))

    # --- chunks

    def launch(self, updates: int, *, evaluate: bool) -> Chunk:
        """Enqueue at most `updates` updates (fewer where the walk has no more room) and return without waiting."""
        wanted = min(updates, self.walk.room(self.cursor))
        batches = self.walk.batches(self.cursor, wanted)
        result = self.program.train(self.state, self.hyper, self.walk.rows, batches, np.int32(wanted))
        self.state = result.state
        test = self.evaluate() if evaluate else None
        self._newest = chunk = Chunk(self.cursor, wanted, self.walk.per_epoch, result, test)
        self.cursor = self.walk.advanced(self.cursor, wanted)
        return chunk

    def evaluate(self) -> Sums:
        """Enqueue the test set's sums at the present state."""
        return self.program.evaluate(self.state.model, self._numbers, self._material.test)

    @property
    def evaluation_pause_secs(self) -> float:
        """The least time from one evaluation to the next while training."""
        return max(METRICS_SECS, self._evaluation_secs / EVALUATION_SHARE)

    def finish(self, chunk: Chunk) -> Finished:
        """Wait for a chunk and count it. Chunks are finished in the order they were launched."""
        asked = time.monotonic()
        done, finite = int(np.asarray(chunk.result.updates)), bool(np.asarray(chunk.result.finite))
        at = time.monotonic()
        self.tally.add(chunk.result.sums)
        # By its own walk: a live edit may have changed the batch size since.
        cursor = chunk.start.advanced(done, chunk.per_epoch)
        if not finite:
            self.cursor, self._is_sound = cursor, False
        return Finished(cursor, done, finite, at, at - asked > FETCH_SECS)

    def point(self, cursor: Cursor, test: Sums | None) -> dict[str, Any]:
        """A metrics point at `cursor`: train figures since the last one, test figures of `test`. Starts anew."""
        head = self.program.key.head
        held_out = Tally()
        if test is not None:
            asked = time.monotonic()
            held_out.add(test)
            self._evaluation_secs = time.monotonic() - asked
        name = "r2" if head == "linear" else "accuracy"
        point = {
            "update": cursor.update,
            "epoch": cursor.epoch,
            "train_loss": mean_loss(self.tally),
            "test_loss": mean_loss(held_out),
            f"train_{name}": mean_score(head, self.tally),
            f"test_{name}": mean_score(head, held_out),
        }
        self.tally = Tally()
        return point

    # --- moments

    def snapshot(self) -> Snapshot:
        """The present moment on the host; waits for the device."""
        return from_state(self.state, self.experiment, self.cursor)

    def copied_state(self) -> State:
        """The present moment once more on the device, to be used up; waits for the device."""
        return to_state(self.snapshot())

    def write(self, cells: Iterable[Cell]) -> Snapshot:
        """Go on from the present moment with these numbers in it; the moment as it is then. Waits for the device."""
        snapshot = self.snapshot()
        written = replace(snapshot, layers=with_cells(snapshot.layers, cells, self.experiment))
        self.state = to_state(written)
        return written

    def keep_good(self) -> bool:
        """Remember the present moment if every number in it is finite, and every loss on the way to it was.

        A loss overflows before the weights do: what is left can be finite and ruined.
        """
        if not self._is_sound or (self._newest is not None and not bool(np.asarray(self._newest.result.finite))):
            return False
        snapshot = self.snapshot()
        if snapshot.is_finite():
            self.good = snapshot
            return True
        return False

    def restore(self, snapshot: Snapshot) -> None:
        """Continue from a finite snapshot, of this experiment or of one before the last edits."""
        self.edit(snapshot, self.experiment, self.program)

    # --- edits

    def is_live_edit(self, new: Experiment, key: object) -> bool:
        """True if `new` differs only in traced numbers: no array changes, nothing has to stop."""
        old = self.experiment
        return key == self.program.key and new.data == old.data and new.network == old.network

    def edit_live(self, new: Experiment) -> None:
        """Other traced numbers from the next chunk on."""
        self.experiment = new
        self.subject = Subject(new, self.subject.dataset, self._ahead)
        self.cursor = self.cursor.rescaled(-(-len(self.subject.dataset.train.labels) // effective_batch(new)))
        self._describe(self.walk)

    def edit(self, base: Snapshot, new: Experiment, program: TrainProgram) -> None:
        """Other arrays: what the edit keeps of `base` is carried over."""
        carried = carry_over(base, new)
        self._install(carried, program, self.walk)
        if carried.is_finite():
            self.good = carried


def subject_of(experiment: Experiment) -> Subject:
    return Subject(experiment, load(experiment.data))
