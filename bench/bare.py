"""The bare loop, in a process of its own: the very program a worker trains with, and nothing else.

Same XLA flags, same batch order made on the host, chunks of about the same length, one chunk enqueued ahead. What is
missing is everything that makes it live: sessions, commands, metrics, snapshots, probes, frames.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from typing import Any

import numpy as np

from bench.child import Child, answer

CHUNK_SECS = 0.010


def start(experiment: dict[str, Any], device: str) -> Child:
    return Child("bench.bare", {"experiment": experiment, "device": device})


def updates_per_second(bare: Child, secs: float) -> float:
    done = bare.ask({"secs": secs})
    rate: float = done["updates"] / done["secs"]
    return rate


class Loop:
    def __init__(self, document: dict[str, Any]) -> None:
        from neuroglow.data import load
        from neuroglow.engine.numbers import hyper_of
        from neuroglow.engine.order import Cursor
        from neuroglow.engine.programs import compile_train, train_key
        from neuroglow.engine.snapshot import initial_snapshot, to_state
        from neuroglow.engine.walk import Walk
        from neuroglow.spec.experiment import parse_experiment

        experiment = parse_experiment(document)
        training = experiment.training
        key = train_key(experiment)
        self._program = compile_train(key)
        self._state = to_state(initial_snapshot(experiment))
        dataset = load(experiment.data)
        self._hyper = hyper_of(experiment, dataset)
        self._walk = Walk(dataset, key, training.seed, training.batch_size)
        self._cursor = Cursor()
        self._chunk = 1
        self._calibrate()

    def _calibrate(self) -> None:
        """Find how many updates fill a chunk; the first call is not counted."""
        self._launch(1).block_until_ready()
        for _ in range(8):
            started = time.perf_counter()
            self._launch(self._chunk).block_until_ready()
            secs = time.perf_counter() - started
            self._chunk = max(1, min(int(self._chunk * CHUNK_SECS / secs), 8 * self._chunk))

    def _launch(self, updates: int) -> Any:
        """Enqueue a chunk; the count of its updates, which is there when it is done."""
        wanted = min(updates, self._walk.room(self._cursor))
        batches = self._walk.batches(self._cursor, wanted)
        result = self._program.train(self._state, self._hyper, self._walk.rows, batches, np.int32(wanted))
        self._state = result.state
        self._cursor = self._walk.advanced(self._cursor, wanted)
        return result.updates

    def run(self, secs: float) -> tuple[int, float]:
        """Train for that long: updates, seconds."""
        started = time.perf_counter()
        before = self._cursor.update
        ahead: deque[Any] = deque()
        while time.perf_counter() - started < secs:
            ahead.append(self._launch(self._chunk))
            if len(ahead) > 1:
                ahead.popleft().block_until_ready()
        for chunk in ahead:
            chunk.block_until_ready()
        return self._cursor.update - before, time.perf_counter() - started


def main() -> None:
    config = json.loads(sys.stdin.readline())
    from neuroglow.session.worker import prepare_jax

    prepare_jax(config["device"])
    loop = Loop(config["experiment"])
    answer({"ready": True})
    for line in sys.stdin:
        updates, secs = loop.run(json.loads(line)["secs"])
        answer({"updates": updates, "secs": secs})


if __name__ == "__main__":
    main()
