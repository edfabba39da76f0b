"""A process of the bench's own: a module of this package that answers one line of JSON for each line it is sent.

A child that was asked nothing waits for its next line and takes no time from the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, Self

from bench import ROOT

Answer = dict[str, Any]


class Child:
    """`python -m MODULE`, begun with `config` as its first line. Its answer to that line says that it is ready."""

    def __init__(self, module: str, config: Answer, *, niceness: int = 0, python: str = sys.executable) -> None:
        self._process = subprocess.Popen(
            ["nice", "-n", str(niceness), python, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "backend")])},
        )
        self.ready = self.ask(config)

    def ask(self, line: Answer) -> Answer:
        """Send one line and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"A process of the bench ended with exit code {self._process.wait()}")
        found: Answer = json.loads(answer)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def answer(document: Answer) -> None:
    """The child's side: one line to the parent."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()
