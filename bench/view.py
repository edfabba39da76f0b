"""What the page subscribes to when nobody has touched it: the one definition for every part of the bench.

It follows `frontend/src/lib/network/watch.ts` and the output panel; the part that opens the real page compares the two
and says so when they differ.
"""

from __future__ import annotations

from typing import Any

LIVE_FPS = 30.0
INPUT_FPS = 1.0
GRADIENT_FPS = 5.0
STATISTICS_FPS = 2.0
TABLE_FPS = 5.0
BARS_FPS = 10.0
MOST_CELLS = 4_096
MANY_MAPS = 40
FIRST_SAMPLE = {"split": "test", "index": 0}
GALLERY_ROWS = 35

Ask = dict[str, Any]


def default_view(experiment: dict[str, Any], inputs: int, fps: float = LIVE_FPS) -> list[Ask]:
    """Subscriptions without their request numbers, for a plane or the digits, as the server returned the experiment.

    `inputs` is the network's input width; `fps` stands in for what the page asks of its moving pictures.
    """
    hidden = [layer["name"] for layer in experiment["network"]["layers"]]
    every = ["x", *hidden, "output"]
    asks: list[Ask] = [
        {"stream": "activations", "layers": every, "sample": FIRST_SAMPLE, "max_fps": fps},
        {"stream": "weights", "layers": "all", "max_cells": MOST_CELLS, "max_fps": fps},
        {"stream": "gradients", "layers": "all", "max_cells": MOST_CELLS, "max_fps": GRADIENT_FPS},
        {"stream": "statistics", "layers": every, "max_fps": STATISTICS_FPS},
    ]
    if experiment["data"]["source"] == "synthetic":
        tiles = inputs + sum(layer["units"] for layer in experiment["network"]["layers"]) + 1
        resolution = 10 if tiles > MANY_MAPS else 20
        asks.append({"stream": "maps", "layers": ["x"], "resolution": 20, "max_fps": INPUT_FPS})
        asks.append({"stream": "maps", "layers": "all", "resolution": resolution, "max_fps": fps})
        asks.append({"stream": "maps", "layers": ["output"], "resolution": 100, "max_fps": fps})
    else:
        asks.append({"stream": "activations", "layers": ["output"], "sample": FIRST_SAMPLE, "max_fps": BARS_FPS})
        rows = {"split": "test", "from": 0, "count": GALLERY_ROWS}
        asks.append({"stream": "predictions", **rows, "max_fps": TABLE_FPS})
    return asks
