"""What TensorFlow Playground does with a link, modelled from its sources for tests, and links of every kind.

`trained_there` is the oracle: it knows nothing of the importer. Links come as written by the playground itself, by
hand, by forks of 2016 and by messengers that encode them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SITE = "https://playground.tensorflow.org/"
INPUTS = ["x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY"]


@dataclass(frozen=True)
class Trained:
    """What the playground trains, and what it shows, in its own words."""

    data: str
    points: int
    train_percent: float
    noise: float
    inputs: tuple[str, ...]
    hidden_layers: tuple[int, ...]
    activation: str
    output: str
    starts_at_zero: bool
    learning_rate: float
    batch: float
    regularization: str
    regularization_rate: float
    shows_test_data: bool
    discretizes: bool
    hides: frozenset[str]


def trained_there(state: dict[str, str]) -> Trained:
    """For a state whose values the playground can read."""

    def number(key: str, default: float) -> float:
        return float(state[key]) if state.get(key, "").strip() else default

    def true(key: str, default: bool) -> bool:
        value = state.get(key, "").strip()
        return default if value == "" else value != "false"

    is_regression = state.get("problem") == "regression"
    hides = frozenset(key[: -len("_hide")] for key, value in state.items() if key.endswith("_hide") and value == "true")
    noise = number("noise", 0)
    if noise > 80:
        noise = 50
    shape = state.get("networkShape", "4,2").strip()
    return Trained(
        data=state.get("regDataset", "reg-plane") if is_regression else state.get("dataset", "circle"),
        points=1200 if is_regression else 500,
        train_percent=number("percTrainData", 50),
        noise=max(0.0, noise),
        inputs=tuple(key for key in INPUTS if true(key, key in ("x", "y")) and key not in hides),
        hidden_layers=tuple(math.ceil(float(width)) for width in shape.split(",")) if shape else (),
        activation=state.get("activation", "tanh"),
        output="linear" if is_regression else "tanh",
        starts_at_zero=true("initZero", False),
        learning_rate=number("learningRate", 0.03),
        batch=number("batchSize", 10),
        regularization=state.get("regularization", "none"),
        regularization_rate=number("regularizationRate", 0),
        shows_test_data=true("showTestData", False),
        discretizes=true("discretize", False),
        hides=hides,
    )


_WHOLE = (
    "activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0"
    "&networkShape=4,2&seed=0.64057&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false"
    "&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
    "&problem=classification&initZero=false&hideText=false"
)


def whole(**changes: str) -> str:
    """A link as the playground writes it, with changes."""
    pairs = dict(pair.split("=") for pair in _WHOLE.split("&")) | changes
    return f"{SITE}#" + "&".join(f"{key}={value}" for key, value in pairs.items())


LINKS: list[str] = [
    whole(),
    whole(dataset="xor", activation="relu", learningRate="0.1", networkShape="3", seed="0.12345"),
    whole(dataset="gauss", networkShape="", noise="15"),
    whole(dataset="spiral", xTimesY="true", xSquared="true", ySquared="true", sinX="true", sinY="true", seed="0.9"),
    whole(dataset="spiral", networkShape="8,8,8,8,8,8", regularization="L2", regularizationRate="0.003"),
    whole(problem="regression", regDataset="reg-gauss", networkShape="6,4", learningRate="0.003"),
    whole(problem="regression", regDataset="reg-plane", networkShape="", noise="50"),
    whole(initZero="true", networkShape="3,3"),
    whole(regularization="L1", regularizationRate="0.01", x="false", xSquared="true"),
    whole(activation="sigmoid", batchSize="1", learningRate="3"),
    whole(activation="linear", batchSize="30", learningRate="10"),
    whole(percTrainData="10", noise="5"),
    whole(percTrainData="90", noise="45", batchSize="17"),
    whole(showTestData="true", discretize="true"),
    whole(hideText="true", tutorial="dp", dataset="xor"),
    whole(playButton_hide="true", stepButton_hide="true", resetButton_hide="true"),
    whole(activation_hide="true", problem_hide="true", learningRate_hide="true", regularization_hide="true"),
    whole(dataset_hide="true", percTrainData_hide="true", noise_hide="true", batchSize_hide="true"),
    whole(numHiddenLayers_hide="true", discretize_hide="true", showTestData_hide="true"),
    whole(regularizationRate_hide="true"),
    whole(playButton_hide="false", noise_hide="false"),
    whole(xSquared_hide="true", ySquared_hide="true", xSquared="true", ySquared="true"),
    whole(x_hide="true"),
    whole(networkShape="8,8,8,8,8,8,8,8,8,8"),
    whole(networkShape="64,64,64", batchSize="100"),
    whole(networkShape="1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"),
    whole(networkShape="1000"),
    whole(networkShape="16, 8 ,4"),
    whole(networkShape="2.5,3"),
    whole(learningRate="0.00001"),
    whole(learningRate="0.05"),
    whole(learningRate="1e-3"),
    whole(noise="85"),
    whole(noise="-10"),
    whole(noise="33"),
    whole(percTrainData="35"),
    whole(seed="0.00001"),
    whole(seed="0.99999"),
    whole(seed="42"),
    whole(seed="my class"),
    whole(collectStats="true"),
    whole(dataset="moons"),
    whole(activation="gelu"),
    whole(problem="clustering"),
    whole(x="0", y="no"),
    whole(showTestData="1"),
    SITE,
    f"{SITE}#",
    f"{SITE}?utm_source=class#activation=relu",
    "http://playground.tensorflow.org/#dataset=xor&networkShape=2",
    "#dataset=gauss&noise=20",
    "dataset=spiral&learningRate=0.3",
    "activation=relu",
    f"  <{SITE}#dataset=xor&seed=0.5>  ",
    f"{SITE}#dataset=xor&dataset=gauss",
    f"{SITE}#activation=relu&amp;dataset=xor&amp;networkShape=5,5",
    f"{SITE}#networkShape=4%2C2%2C2&dataset=spiral",
    f"{SITE}%23activation=relu&dataset=xor",
    "https%3A%2F%2Fplayground.tensorflow.org%2F%23dataset%3Dxor%26batchSize%3D5",
    "http://localhost:5050/#activation=tanh&dataset=circle&networkShape=4,4,4&problem=classification",
    whole(regularization="L2", batchSize="30", dataset="spiral", networkShape="8,7,5,3", discretize="true"),
]
