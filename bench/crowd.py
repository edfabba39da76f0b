"""What a hundred viewers of one session cost its training, against one viewer, and how fresh their frames are."""

from __future__ import annotations

from typing import Any

from bench.house import Effort, fresh_server, new_session, tell, view_of
from bench.networks import DEFAULT, LARGEST
from bench.ratios import interleaved, middle
from bench.viewers import Viewers, Window

VIEWERS = 100
NICENESS = 5
"""On this machine the viewers take processor time that in a classroom comes from a hundred others."""


def measure(effort: Effort) -> dict[str, Any]:
    results = []
    with fresh_server() as server:
        server.wait_workers_ready()
        for benchmark in (DEFAULT, LARGEST):
            created = new_session(server, {"experiment": benchmark.experiment, "play": False})
            view = view_of(created)
            with (
                Viewers(server.port, created.id, created.owner_token) as one,
                Viewers(
                    server.port, created.id, created.viewer_token, count=VIEWERS - 1, niceness=NICENESS
                ) as others,
            ):
                one.connect(view)
                one.control("play")
                windows: list[Window] = []

                def alone(one: Viewers = one) -> float:
                    return one.window(effort.secs).updates_per_second

                def crowded(
                    others: Viewers = others, view: list[dict[str, Any]] = view, windows: list[Window] = windows
                ) -> float:
                    others.connect(view)
                    windows.append(others.window(effort.secs))
                    others.disconnect()
                    return windows[-1].updates_per_second

                pairs = interleaved(crowded, alone, effort.pairs)
                one.disconnect()
                results.append(
                    {
                        "network": benchmark.label,
                        "viewers": VIEWERS,
                        **pairs.summary("crowded", "one_viewer"),
                        "frames_per_second_slowest": middle([window.frames_per_second[0] for window in windows]),
                        "frames_per_second": middle([window.frames_per_second[1] for window in windows]),
                        "age_p50_ms": middle([window.age_p50_ms for window in windows]),
                        "age_p99_ms": middle([window.age_p99_ms for window in windows]),
                    }
                )
                tell(f"{benchmark.label} with {VIEWERS} viewers: {results[-1]['ratio']:.2f} of one viewer's speed")
    return {"networks": results}
