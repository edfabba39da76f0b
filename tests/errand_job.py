"""A job that tests have errands do: what it does is what the request says. Started with `tests` on the search path."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from neuroglow import errand
from neuroglow.errors import UploadRejectedError


def work(request: dict[str, Any]) -> dict[str, Any]:
    match request["do"]:
        case "echo":
            print("chatter that is no answer")
            return request
        case "limits":
            names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NOFILE")
            limits = {name: resource.getrlimit(getattr(resource, name))[0] for name in names}
            first_to_go = Path("/proc/self/oom_score_adj").read_text().strip()
            return {"niceness": os.nice(0), "oom_score_adj": first_to_go, **limits}
        case "refuse":
            raise UploadRejectedError("Not like that", field="/file")
        case "crash":
            raise ValueError("a secret of the server")
        case "fill memory":
            return {"length": len(bytearray(1 << 33))}
        case "turn":
            while True:
                pass
        case "be killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "talk":
            return {"text": "x" * 10_000}
        case "wait":
            Path(request["mark"]).write_text(str(os.getpid()))
            time.sleep(600)
        case "forbidden":
            return {"refused": [name for name, attempt in _FORBIDDEN.items() if _refused(attempt)]}
    return {}


_FORBIDDEN: dict[str, Any] = {
    "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1.0),
    "run": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    "shell": lambda: os.system("true"),
    "unpickle": lambda: pickle.loads(b"cposix\ngetpid\n."),
}


def _refused(attempt: Any) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


if __name__ == "__main__":
    errand.OOM_SCORE = Path(os.environ.get("OOM_SCORE", errand.OOM_SCORE))
    errand.carry_out(work)
