"""A file of weights on its way into a session: read off the dispatch thread, taken when it is there."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from neuroglow.engine.snapshot import Snapshot
from neuroglow.errors import IllegalStateError, NeuroglowError
from neuroglow.session.keeper import read_uploaded
from neuroglow.session.tools import Tools
from neuroglow.spec.experiment import Experiment


@dataclass(frozen=True)
class Loaded:
    """What `call` gets: the file's snapshot for `experiment` to go on from, or the error that says why not."""

    call: int
    experiment: Experiment
    snapshot: Snapshot | NeuroglowError


class Loading:
    """One file at a time; the gateway sees to that."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._call = 0
        self._experiment: Experiment | None = None
        self._read: Future[Snapshot] | None = None

    @property
    def is_ready(self) -> bool:
        return self._read is not None and self._read.done()

    def begin(self, call: int, path: Path, experiment: Experiment) -> None:
        if self._read is not None:
            raise IllegalStateError("Another file is being loaded; wait for it")
        self._call, self._experiment = call, experiment
        self._read = self._tools.keeper.run(partial(read_uploaded, path))
        self._read.add_done_callback(lambda _: self._tools.wake())

    def take(self) -> Loaded:
        """What `is_ready` promised, once."""
        read, experiment = self._read, self._experiment
        assert read is not None, "taken only when ready"
        assert experiment is not None, "said together with the file"
        self._read = self._experiment = None
        error = read.exception()
        if error is None:
            return Loaded(self._call, experiment, read.result())
        if isinstance(error, NeuroglowError):
            return Loaded(self._call, experiment, error)
        raise error
