"""Figures of the whole program, measured side by side: `python -m bench`, which is what `make bench` calls.

Every process that is timed (server, bare loop, viewers, browser) is a process of its own, as in real use. The parts are
modules with a `measure` function; `docs/performance.md` says what each figure means.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The server is started exactly as the tests start it, and talked to with the same client.
sys.path.append(str(ROOT / "tests"))
