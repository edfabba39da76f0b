"""Activations of one sample against the twin: a row or values of its own, the output after its activation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuroglow.errors import InvalidInputError
from neuroglow.nets.shape import STACK_FROM
from unit import numpy_twin as twin
from unit.probing import watch
from unit.rig import dense, experiment, twin_net

IRIS = experiment(data={"source": "bundled", "name": "iris"}, network=dense(5, 4))


@pytest.mark.parametrize("spec", [experiment(), IRIS, experiment(network=dense(*[3] * (STACK_FROM + 2)))])
@pytest.mark.parametrize("sample", [
    {"split": "test", "index": 0}, {"split": "train", "index": 7}, {"split": "test", "index": 11},
])  # fmt: skip
def test_each_unit_matches_the_twin(spec: Any, sample: dict[str, Any]) -> None:
    watched = watch(spec, stream="activations", sample=sample)
    data = watched.subject.dataset
    x = (data.train if sample["split"] == "train" else data.test).inputs[sample["index"]].astype(np.float64)
    seen = twin.forward(twin_net(watched.layers, spec), x[None])
    answers = [a for _, a in seen[:-1]] + [twin.answer(watched.head, seen[-1][0])]
    for name, expected in zip(watched.subject.names, answers, strict=True):
        assert watched.tensors[name].dtype == np.float16
        np.testing.assert_allclose(watched.tensors[name].astype(float), expected[0], rtol=2e-3, atol=1e-3)


def test_raw_values_are_encoded_as_rows_are() -> None:
    raw = watch(IRIS, stream="activations").subject.dataset.test.raw[3]
    by_values = watch(IRIS, stream="activations", layers=["x", "output"], sample={"values": raw.tolist()})
    by_row = watch(IRIS, stream="activations", layers=["x", "output"], sample={"split": "test", "index": 3})
    for name in ("x", "output"):
        np.testing.assert_allclose(by_values.tensors[name].astype(float), by_row.tensors[name].astype(float), atol=1e-3)


def test_the_default_sample_is_the_first_test_row_and_x_comes_when_named() -> None:
    assert "x" not in watch(IRIS, stream="activations").tensors
    watched = watch(IRIS, stream="activations", layers=["x", "dense_1"])
    assert list(watched.tensors) == ["x", "dense_1"]
    expected = watched.subject.dataset.test.inputs[0].astype(np.float16)
    assert watched.tensors["x"].tobytes() == expected.tobytes()


@pytest.mark.parametrize(("sample", "field"), [
    ({"split": "test", "index": 30}, "/sample/index"), ({"values": [1.0]}, "/sample/values"),
    ({"values": [1.0] * 5}, "/sample/values"),
])  # fmt: skip
def test_a_sample_that_does_not_exist_is_refused_where_it_is_wrong(sample: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        watch(IRIS, stream="activations", sample=sample)
    assert refusal.value.field == field


@pytest.mark.parametrize("values", [[1e9, 1.0], [1e9, -1e9], [-7e4, 0.0]])
def test_numbers_beyond_half_precision_are_its_largest_number(values: list[float]) -> None:
    watched = watch(experiment(), stream="activations", layers=["x", "dense_1", "output"], sample={"values": values})
    for name, array in watched.tensors.items():
        assert np.isfinite(array).all(), name


@pytest.mark.parametrize("value", [1.1e9, -1e300])
def test_values_beyond_any_measurement_are_refused(value: float) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        watch(experiment(), stream="activations", sample={"values": [0.0, value]})
    assert refusal.value.field == "/sample/values"


def test_a_diverged_state_gives_finite_numbers() -> None:
    watched = watch(experiment(), stream="activations", fill=np.nan)
    assert all(np.isfinite(array).all() for array in watched.tensors.values())
