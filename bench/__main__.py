"""`python -m bench`: all parts, or those named by --only; results go to `bench/results/` and `docs/performance.md`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

from bench import canvas, convolution, crowd, live, machine, memory, million, painting, report, startup, traffic
from bench.house import BRIEF, THOROUGH, Effort, device_of, fresh_server, tell

PARTS: dict[str, Callable[[Effort], dict[str, Any]]] = {
    "live": live.measure,
    "convolution": convolution.measure,
    "painting": painting.measure,
    "canvas": canvas.measure,
    "crowd": crowd.measure,
    "startup": startup.measure,
    "traffic": traffic.measure,
    "memory": memory.measure,
    "million": million.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="these parts; nothing is written, unless --save")
    parser.add_argument("--brief", action="store_true", help="short windows: a look, not a figure; nothing is written")
    parser.add_argument("--save", action="store_true", help="write the results even so")
    options = parser.parse_args()
    with fresh_server() as server:
        facts = machine.facts(device_of(server))
    effort = BRIEF if options.brief else THOROUGH
    parts: dict[str, Any] = {}
    for name in options.only or PARTS:
        tell(f"measuring: {name}")
        parts[name] = PARTS[name](effort)
    results = {"date": dt.datetime.now(dt.UTC).date().isoformat(), "machine": facts, "parts": parts}
    sys.stdout.write(report.markdown(results) + "\n")
    if options.save or not (options.only or options.brief):
        tell(f"written to {report.write(results)}")
        report.render()


if __name__ == "__main__":
    main()
