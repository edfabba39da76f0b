"""The magnifying glass: inputs × weights + bias is z, its activation a, and all of it is of one moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.nets.shape import STACK_FROM
from unit import numpy_twin as twin
from unit.probing import Watched, watch
from unit.rig import dense, experiment, twin_net

TINY = experiment()
DEEP = experiment(network=dense(*[3] * (STACK_FROM + 2)))
BLOBS = experiment(data={"source": "synthetic", "name": "blobs", "samples": 60, "classes": 3})
CASES = [
    (TINY, "dense_1", 2), (TINY, "dense_2", 0), (TINY, "output", 0), (BLOBS, "output", 2),
    (DEEP, "dense_1", 1), (DEEP, "dense_2", 2), (DEEP, "dense_8", 0), (DEEP, f"dense_{STACK_FROM + 2}", 1),
    (DEEP, "output", 0),
]  # fmt: skip


def part(watched: Watched, layer: str, name: str) -> Any:
    array = watched.tensors[f"{layer}.{name}"]
    assert array.dtype == np.float32
    return array.astype(np.float64)


@pytest.mark.parametrize(("spec", "layer", "unit"), CASES)
def test_the_numbers_add_up_and_are_the_networks(spec: Any, layer: str, unit: int) -> None:
    watched = watch(spec, stream="unit", layer=layer, unit=unit, sample={"split": "test", "index": 4})
    names = watched.subject.names
    index = names.index(layer)
    inputs, weights = part(watched, layer, "inputs"), part(watched, layer, "weights")
    [bias], [z], [a] = (part(watched, layer, name) for name in ("bias", "z", "a"))
    held = watched.layers[layer]

    assert weights.astype(np.float32).tobytes() == held["weight"][unit].tobytes()
    assert np.float32(bias) == held["bias"][unit]
    assert z == pytest.approx((inputs * weights).sum() + bias, rel=1e-6, abs=1e-6)

    x = watched.subject.dataset.test.inputs[4].astype(np.float64)[None]
    seen = twin.forward(twin_net(watched.layers, spec), x)
    before = x if index == 0 else seen[index - 1][1]
    np.testing.assert_allclose(inputs, before[0], rtol=1e-4, atol=1e-5)
    assert z == pytest.approx(seen[index][0][0, unit], rel=1e-4, abs=1e-5)
    answer = twin.answer(watched.head, seen[-1][0]) if layer == "output" else seen[index][1]
    assert a == pytest.approx(answer[0, unit], rel=1e-4, abs=1e-5)

    outgoing = part(watched, layer, "outgoing")
    if layer == "output":
        assert outgoing.size == 0
    else:
        following = watched.layers[names[index + 1]]["weight"][:, unit]
        assert outgoing.astype(np.float32).tobytes() == following.tobytes()


@pytest.mark.parametrize(("layer", "source", "target", "activation"), [
    ("dense_1", "x", "dense_2", "tanh"), ("dense_2", "dense_1", "output", "relu"),
    ("output", "dense_2", None, "sigmoid"),
])  # fmt: skip
def test_the_facts_name_the_neighbours(layer: str, source: str, target: str | None, activation: str) -> None:
    facts = watch(TINY, stream="unit", layer=layer, unit=0).probe.facts
    assert facts == {"unit": 0, "activation": activation, "inputs_from": source, "outgoing_to": target}


def test_all_units_of_a_layer_share_a_program() -> None:
    probes = [watch(DEEP, stream="unit", layer=f"dense_{number}", unit=2).probe for number in (4, 5, 9)]
    assert len({probe.key for probe in probes}) == 1
