"""TensorFlow Playground's links: the state after `#`, read as the playground reads it, as an experiment of ours.

Pure text in, an experiment out, with a sentence for everything that cannot be the same. The 27 keys, their types, their
defaults and how garbage is read are those of the playground's `src/state.ts`; `spec/playground_state.py` holds them.
"""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass
from typing import Any

from neuroglow.spec import limits
from neuroglow.spec.experiment import Experiment, parse_experiment
from neuroglow.spec.playground_state import State, plain, read_state

SAMPLES = {"classification": 500, "regression": 1_200}
SETS = {
    "circle": "circle",
    "xor": "xor",
    "gauss": "gauss",
    "spiral": "spiral",
    "reg-plane": "plane",
    "reg-gauss": "multi_gauss",
}
FEATURES = {
    "x": "x1",
    "y": "x2",
    "xSquared": "x1^2",
    "ySquared": "x2^2",
    "xTimesY": "x1*x2",
    "sinX": "sin(x1)",
    "sinY": "sin(x2)",
}
"""In the playground's order, which is also ours."""
COSINES = {"cosX": "cos(x1)", "cosY": "cos(x2)"}
"""Inputs that the playground's state knows and its page has lost."""
HIDDEN = {
    "showTestData": "test_samples",
    "discretize": "hard_edges",
    "playButton": "play",
    "stepButton": "step",
    "resetButton": "reset",
    "learningRate": "learning_rate",
    "activation": "layer_settings",
    "regularization": "regularization",
    "regularizationRate": "regularization",
    "dataset": "data",
    "percTrainData": "train_share",
    "noise": "noise",
    "batchSize": "batch",
    "numHiddenLayers": "layers",
}
"""What `NAME_hide=true` hides there, as the control of ours that shows the same."""
_NO_CONTROL = {
    "problem": "The link hides the problem type; here the task follows from the data and has no control of its own",
}
_DRAWS = (
    "The points and the first weights come from generators of our own: the same distributions, other draws. "
    "Batches are shuffled anew in every epoch, which the playground does not do"
)
_SEED_STEPS = 100_000
"""The playground writes its seeds with five decimals."""
SMALLEST_RATE = 0.00001
"""The playground's smallest learning rate above zero that its list offers."""


@dataclass(frozen=True)
class Imported:
    """`hidden` are names of `spec.lesson`, `notes` sentences for people, in the order of the link's meaning."""

    experiment: Experiment
    notes: tuple[str, ...]
    hidden: tuple[str, ...]
    shows_test_samples: bool
    has_hard_edges: bool


def read_playground(text: str) -> Imported:
    """The experiment of a link, of what follows its `#`, or of an address without any state.

    Total: whatever the text, the answer is an experiment within our limits or an `InvalidInputError` at `/text`.
    """
    state = read_state(text)
    notes = list(state.notes)
    document = {"data": _data(state, notes), "network": _network(state, notes), "training": _training(state, notes)}
    hidden = _hidden(state, notes)
    _page(state, notes)
    notes.append(_DRAWS)
    return Imported(
        experiment=parse_experiment(document),
        notes=tuple(notes),
        hidden=hidden,
        shows_test_samples=state.flag("showTestData"),
        has_hard_edges=state.flag("discretize"),
    )


def seed_number(text: str) -> int:
    """The number of ours for a seed of theirs.

    Five decimals below 1, as the playground writes them, count in hundred-thousandths (`0.12345` is 12345), a whole
    number is itself, and any other text is its CRC-32.
    """
    if re.fullmatch(r"0?\.[0-9]{1,5}", text):
        return round(float(text) * _SEED_STEPS)
    if re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= limits.MAX_SEED:
        return int(text)
    return zlib.crc32(text.encode("utf-8", "replace"))


def _data(state: State, notes: list[str]) -> dict[str, Any]:
    problem = state.choice("problem")
    chosen = state.choice("dataset" if problem == "classification" else "regDataset")
    noise = state.number("noise")
    # The playground itself shows what is far out as the end of its slider.
    noise = 50.0 if noise > 80 else max(0.0, noise)
    most = 100 * limits.MAX_NOISE
    if noise > most:
        notes.append(f"Noise {plain(noise)} is beyond the {plain(most)} there is here; it is {plain(most)}")
    share = _bounded("percTrainData", state, 100 * limits.MIN_TRAIN_FRACTION, 100 * limits.MAX_TRAIN_FRACTION, notes)
    data: dict[str, Any] = {
        "source": "synthetic",
        "name": SETS[chosen],
        "samples": SAMPLES[problem],
        "noise": min(noise, most) / 100,
        "train_fraction": share / 100,
        "seed": _seed(state),
    }
    return data | _inputs(state, notes)


def _inputs(state: State, notes: list[str]) -> dict[str, Any]:
    """A hidden input is not fed, whatever its own key says: the playground takes it out of its list."""
    features = [ours for theirs, ours in FEATURES.items() if state.flag(theirs) and theirs not in state.hidden]
    removed = [ours for theirs, ours in FEATURES.items() if theirs in state.hidden]
    if removed:
        notes.append(f"The link removes {', '.join(removed)}; here they are switched off and can be switched on")
    cosines = [formula for key, formula in COSINES.items() if state.flag(key) and key not in state.hidden]
    if cosines:
        notes.append(
            f"{' and '.join(cosines)} is a formula here; the playground's page shows it no more"
        )
    if not features:
        notes.append("The link feeds none of the features; here one has to stay on, x1")
    return {"features": features or ["x1"], "formulas": [{"expression": formula} for formula in cosines]}


def _network(state: State, notes: list[str]) -> dict[str, Any]:
    initializer = "zeros" if state.flag("initZero") else "playground"
    widths = _widths(state, notes)
    if len(state.shape) > len(widths):
        notes.append(f"{len(state.shape)} hidden layers are more than the {len(widths)} there are here; the first stay")
    layer = {"type": "dense", "activation": state.choice("activation"), "initializer": initializer}
    return {
        "layers": [layer | {"units": units} for units in widths],
        "output_initializer": initializer,
    }


def _widths(state: State, notes: list[str]) -> list[int]:
    # Its loop makes a neuron while the index is below the number: 4.5 makes five.
    asked = state.shape[: limits.MAX_LAYERS]
    widths = [min(max(1, math.ceil(each)), limits.MAX_UNITS) if math.isfinite(each) else 1 for each in asked]
    changed = [(plain(was), is_) for was, is_ in zip(asked, widths, strict=True) if was != is_]
    if changed:
        told = ", ".join(f"{was.replace('nan', 'no number')} is {is_}" for was, is_ in changed[:5])
        notes.append(f"Not every width of the link is possible here: {told}{', …' if len(changed) > 5 else ''}")
    return widths


def _training(state: State, notes: list[str]) -> dict[str, Any]:
    rate = state.number("learningRate")
    if not 0 < rate <= limits.MAX_LEARNING_RATE:
        allowed = SMALLEST_RATE if rate <= 0 else limits.MAX_LEARNING_RATE
        notes.append(f"A learning rate of {plain(rate)} is not possible here; it is {plain(allowed)}")
        rate = allowed
    regularization = state.choice("regularization").lower()
    strength = _bounded("regularizationRate", state, 0.0, limits.MAX_REGULARIZATION_RATE, notes)
    return {
        "loss": "squared_error",
        "batch_size": _batch(state, notes),
        "optimizer": {"type": "sgd", "learning_rate": rate},
        "regularization": {"type": regularization, "rate": strength},
        "seed": _seed(state),
    }


def _batch(state: State, notes: list[str]) -> int:
    asked = state.number("batchSize")
    size = int(min(max(1.0, abs(asked)), float(limits.MAX_BATCH_SIZE)))
    rows = SAMPLES[state.choice("problem")]
    if size != asked:
        notes.append(f"A batch of {plain(asked)} is not possible here; it is {size}")
    elif size > rows * state.number("percTrainData") / 100:
        notes.append(f"With a batch of {size} of its fewer rows the playground never updates; here it is all rows")
    return size


def _bounded(key: str, state: State, low: float, high: float, notes: list[str]) -> float:
    asked = state.number(key)
    value = min(max(asked, low), high)
    if value != asked:
        notes.append(f"{key} {plain(asked)} is outside {plain(low)} to {plain(high)}; it is {plain(value)}")
    return value


def _seed(state: State) -> int:
    return seed_number(state.text("seed").strip()) if state.text("seed") else 0


def _hidden(state: State, notes: list[str]) -> tuple[str, ...]:
    notes.extend(sentence for theirs, sentence in _NO_CONTROL.items() if theirs in state.hidden)
    return tuple(dict.fromkeys(ours for theirs, ours in HIDDEN.items() if theirs in state.hidden))


def _page(state: State, notes: list[str]) -> None:
    """What concerns the playground's own page."""
    if state.text("tutorial"):
        notes.append(f"The tutorial '{state.text('tutorial')[:40]}' is a text of the playground's page and is not here")
    if state.flag("hideText"):
        notes.append("The link hides the article under the playground; there is none here")
    if state.flag("collectStats"):
        notes.append("The link collects statistics for the playground's makers; here nothing is collected")
    if not state.text("seed"):
        notes.append("The link has no seed, so the playground would draw one; here it is 0")
