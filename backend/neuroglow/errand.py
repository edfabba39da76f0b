"""An errand, seen from inside: the frame of a short-lived process that does one dangerous or costly job and ends.

    # neuroglow/ROOM/MODULE.py
    from neuroglow import errand

    def work(request: dict[str, Any]) -> dict[str, Any]:
        import numpy  # heavy libraries here: the limits are set by now
        ...

    if __name__ == "__main__":
        errand.carry_out(work)

The gateway starts it (`gateway/errand.py` says how). The request is one JSON object on stdin, the answer one on
stdout: `{"result": ...}`, or `{"error": payload}` for a `NeuroglowError` that `work` raised. Whatever else is printed,
libraries' chatter included, goes to stderr and into the server's log, never to a client.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from neuroglow.errors import ErrandLimitError, NeuroglowError

NICENESS = 10
"""A tenth of what others get where all are busy. At 19 it is a hundredth: a table that takes a second to read took a
minute on a busy machine."""
OOM_SCORE = Path("/proc/self/oom_score_adj")
FIRST_TO_GO = "1000"
"""Where memory runs out it is the job that ends, not a worker with everybody's sessions."""
_PR_SET_PDEATHSIG = 1
_FORBIDDEN = ("pickle.find_class", "os.exec", "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen")
"""What no job may do, by the names of Python's audit events."""
_NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo")


def carry_out(work: Callable[[dict[str, Any]], dict[str, Any]], *, network: bool = False) -> None:
    """Set the limits that the command line names, do `work`, answer, end the process."""
    parent, memory_bytes, cpu_secs, files = (int(argument) for argument in sys.argv[1:5])
    _die_with_parent(parent)
    _limit(memory_bytes, cpu_secs, files)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Libraries print; what they say must not mix with the answer.
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    forbid(_FORBIDDEN if network else _FORBIDDEN + _NETWORK)
    try:
        answer = {"result": work(request)}
    except MemoryError:
        answer = {"error": out_of_memory(memory_bytes).payload()}
    except NeuroglowError as error:
        answer = {"error": error.payload()}
    json.dump(answer, answers)
    answers.flush()
    # Threads of libraries may still hold locks, and freeing gigabytes one by one takes time nobody needs.
    os._exit(0)


def out_of_memory(memory_bytes: int) -> ErrandLimitError:
    mebibytes = memory_bytes >> 20
    return ErrandLimitError(f"It needs more than the {mebibytes:,} MiB of memory that a job may use", limit="memory")


def forbid(events: tuple[str, ...]) -> None:
    """From now on these audit events raise; there is no way back in this process."""
    refused = frozenset(events)

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if event in refused:
            raise PermissionError(f"{event} is not allowed in an errand")

    sys.addaudithook(hook)


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit(memory_bytes: int, cpu_secs: int, files: int) -> None:
    os.nice(NICENESS)
    if sys.platform == "linux":
        # A container may show it read-only or not at all; the job's own limits hold there as well.
        with contextlib.suppress(OSError):
            OOM_SCORE.write_text(FIRST_TO_GO)
    # Ctrl-C goes to a whole terminal; the gateway decides when an errand ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_secs, cpu_secs + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
