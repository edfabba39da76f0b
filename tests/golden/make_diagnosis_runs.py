"""Records runs for the page's diagnosis: `python tests/golden/make_diagnosis_runs.py URL`, of a server.

Ideas of the catalog that are well and some that are not, and networks made sick on purpose. Of each run the statistics
of the last frame and the curve up to it are kept, thinned in its older part and rounded.
"""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from copy import deepcopy
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from live_client import create_session, live

SECS = 60.0
WELL = ["playground", "xor", "spiral", "plane", "digits", "iris", "lenet", "lstm", "diabetes", "autoencoder"]
ILL = ["by_heart", "too_fast", "fading", "rare_class"]
SICK: dict[str, tuple[int, str, dict[str, Any]]] = {
    "slow": (2, "tanh", {"type": "sgd", "learning_rate": 1e-6}),
    "tanh_fast": (2, "tanh", {"type": "sgd", "learning_rate": 3.0}),
    "relu_adam": (3, "relu", {"type": "adam", "learning_rate": 0.5}),
}
"""Hidden layers of 8, their activation and the optimizer, on the playground's own data."""
FIGURES = ("update", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "train_r2", "test_r2")
RECENT, OLDER = 48, 48


def experiments(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/catalog") as answer:
        ideas = {idea["name"]: idea["experiment"] for idea in json.load(answer)["presets"]}
    made = {name: ideas[name] for name in WELL + ILL}
    for name, (depth, activation, optimizer) in SICK.items():
        made[name] = deepcopy(ideas["playground"])
        made[name]["network"]["layers"] = [{"type": "dense", "units": 8, "activation": activation}] * depth
        made[name]["training"] |= {"optimizer": optimizer, "loss": "auto"}
    return made


def short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def compact(run: dict[str, Any]) -> dict[str, Any]:
    """Of {"experiment", "points", "stats": [{"update", "layers"}], "divergence"} what the page would look at last."""
    last = run["stats"][-1] if run["stats"] else {"update": run["points"][-1]["update"], "layers": {}}
    curve = [point for point in run["points"] if point["update"] <= last["update"]]
    older = curve[:-RECENT]
    curve = older[:: max(1, len(older) // OLDER)] + curve[-RECENT:]
    layers = {name: figures for name, figures in last["layers"].items() if not name.endswith((".range", ".histogram"))}
    return {
        "experiment": run["experiment"],
        "update": last["update"],
        "points": [[point["update"], *(short(point.get(name)) for name in FIGURES[1:])] for point in curve],
        "layers": {name: [short(value) for value in figures] for name, figures in sorted(layers.items())},
        "divergence": run["divergence"],
    }


async def record(url: str, experiment: dict[str, Any]) -> dict[str, Any]:
    made = create_session(url, {"experiment": experiment})
    async with live(url, made.id, made.owner_token) as client:
        await client.subscribe("statistics", layers="all", max_fps=1)
        await client.control("play")
        await asyncio.sleep(SECS)
        await client.control("pause")
        states = [message for message in client.messages if message["type"] == "state"]
        curve = [message["points"] for message in client.messages if message["type"] == "metrics"]
        return {
            "experiment": client.messages[0]["session"]["experiment"],
            "points": [point for points in curve for point in points],
            "stats": [
                {
                    "update": frame.header.update,
                    "layers": {name.split("/")[1]: tensor.ravel().tolist() for name, tensor in frame.tensors.items()},
                }
                for frame in client.frames
            ],
            "divergence": next((state["divergence"] for state in reversed(states) if state.get("divergence")), None),
        }


async def main(url: str) -> None:
    runs = {name: compact(await record(url, experiment)) for name, experiment in experiments(url).items()}
    write(runs)


def write(runs: dict[str, Any]) -> None:
    lines = ",\n".join(f'"{name}":{json.dumps(run, separators=(",", ":"))}' for name, run in runs.items())
    Path(__file__).with_name("diagnosis_runs.json").write_text(
        f'{{"figures":{json.dumps(FIGURES)},"runs":{{\n{lines}\n}}}}\n', encoding="utf8"
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
