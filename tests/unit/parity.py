"""Every control of TensorFlow Playground (commit 02469bd) and what stands for it here, as data.

`CONTROLS` is what `docs/parity.md` is written from and what the tests hold against the experiment's models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Control:
    """`key` is its name in the page's address, None for a button.

    `meaning` maps one of its values (as the address writes it) to the members of our experiment that stand for it, by
    JSON pointer; a control of the view or of the run has none. `values` lists every one that the page offers.
    """

    title: str
    key: str | None
    values: tuple[str, ...]
    here: str
    place: str
    meaning: Callable[[str], Document] | None = None


DATA_SETS = {"circle": "circle", "xor": "xor", "gauss": "gauss", "spiral": "spiral"}
REGRESSION_SETS = {"reg-plane": "plane", "reg-gauss": "multi_gauss"}
FEATURES = {
    "x": "x1", "y": "x2", "xSquared": "x1^2", "ySquared": "x2^2", "xTimesY": "x1*x2",
    "sinX": "sin(x1)", "sinY": "sin(x2)",
}  # fmt: skip
COSINES = {"cosX": "cos(x1)", "cosY": "cos(x2)"}
SAMPLES = {"classification": 500, "regression": 1200}


def _numbers(first: int, last: int, step: int) -> tuple[str, ...]:
    return tuple(str(value) for value in range(first, last + 1, step))


def _at(pointer: str, of: Callable[[str], Any] = float) -> Callable[[str], Document]:
    return lambda value: {pointer: of(value)}


def _shape(value: str) -> Document:
    units = [int(count) for count in value.split(",")] if value else []
    return {f"/network/layers/{index}/units": count for index, count in enumerate(units)} | {
        "/network/layers": len(units)
    }


def _feature(name: str) -> Control:
    return Control(
        f"Feature {FEATURES[name]}", name, ("true", "false"), f"`data.features` with or without `{FEATURES[name]}`",
        "Input features", lambda value: {"/data/features": (FEATURES[name], value == "true")},
    )  # fmt: skip


def _cosine(name: str) -> Control:
    return Control(
        f"{COSINES[name]} (address only)", name, ("true", "false"),
        f"without effect there, for it is not among the inputs; here a formula `{COSINES[name]}`", "Formula",
        lambda value: {"/data/formulas": (COSINES[name], value == "true")},
    )  # fmt: skip


CONTROLS: tuple[Control, ...] = (
    Control(
        "Learning rate", "learningRate",
        ("0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"),
        "`training.optimizer.learning_rate`, any number above 0", "Learning rate",
        _at("/training/optimizer/learning_rate"),
    ),
    Control(
        "Activation", "activation", ("relu", "tanh", "sigmoid", "linear"),
        "`activation` of every layer; ten functions, each layer its own", "Layer settings",
        _at("/network/layers/0/activation", str),
    ),
    Control(
        "Regularization", "regularization", ("none", "L1", "L2"), "`training.regularization.type`", "Regularisation",
        _at("/training/regularization/type", str.lower),
    ),
    Control(
        "Regularization rate", "regularizationRate",
        ("0", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"),
        "`training.regularization.rate`, 0 to 10", "Regularisation", _at("/training/regularization/rate"),
    ),
    Control(
        "Problem type", "problem", ("classification", "regression"), "follows from the data set", "Data",
        lambda value: {"/data/samples": SAMPLES[value]},
    ),
    Control("Data set", "dataset", tuple(DATA_SETS), "`data.name`", "Data", _at("/data/name", DATA_SETS.__getitem__)),
    Control(
        "Data set of a regression", "regDataset", tuple(REGRESSION_SETS), "`data.name`", "Data",
        _at("/data/name", REGRESSION_SETS.__getitem__),
    ),
    Control(
        "Ratio of training to test data", "percTrainData", _numbers(10, 90, 10), "`data.train_fraction`, 0.1 to 0.9",
        "Train share", _at("/data/train_fraction", lambda value: int(value) / 100),
    ),
    Control(
        "Noise", "noise", _numbers(0, 50, 5), "`data.noise`, 0 to 0.5", "Noise",
        _at("/data/noise", lambda value: int(value) / 100),
    ),
    Control(
        "Batch size", "batchSize", _numbers(1, 30, 1), "`training.batch_size`", "Batch",
        _at("/training/batch_size", int),
    ),
    *(_feature(name) for name in FEATURES),
    *(_cosine(name) for name in COSINES),
    Control(
        "Hidden layers, 0 to 6, of 1 to 8 neurons", "networkShape",
        ("", "1", "8", "4,2", "1,2,3", "2,4,6,8", "8,7,6,5,4", "8,8,8,8,8,8"),
        "`network.layers[].units`, up to 256 layers of 1,024", "+ and − at and between the layers", _shape,
    ),
    Control(
        "Start from zero (address only)", "initZero", ("true", "false"), "`initializer` `zeros` or `playground`",
        "Layer settings",
        lambda value: {"/network/layers/0/initializer": "zeros" if value == "true" else "playground"},
    ),
    Control(
        "Seed", "seed", ("0.12345",), "`data.seed` and `training.seed`: its digits as a number",
        "New draw, New weights", lambda value: {"/data/seed": 12345, "/training/seed": 12345},
    ),
    Control("Show test data", "showTestData", ("true", "false"), "a switch of the view", "Test samples"),
    Control("Discretize output", "discretize", ("true", "false"), "a switch of the view", "Hard edges"),
    Control(
        "Collect statistics (address only)", "collectStats", ("true", "false"),
        "their site's own counting; not here", "–",
    ),
    Control("Tutorial (address only)", "tutorial", ("name",), "lesson links and presets", "Try an idea, Share"),
    Control("Hide the article (address only)", "hideText", ("true", "false"), "there is no article to hide", "–"),
    Control("Run / pause", None, (), "`control` `play`, `pause`", "Play, Pause"),
    Control("Step (one epoch)", None, (), "`control` `step`: one update or any number", "Step"),
    Control("Reset", None, (), "`control` `reset`: the same weights again", "Start over"),
    Control("Regenerate", None, (), "another `data.seed`", "New draw"),
    Control(
        "Click a link or bias: type a number", None, (), "`set_weights`, `network.pins`; the output's bias too",
        "Click a weight",
    ),
    Control("Hover a node: its map fills the output", None, (), "stream `maps`", "Point at or choose a neuron"),
    Control("Show or hide controls (`<key>_hide`)", None, (), "lesson links", "Share"),
)  # fmt: skip

DIFFERENCES: tuple[tuple[str, str, str], ...] = (
    ("Order of samples", "the same every epoch", "shuffled every epoch, a function of the seed"),
    (
        "Incomplete last batch",
        "its gradient waits and joins the next epoch's first batch",
        "an update of its own, with the mean of its rows",
    ),
    ("A link that L1 sets to zero", "is dead for good", "may come back when the data want it"),
    ("Reset", "draws other weights", "starts from the same ones; `New weights` draws others"),
    ("Changing rate or kind of regularisation, batch size, activation", "resets", "keeps everything that was learned"),
    ("One step", "one epoch", "one update, or as many as you like"),
    ("Precision", "double", "single; the curves of both agree to 1e-4 over 1,000 updates"),
    (
        "Default loss of classes",
        "squared error on tanh",
        "cross-entropy; `squared_error` is the page's and imported links get it",
    ),
    ("Random numbers", "seedrandom", "NumPy's Philox and PCG64: the same kind of data, not the same points"),
    ("Noise above 50 in an address", "up to 80 stretches the slider", "is at most 50"),
)  # fmt: skip


def page() -> str:
    """The whole of `docs/parity.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# Parity with TensorFlow Playground",
        "Every control of [TensorFlow Playground](https://playground.tensorflow.org) and every value it offers, with",
        "what stands for it here. `tests/unit/test_parity.py` writes this page and imports a link for each value.",
        "",
        "| there | key in the address | values | here | on our page |",
        "| --- | --- | --- | --- | --- |",
    )
    for control in CONTROLS:
        key = f"`{control.key}`" if control.key else ""
        values = ", ".join(f"`{value}`" if value else "none" for value in control.values)
        yield f"| {control.title} | {key} | {values} | {control.here} | {control.place} |"
    yield from (
        "",
        "## Where we differ on purpose",
        "`tests/unit/test_playground_twin.py` shows that the arithmetic is the same but for these: with squared error",
        "on tanh, plain SGD, batches of ten and the same weights and order of samples, the losses of 1,000 updates",
        "agree to 1e-4.",
        "",
        "| what | there | here |",
        "| --- | --- | --- |",
    )
    for what, there, here in DIFFERENCES:
        yield f"| {what} | {there} | {here} |"
