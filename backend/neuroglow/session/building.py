"""The program a session waits for: asked of the compile thread, taken when it is there."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass

from neuroglow.engine.programs import TrainProgram, compile_train, train_key
from neuroglow.engine.snapshot import Snapshot
from neuroglow.session.material import Material
from neuroglow.session.tools import Tools
from neuroglow.spec.experiment import Experiment


@dataclass(frozen=True)
class Built:
    """`call` is the edit that waits for it, None for a session's beginning. `base` is the moment to go on from where
    it is not the present one. `material` is there if it had to be read. `error` says why there is no program."""

    experiment: Experiment
    call: int | None
    base: Snapshot | None
    program: TrainProgram | None
    material: Material | None
    error: str | None


class Building:
    """At most one program at a time; asking for another forgets the one before."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._wanted: Experiment | None = None
        self._call: int | None = None
        self._base: Snapshot | None = None
        self._program: Future[TrainProgram] | None = None
        self._material: Future[Material] | None = None
        """Data that have to be read first; kept until the program is taken."""

    @property
    def is_ready(self) -> bool:
        waiting = [future for future in (self._program, self._material) if future is not None]
        return self._program is not None and all(future.done() for future in waiting)

    def ask(self, experiment: Experiment, call: int | None, base: Snapshot | None = None) -> float | None:
        """Have a program built; the seconds it is expected to take, None if it is there already."""
        compiler, key = self._tools.compiler, train_key(experiment)
        blocks = len(key.shape.blocks)

        def build() -> TrainProgram:
            started = time.monotonic()
            compiled = compile_train(key)
            compiler.observed(blocks, time.monotonic() - started)
            return compiled

        # Said before it is asked: the compile thread may look at once.
        self._wanted, self._call, self._base = experiment, call, base
        self._program = compiler.request(
            key, build, wake=self._tools.wake, wanted=lambda: self._wanted is experiment, urgent=True
        )
        self._material = self._tools.materials.of(experiment, key)
        return None if self.is_ready else compiler.expected_secs(blocks)

    def take(self) -> Built | None:
        """What is ready, once."""
        program, experiment, call, base = self._program, self._wanted, self._call, self._base
        material = self._material
        if program is None or experiment is None or not self.is_ready:
            return None
        self.drop()
        if material is not None and (unread := material.exception()) is not None:
            return Built(experiment, call, base, None, None, f"The data could not be read: {str(unread)[:200]}")
        error = program.exception()
        if error is not None:
            return Built(experiment, call, base, None, None, f"The network could not be compiled: {str(error)[:200]}")
        return Built(experiment, call, base, program.result(), material.result() if material else None, None)

    def drop(self) -> int | None:
        """Want nothing any more; the call that now needs another answer."""
        call = self._call
        self._wanted = self._call = self._base = self._program = self._material = None
        return call
