"""How much of the bare speed is left when one viewer watches who does not paint."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench import bare, networks
from bench.house import Effort, device_of, fresh_server, new_session, tell, view_of
from bench.networks import Benchmark
from bench.ratios import Pairs, interleaved, middle
from bench.viewers import Viewers, Window

FRAME_RATES = (30.0, 60.0)


def measure(effort: Effort) -> dict[str, Any]:
    results = []
    with fresh_server() as server:
        device = device_of(server)
        for benchmark in networks.ALL:
            created = new_session(server, {"experiment": benchmark.experiment, "play": False})
            with (
                bare.start(created.document["experiment"], device) as alone,
                Viewers(server.port, created.id, created.owner_token) as viewer,
            ):
                for fps in FRAME_RATES:
                    viewer.connect(view_of(created, fps))
                    windows: list[Window] = []

                    def live_rate(viewer: Viewers = viewer, windows: list[Window] = windows) -> float:
                        viewer.control("play")
                        windows.append(viewer.window(effort.secs))
                        viewer.control("pause")
                        return windows[-1].updates_per_second

                    alone_rate = partial(bare.updates_per_second, alone, effort.secs)
                    pairs = interleaved(live_rate, alone_rate, effort.pairs)
                    viewer.disconnect()
                    results.append(summary(benchmark, fps, pairs, windows))
                    tell(f"{benchmark.label} at {fps:.0f} frames/s: live over bare {results[-1]['ratio']:.2f}")
    return {"networks": results}


def summary(benchmark: Benchmark, fps: float, pairs: Pairs, windows: list[Window]) -> dict[str, Any]:
    return {
        "network": benchmark.label,
        "asked_fps": fps,
        **pairs.summary("live", "bare"),
        "over_playground_page": over_page(benchmark, pairs),
        "frames_per_second": middle([window.frames_per_second[1] for window in windows]),
        "age_p50_ms": middle([window.age_p50_ms for window in windows]),
        "age_p99_ms": middle([window.age_p99_ms for window in windows]),
    }


def over_page(benchmark: Benchmark, pairs: Pairs) -> float | None:
    """How many times faster than TensorFlow Playground's page."""
    return None if benchmark.playground_page is None else middle(pairs.over) / benchmark.playground_page
