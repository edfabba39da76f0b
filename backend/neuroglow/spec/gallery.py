"""The presets, story by story. A test trains each of them and holds it to its sentence."""

from __future__ import annotations

import math
from typing import Any

from neuroglow.spec.data import BundledData, DrawnData, SyntheticData
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers.base import Activation, Initializer
from neuroglow.spec.layers.dense import Dense
from neuroglow.spec.network import Network, with_names
from neuroglow.spec.preset import Preset
from neuroglow.spec.source import Formula
from neuroglow.spec.stopping import Patience, Stop
from neuroglow.spec.stories import StoryName
from neuroglow.spec.training import Adam, CosineSchedule, Momentum, Regularization, Sgd, Training


def _dense(
    *units: int, activation: Activation = "tanh", initializer: Initializer = "glorot_uniform", **members: Any
) -> Network:
    layers = tuple(Dense(units=count, activation=activation, initializer=initializer, **members) for count in units)
    return with_names(Network(layers=layers))


def _hourglass(*units: int, code: int) -> Network:
    """An encoder, a code that is read as it is, and a decoder that mirrors the encoder."""
    encoder = tuple(Dense(units=count) for count in units)
    return with_names(Network(layers=(*encoder, Dense(units=code, activation="linear"), *encoder[::-1])))


def _l2(rate: float) -> Regularization:
    """At full speed a small set is learned by heart within seconds; a little decay keeps the test loss honest."""
    return Regularization(type="l2", rate=rate)


_ADAM = Training(optimizer=Adam(learning_rate=0.01))


def _preset(
    story: StoryName, name: str, title: str, sentence: str, data: Any, network: Network, training: Training = _ADAM
) -> Preset:
    experiment = Experiment(data=data, network=network, training=training)
    return Preset(story=story, name=name, title=title, sentence=sentence, experiment=experiment)


def _rare_and_common() -> DrawnData:
    """A cloud of 120 and, at its edge, one of 12, laid out along spirals of seeds so that no draw is needed."""

    def cloud(label: int, count: int, middle: tuple[float, float], reach: float) -> list[tuple[float, float, float]]:
        golden = math.pi * (3.0 - math.sqrt(5.0))
        return [
            (
                round(middle[0] + reach * math.sqrt(n / count) * math.cos(n * golden), 2),
                round(middle[1] + reach * math.sqrt(n / count) * math.sin(n * golden), 2),
                float(label),
            )
            for n in range(count)
        ]

    points = [*cloud(1, 120, (-0.5, 0.0), 3.2), *cloud(0, 12, (2.2, 1.6), 1.6)]
    return DrawnData(points=tuple(points), train_fraction=0.5)


_FEW = SyntheticData(name="moons", classes=2, samples=200, noise=0.2, label_noise=0.2)
_BY_HEART = Training(optimizer=Adam(learning_rate=0.005), batch_size=25)


def _wide(**members: Any) -> Network:
    return _dense(64, 64, activation="relu", initializer="he_uniform", **members)


GALLERY: tuple[Preset, ...] = (
    _preset(
        "lines", "spiral", "Two spirals",
        "Three layers bend two raw coordinates until the arms come apart",
        SyntheticData(name="spiral", samples=400, noise=0.1), _dense(8, 6, 4),
        Training(optimizer=Adam(learning_rate=0.005), regularization=_l2(0.001)),
    ),
    _preset(
        "lines", "line", "A line is enough",
        "Without hidden layers a network is logistic regression: one straight border",
        SyntheticData(name="gauss", noise=0.1), _dense(),
    ),
    _preset(
        "lines", "line_fails", "A line is not enough",
        "The same line on opposite corners stays as good as guessing",
        SyntheticData(name="xor", noise=0.0), _dense(),
    ),
    _preset(
        "lines", "xor", "Exclusive or",
        "No single line separates these corners, four neurons do",
        SyntheticData(name="xor", noise=0.1), _dense(4),
        Training(optimizer=Adam(learning_rate=0.01), regularization=_l2(0.0005)),
    ),
    _preset(
        "lines", "linear_layers", "Many lines are a line",
        "Three layers without a bend in between are no better than none",
        SyntheticData(name="circle"), _dense(8, 8, 8, activation="linear"),
    ),
    _preset(
        "lines", "playground", "The playground's own",
        "TensorFlow Playground's first network, with its loss, its start and its rate",
        SyntheticData(name="circle"),
        _dense(4, 2, initializer="playground").model_copy(update={"output_initializer": "playground"}),
        Training(loss="squared_error", optimizer=Sgd(learning_rate=0.03)),
    ),
    _preset(
        "tasks", "plane", "Regression plane",
        "With a number to predict, the output is a slope instead of a border",
        SyntheticData(name="plane", noise=0.1), _dense(4, 2), Training(),
    ),
    _preset(
        "tasks", "hills", "Hills and valleys",
        "A landscape of six bumps, judged by R² instead of accuracy",
        SyntheticData(name="multi_gauss", samples=1_200), _dense(24, 16),
    ),
    _preset(
        "tasks", "five_classes", "Five at once",
        "Five outputs compete; the largest probability wins",
        SyntheticData(name="blobs", classes=5, noise=0.2), _dense(8),
    ),
    _preset(
        "tasks", "code_of_two", "Through two neurons",
        "No labels: the network squeezes four measurements into two and rebuilds them",
        BundledData(name="iris", goal="reconstruct"),
        _dense(8, 2, 8), Training(optimizer=Adam(learning_rate=0.01), batch_size=30),
    ),
    _preset(
        "tasks", "autoencoder", "Autoencoder",
        "Sixty-four pixels squeezed through two numbers and out again, no label in sight",
        BundledData(name="digits", goal="reconstruct"), _hourglass(32, 16, code=2),
        Training(optimizer=Adam(learning_rate=0.003), batch_size=32),
    ),
    _preset(
        "tasks", "diabetes", "How an illness goes on",
        "Ten measurements and one number a year later; no model gets far beyond half of it",
        BundledData(name="diabetes"),
        _dense(8), Training(optimizer=Adam(learning_rate=0.002), batch_size=32, regularization=_l2(0.03)),
    ),
    _preset(
        "features", "right_features", "The right features",
        "Given the squares, a single line in feature space is a circle",
        SyntheticData(name="circle", features=("x1^2", "x2^2")), _dense(),
    ),
    _preset(
        "features", "raw_inputs", "Raw inputs instead",
        "Without the squares, four neurons find the ring by themselves",
        SyntheticData(name="circle"), _dense(4),
    ),
    _preset(
        "features", "formula", "A formula of your own",
        "One typed input, the distance from the middle, needs no network at all",
        SyntheticData(name="circle", formulas=(Formula(expression="sqrt(x1^2 + x2^2)"),), switched_off=("x1", "x2")),
        _dense(),
    ),
    _preset(
        "features", "noise_fades", "Noise fades",
        "Six columns carry nothing; watch their weights fade while the two that matter grow",
        SyntheticData(name="gauss", noise=0.3, noise_columns=6, samples=1_000), _dense(4),
        Training(optimizer=Sgd(learning_rate=0.1), regularization=Regularization(type="l1", rate=0.01)),
    ),
    _preset(
        "features", "random_features", "Random features",
        "The hidden layer is frozen as it was drawn; only the output learns, and it is enough",
        SyntheticData(name="circle"), _dense(48, activation="relu", initializer="he_normal", frozen=True),
    ),
    _preset(
        "amount", "by_heart", "Learned by heart",
        "A hundred rows, some labelled wrongly: it remembers even the mistakes, and the test shows it",
        _FEW, _wide(), _BY_HEART,
    ),
    _preset(
        "amount", "many_rows", "Ten thousand rows",
        "The same network on ten thousand rows: too many mistakes to remember, so it finds the rule",
        _FEW.model_copy(update={"samples": 10_000}), _wide(), _BY_HEART,
    ),
    _preset(
        "amount", "dropout", "Dropout",
        "A hundred rows again, but neurons fall silent at random: nothing can be learned by heart",
        _FEW, _wide(dropout=0.3), _BY_HEART,
    ),
    _preset(
        "amount", "wrong_labels", "Wrong labels",
        "A quarter of the training labels are false, and yet it answers better than it was taught",
        SyntheticData(name="moons", classes=2, samples=2_000, noise=0.1, label_noise=0.25), _dense(8),
        Training(optimizer=Adam(learning_rate=0.005), batch_size=32, regularization=_l2(0.003)),
    ),
    _preset(
        "amount", "rare_class", "A rare class",
        "One in eleven is orange; balanced weights keep it from being overlooked",
        _rare_and_common(), _dense(6), Training(optimizer=Adam(learning_rate=0.01), class_weights="balanced"),
    ),
    _preset(
        "choices", "too_fast", "Too fast",
        "A learning rate far too large: the loss climbs until it is no number, and the page says where",
        SyntheticData(name="plane"), _dense(6, activation="relu"), Training(optimizer=Sgd(learning_rate=10.0)),
    ),
    _preset(
        "choices", "slow_down", "Slow down to settle",
        "Large steps first, small ones last: a cosine schedule calms the loss",
        SyntheticData(name="moons", classes=2, noise=0.3, samples=1_000), _dense(12, 8),
        Training(
            optimizer=Momentum(learning_rate=0.2), batch_size=16, schedule=CosineSchedule(updates=3_000, floor=0.001)
        ),
    ),
    _preset(
        "choices", "stop_in_time", "Stop in time",
        "The run pauses by itself once the test loss has not improved for thirty epochs",
        SyntheticData(name="moons", classes=2, samples=120, noise=0.35), _dense(24, 24, activation="relu"),
        Training(optimizer=Adam(learning_rate=0.005), stop=Stop(patience=Patience(epochs=30))),
    ),
    _preset(
        "choices", "pruned", "Only what is needed",
        "L1 sets weights to exactly zero: of sixteen neurons a few stay",
        SyntheticData(name="xor"), _dense(16),
        Training(optimizer=Sgd(learning_rate=0.1), regularization=Regularization(type="l1", rate=0.003)),
    ),
    _preset(
        "choices", "all_zero", "All the same",
        "Every weight starts at zero, so all neurons learn the same: nothing",
        SyntheticData(name="xor"),
        with_names(Network(layers=(Dense(units=8, initializer="zeros"),), output_initializer="zeros")),
    ),
    _preset(
        "choices", "margin", "A margin",
        "Hinge loss cares for the rows near the border only, as a support vector machine does",
        SyntheticData(name="gauss", noise=0.0), _dense(4), Training(loss="hinge", optimizer=Adam(learning_rate=0.01)),
    ),
    _preset(
        "depth", "fading", "Fading gradients",
        "Ten sigmoid layers: what the output says hardly reaches the first",
        SyntheticData(name="circle"), _dense(*(8,) * 10, activation="sigmoid"), Training(),
    ),
    _preset(
        "depth", "layers_200", "200 layers",
        "Two hundred layers compile in seconds, train, and each can be opened",
        SyntheticData(name="gauss", noise=0.1), _dense(*(16,) * 200, initializer="lecun_normal"),
        Training(batch_size=32, optimizer=Adam(learning_rate=0.0003)),
    ),
    _preset(
        "inside", "one_neuron", "One neuron",
        "Two inputs, one neuron, one output: click it and add up the numbers yourself",
        SyntheticData(name="gauss", noise=0.1), _dense(1),
    ),
    _preset(
        "inside", "digits", "Digits",
        "From 64 raw pixels the first layer finds its own strokes",
        BundledData(name="digits"), _dense(32, 16, activation="relu", initializer="he_uniform"),
        Training(batch_size=32, optimizer=Adam(learning_rate=0.002), regularization=_l2(0.0005)),
    ),
    _preset(
        "inside", "iris", "Iris",
        "Four measurements tell three species apart, two of them only just",
        BundledData(name="iris"), _dense(8, 6),
        Training(batch_size=16, optimizer=Adam(learning_rate=0.003), regularization=_l2(0.005)),
    ),
    _preset(
        "inside", "black_box", "A black box",
        "Thirty measures of a tumour: right nearly always, but why? Compare it with a tree one can read",
        BundledData(name="breast_cancer"), _dense(12, 6),
        Training(batch_size=32, optimizer=Adam(learning_rate=0.002), regularization=_l2(0.005)),
    ),
)  # fmt: skip
