"""A TensorFlow Playground link becomes the experiment it describes, for every key, and nonsense becomes a sentence."""

from __future__ import annotations

import contextlib
import re
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.errors import InvalidInputError
from neuroglow.spec import parse_experiment
from neuroglow.spec.lesson import CONTROL_NAMES
from neuroglow.spec.playground import Imported, read_playground, seed_number
from neuroglow.spec.playground_state import KEYS
from unit.playground_links import LINKS, SITE, Trained, trained_there, whole

OUR_SETS = {"circle": "circle", "xor": "xor", "gauss": "gauss", "spiral": "spiral", "reg-plane": "plane", "reg-gauss": "multi_gauss"}  # fmt: skip  # noqa: E501
OUR_FEATURES = {"x": "x1", "y": "x2", "xSquared": "x1^2", "ySquared": "x2^2", "xTimesY": "x1*x2", "sinX": "sin(x1)", "sinY": "sin(x2)"}  # fmt: skip  # noqa: E501
BUTTONS = ("playButton", "stepButton", "resetButton", "numHiddenLayers")
FLAG = st.sampled_from(["true", "false"])
LISTED_RATES = st.sampled_from(["0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"])
STATES: st.SearchStrategy[dict[str, str]] = st.fixed_dictionaries(
    {},
    optional={
        "activation": st.sampled_from(["relu", "tanh", "sigmoid", "linear"]),
        "regularization": st.sampled_from(["none", "L1", "L2"]),
        "batchSize": st.integers(1, 250).map(str),
        "dataset": st.sampled_from(["circle", "xor", "gauss", "spiral"]),
        "regDataset": st.sampled_from(["reg-plane", "reg-gauss"]),
        "learningRate": LISTED_RATES | st.floats(1e-9, 1e3).map(repr),
        "regularizationRate": LISTED_RATES | st.just("0"),
        "noise": st.integers(-20, 50).map(str) | st.integers(81, 500).map(str),
        "networkShape": st.lists(st.integers(1, 64), max_size=12).map(lambda widths: ",".join(map(str, widths))),
        "seed": st.floats(0, 0.99999).map(lambda seed: f"{seed:.5f}") | st.text(string.ascii_letters, max_size=8),
        "showTestData": FLAG,
        "discretize": FLAG,
        "percTrainData": st.integers(10, 90).map(str),
        **dict.fromkeys([*OUR_FEATURES, "cosX", "cosY"], FLAG),
        "collectStats": FLAG,
        "tutorial": st.sampled_from(["", "dp", "week-1"]),
        "problem": st.sampled_from(["classification", "regression"]),
        "initZero": FLAG,
        "hideText": FLAG,
        **{f"{name}_hide": FLAG for name in [*sorted(KEYS), *BUTTONS]},
    },
)


def assert_describes(imported: Imported, there: Trained) -> None:
    """The importer's experiment, in the playground's words."""
    here: dict[str, Any] = imported.experiment.to_document()
    data, network, training = here["data"], here["network"], here["training"]
    initializer = "zeros" if there.starts_at_zero else "playground"
    assert data["name"] == OUR_SETS[there.data]
    assert data["samples"] == there.points
    assert data["train_fraction"] == pytest.approx(there.train_percent / 100)
    assert data["noise"] == pytest.approx(there.noise / 100)
    assert [name for name in data["features"] if name in OUR_FEATURES.values()] == (
        [OUR_FEATURES[name] for name in there.inputs] or ["x1"]
    )
    assert [layer["units"] for layer in network["layers"]] == list(there.hidden_layers)
    assert {layer["activation"] for layer in network["layers"]} <= {there.activation}
    assert {layer["initializer"] for layer in network["layers"]} | {network["output_initializer"]} == {initializer}
    assert training["loss"] == "squared_error"
    assert training["optimizer"] == {"type": "sgd", "learning_rate": there.learning_rate}
    assert training["batch_size"] == there.batch
    assert training["regularization"] == {"type": there.regularization.lower(), "rate": there.regularization_rate}
    assert (imported.shows_test_samples, imported.has_hard_edges) == (there.shows_test_data, there.discretizes)
    assert set(imported.hidden) <= CONTROL_NAMES
    for hidden, ours in {"noise": "noise", "playButton": "play", "dataset": "data", "batchSize": "batch"}.items():
        assert (ours in imported.hidden) == (hidden in there.hides)


@settings(max_examples=150)
@given(STATES, st.randoms(use_true_random=False))
def test_any_state_over_all_keys_is_the_experiment_the_playground_trains(state: dict[str, str], random: Any) -> None:
    pairs = list(state.items())
    random.shuffle(pairs)
    link = f"{SITE}#" + "&".join(f"{key}={value}" for key, value in pairs)
    assert_describes(read_playground(link), trained_there(state))


def test_the_keys_are_the_playgrounds_27() -> None:
    assert len(KEYS) == 27


def test_there_are_more_than_fifty_links_in_the_table() -> None:
    assert len(LINKS) == len(set(LINKS)) > 50


KNOWN = {
    "activation": ("relu", "tanh", "sigmoid", "linear"),
    "dataset": ("circle", "xor", "gauss", "spiral"),
    "problem": ("classification", "regression"),
}


def state_of(link: str) -> dict[str, str]:
    """What the playground's address bar would hold once messengers' encodings are undone."""
    text = link.strip(" <>").replace("&amp;", "&")
    text = unquote(text)
    fragment = text.partition("#")[2] if "#" in text else "" if "://" in text else text
    pairs = dict(part.split("=")[:2] for part in fragment.split("&") if "=" in part)
    return {key: value for key, value in pairs.items() if key not in KNOWN or value in KNOWN[key]}


@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_the_experiment_it_describes(link: str) -> None:
    imported = read_playground(link)
    assert_describes(imported, trained_there(state_of(link)))
    assert parse_experiment(imported.experiment.to_document()) == imported.experiment
    assert all(note and not note.endswith(".") for note in imported.notes)


def test_a_link_encoded_in_any_way_is_the_same_link() -> None:
    link = whole(dataset="xor", networkShape="5,4,3", seed="0.31415")
    plain = read_playground(link)
    assert read_playground(quote(link, safe="")) == plain
    assert read_playground(link.replace(",", "%2C")) == plain
    assert read_playground(link.partition("#")[2]) == plain


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"noise": "60"}, "Noise 60 is beyond the 50"),
        ({"learningRate": "0"}, "learning rate of 0 is not possible"),
        ({"learningRate": "-1"}, "learning rate of -1"),
        ({"learningRate": "fast"}, "learningRate 'fast' is no number"),
        ({"batchSize": "0"}, "batch of 0"),
        ({"batchSize": "2.5"}, "batch of 2.5"),
        ({"batchSize": "400"}, "the playground never updates"),
        ({"percTrainData": "100"}, "percTrainData 100 is outside 10 to 90"),
        ({"regularizationRate": "30"}, "regularizationRate 30"),
        ({"networkShape": "0,3"}, "0 is 1"),
        ({"networkShape": "abc"}, "no number is 1"),
        ({"networkShape": "5000"}, "5000 is 1024"),
        ({"networkShape": ",".join("2" * 300)}, "300 hidden layers"),
        ({"networkShape": "8x10"}, "10 layers of 8 neurons"),
        ({"x": "false", "y": "false"}, "feeds none of the features"),
        ({"cosX": "true"}, "cos(x1)"),
        ({"dataset": "moons"}, "dataset 'moons'"),
        ({"dataset": "toString"}, "dataset 'toString'"),
        ({"problem_hide": "true"}, "problem type"),
        ({"xSquared_hide": "true"}, "removes x1^2"),
        ({"tutorial": "dp"}, "tutorial 'dp'"),
        ({"surprise": "1"}, "'surprise'"),
    ],
)
def test_whatever_is_not_the_same_here_is_told(changes: dict[str, str], told: str) -> None:
    assert any(told in note for note in read_playground(whole(**changes)).notes)


def test_the_cosines_of_old_links_are_formulas() -> None:
    data = read_playground(whole(cosX="true", cosY="true", cosY_hide="true")).experiment.data
    assert [formula.expression for formula in data.formulas] == ["cos(x1)"]


def test_seeds_follow_the_stated_rule() -> None:
    assert [seed_number(text) for text in ("0.12345", "0.5", ".00001", "0", "42", "4294967295")] == [
        12345, 50000, 1, 0, 42, 4294967295,
    ]  # fmt: skip
    others = [seed_number(text) for text in ("my class", "my clas", "4294967296", "-1", "0.1234567", "٣")]
    assert len(set(others)) == len(others)
    assert all(0 <= number < 2**32 for number in others)


ODD = ["NaN", "Infinity", "-1e400", "0x10", "9" * 400, "__proto__", "%", "%zz", "\x00", "１"]
GARBAGE = st.text(max_size=60) | st.sampled_from(ODD)


STATES_OF_GARBAGE = st.dictionaries(st.sampled_from(sorted(KEYS)) | GARBAGE, GARBAGE, max_size=12).map(
    lambda state: "#" + "&".join(f"{key}={value}" for key, value in state.items())
)


@given(st.text(max_size=200) | STATES_OF_GARBAGE)
def test_any_text_is_an_experiment_or_a_sentence(text: str) -> None:
    with contextlib.suppress(InvalidInputError):
        imported = read_playground(text)
        assert parse_experiment(imported.experiment.to_document()) == imported.experiment
        assert len(imported.notes) < 20


def test_what_is_no_playground_link_is_refused() -> None:
    for text in ("", "hello", "https://example.org/#a=b", "{}", SITE + "#" + "x" * 20_000):
        with pytest.raises(InvalidInputError) as refusal:
            read_playground(text)
        assert refusal.value.field == "/text"


def test_every_control_that_a_lesson_hides_is_on_the_page() -> None:
    page = Path(__file__).parents[2] / "frontend" / "src"
    sources = "".join(path.read_text() for path in page.rglob("*.svelte"))
    drawn = set(re.findall(r'(?:data-control|control)="(\w+)"', sources))
    assert drawn == CONTROL_NAMES
