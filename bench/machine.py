"""What was measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

import psutil


def facts(device: str) -> dict[str, Any]:
    return {
        "device": device,
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / (1 << 30), 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "jax": importlib.metadata.version("jax"),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    """The kernel's name of it where there is one."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
