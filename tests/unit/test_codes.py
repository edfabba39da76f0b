"""What one layer makes of many rows, against the twin; and what a reconstruction means in the data's own units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.data import load, rows_of
from neuroglow.errors import InvalidInputError
from neuroglow.nets.shape import STACK_FROM
from neuroglow.spec import preset
from neuroglow.spec.datasets import facts, input_names
from unit import numpy_twin as twin
from unit.probing import watch
from unit.rig import dense, dense_layers, experiment, twin_net

IRIS = experiment(data={"source": "bundled", "name": "iris"}, network=dense(5, 2, 4))
CODED = experiment(data={"source": "bundled", "name": "iris", "goal": "reconstruct"}, network=dense(5, 2, 4))
DEEP = experiment(network=dense(5, *[3] * (STACK_FROM + 2), 2))


@pytest.mark.parametrize(
    ("spec", "layer", "place"),
    [
        (IRIS, "dense_1", 0),
        (IRIS, "dense_2", 1),
        (CODED, "dense_2", 1),
        (DEEP, "dense_3", 2),
        (DEEP, f"dense_{STACK_FROM}", STACK_FROM - 1),
    ],
)
@pytest.mark.parametrize(("split", "count"), [("test", 7), ("train", 2_000)])
def test_every_row_is_what_the_layer_makes_of_it(spec: Any, layer: str, place: int, split: str, count: int) -> None:
    watched = watch(spec, stream="codes", layer=layer, split=split, count=count)
    data = watched.subject.dataset
    rows = data.train if split == "train" else data.test
    expected = twin.forward(twin_net(watched.layers, spec), rows.inputs[:count].astype(np.float64))[place][1]
    assert watched.tensors[layer].dtype == np.float16
    np.testing.assert_allclose(watched.tensors[layer].astype(float), expected, rtol=2e-3, atol=2e-3)
    assert watched.tensors["rows"].tolist() == [len(rows.inputs)]
    assert watched.probe.facts == {"layer": layer, "activation": "tanh"}
    assert watched.probe.frame_bytes >= watched.tensors[layer].nbytes


def test_of_the_output_it_is_the_answer() -> None:
    codes = watch(IRIS, stream="codes", layer="output", count=20).tensors["output"]
    answers = watch(IRIS, stream="predictions", count=20).tensors["output"]
    np.testing.assert_array_equal(codes, answers)


def test_a_layer_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        watch(IRIS, stream="codes", layer="dense_9")
    assert refusal.value.field == "/layer"


@pytest.mark.parametrize(
    "data",
    [
        {"source": "bundled", "name": "iris", "switched_off": ["sepal width (cm)"], "noise_columns": 2},
        {"source": "bundled", "name": "digits"},
        {"source": "synthetic", "name": "circle", "features": ["x2", "x1"]},
    ],
)
def test_what_went_in_can_be_told_in_the_columns_own_units(data: dict[str, Any]) -> None:
    spec = experiment(data=data | {"goal": "reconstruct"}).data
    tensors, _ = rows_of(spec, "test", 0, 20)
    shift, width = tensors["scale"]
    own = load(spec).test.inputs[:20] * width + shift
    columns = {name: tensors["inputs"][:, place] for place, name in enumerate(facts(spec).columns)}
    noise = {f"noise_{place + 1}": column for place, column in enumerate(tensors.get("noise", np.empty((20, 0))).T)}
    for place, name in enumerate(input_names(spec)):
        np.testing.assert_allclose(own[:, place], (columns | noise)[name], rtol=1e-4, atol=1e-4)


def test_the_autoencoder_preset_squeezes_digits_through_two_units() -> None:
    chosen = preset("autoencoder").experiment
    assert chosen.data.goal == "reconstruct"
    assert [layer.units for layer in dense_layers(chosen)] == [32, 16, 2, 16, 32]
    assert load(chosen.data).test.labels.shape[1] == 64
    assert dense_layers(chosen)[2].activation == "linear"
