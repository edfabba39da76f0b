"""Experiments that open in one click, each with the sentence it makes visible."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from neuroglow.errors import NotFoundError
from neuroglow.spec.data import BundledData, SyntheticData
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.network import Activation, Dense, Initializer, Network, with_names
from neuroglow.spec.training import Adam, Regularization, Training


class Preset(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    sentence: str
    experiment: Experiment


def _dense(*units: int, activation: Activation = "tanh", initializer: Initializer = "glorot_uniform") -> Network:
    layers = tuple(Dense(units=count, activation=activation, initializer=initializer) for count in units)
    return with_names(Network(layers=layers))


def _hourglass(*units: int, code: int) -> Network:
    """An encoder, a code that is read as it is, and a decoder that mirrors the encoder."""
    encoder = tuple(Dense(units=count) for count in units)
    return with_names(Network(layers=(*encoder, Dense(units=code, activation="linear"), *encoder[::-1])))


def _l2(rate: float) -> Regularization:
    """At full speed a small set is learned by heart within seconds; a little decay keeps the test loss honest."""
    return Regularization(type="l2", rate=rate)


PRESETS: tuple[Preset, ...] = (
    Preset(
        name="spiral",
        title="Two spirals",
        sentence="Three layers bend two raw coordinates until the arms come apart",
        experiment=Experiment(
            data=SyntheticData(name="spiral", samples=400, noise=0.1),
            network=_dense(8, 6, 4),
            training=Training(optimizer=Adam(learning_rate=0.005), regularization=_l2(0.001)),
        ),
    ),
    Preset(
        name="xor",
        title="Exclusive or",
        sentence="No single line separates these corners, four neurons do",
        experiment=Experiment(
            data=SyntheticData(name="xor", noise=0.1),
            network=_dense(4),
            training=Training(optimizer=Adam(learning_rate=0.01), regularization=_l2(0.0005)),
        ),
    ),
    Preset(
        name="plane",
        title="Regression plane",
        sentence="With a number to predict, the output is a slope instead of a border",
        experiment=Experiment(
            data=SyntheticData(name="plane", noise=0.1),
            network=_dense(4, 2),
            training=Training(),
        ),
    ),
    Preset(
        name="digits",
        title="Digits",
        sentence="From 64 raw pixels the first layer finds its own strokes",
        experiment=Experiment(
            data=BundledData(name="digits"),
            network=_dense(32, 16, activation="relu", initializer="he_uniform"),
            training=Training(batch_size=32, optimizer=Adam(learning_rate=0.002), regularization=_l2(0.0005)),
        ),
    ),
    Preset(
        name="autoencoder",
        title="Autoencoder",
        sentence="Sixty-four pixels squeezed through two numbers and out again, no label in sight",
        experiment=Experiment(
            data=BundledData(name="digits", goal="reconstruct"),
            network=_hourglass(32, 16, code=2),
            training=Training(batch_size=32, optimizer=Adam(learning_rate=0.003)),
        ),
    ),
    Preset(
        name="iris",
        title="Iris",
        sentence="Four measurements tell three species apart, two of them only just",
        experiment=Experiment(
            data=BundledData(name="iris"),
            network=_dense(8, 6),
            training=Training(batch_size=16, optimizer=Adam(learning_rate=0.003), regularization=_l2(0.005)),
        ),
    ),
    Preset(
        name="layers_200",
        title="200 layers",
        sentence="Two hundred layers compile in seconds, train, and each can be opened",
        experiment=Experiment(
            data=SyntheticData(name="gauss", noise=0.1),
            network=_dense(*(16,) * 200, initializer="lecun_normal"),
            training=Training(batch_size=32, optimizer=Adam(learning_rate=0.0003)),
        ),
    ),
)
FIRST_PRESET = "spiral"
"""What a first visit opens."""

_BY_NAME = {preset.name: preset for preset in PRESETS}


def preset(name: str) -> Preset:
    """The preset of that name, or `NotFoundError`."""
    if name not in _BY_NAME:
        raise NotFoundError(f"No preset '{name[:64]}'; there are {', '.join(_BY_NAME)}", field="/preset")
    return _BY_NAME[name]
