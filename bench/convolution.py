"""A small convolution network, live with its feature maps, over the bare loop and over PyTorch on the same cores.

PyTorch is not a dependency: `NEUROGLOW_BENCH_TORCH` names a Python that has it; without one that ratio is left out.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from bench import bare
from bench.child import Child
from bench.house import Effort, device_of, fresh_server, new_session, tell
from bench.networks import CONVOLUTION
from bench.ratios import interleaved, middle
from bench.viewers import Viewers, Window

MAPS_FPS = 15.0
TORCH_PYTHON = os.environ.get("NEUROGLOW_BENCH_TORCH")
_ROWS = 1_437
"""Training rows of the digits."""


def measure(effort: Effort) -> dict[str, Any]:
    with fresh_server() as server:
        device = device_of(server)
        created = new_session(server, {"experiment": CONVOLUTION.experiment, "play": False})
        with (
            bare.start(created.document["experiment"], device) as alone,
            Viewers(server.port, created.id, created.owner_token) as viewer,
        ):
            viewer.connect([{"stream": "activations", "layers": "all", "max_fps": MAPS_FPS}])
            windows: list[Window] = []

            def live_rate() -> float:
                viewer.control("play")
                windows.append(viewer.window(effort.secs))
                viewer.control("pause")
                return windows[-1].updates_per_second

            over_bare = interleaved(live_rate, partial(bare.updates_per_second, alone, effort.secs), effort.pairs)
            result: dict[str, Any] = {
                "network": CONVOLUTION.label,
                "asked_fps": MAPS_FPS,
                **over_bare.summary("live", "bare"),
                "torch": None,
            }
            if TORCH_PYTHON is not None:
                config = {"cores": os.cpu_count(), "rows": _ROWS}
                with Child("bench.torch_loop", config, python=TORCH_PYTHON) as torch:
                    rate = partial(bare.updates_per_second, torch, effort.secs)
                    over_torch = interleaved(live_rate, rate, effort.pairs)
                    result["torch"] = over_torch.summary("live", "torch") | {"version": torch.ready["ready"]}
            result["frames_per_second"] = middle([window.frames_per_second[1] for window in windows])
    tell(f"{CONVOLUTION.label}: live over bare {result['ratio']:.2f}")
    return result
