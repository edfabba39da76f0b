"""The convolution network of `bench.networks` in PyTorch, eager, as its tutorials write it: the floor to compare with.

Runs in a Python of its own that has PyTorch, and imports nothing of this project but the line protocol.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

from bench.child import answer


def _network(torch: Any) -> Any:
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip


def main() -> None:
    torch = importlib.import_module("torch")
    config = json.loads(sys.stdin.readline())
    torch.set_num_threads(config["cores"])
    network, loss = _network(torch), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    # The digits' shape; what the pixels are makes no difference to the time.
    inputs = torch.randn(config["rows"], 1, 28, 28)
    labels = torch.randint(0, 10, (config["rows"],))

    def train(secs: float) -> dict[str, float]:
        started, updates = time.perf_counter(), 0
        while time.perf_counter() - started < secs:
            order = torch.randperm(len(inputs))
            for first in range(0, len(inputs), 64):
                rows = order[first : first + 64]
                optimizer.zero_grad()
                loss(network(inputs[rows]), labels[rows]).backward()
                optimizer.step()
                updates += 1
        return {"updates": updates, "secs": time.perf_counter() - started}

    train(0.5)
    answer({"ready": torch.__version__})
    for line in sys.stdin:
        answer(train(json.loads(line)["secs"]))


if __name__ == "__main__":
    main()
