"""The experiment: bounds of every field, defaults written out, names for life, errors that point at what is wrong."""

from __future__ import annotations

import json
from typing import Any

import jsonpointer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.errors import InvalidInputError, NotFoundError
from neuroglow.spec import Catalog, Experiment, parse_experiment, preset
from neuroglow.spec.datasets import source_facts
from neuroglow.spec.experiment import VERSION
from neuroglow.spec.network import with_names
from neuroglow.spec.presets import FIRST_PRESET, PRESETS
from unit.rig import dense_layers

BIG = 2**31
BAD_INTEGERS: list[Any] = [0, -1, 2.5, True, "64", None, BIG, 10**19, [], {}, "x" * 1000]
BAD_FLOATS: list[Any] = [-1.0, True, "0.1", None, [], {}, 1e308]

PIN = {"layer": "dense_2", "unit": 0, "source": 1, "value": 0.5}
UNIT = {"layer": "dense_2", "unit": 0}
# Pointer, then values that must be refused there.
REFUSED: list[tuple[str, list[Any]]] = [
    ("/version", [0, 2, "1", True, None, 10**19]),
    ("/data/name", ["__import__('os')", "../../x", "", 1, None, "digits", "x" * 10_000]),
    ("/data/samples", [*BAD_INTEGERS, 9, 10_001]),
    ("/data/noise", [*BAD_FLOATS, 0.51]),
    ("/data/classes", [1, 11, 3]),
    ("/data/train_fraction", [*BAD_FLOATS, 0.09, 0.91, 0, 1]),
    ("/data/features", [[], ["x3"], ["x1", "x1"], "x1", [1], None, ["x1"] * 100]),
    ("/data/seed", [-1, 2**32, 1.5, True, "0"]),
    ("/network/layers", [None, {}, 5, "x", [None], [5], [[]], [{"type": "dense", "units": 4}] * 257]),
    ("/network/layers/0/units", [*BAD_INTEGERS, 1025]),
    ("/network/layers/0/activation", ["__import__('os')", "RELU", "", 3, None, ["relu"]]),
    ("/network/layers/0/initializer", ["../../x", 0, None]),
    ("/network/layers/0/name", ["", "1a", "A", "a b", "a/b", "a.b", "\x00", "a" * 65, "é", 5, "x\n"]),
    ("/network/layers/0/type", ["conv", 1, None]),
    ("/network/layers/0/dropout", [*BAD_FLOATS, 0.91, 1]),
    ("/network/layers/0/frozen", [0, 1, "true", None]),
    ("/network/layers/0/regularization", [{"type": "l3"}, {"rate": 11.0}, "l2"]),
    ("/network/output_initializer", ["no", None]),
    ("/network/output_frozen", [0, "false", None]),
    ("/network/pins", [None, {}, [{"layer": "output", "unit": 0}], [PIN, PIN], [PIN] * 1025]),
    ("/network/pins/0/unit", [-1, 1024, 0.5, True, None]),
    ("/network/pins/0/source", [-1, 1 << 20, 0.5, True, "", "x" * 257]),
    ("/network/pins/0/value", [1.1e9, -1.1e9, "0", None, True]),
    ("/network/clamps", [{}, "x", [UNIT, UNIT], [{**UNIT, "value": 1.0}, UNIT], [UNIT] * 1025]),
    ("/network/clamps/0/layer", ["output", "x", "", "A", 1, None]),
    ("/network/clamps/0/unit", [-1, 1 << 20, 0.5, True, None]),
    ("/network/clamps/0/value", [1.1e9, -1.1e9, "0", None, True]),
    ("/network/frozen_units", [{}, "x", [UNIT, UNIT], [UNIT] * 1025]),
    ("/network/frozen_units/0/layer", ["", "A", 1, None]),
    ("/network/frozen_units/0/unit", [-1, 1 << 20, 0.5, True, None]),
    ("/training/loss", ["mse", "", 0, None]),
    ("/training/loss_parameters/gamma", [*BAD_FLOATS, 10.1]),
    ("/training/loss_parameters/delta", [*BAD_FLOATS, 0.0, 1.1e9]),
    ("/training/class_weights", ["auto", {}, None]),
    ("/training/schedule/type", ["linear", None, 1]),
    ("/training/schedule/warmup", [-1, 0.5, True, None, 10**9 + 1]),
    ("/training/schedule/updates", [*BAD_INTEGERS]),
    ("/training/schedule/floor", [*BAD_FLOATS, 1.1]),
    ("/training/clipping/type", ["global", None]),
    ("/training/clipping/limit", [*BAD_FLOATS, 0.0]),
    ("/training/stop/epochs", [0, -1, 1.5, True, 10**9 + 1]),
    ("/training/stop/seconds", [0, -1.0, True, "1"]),
    ("/training/stop/target/metric", ["loss", None]),
    ("/training/stop/patience/min_delta", [*BAD_FLOATS]),
    ("/training/batch_size", [*BAD_INTEGERS, 10_001, 10**9]),
    ("/training/seed", [-1, 2**32, 0.0, True]),
    ("/training/optimizer/learning_rate", [*BAD_FLOATS, 0, 0.0, 1e9 * 1.001]),
    ("/training/optimizer/b1", [*BAD_FLOATS, 1.0, 1]),
    ("/training/optimizer/eps", [*BAD_FLOATS, 0.0, 1.1]),
    ("/training/regularization/rate", [*BAD_FLOATS, 10.1]),
    ("/training/regularization/type", ["l3", None, 1]),
]
FULL: dict[str, Any] = parse_experiment({
    "data": {"source": "synthetic", "name": "xor"},
    "network": {
        "layers": [{"units": 4}, {"units": 3}], "pins": [PIN], "clamps": [UNIT], "frozen_units": [UNIT],
    },
    "training": {
        "optimizer": {"type": "adam"},
        "schedule": {"type": "cosine"},
        "stop": {"target": {"metric": "test_loss"}, "patience": {}},
    },
}).to_document()  # fmt: skip
OLDER: dict[str, Any] = {
    "version": 1,
    "data": {
        "source": "synthetic",
        "name": "circle",
        "samples": 500,
        "noise": 0.0,
        "train_fraction": 0.5,
        "features": ["x1", "x2"],
        "seed": 0,
    },
    "network": {
        "layers": [
            {"type": "dense", "name": "dense_1", "units": 4, "activation": "tanh", "initializer": "glorot_uniform"}
        ],
        "output_initializer": "glorot_uniform",
    },
    "training": {
        "loss": "auto",
        "batch_size": 10,
        "optimizer": {"type": "sgd", "learning_rate": 0.03},
        "regularization": {"type": "none", "rate": 0.0},
        "seed": 0,
    },
}
"""As the first release wrote it."""
JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def with_value(pointer: str, value: Any) -> Any:
    document = json.loads(json.dumps(FULL))
    parent, last = jsonpointer.JsonPointer(pointer).to_last(document)
    parent[last] = value
    return document


def refusal_of(document: Any) -> InvalidInputError | None:
    try:
        parse_experiment(document)
    except InvalidInputError as error:
        return error
    return None


def points_into(document: Any, field: str | None) -> bool:
    """The pointer resolves, or all of it but the last step does: a member that is missing."""
    assert field is not None
    pointer = jsonpointer.JsonPointer(field)
    if pointer.resolve(document, None) is not None or not pointer.parts:
        return True
    parent = jsonpointer.JsonPointer.from_parts(pointer.parts[:-1]).resolve(document, None)
    return isinstance(parent, dict | list)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [(pointer, value) for pointer, values in REFUSED for value in values],
    ids=lambda v: str(v)[:40],
)
def test_a_value_out_of_bounds_is_refused_where_it_stands(pointer: str, value: Any) -> None:
    document = with_value(pointer, value)
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment(document)
    assert refusal.value.field is not None
    assert refusal.value.field.startswith(pointer) or pointer.startswith(refusal.value.field)
    assert refusal.value.message


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), 10**5000], ids=["nan", "inf", "-inf", "digits"]
)
def test_numbers_that_are_no_json_are_refused(value: Any) -> None:
    with pytest.raises(InvalidInputError):
        parse_experiment(with_value("/training/optimizer/learning_rate", value))


def test_unknown_and_missing_members_are_named() -> None:
    for pointer in ("/surprise", "/data/surprise", "/network/layers/1/surprise", "/training/optimizer/momentum"):
        with pytest.raises(InvalidInputError) as refusal:
            parse_experiment(with_value(pointer, 1))
        assert refusal.value.field == pointer
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": {"source": "bundled"}})
    assert refusal.value.field == "/data/name"


@settings(max_examples=400)
@given(document=JSONISH)
def test_any_document_is_an_experiment_or_a_typed_error(document: Any) -> None:
    refusal = refusal_of(document)
    assert refusal is None or points_into(document, refusal.field)


@settings(max_examples=600)
@given(data=st.data(), value=JSONISH)
def test_any_value_anywhere_in_an_experiment_is_taken_or_pointed_at(data: st.DataObject, value: Any) -> None:
    document = json.loads(json.dumps(FULL))
    here: Any = document
    path: list[Any] = []
    while isinstance(here, dict | list) and here and (not path or data.draw(st.booleans())):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        path.append(data.draw(st.sampled_from(keys)))
        here = here[path[-1]]
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    refusal = refusal_of(document)
    assert refusal is None or points_into(document, refusal.field)


def test_defaults_are_written_out_and_parse_to_the_same_thing() -> None:
    spec = parse_experiment({})
    document = spec.to_document()
    assert document["version"] == VERSION
    assert document["data"]["samples"] == 500
    assert [layer["name"] for layer in document["network"]["layers"]] == ["dense_1", "dense_2"]
    assert "inputs" not in document["network"]["layers"][0]
    assert parse_experiment(document) == spec
    assert parse_experiment(document).digest() == spec.digest()


@pytest.mark.parametrize("name", [entry.name for entry in PRESETS])
def test_presets_are_experiments_in_their_final_form(name: str) -> None:
    spec = preset(name).experiment
    assert parse_experiment(spec.to_document()) == spec


def test_presets_are_found_by_name_or_refused() -> None:
    assert preset(FIRST_PRESET).name == FIRST_PRESET
    with pytest.raises(NotFoundError, match="there are"):
        preset("x" * 1000)


def test_the_number_of_classes_is_written_where_the_set_takes_one() -> None:
    assert parse_experiment({"data": {"source": "synthetic", "name": "blobs"}}).to_document()["data"]["classes"] == 3
    assert "classes" not in FULL["data"]


def test_a_newer_version_says_what_to_do() -> None:
    with pytest.raises(InvalidInputError, match="update Neuroglow") as refusal:
        parse_experiment({"version": 2}, at="/experiment")
    assert refusal.value.field == "/experiment/version"


@pytest.mark.parametrize(("loss", "name"), [
    ("cross_entropy", "Cross-entropy"), ("focal", "Focal"), ("hinge", "Hinge"),
])  # fmt: skip
def test_a_loss_of_classes_is_refused_for_numbers(loss: str, name: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{name} needs classes") as refusal:
        parse_experiment({"data": {"source": "bundled", "name": "diabetes"}, "training": {"loss": loss}})
    assert refusal.value.field == "/training/loss"


def test_a_document_from_before_schedules_and_pins_means_what_it_meant() -> None:
    """Everything that came to version 1 later has a default that changes nothing."""
    document = json.loads(json.dumps(OLDER))
    spec = parse_experiment(document)
    assert spec.training.schedule.type == "constant"
    assert spec.training.clipping.type == spec.training.class_weights == "none"
    assert spec.training.stop.to_document() == {}
    assert spec.network.pins == ()
    assert (spec.network.clamps, spec.network.frozen_units) == (None, None)
    assert spec.to_document()["network"].keys() == {*OLDER["network"], "output_frozen", "pins"}
    assert not spec.network.output_frozen
    for layer in dense_layers(spec):
        assert (layer.dropout, layer.regularization, layer.frozen) == (0.0, None, False)


def test_a_place_is_pinned_once() -> None:
    bias = {"layer": "output", "unit": 0, "value": 0.0}
    assert len(parse_experiment({"network": {"pins": [PIN, bias]}}).network.pins) == 2
    with pytest.raises(InvalidInputError, match="may be pinned once") as refusal:
        parse_experiment({"network": {"pins": [bias, PIN, {**bias, "value": 1.0}]}})
    assert refusal.value.field == "/network/pins"


def test_a_unit_is_held_once_and_no_units_are_written_as_none() -> None:
    """An experiment from which the last held unit is taken is the document that it was before."""
    plain = parse_experiment({})
    held = parse_experiment({"network": {"clamps": [UNIT, {**UNIT, "unit": 1}], "frozen_units": [UNIT]}})
    assert held.to_document()["network"]["clamps"][0] == {**UNIT, "value": 0.0}
    empty = parse_experiment({"network": {"clamps": [], "frozen_units": []}})
    assert empty.to_document() == plain.to_document()
    assert empty.digest() == plain.digest()
    with pytest.raises(InvalidInputError, match="may be held once"):
        parse_experiment({"network": {"clamps": [UNIT, UNIT]}})


@pytest.mark.parametrize(("layer", "message"), [
    ("pool", "'pool' learns nothing"),
    ("block", "'block' is frozen as a whole"),
])  # fmt: skip
def test_a_unit_without_weights_of_its_own_is_not_frozen_but_can_be_held(layer: str, message: str) -> None:
    layers = [
        {"type": "conv2d", "name": "c"},
        {"type": "max_pool2d", "name": "pool"},
        {"type": "repeat", "name": "block", "layers": [{"type": "conv2d", "padding": "same"}]},
    ]
    document: dict[str, Any] = {"data": {"source": "bundled", "name": "digits"}, "network": {"layers": layers}}
    units = [{"layer": "c", "unit": 0}, {"layer": "gone", "unit": 5}, {"layer": layer, "unit": 0}]
    document["network"]["clamps"] = units
    assert parse_experiment(document).network.clamps is not None
    document["network"]["frozen_units"] = units
    with pytest.raises(InvalidInputError, match=message) as refusal:
        parse_experiment(document)
    assert refusal.value.field == "/network/frozen_units/2/layer"


# --- names and wiring -------------------------------------------------------------------------------------------------


def layers(*settings_: dict[str, Any]) -> dict[str, Any]:
    return {"network": {"layers": [{"units": 2, **entry} for entry in settings_]}}


def names_of(spec: Experiment) -> list[str | None]:
    return [layer.name for layer in spec.network.layers]


def test_nameless_layers_get_names_nobody_has() -> None:
    assert names_of(parse_experiment(layers({}, {"name": "dense_1"}, {}))) == ["dense_2", "dense_1", "dense_3"]


@settings(max_examples=100)
@given(
    given_names=st.lists(st.none() | st.sampled_from(["a", "dense_1", "dense_2", "dense_5"]), max_size=6),
    used=st.sets(st.sampled_from([f"dense_{number}" for number in range(1, 9)])),
)
def test_a_name_used_before_is_never_given_again(given_names: list[str | None], used: set[str]) -> None:
    chosen = [name for name in given_names if name is not None]
    if len(set(chosen)) != len(chosen):
        return
    document = layers(*({"name": name} if name else {} for name in given_names))
    names = names_of(parse_experiment(document, used_names=used))
    assert len(set(names)) == len(names)
    fresh = [name for name, given_ in zip(names, given_names, strict=True) if given_ is None]
    assert not set(fresh) & (used | set(chosen))


@pytest.mark.parametrize(("document", "message"), [
    (layers({"name": "a"}, {"name": "a"}), "Two layers are named 'a'"),
    (layers({"name": "x"}), "the network's input"),
    (layers({"name": "output"}), "the network's output"),
    (layers({"name": "a", "inputs": ["b"]}, {"name": "b"}), "'b' comes later"),
    (layers({"name": "a", "inputs": ["a"]}), "'a' reads itself"),
    (layers({"name": "a", "inputs": ["nowhere"]}), "No layer is named 'nowhere'"),
])  # fmt: skip
def test_wrong_names_and_wiring_are_refused(document: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        parse_experiment(document)


def test_inputs_that_say_what_is_the_case_anyway_are_dropped() -> None:
    explicit = parse_experiment(layers({"name": "a", "inputs": ["x"]}, {"name": "b", "inputs": ["a"]}))
    assert explicit == parse_experiment(layers({"name": "a"}, {"name": "b"}))


def test_naming_twice_changes_nothing() -> None:
    network = parse_experiment(layers({}, {})).network
    assert with_names(network) == network


def test_the_catalog_describes_what_the_spec_takes() -> None:
    catalog = Catalog(version="0")
    document = json.loads(catalog.model_dump_json())
    for optimizer in document["optimizers"]:
        parse_experiment({"training": {"optimizer": {"type": optimizer}}})
    for loss in document["losses"]:
        parse_experiment({"training": {"loss": loss}})
    assert set(document["class_losses"]) < set(document["losses"])
    for kind in document["schedules"]:
        parse_experiment({"training": {"schedule": {"type": kind, "warmup": 3}}})
    for kind in document["clippings"]:
        parse_experiment({"training": {"clipping": {"type": kind}}})
    for kind in document["class_weights"]:
        parse_experiment({"training": {"class_weights": kind}})
    for metric in document["stop_metrics"]:
        parse_experiment({"training": {"stop": {"target": {"metric": metric, "value": 0.5}}}})
    for known in document["data_sets"]:
        reads_tokens = {"layers": [{"type": "embedding"}, {"type": "gru", "return_sequences": True}]}
        network = {"network": reads_tokens} if known["vocabulary"] else {}
        spec = parse_experiment({"data": {"source": known["source"], "name": known["name"]}, **network})
        assert source_facts(spec.data).name == known["name"]
    for activation, initializer in zip(document["activations"], document["initializers"] * 2, strict=False):
        parse_experiment(layers({"activation": activation, "initializer": initializer}))
