"""A session's turns on the device: chunks, probes, points and frames, and the program they run on.

The dispatch thread calls `launch` and `finish` in turn; nothing here blocks but `finish`, and that only on this
session's own chunk.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from neuroglow.engine.order import Cursor
from neuroglow.engine.programs import TrainProgram
from neuroglow.engine.snapshot import Snapshot, initial_snapshot
from neuroglow.engine.train import Sums
from neuroglow.errors import NeuroglowError
from neuroglow.session import keeper
from neuroglow.session.building import Building
from neuroglow.session.by_hand import ByHand
from neuroglow.session.edits import carry_over
from neuroglow.session.loading import Loading
from neuroglow.session.machine import Machine
from neuroglow.session.moments import Moments
from neuroglow.session.pace import Pace
from neuroglow.session.predicting import Predicting
from neuroglow.session.rating import RateTests
from neuroglow.session.standing import Standing
from neuroglow.session.steps import Steps
from neuroglow.session.stopping import Stopping
from neuroglow.session.telling import Telling
from neuroglow.session.tools import Tools
from neuroglow.session.trainer import Chunk, Trainer
from neuroglow.session.trouble import Trouble
from neuroglow.session.viewing import Launched, Moment, Viewing
from neuroglow.session.work import Work
from neuroglow.spec.experiment import Experiment, parse_experiment
from neuroglow.spec.memory import require_fits
from neuroglow.wire.messages import Progress
from neuroglow.wire.worker import Open


class Turns:
    """What `LiveSession` does between commands."""

    def __init__(self, command: Open, tools: Tools) -> None:
        self.id = command.session
        self.device_secs = 0.0
        """Device time used so far; the scheduler shares it fairly."""
        self._tools = tools
        self._standing = Standing(int(command.run))
        self._telling = Telling(self.id, self._standing, tools.send)
        self._machine = Machine()
        self._pace = Pace()
        self._pace.set_dial(command.updates_per_second, time.monotonic())
        self._steps = Steps()
        self._trouble = Trouble(tools.keeper, tools.wake)
        self.viewing = Viewing(self.id, command.seq, tools.limits, tools.compiler, tools.wake)
        directory = Path(command.directory)
        self._moments = Moments(directory, tools.keeper, tools.limits.snapshot_secs, self._telling.saved)
        self._trainer: Trainer | None = None
        self._building = Building(tools)
        self._loading = Loading(tools)
        self._by_hand = ByHand()
        self._stopping = Stopping()
        self._rate_tests = RateTests()
        self._predicting = Predicting(tools)
        self._wants_play = command.play
        self._in_flight = 0
        self._needs_point = True
        self._point_at = 0.0

        experiment = parse_experiment(command.experiment)
        require_fits(experiment, tools.limits.memory_bytes)
        found = keeper.read(directory) if command.resume else None
        if found is not None:
            self._standing.resumed(found.cursor.update)
        self._beginning = initial_snapshot(experiment)
        self._begin(experiment, found)

    # --- what the worker asks

    @property
    def cursor(self) -> Cursor:
        return self._trainer.cursor if self._trainer else self._beginning.cursor

    @property
    def facts(self) -> dict[str, Any]:
        """The answer to `Open` and to most commands."""
        return {"update": self.cursor.update, "epoch": self.cursor.epoch, "state": self._machine.state}

    @property
    def _is_playing(self) -> bool:
        return self._machine.state == "running"

    @property
    def _is_ruined(self) -> bool:
        """There is nothing worth showing: people keep seeing the last frame that was."""
        return self._machine.state == "diverged"

    @property
    def _rests(self) -> bool:
        """Paused, and nothing is to be done or under way."""
        return self._machine.state == "paused" and self._pace.steps_left == 0 and self._in_flight == 0

    @property
    def _waits_for_a_still_state(self) -> bool:
        """Someone wants to write into the state, or a copy of it."""
        return self._by_hand.is_waiting or self._rate_tests.is_asked

    def due_at(self) -> float | None:
        """When this session next wants a turn (monotonic seconds; 0.0 is at once, None is never by itself)."""
        if self._trouble.is_found or self._building.is_ready or self._loading.is_ready or self._waits_for_a_still_state:
            return 0.0
        if self._trainer is None:
            return None
        if self._predicting.is_ready:
            return 0.0
        training = 0.0 if self._rate_tests.is_under_way else self._pace.due_at(playing=self._is_playing)
        frames = None if self._is_ruined else self.viewing.next_due(self._standing.moment, running=self._is_playing)
        # What a step or a pause reached since the last snapshot would otherwise never be written.
        snapshot = self._moments.due_at(self.cursor.update) if self._rests else None
        # The curve's last point belongs to the moment one stopped at, and its first to the beginning.
        point = 0.0 if self._needs_point and self._rests else None
        return min((due for due in (training, frames, snapshot, point) if due is not None), default=None)

    # --- a turn

    def launch(self, now: float) -> Work | None:
        """Settle what became ready, then enqueue the next chunk and the probes that are due behind it."""
        if self._trouble.is_found:
            self._trouble.settle()
            self._tell()
        if self._loading.is_ready:
            self._loaded()
        if self._building.is_ready:
            if self._in_flight:
                return None
            self._settle()
        trainer = self._trainer
        if trainer is None:
            return None
        if self._waits_for_a_still_state:
            if self._in_flight:
                return None
            self._settle_in_stillness(trainer)
        stepping = self._pace.steps_left > 0
        rate = self._rate_tests.launch()
        chunk = None if self._rate_tests.is_under_way else self._next_chunk(trainer, now, stepping=stepping)
        test = None
        if chunk is None and self._needs_point and self._rests:
            test, self._needs_point = trainer.evaluate(), False
        probes = None
        if not self._is_ruined:
            moment = Moment(self._standing.moment, trainer.state, trainer.hyper)
            probes = self.viewing.launch(moment, now, running=self._is_playing and not stepping)
        answers = self._predicting.launch(trainer.state, trainer.cursor.update, str(self._standing.run))
        if chunk is None and probes is None and test is None and rate is None and not answers:
            if self._rests:
                self._moments.keep_if_due(trainer, is_playing=False)
            return None
        call = self._steps.launched_one() if chunk is not None and stepping else None
        return Work(chunk, test, probes, rate, answers, now, self._standing.generation, call)

    def _next_chunk(self, trainer: Trainer, now: float, *, stepping: bool) -> Chunk | None:
        wanted = self._pace.wanted(now, playing=self._is_playing)
        room = None if stepping else self._stopping.room(trainer.cursor, trainer.walk.per_epoch)
        wanted = wanted if room is None else min(wanted, room)
        if room == 0 and not self._in_flight and self._is_playing:
            self._pause(self._stopping.reached(trainer.cursor, now))
        if not wanted:
            return None
        evaluate = stepping or now - self._point_at >= trainer.evaluation_pause_secs
        chunk = trainer.launch(wanted, evaluate=evaluate)
        self._pace.launched(chunk.updates)
        self._in_flight += 1
        self._standing.trained()
        self._needs_point = not evaluate
        if evaluate:
            self._point_at = now
        return chunk

    def finish(self, work: Work, free_at: float) -> float:
        """Wait for the work of a turn; count it, report it, send its frames.

        `free_at` is when the device was done with the work before it; returns when it was done with this.
        """
        self._in_flight -= work.chunk is not None
        for asked in work.answers:
            self._telling.settle(asked.call, asked.answer())
        trainer = self._trainer
        if trainer is None or work.generation != self._standing.generation:
            self._telling.refuse(work.step_call, "The run was restarted")
            return free_at
        cursor = trainer.cursor
        if work.chunk is not None:
            done = trainer.finish(work.chunk)
            busy = done.at - max(work.launched_at, free_at)
            free_at = done.at
            self.device_secs += busy
            self._pace.measured(done.updates, busy, at_most=not done.waited)
            cursor = done.cursor
            if not done.finite:
                self._diverge(trainer, cursor.update)
                self._telling.refuse(work.step_call, self._trouble.reason)
                return free_at
        if work.rate is not None:
            free_at = self._finish_rate(work.rate, max(work.launched_at, free_at))
        test = work.test if work.chunk is None else work.chunk.test
        reason = self._stopping.reached(cursor, time.monotonic()) if self._is_playing else None
        if test is not None:
            point = trainer.point(cursor, test)
            self._telling.point(point)
            reason = reason or (self._stopping.seen(point) if self._is_playing else None)
        if reason is not None:
            self._pause(reason)
        if work.probes is not None:
            self._send_frames(work.probes, cursor)
        self._telling.reply(work.step_call, {"update": cursor.update})
        self._moments.keep_if_due(trainer, is_playing=self._is_playing)
        return free_at

    def _settle_in_stillness(self, trainer: Trainer) -> None:
        """While nothing is under way: write what people set by hand, copy the state for a rate test."""
        if self._by_hand.is_waiting:
            self._moments.before_live_edit(trainer)
        for call, written in self._by_hand.write(trainer):
            if isinstance(written, NeuroglowError):
                self._telling.fail(call, written)
                continue
            self._moments.write(written)
            self._standing.trained()
            self._needs_point = True
            self._telling.reply(call, self.facts)
        if self._rate_tests.is_asked:
            steps, each = self._rate_tests.begin(trainer), self._pace.secs_per_update
            expected_secs = None if each is None else each * steps
            self._tell(Progress(step="rate_test", elapsed_secs=0.0, expected_secs=expected_secs))

    def _finish_rate(self, sums: Sums, since: float) -> float:
        """Count one update of the rate test, answer after the last; returns when the device was done."""
        answer = self._rate_tests.finish(sums)
        now = time.monotonic()
        self.device_secs += now - since
        if answer is not None:
            call, result = answer
            self._telling.reply(call, {"update": self.cursor.update, **result})
            self._tell()
        return now

    def _pause(self, reason: str | None = None) -> None:
        """`reason` is why it pauses by itself."""
        self._wants_play = False
        if self._is_playing:
            self._stopping.rest(time.monotonic())
            self._trouble.reason = reason
            self._machine.move("paused")
            self._tell()

    def _send_frames(self, probes: Launched, cursor: Cursor) -> None:
        started = time.monotonic()
        for envelope, frame in self.viewing.frames(probes, str(self._standing.run), cursor):
            self._tools.send_frame(envelope, frame)
        now = time.monotonic()
        if self._is_playing and self.viewing.budget.spent(now - started, now):
            self._tell()

    # --- programs

    def _begin(self, experiment: Experiment, base: Snapshot | None, call: int | None = None) -> None:
        """Compile the first program; training starts from `base` or from the experiment's own beginning."""
        self._beginning = carry_over(base, experiment) if base is not None else initial_snapshot(experiment)
        self._machine.move("compiling")
        self._compile(experiment, call)

    def _compile(self, experiment: Experiment, call: int | None, base: Snapshot | None = None) -> None:
        expected_secs = self._building.ask(experiment, call, base)
        if expected_secs is not None:
            self._tell(Progress(step="compile", elapsed_secs=0.0, expected_secs=expected_secs))

    def _settle(self) -> None:
        """A program is there and no chunk is under way: swap it in, or say why not."""
        built = self._building.take()
        if built is None:
            return
        if built.program is None:
            if self._trainer is None:
                self.fail(built.error)
                return
            self._telling.refuse(built.call, built.error)
        else:
            self._swap(built.experiment, built.program, built.base)
            self._telling.reply(built.call, self.facts)
        self._tell()

    def _swap(self, experiment: Experiment, program: TrainProgram, base: Snapshot | None) -> None:
        trainer = self._trainer
        if trainer is None:
            trainer = self._trainer = Trainer(self._beginning, program)
            self._stopping.follow(experiment.training.stop)
            if self._wants_play:
                self._stopping.play(trainer.cursor, time.monotonic())
            self._machine.move("running" if self._wants_play else "paused")
        elif base is not None:
            self._drop_waiting("Weights were loaded")
            trainer.edit(base, experiment, program)
            self._new_run(0)
        elif self._machine.state == "diverged":
            # What is there is not finite; the edit continues from the last moment that was.
            trainer.edit(trainer.good, experiment, program)
            self._new_run(trainer.cursor.update)
        else:
            trainer.edit(trainer.snapshot(), experiment, program)
        self._stopping.follow(experiment.training.stop)
        self._telling.refuse(self._rate_tests.drop(), "The network was changed")
        self._pace.new_program()
        self._standing.changed()
        self._needs_point = True
        self._moments.changed()
        self.viewing.rebind(trainer.subject)
        for call, error in self._predicting.rebind(trainer.subject):
            self._telling.fail(call, error)

    def _loaded(self) -> None:
        """A file was read: have its program made and go on from it, as a new run."""
        loaded = self._loading.take()
        if isinstance(loaded.snapshot, NeuroglowError):
            self._telling.fail(loaded.call, loaded.snapshot)
        elif self._trainer is None:
            self._new_run(0)
            self._begin(loaded.experiment, loaded.snapshot, loaded.call)
        else:
            self._compile(loaded.experiment, loaded.call, loaded.snapshot)

    def _new_run(self, from_update: int) -> None:
        self._standing.begin_run(from_update)
        self.viewing.record.cut(from_update)
        self._needs_point = True
        self._moments.changed()
        self._stopping.restart(time.monotonic())
        self._trouble.clear()
        if self._machine.state == "diverged":
            self._machine.move("paused")

    # --- trouble

    def _diverge(self, trainer: Trainer, update: int) -> None:
        self._standing.changed()
        self._needs_point = self._wants_play = False
        self._stopping.rest(time.monotonic())
        self._machine.move("diverged")
        self._trouble.begin(trainer, update)
        self._drop_waiting(self._trouble.reason)
        self._tell(Progress(step="locate", elapsed_secs=0.0))

    def fail(self, reason: str | None) -> None:
        """Give up, keep answering: the client is told why and can reset, edit or leave."""
        self._drop_waiting(reason)
        self._telling.refuse(self._building.drop(), reason)
        if self._trainer is not None:
            self._beginning = self._trainer.good
        self._trainer = None
        self._stopping.rest(time.monotonic())
        self._standing.changed()
        self._trouble.clear()
        self._trouble.reason = reason
        self._machine.move("failed")
        self._tell()

    def _drop_waiting(self, reason: str | None) -> None:
        """Refuse what waits for the present run: steps, weights to be set, predictions, a rate test."""
        self._pace.steps_left = 0
        for call in (*self._steps.drop(), *self._by_hand.drop(), *self._predicting.drop(), self._rate_tests.drop()):
            self._telling.refuse(call, reason)

    # --- telling

    def _tell(self, progress: Progress | None = None) -> None:
        scale = self.viewing.budget.scale
        self._telling.state(
            **self.facts,
            **self._trouble.members,
            progress=progress.model_dump() if progress else None,
            updates_per_second=self._pace.updates_per_second,
            frame_scale=round(scale, 2) if scale < 1.0 else None,
        )
