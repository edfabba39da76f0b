"""Layers as documents: names, JSON there and back, and which of them are the same to a program."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from neuroglow.spec.base import parse
from neuroglow.spec.layers import LAYER_CLASSES, LAYER_TYPES, AnyLayer, Flow, Repeat
from neuroglow.spec.network import Network, with_names
from unit.graphs import MERGES, layer_of, readers


@pytest.mark.parametrize("kind", LAYER_TYPES)
def test_a_layer_survives_the_round_trip_through_json(kind: str) -> None:
    @settings(max_examples=20, deadline=None)
    @given(readers(kind))
    def holds(example: tuple[AnyLayer, Flow]) -> None:
        network = Network().model_copy(update={"layers": (example[0],)})
        again = parse(Network, json.loads(json.dumps(network.to_document())))
        assert again == network
        assert hash(again) == hash(network)

    holds()


@pytest.mark.parametrize("kind", LAYER_TYPES)
def test_nameless_layers_are_named_by_their_type(kind: str) -> None:
    needs: dict[str, Any] = {"reshape": {"shape": [2]}, "repeat": {"layers": [{"units": 2}, {"units": 2}]}}
    document = {"type": kind, **needs.get(kind, {})}
    network = with_names(parse(Network, {"layers": [document, {**document, "name": f"{kind}_2"}, document]}))
    assert [layer.name for layer in network.layers] == [f"{kind}_1", f"{kind}_2", f"{kind}_3"]
    for layer in network.layers:
        if isinstance(layer, Repeat):
            assert [inner.name for inner in layer.layers] == ["dense_1", "dense_2"]


LIVE: dict[str, Any] = {
    "name": "other", "inputs": ("x", "x"), "initializer": "zeros", "frozen": True, "dropout": 0.25, "rate": 0.25,
    "density": 0.125, "cut": ((0, 0),), "restored": ((0, 1),),
}  # fmt: skip


@pytest.mark.parametrize("kind", LAYER_CLASSES, ids=LAYER_TYPES)
def test_layers_are_the_same_to_a_program_that_differ_in_nothing_it_depends_on(kind: type[AnyLayer]) -> None:
    needs: dict[str, Any] = {"reshape": {"shape": (2,)}, "repeat": {"layers": (layer_of({"units": 2}),)}}
    plain = kind(**needs.get(kind.model_fields["type"].default, {}))
    changed = plain.model_copy(update={name: value for name, value in LIVE.items() if name in kind.model_fields})
    assert changed != plain
    assert changed.static == plain.static
    assert hash(changed.static) == hash(plain.static)


@pytest.mark.parametrize(
    ("document", "other"),
    [
        ({"units": 3}, {"units": 4}),
        ({"units": 3}, {"type": "sparse_dense", "units": 3}),
        ({"type": "conv2d", "kernel": 3}, {"type": "conv2d", "kernel": 5}),
        ({"type": "attention"}, {"type": "attention", "causal": True}),
        ({"type": "repeat", "layers": [{"units": 2}]}, {"type": "repeat", "layers": [{"units": 2}], "times": 3}),
        ({"type": "repeat", "layers": [{"units": 2}]}, {"type": "repeat", "layers": [{"units": 3}]}),
    ],
)
def test_layers_that_compute_differently_are_different_to_a_program(
    document: dict[str, Any], other: dict[str, Any]
) -> None:
    assert layer_of(document).static != layer_of(other).static


def test_what_live_members_say_inside_a_block_is_nothing_to_a_program() -> None:
    def block(initializer: str) -> AnyLayer:
        return layer_of({"type": "repeat", "layers": [{"units": 2, "initializer": initializer}]})

    assert block("zeros").static == block("he_normal").static


def test_a_signal_that_a_block_makes_a_sequence_of_is_read_as_one_from_the_first_turn() -> None:
    inside = [{"type": "attention", "heads": 2}, {"type": "layer_norm"}]
    block = layer_of({"type": "repeat", "times": 3, "layers": inside})
    assert block.output(Flow((5, 4), "signal")) == Flow((5, 4), "sequence")
    assert block.parameters(Flow((5, 4), "signal"))["layer_norm_1.gain"].shape == (3, 4)


@pytest.mark.parametrize("kind", sorted(MERGES))
def test_a_signal_beside_a_sequence_is_read_as_one_whichever_comes_first(kind: str) -> None:
    merge, both = layer_of({"type": kind}), (Flow((5, 4), "signal"), Flow((5, 4), "sequence"))
    expected = Flow((5, 8), "sequence") if kind == "concat" else Flow((5, 4), "sequence")
    assert merge.output(*both) == merge.output(*reversed(both)) == expected
