"""Errands: dangerous or costly work that is done once, each job in a process of its own that ends with it.

    FIT = Errand("neuroglow.baselines.fit", memory_bytes=1 << 30, cpu_secs=60, wall_secs=120.0)
    result = await while_connected(request, gateway.errands.run(FIT, {"data": ..., "model": ...}))

The module's side is `neuroglow/errand.py`: a function from a JSON object to a JSON object; large results belong into a
file whose path the caller put into the request. Nothing of a client's may become part of a path or a module's name.

What `run` promises:
- The child is started by exec (`python -m MODULE`), never by fork of this process, at nice 10, with limits of address
  space, processor time, open files and wall time, and with no network unless its module asks for it. It dies with the
  gateway, however that went.
- At most `at_once` children run; `waiting` more calls queue for their turn, further ones raise `AtCapacityError` (429).
- Cancelling the call, or the client of `while_connected` going away, kills the child at once; so does `close`.
- Errors are typed: those that the module raised arrive as they were; `ErrandLimitError` (422, with `limit` `memory`,
  `time` or `answer`) where it used more than it may; `AtCapacityError` (429) where the system ended it for want of
  memory, or the server stops; `InternalError` where it crashed. Its stderr goes to the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from neuroglow.errand import out_of_memory
from neuroglow.errors import AtCapacityError, ErrandLimitError, InternalError, InvalidInputError, error_from_payload
from neuroglow.gateway.logs import Log

T = TypeVar("T")

LOGGED_BYTES = 4096
"""Of what a child wrote to stderr; the rest is read and dropped."""
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
"""Children share the processor with the engine, and every thread of a library reserves address space."""

log = Log("errand")


@dataclass(frozen=True)
class Errand:
    """A kind of job: which module does it, and what it may use at most."""

    module: str
    memory_bytes: int
    """Address space; Python, NumPy and polars reserve about 500 MiB of it before they have done anything."""
    cpu_secs: int
    wall_secs: float
    answer_bytes: int = 1 << 20
    files: int = 64


class Errands:
    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = waiting
        self._waiting = 0
        self._children: set[asyncio.subprocess.Process] = set()
        self._closed = False

    async def run(self, errand: Errand, request: dict[str, Any]) -> dict[str, Any]:
        """Do the job when its turn comes; its result. What is raised otherwise is said at the top of this module."""
        if self._waiting >= self._most_waiting and self._places.locked():
            raise AtCapacityError("The server has many jobs waiting; try again in a moment")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._carry_out(errand, request)
        finally:
            self._places.release()

    def close(self) -> None:
        """End all children."""
        self._closed = True
        for child in self._children:
            _kill(child)

    async def _carry_out(self, errand: Errand, request: dict[str, Any]) -> dict[str, Any]:
        if self._closed:
            raise _stopping()
        child = await _start(errand)
        self._children.add(child)
        try:
            async with asyncio.timeout(errand.wall_secs):
                answer, said, _ = await asyncio.gather(
                    _read(child.stdout, errand.answer_bytes + 1),
                    _read(child.stderr, LOGGED_BYTES),
                    _hand_over(child.stdin, json.dumps(request).encode()),
                )
                if len(answer) > errand.answer_bytes:
                    raise ErrandLimitError("Its answer is larger than an answer may be", limit="answer")
                await child.wait()
        except TimeoutError:
            raise _too_long(errand.wall_secs) from None
        finally:
            # Also on cancellation: no child outlives the call that wanted it.
            _kill(child)
            await child.wait()
            self._children.discard(child)
        if said:
            log.warning("errand_said", module=errand.module, text=said.decode(errors="replace"))
        if self._closed:
            raise _stopping()
        return _result(errand, answer, child.returncode or 0)


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled as soon as the client is gone. The request's body has been read."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
            raise InvalidInputError("The client went away before the work was done")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _start(errand: Errand) -> asyncio.subprocess.Process:
    limits = (os.getpid(), errand.memory_bytes, errand.cpu_secs, errand.files)
    return await asyncio.create_subprocess_exec(
        # Without -P the working directory would come first in the search for modules.
        sys.executable, "-P", "-m", errand.module, *map(str, limits),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | dict.fromkeys(ONE_THREAD, "1"),
    )  # fmt: skip


async def _read(stream: asyncio.StreamReader | None, most: int) -> bytes:
    """Everything the child writes, of which the first `most` bytes are kept."""
    assert stream is not None
    kept = bytearray()
    while piece := await stream.read(1 << 16):
        kept += piece[: max(0, most - len(kept))]
    return bytes(kept)


async def _hand_over(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    assert stream is not None
    # A child that ended before it had read everything says why on its way out.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(data)
        await stream.drain()
    stream.close()


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()


def _result(errand: Errand, answer: bytes, returncode: int) -> dict[str, Any]:
    if returncode == -signal.SIGXCPU:
        raise _too_long(errand.cpu_secs)
    if returncode == -signal.SIGABRT:
        # What libraries in Rust and C++ do when an allocation fails.
        raise out_of_memory(errand.memory_bytes)
    if returncode == -signal.SIGKILL:
        # What the system does when it has no more memory; nothing here kills a child whose answer is waited for.
        log.warning("errand_killed", module=errand.module)
        raise AtCapacityError("The server ran short of memory; try again later")
    try:
        document = json.loads(answer)
    except ValueError:
        log.warning("errand_failed", module=errand.module, returncode=returncode)
        raise InternalError("A job on the server broke off; its log says why") from None
    if "error" in document:
        raise error_from_payload(document["error"])
    result: dict[str, Any] = document["result"]
    return result


def _stopping() -> AtCapacityError:
    return AtCapacityError("The server is stopping")


def _too_long(secs: float) -> ErrandLimitError:
    return ErrandLimitError(f"It takes longer than the {secs:.0f} s that a job may take", limit="time")
