"""Presets that are known by their shape: convolutional and residual networks, and what reads sequences."""

from __future__ import annotations

from typing import Any

from neuroglow.spec.data import AnyData, BundledData, SyntheticData
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.layers.convolution import Conv2d, ConvTranspose2d
from neuroglow.spec.layers.dense import Dense
from neuroglow.spec.layers.merging import Add
from neuroglow.spec.layers.normalisation import LayerNorm
from neuroglow.spec.layers.pooling import GlobalAvgPool, MaxPool2d
from neuroglow.spec.layers.recurrent import Lstm
from neuroglow.spec.layers.repeating import Repeat
from neuroglow.spec.layers.sampling import Sampling
from neuroglow.spec.layers.sequence import Embedding, PositionalEncoding, TransformerBlock
from neuroglow.spec.layers.shaping import Flatten, Reshape
from neuroglow.spec.network import Network, with_names
from neuroglow.spec.preset import Preset
from neuroglow.spec.sequences import SequencesData
from neuroglow.spec.text import TextData
from neuroglow.spec.training import Adam, Training


def _preset(
    name: str, title: str, sentence: str, data: AnyData, training: Training, *layers: Any
) -> Preset:
    network = with_names(Network(layers=layers))
    experiment = Experiment(data=data, network=network, training=training)
    return Preset(story="shapes", name=name, title=title, sentence=sentence, experiment=experiment)


def _conv(channels: int, kernel: int = 3, **members: Any) -> Conv2d:
    return Conv2d(channels=channels, kernel=kernel, **{"padding": "same", "initializer": "he_uniform"} | members)


def _relu(units: int) -> Dense:
    return Dense(units=units, activation="relu", initializer="he_uniform")


def _residual(channels: int) -> tuple[Conv2d, Conv2d, Add]:
    """Two convolutions, and around them what they read."""
    return (
        _conv(channels, name="first"),
        _conv(channels, name="second", activation="linear", initializer="glorot_uniform"),
        Add(name="sum", inputs=("x", "second")),
    )


_DIGITS = Training(optimizer=Adam(learning_rate=0.002), batch_size=32)

ARCHITECTURES: tuple[Preset, ...] = (
    _preset(
        "lenet", "LeNet",
        "Small windows find strokes wherever they are, two poolings forget where: the first network that read cheques",
        BundledData(name="digits", size=28), _DIGITS,
        _conv(6, 5), MaxPool2d(), _conv(16, 5, padding="valid"), MaxPool2d(), Flatten(), _relu(120), _relu(84),
    ),
    _preset(
        "vgg", "A small VGG",
        "Only windows of three, one after another: two of them see as far as one of five, with fewer weights",
        BundledData(name="digits", size=16), _DIGITS,
        _conv(8), _conv(8), MaxPool2d(), _conv(16), _conv(16), MaxPool2d(), Flatten(), _relu(32),
    ),
    _preset(
        "resnet", "A small ResNet",
        "Every block adds to what it reads, so what came before is never lost on the way",
        BundledData(name="digits", size=16), _DIGITS,
        _conv(12, name="stem"),
        _conv(12, name="left"),
        _conv(12, name="right", activation="linear", initializer="glorot_uniform"),
        Add(name="skip", inputs=("stem", "right")),
        MaxPool2d(),
        Repeat(layers=_residual(12), times=3),
        GlobalAvgPool(),
    ),
    _preset(
        "residual_200", "200 residual layers",
        "One block, two hundred times, each beginning as nothing: the sums keep a straight way open for gradients",
        SyntheticData(name="circle", noise=0.1), Training(optimizer=Adam(learning_rate=0.0003), batch_size=32),
        Dense(units=8),
        Repeat(
            layers=(
                Dense(name="dense_1", units=8, initializer="zeros"), Add(name="add_1", inputs=("x", "dense_1")),
            ),
            times=200,
        ),
    ),
    _preset(
        "conv_autoencoder", "Pictures through a bottleneck",
        "Windows that shrink a digit to eight numbers, and windows that draw it again from them",
        BundledData(name="digits", goal="reconstruct"), _DIGITS,
        _conv(8, stride=2), _conv(16, stride=2), Flatten(), Dense(units=8, activation="linear"), _relu(64),
        Reshape(shape=(16, 2, 2)), ConvTranspose2d(channels=8, initializer="he_uniform"),
        ConvTranspose2d(channels=4, initializer="he_uniform"),
    ),
    _preset(
        "variational", "A variational autoencoder",
        "A code is a cloud, not a point, so that what lies between two digits is drawn like a digit too",
        BundledData(name="digits", goal="reconstruct"), _DIGITS,
        _relu(48), Dense(units=16, activation="linear"), Sampling(kl_weight=0.002), _relu(48),
    ),
    _preset(
        "lstm", "A memory for waves",
        "Step after step it reads a noisy wave of unknown pace, remembers, and says what comes next",
        SequencesData(name="sine", noise=0.1), Training(optimizer=Adam(learning_rate=0.005), batch_size=32),
        Lstm(units=16),
    ),
    _preset(
        "gpt", "A small GPT",
        "It guesses the next letter of Shakespeare's sonnets from those before; attention chooses where to look",
        TextData(), Training(optimizer=Adam(learning_rate=0.003), batch_size=32),
        Embedding(units=32), PositionalEncoding(kind="learned"),
        TransformerBlock(heads=4, causal=True), TransformerBlock(heads=4, causal=True), LayerNorm(),
    ),
)  # fmt: skip
