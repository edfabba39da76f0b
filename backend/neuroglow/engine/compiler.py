"""The compile thread: one compile per key at a time, a bounded cache of what came out, memory given back.

XLA releases the GIL while it compiles, tracing does not; both stay off the dispatch thread.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

import jax

CACHE_SIZE = 192
"""Programs kept. Each holds about 2 MB and 20 memory maps, of which a process may have 65,530."""
RECYCLE_AFTER = 64
"""Evictions after which JAX's own caches are dropped: they keep what we let go."""
BASE_SECS = 0.5
FIRST_SECS_PER_BLOCK = 0.15
"""Where the estimate of a compile's length starts; it learns from every compile."""
_COMPILE_EVENT = "/jax/core/compile/backend_compile_duration"


_Request = tuple[Hashable, Future[Any], Callable[[], Any]]


class CompileCounter:
    """Counts every XLA compile of this process, whoever asked for it."""

    def __init__(self) -> None:
        self.count = 0
        jax.monitoring.register_event_duration_secs_listener(self._heard)

    def _heard(self, event: str, duration_secs: float, **_: str | int) -> None:
        if event == _COMPILE_EVENT:
            self.count += 1


class Compiler:
    """`request` answers at once with a future; equal keys share one, and one that was used lately is kept."""

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self._size = size
        self._programs: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._urgent: deque[_Request] = deque()
        self._others: deque[_Request] = deque()
        self._wanted: dict[Hashable, list[Callable[[], bool]]] = {}
        self._changed = threading.Condition()
        self._closing = False
        threading.Thread(target=self._work, name="compile", daemon=True).start()
        self._evicted = 0
        self._started: float | None = None
        self._secs_per_block = FIRST_SECS_PER_BLOCK
        self.counter = CompileCounter()

    @property
    def compiling_secs(self) -> float:
        """How long the compile under way has taken so far; 0 when idle."""
        started = self._started
        return 0.0 if started is None else time.monotonic() - started

    @property
    def pending(self) -> int:
        """Programs under way and waiting for their turn."""
        return len(self._urgent) + len(self._others) + (self._started is not None)

    def expected_secs(self, blocks: int) -> float:
        """How long a training program of so many blocks should take, from those before it."""
        return BASE_SECS + self._secs_per_block * blocks

    def observed(self, blocks: int, secs: float) -> None:
        """A training program of so many blocks took `secs`."""
        each = max(0.0, secs - BASE_SECS) / max(1, blocks)
        self._secs_per_block = 0.7 * self._secs_per_block + 0.3 * each

    def request(
        self,
        key: Hashable,
        build: Callable[[], Any],
        *,
        wake: Callable[[], None],
        wanted: Callable[[], bool],
        urgent: bool = False,
    ) -> Future[Any]:
        """The program of `key`, now or later. Urgent requests go first, the others in the order they came.

        `wake` is called from the compile thread when a new one is done. When its turn comes and no one `wanted` it any
        more, it is not compiled.
        """
        with self._changed:
            known = self._programs.get(key)
            if known is not None and not (known.done() and known.exception() is not None):
                self._programs.move_to_end(key)
                if key in self._wanted:
                    self._wanted[key].append(wanted)
                return known
            future: Future[Any] = Future()
            future.add_done_callback(lambda _: wake())
            self._programs[key] = future
            self._wanted[key] = [wanted]
            (self._urgent if urgent else self._others).append((key, future, build))
            self._evict()
            self._changed.notify()
        return future

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._urgent or self._others or self._closing)
                if self._closing:
                    return
                key, future, build = self._urgent.popleft() if self._urgent else self._others.popleft()
                if not any(wanted() for wanted in self._wanted.pop(key)):
                    self._programs.pop(key, None)
                    continue
                self._started = time.monotonic()
            try:
                program = build()
            except Exception as error:  # noqa: BLE001 - whoever asked is told; the thread goes on
                future.set_exception(error)
            else:
                future.set_result(program)
            finally:
                self._started = None

    def _evict(self) -> None:
        """Let the least lately used programs go; what is still to come is not here yet to be let go."""
        excess = len(self._programs) - self._size
        finished = [key for key, future in self._programs.items() if future.done()] if excess > 0 else []
        for key in finished[: max(0, excess)]:
            del self._programs[key]
            self._evicted += 1

    def recycle_if_due(self) -> bool:
        """Give memory back after many evictions. Call when idle: it takes tens of milliseconds."""
        if self._evicted < RECYCLE_AFTER or self._started is not None:
            return False
        self._evicted = 0
        jax.clear_caches()
        gc.collect()
        if sys.platform == "linux":
            ctypes.CDLL(None).malloc_trim(0)
        return True

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify()
