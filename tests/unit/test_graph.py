"""What is wrong with a graph: told at the layer that makes the mistake, only there, and with a repair that holds."""

from __future__ import annotations

import math
from typing import Any

import jsonpatch
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from neuroglow.errors import InvalidInputError
from neuroglow.spec import limits, parse_experiment
from neuroglow.spec.check import Checked, CheckError, check
from neuroglow.spec.layers import Flow
from neuroglow.spec.layers.wiring import walk
from neuroglow.spec.limits import Limits
from neuroglow.spec.memory import require_fits
from unit.graphs import Document, experiments, layer_of, networks

BUDGET = Limits().memory_bytes
DIGITS = {"source": "bundled", "name": "digits"}


def checked(*layers: Document, data: Document = DIGITS) -> Checked:
    return check({"data": data, "network": {"layers": list(layers)}}, BUDGET)


def told(*layers: Document) -> list[tuple[str, str]]:
    return [(error.code, error.field) for error in checked(*layers).errors]


def mended(document: Document, error: CheckError) -> Document:
    assert error.repair is not None
    result: Document = jsonpatch.apply_patch(document, error.repair.patch)
    return result


def repaired(*layers: Document) -> Checked:
    """After one repair of the only error."""
    document = {"data": DIGITS, "network": {"layers": list(layers)}}
    (error,) = check(document, BUDGET).errors
    return check(mended(document, error), BUDGET)


@pytest.mark.parametrize(
    ("layers", "index", "said"),
    [
        ([{"name": "a"}, {"inputs": ["nowhere"]}, {}], 1, "No layer is named 'nowhere'"),
        ([{"name": "a", "inputs": ["b"]}, {"name": "b", "inputs": ["a"]}], 0, "'b' comes later"),
        ([{}, {"name": "a", "inputs": ["a"]}, {}], 1, "reads itself"),
        ([{"type": "add", "inputs": ["x", "nowhere"]}, {}], 0, "No layer is named"),
    ],
)
def test_a_cycle_or_an_unknown_name_is_told_at_the_layer_that_names_it(
    layers: list[Document], index: int, said: str
) -> None:
    (error,) = checked(*layers).errors
    assert error.code == "invalid_graph"
    assert error.field.startswith(f"/network/layers/{index}/inputs/")
    assert said in error.message
    assert repaired(*layers).errors == ()


def test_how_many_layers_are_read_is_told_at_the_inputs() -> None:
    assert told({"inputs": ["x", "x"]}) == [("invalid_graph", "/network/layers/0/inputs")]
    assert told({"type": "add"}) == [("invalid_graph", "/network/layers/0/inputs")]


@pytest.mark.parametrize("name", ["x", "output", "a"])
def test_a_name_that_is_taken_is_told_and_another_is_offered(name: str) -> None:
    layers = [{"name": "a"}, {"name": name}]
    assert told(*layers) == [("invalid_graph", "/network/layers/1/name")]
    assert [layer.name for layer in repaired(*layers).layers] == ["a", "dense_1", "output"]


@pytest.mark.parametrize(
    ("layers", "index", "member"),
    [
        ([{"type": "flatten"}, {"type": "conv2d"}, {}], 1, ""),
        ([{"type": "conv2d", "kernel": 9}, {}], 0, "/kernel"),
        ([{"type": "conv2d", "kernel": [2, 5], "dilation": 3, "padding": 1}, {}], 0, "/kernel"),
        ([{"type": "conv2d", "channels": 6}, {"type": "conv2d", "channels": 6, "groups": 4}], 1, "/groups"),
        ([{"type": "max_pool2d", "window": [2, 12]}], 0, "/window"),
        ([{"type": "max_pool2d", "padding": 5}], 0, "/padding"),
        ([{"type": "conv_transpose2d", "kernel": 1, "stride": 1, "padding": 4}], 0, "/padding"),
        ([{"type": "reshape", "shape": [3, 3]}], 0, "/shape"),
        ([{"type": "group_norm", "groups": 3}], 0, "/groups"),
        ([{"type": "embedding", "inputs": ["x"]}], 0, None),
        ([{"type": "flatten"}, {"type": "embedding"}], 1, "/vocabulary"),
        ([{"type": "attention"}], 0, ""),
        ([{"type": "flatten"}, {"type": "gru"}], 1, ""),
        ([{"type": "conv1d"}], 0, ""),
        ([{"type": "reshape", "shape": [8, 8]}, {"type": "attention", "heads": 3}], 1, "/heads"),
        ([{"name": "a", "units": 3}, {"type": "add", "inputs": ["a", "x"]}], 1, "/inputs/1"),
        ([{"type": "flatten", "name": "a"}, {"type": "concat", "inputs": ["a", "x"]}], 1, "/inputs/1"),
        ([{"type": "repeat", "layers": [{"units": 3}]}], 0, "/times"),
        ([{"type": "repeat", "layers": [{"units": 64, "dropout": 0.5}], "times": 1}], 0, "/layers/0/dropout"),
        ([{"type": "repeat", "layers": [{}, {"inputs": ["no"]}], "times": 1}], 0, "/layers/1/inputs/0"),
        ([{"type": "repeat", "layers": [{}, {"type": "lstm"}], "times": 1}], 0, "/layers/1"),
        ([{"type": "repeat", "layers": [{"type": "attention"}]}], 0, "/layers/0"),
        ([{"type": "repeat", "layers": [{"name": "a"}, {"name": "a"}], "times": 1}], 0, "/layers/1/name"),
    ],
)
def test_a_layer_that_cannot_read_what_flows_into_it_is_told_and_its_repair_holds(
    layers: list[Document], index: int, member: str | None
) -> None:
    document = {"data": DIGITS, "network": {"layers": layers}}
    (error,) = check(document, BUDGET).errors
    assert error.field == f"/network/layers/{index}{member or ''}"
    assert (error.repair is None) == (member is None)
    if error.repair is not None:
        again = check(mended(document, error), BUDGET)
        assert error.message not in [other.message for other in again.errors]


def test_a_kernel_is_made_as_small_as_it_must_be_on_each_axis() -> None:
    layers = [{"type": "conv2d", "channels": 2, "kernel": [2, 5], "dilation": 3, "padding": 1}]
    # Ten pixels with padding: five numbers three apart reach thirteen, four reach ten.
    assert repaired(*layers).layers[0].shape == (2, 7, 1)


@pytest.mark.parametrize("kind", ["dense", "flatten", "layer_norm", "dropout", "conv1d", "gru", "global_avg_pool"])
def test_tokens_are_read_by_embeddings_only(kind: str) -> None:
    layers, tokens = [layer_of({"type": kind})], Flow((5,), "tokens", 11)
    (problem,) = walk(layers, tokens)[1]
    assert problem.code == "shape_mismatch"
    assert "embedding" in problem.message or "Tokens" in problem.message
    assert problem.repair is not None
    assert problem.repair.insert == {"type": "embedding"}
    assert layer_of({"type": "embedding", "units": 4}).output(tokens) == Flow((5, 4), "sequence")
    assert layer_of({"type": "embedding"}).parameters(tokens)["weight"].shape == (11, 16)


def test_a_table_for_fewer_tokens_than_there_are_is_refused() -> None:
    (problem,) = walk([layer_of({"type": "embedding", "vocabulary": 10})], Flow((5,), "tokens", 11))[1]
    assert problem.repair is not None
    assert problem.repair.set == {"vocabulary": 11}


@settings(max_examples=60, deadline=None)
@given(networks(Flow((1, 8, 8), "picture")), st.data())
def test_layers_that_read_a_broken_one_are_not_blamed(layers: list[Document], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(layers)))
    broken = {"type": "dense", "name": "broken", "inputs": ["nowhere"]}
    changed = [*layers[:index], broken, {"name": "after"}, *layers[index:]]
    result = checked(*changed)
    assert [error.field for error in result.errors] == [f"/network/layers/{index}/inputs/0"]
    assert not {"broken", "after"} & {layer.name for layer in result.layers}


@settings(max_examples=150, deadline=None)
@given(experiments())
@example({"network": {"layers": []}})
def test_a_check_finds_nothing_exactly_where_the_experiment_opens(document: Document) -> None:
    result = check(document, BUDGET)
    if result.errors:
        with pytest.raises(InvalidInputError) as refusal:
            require_fits(parse_experiment(document), BUDGET)
        assert (refusal.value.code, refusal.value.field) in [(error.code, error.field) for error in result.errors]
    else:
        experiment = parse_experiment(document)
        require_fits(experiment, BUDGET)
        assert [layer.name for layer in result.layers[:-1]] == [layer.name for layer in experiment.network.layers]
        assert result.parameters == sum(layer.parameters for layer in result.layers)


@settings(max_examples=60, deadline=None)
@given(experiments(mistakes=False))
def test_networks_that_were_built_to_fit_have_no_error(document: Document) -> None:
    assert check(document, BUDGET).errors == ()


@settings(max_examples=200, deadline=None)
@given(experiments())
def test_every_repair_applies_to_what_was_sent_and_removes_its_error(document: Document) -> None:
    for error in check(document, BUDGET).errors:
        if error.repair is None:
            continue
        assert error.repair.say
        changed = mended(document, error)
        others = check(changed, BUDGET).errors
        assert "invalid" not in {other.code for other in others}
        moved = len(changed["network"]["layers"]) - len(document["network"]["layers"])
        number, _, member = error.field.removeprefix("/network/layers/").partition("/")
        same = f"/network/layers/{int(number) + moved}" + (f"/{member}" if member else "")
        assert (error.message, same) not in [(other.message, other.field) for other in others]


@settings(max_examples=100, deadline=None)
@given(experiments())
def test_repair_after_repair_comes_to_an_end(document: Document) -> None:
    for _ in range(60):
        offered = [error for error in check(document, BUDGET).errors if error.repair is not None]
        if not offered:
            return
        document = mended(document, offered[0])
    pytest.fail(f"{offered[0].message}: and so on")


COPYING = {"source": "sequences", "name": "copying", "length": 6}


@pytest.mark.parametrize("network", [{}, {"network": {}}, {"network": {"layers": []}}])
def test_a_repair_brings_the_default_layers_along_that_a_document_leaves_out(network: Document) -> None:
    document = {"data": COPYING, **network}
    (error,) = check(document, BUDGET).errors
    changed = mended(document, error)
    assert changed["network"]["layers"][0]["type"] == "embedding"
    result = check(changed, BUDGET)
    assert result.errors == ()
    assert (result.layers[0].shape, result.layers[-1].shape) == ((6, 16), (6, 10))


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_an_answer_for_every_step_needs_every_state(kind: str) -> None:
    document = {"data": COPYING, "network": {"layers": [{"type": "embedding"}, {"type": kind, "units": 5}]}}
    (error,) = check(document, BUDGET).errors
    assert (error.code, error.field) == ("shape_mismatch", "/network/layers/1")
    assert check(mended(document, error), BUDGET).layers[-1].shape == (6, 10)


def test_an_answer_for_every_step_needs_as_many_steps_at_the_end() -> None:
    (error,) = checked({"type": "embedding"}, {"type": "flatten"}, data=COPYING).errors
    assert (error.code, error.field) == ("shape_mismatch", "/network/layers/1")
    assert "6 steps" in error.message


DEEP = {"type": "repeat", "times": 512, "layers": [{"type": "transformer_block"}]}


@pytest.mark.parametrize(
    ("layers", "index"),
    [
        ([{"type": "conv2d", "padding": "same"}, {"type": "upsample", "factor": 32}, {"type": "upsample"}], 2),
        ([{}, {"type": "embedding", "vocabulary": 9, "units": 1024}, DEEP], 2),
    ],
)
def test_the_layer_that_takes_most_of_too_much_memory_is_named(layers: list[Document], index: int) -> None:
    (error,) = checked(*layers).errors
    assert (error.code, error.field) == ("network_too_large", f"/network/layers/{index}")


def test_numbers_that_no_memory_could_hold_are_refused_before_they_are_added_up() -> None:
    result = checked(*[{"type": "upsample", "factor": 32}] * 200)
    (error,) = result.errors
    assert (error.code, error.field) == ("network_too_large", "/network/layers/2")
    assert max(math.prod(layer.shape) for layer in result.layers) <= limits.MAX_NUMBERS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "inputs", "a"]), inner),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(json_values, json_values, json_values)
def test_no_document_is_too_odd_to_be_checked(network: Any, layer: Any, whole: Any) -> None:
    for document in (whole, {"network": network}, {"network": {"layers": [layer, {}]}}):
        result = check(document, BUDGET)
        assert result.errors or result.layers
