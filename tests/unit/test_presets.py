"""Every preset does what its sentence says, as far as that can be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from neuroglow.engine.snapshot import Snapshot
from neuroglow.spec import parse_experiment, preset
from neuroglow.spec.memory import estimated_bytes
from neuroglow.spec.presets import PRESETS
from neuroglow.spec.stories import STORIES
from unit.rig import trainer_of


@dataclass(frozen=True)
class Run:
    """Figures at its end, and the weights there; `finite` is False where the loss blew up on the way."""

    train_loss: float
    test_loss: float
    train: float
    test: float
    """Accuracy or R²."""
    snapshot: Snapshot | None
    finite: bool


@cache
def run(name: str, updates: int) -> Run:
    trainer = trainer_of(preset(name).experiment)
    finite = True
    while finite and trainer.cursor.update < updates:
        # The train figures are a mean since the last point: one shortly before the end.
        if trainer.cursor.update >= updates * 0.9:
            trainer.point(trainer.cursor, None)
        ahead = int(updates * 0.9) if trainer.cursor.update < int(updates * 0.9) else updates
        finite = trainer.finish(trainer.launch(ahead - trainer.cursor.update, evaluate=False)).finite
    point: dict[str, Any] = trainer.point(trainer.cursor, trainer.evaluate() if finite else None)
    score = "r2" if "train_r2" in point else "accuracy"

    def figure(key: str) -> float:
        return np.nan if point[key] is None else float(point[key])

    return Run(
        train_loss=figure("train_loss"),
        test_loss=figure("test_loss"),
        train=figure(f"train_{score}"),
        test=figure(f"test_{score}"),
        snapshot=trainer.snapshot() if finite else None,
        finite=finite,
    )


def weights(of: Run, layer: str = "dense_1") -> Any:
    assert of.snapshot is not None
    return np.abs(of.snapshot.layers[layer]["weight"])


def _noise_fades(of: Run) -> bool:
    by_input = weights(of).mean(axis=0)
    return bool(by_input[2:].max() < 0.4 * by_input[:2].min())


SAYS: dict[str, tuple[int, Callable[[Run], bool]]] = {
    "spiral": (12_000, lambda r: r.test > 0.75),
    "line": (1_500, lambda r: r.test > 0.97),
    "line_fails": (1_500, lambda r: r.train < 0.65),
    "xor": (2_000, lambda r: r.test > 0.9),
    "linear_layers": (1_500, lambda r: r.train < 0.65),
    "playground": (3_000, lambda r: r.test > 0.95),
    "plane": (1_500, lambda r: r.test > 0.9),
    "hills": (3_000, lambda r: r.test > 0.6),
    "five_classes": (500, lambda r: r.test > 0.95),
    "code_of_two": (1_000, lambda r: r.test > 0.9),
    "autoencoder": (1_500, lambda r: r.test > 0.35),
    "diabetes": (1_000, lambda r: 0.35 < r.test < 0.65),
    "right_features": (1_000, lambda r: r.test > 0.97),
    "raw_inputs": (2_000, lambda r: r.test > 0.95),
    "formula": (1_500, lambda r: r.test > 0.97),
    "noise_fades": (1_000, _noise_fades),
    "random_features": (1_500, lambda r: r.test > 0.95),
    "by_heart": (5_000, lambda r: r.test < 0.85 and r.test_loss > 0.6),
    "many_rows": (3_000, lambda r: r.test > 0.95),
    "dropout": (5_000, lambda r: r.test > 0.88 and r.test_loss < 0.45),
    "wrong_labels": (3_000, lambda r: r.train < 0.8 and r.test > 0.95),
    "rare_class": (1_500, lambda r: r.train > 0.85),
    "too_fast": (50, lambda r: not r.finite),
    "slow_down": (3_000, lambda r: r.test > 0.97 and r.train_loss < 0.02),
    "stop_in_time": (500, lambda r: r.test > 0.9),
    "pruned": (3_000, lambda r: r.test > 0.95 and float((weights(r) == 0.0).mean()) > 0.2),
    "all_zero": (500, lambda r: abs(r.test_loss - np.log(2)) < 1e-3 and weights(r).max() == 0.0),
    "margin": (500, lambda r: r.test > 0.97),
    "fading": (1_000, lambda r: r.test_loss > 0.68),
    "layers_200": (400, lambda r: r.test > 0.9),
    "lenet": (400, lambda r: r.test > 0.95),
    "vgg": (400, lambda r: r.test > 0.95),
    "resnet": (400, lambda r: r.test > 0.93),
    "residual_200": (600, lambda r: r.test > 0.85),
    "variational": (1_000, lambda r: r.test > 0.35),
    "lstm": (600, lambda r: r.test > 0.9),
    "gpt": (400, lambda r: r.test > 0.28),
    "conv_autoencoder": (400, lambda r: r.test > 0.35),
    "one_neuron": (1_000, lambda r: r.test > 0.95),
    "digits": (1_000, lambda r: r.test > 0.93),
    "iris": (1_000, lambda r: r.test > 0.9),
    "black_box": (500, lambda r: r.test > 0.93),
}
"""Updates, and what must be the case then."""


@pytest.mark.parametrize("name", [each.name for each in PRESETS])
def test_a_preset_does_what_it_says(name: str) -> None:
    updates, holds = SAYS[name]
    result = run(name, updates)
    assert holds(result), result


def test_there_are_twenty_and_more_and_every_story_has_some() -> None:
    assert len(PRESETS) >= 20
    assert {each.story for each in PRESETS} == {story.name for story in STORIES}
    for members in ([each.name for each in PRESETS], [each.title for each in PRESETS]):
        assert len(set(members)) == len(members)


def test_presets_are_experiments_as_a_client_would_send_them() -> None:
    for each in PRESETS:
        assert parse_experiment(each.experiment.to_document()) == each.experiment, each.name
        assert estimated_bytes(each.experiment) < 128 << 20
        assert not each.sentence.endswith(".")
