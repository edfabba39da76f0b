"""What the gateway counts about itself: figures for `/api/health` and the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Counters:
    sockets: int = 0
    frames_received: int = 0
    """Encoded by a worker, each once for its whole audience."""
    frames_sent: int = 0
    """Given to a socket, each once per viewer."""
    frames_superseded: int = 0
    """Never sent to a viewer, for a newer one came first."""
    messages_sent: int = 0


def resident_bytes() -> int:
    """Memory of this process; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
