"""Names of runs, lines of history: counted from 1. Workers count the same way when they begin one."""

from __future__ import annotations

FIRST_RUN = "1"


def next_run(run: str) -> str:
    return str(int(run) + 1)
