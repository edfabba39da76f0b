"""The magnifying glass on every type of layer: its numbers are the network's, and they add up."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

from neuroglow.engine.layers import to_model
from neuroglow.errors import InvalidInputError
from neuroglow.nets.shape import STACK_FROM, layer_names, net_shape
from neuroglow.spec.layers import LAYER_TYPES
from neuroglow.spec.limits import MAX_INSIDE_CELLS
from unit.probing import Watched, watch
from unit.rig import dense, experiment

DIGITS = {"source": "bundled", "name": "digits"}
ROWS: list[dict[str, Any]] = [{"type": "reshape", "shape": [8, 8]}]
SEQUENCE: list[dict[str, Any]] = [*ROWS, {"type": "positional_encoding"}]
NETWORKS: dict[str, list[dict[str, Any]]] = {
    "dense": [{"units": 5}],
    "sparse_dense": [{"type": "sparse_dense", "units": 5}],
    "conv1d": [*ROWS, {"type": "conv1d", "channels": 3, "padding": "same"}],
    "conv2d": [{"type": "conv2d", "channels": 3, "stride": 2}],
    "conv_transpose2d": [{"type": "conv_transpose2d", "channels": 2}],
    "max_pool2d": [{"type": "max_pool2d"}],
    "avg_pool2d": [{"type": "avg_pool2d", "window": 3, "stride": 1, "padding": "same"}],
    "global_avg_pool": [{"type": "conv2d", "channels": 3}, {"type": "global_avg_pool"}],
    "flatten": [{"type": "flatten"}],
    "reshape": ROWS,
    "upsample": [{"type": "upsample", "method": "bilinear"}],
    "batch_norm": [{"type": "conv2d", "channels": 3}, {"type": "batch_norm"}],
    "layer_norm": [{"type": "layer_norm"}],
    "group_norm": [{"type": "conv2d", "channels": 4}, {"type": "group_norm", "groups": 2}],
    "embedding": [{"type": "flatten"}, {"type": "embedding", "units": 3, "vocabulary": 17}],
    "positional_encoding": [*ROWS, {"type": "positional_encoding", "kind": "learned"}],
    "attention": [*SEQUENCE, {"type": "attention", "heads": 2, "causal": True}],
    "transformer_block": [*SEQUENCE, {"type": "transformer_block", "heads": 2}],
    "gru": [*SEQUENCE, {"type": "gru", "units": 5, "return_sequences": True}],
    "lstm": [*SEQUENCE, {"type": "lstm", "units": 5}],
    "rnn": [*SEQUENCE, {"type": "rnn", "units": 5}],
    "add": [{"name": "a", "units": 4}, {"units": 4}, {"type": "add", "inputs": ["a", "dense_1"]}],
    "concat": [{"name": "a", "units": 4}, {"units": 3}, {"type": "concat", "inputs": ["a", "dense_1"]}],
    "multiply": [{"name": "a", "units": 4}, {"units": 4}, {"type": "multiply", "inputs": ["a", "dense_1"]}],
    "dropout": [{"type": "dropout"}],
    "sampling": [{"units": 6, "activation": "linear"}, {"type": "sampling"}],
    "repeat": [{"units": 4}, {"type": "repeat", "times": 3, "layers": [
        {"units": 4}, {"type": "add", "inputs": ["x", "dense_1"]},
    ]}],
}  # fmt: skip


def seen(layers: list[dict[str, Any]], layer: str | None = None) -> tuple[Watched, dict[str, Any], str]:
    """The last layer under the glass: all tensors by what they are."""
    spec = experiment(data=DIGITS, network={"layers": layers})
    name = layer or layer_names(spec)[-2]
    watched = watch(spec, stream="inside", layer=name, sample={"split": "test", "index": 4})
    parts = {key.removeprefix(f"{name}."): array for key, array in watched.tensors.items()}
    assert all(array.dtype == np.float32 for array in parts.values())
    return watched, parts, name


def test_every_type_has_a_case() -> None:
    assert set(NETWORKS) == set(LAYER_TYPES)


@pytest.mark.parametrize("kind", NETWORKS)
def test_what_is_shown_is_what_the_network_answers(kind: str) -> None:
    watched, parts, name = seen(NETWORKS[kind])
    spec = watched.subject.experiment
    shape, names = net_shape(spec), layer_names(spec)
    model = jax.tree.map(jax.numpy.asarray, to_model(watched.layers, shape, names))
    answers = jax.jit(lambda m, x: m.outputs(x))(model, watched.subject.dataset.test.inputs[4])
    np.testing.assert_allclose(parts["a"], answers[names.index(name)], rtol=1e-5, atol=1e-5)
    for parameter, array in watched.layers[name].items():
        assert parts[parameter].tobytes() == array.tobytes()
    facts = watched.probe.facts
    assert facts["left_out"] == []
    assert set(facts["parameters"]) == set(watched.layers[name])
    assert watched.probe.frame_bytes == sum(array.nbytes for array in parts.values())


def sigmoid(z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


def test_scores_are_made_of_queries_and_keys_and_weights_of_scores() -> None:
    _, parts, _ = seen(NETWORKS["attention"])
    assert parts["query"].shape == (2, 8, 4)
    scores = np.einsum("hqd,hkd->hqk", parts["query"], parts["key"]) / 2.0
    np.testing.assert_allclose(parts["scores"], scores, rtol=1e-5, atol=1e-5)
    powers = np.exp(scores) * np.tril(np.ones((8, 8)))
    np.testing.assert_allclose(parts["weights"], powers / powers.sum(-1, keepdims=True), rtol=1e-5, atol=1e-5)
    mixed = np.einsum("hqk,hkd->hqd", parts["weights"], parts["value"])
    np.testing.assert_allclose(parts["mixed"], mixed, rtol=1e-5, atol=1e-5)


def test_the_gates_of_a_memory_make_its_state() -> None:
    _, parts, _ = seen(NETWORKS["lstm"])
    before = np.concatenate([np.zeros((1, 5)), parts["memory"][:-1]])
    memory = parts["forget"] * before + parts["input"] * parts["candidate"]
    np.testing.assert_allclose(parts["memory"], memory, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(parts["state"], parts["output"] * np.tanh(memory), rtol=1e-5, atol=1e-5)
    assert parts["a"].tobytes() == parts["state"][-1].tobytes()


def test_a_kernel_at_a_place_adds_up_to_z() -> None:
    _, parts, _ = seen(NETWORKS["conv2d"])
    under = parts["read"][:, 2:5, 4:7]
    for channel in range(3):
        z = (under * parts["weight"][channel]).sum() + parts["bias"][channel]
        assert parts["z"][channel, 1, 2] == pytest.approx(z, rel=1e-5, abs=1e-5)
    assert (parts["a"] == np.maximum(parts["z"], 0.0)).all()


@pytest.mark.parametrize("number", [2, STACK_FROM + 1])
def test_inside_a_stack_a_layer_reads_the_one_before(number: int) -> None:
    layers, layer, before = dense(*[4] * (STACK_FROM + 2))["layers"], f"dense_{number}", f"dense_{number - 1}"
    _, parts, _ = seen(layers, layer)
    _, earlier, _ = seen(layers, before)
    assert parts["read"].tobytes() == earlier["a"].tobytes()
    np.testing.assert_allclose(parts["z"], parts["weight"] @ parts["read"] + parts["bias"], rtol=1e-5, atol=1e-5)


def test_the_outputs_answer_is_after_its_own_activation() -> None:
    _, parts, _ = seen([{"units": 5}], "output")
    powers = np.exp(parts["a"] - parts["a"].max())
    np.testing.assert_allclose(parts["answer"], powers / powers.sum(), rtol=1e-5, atol=1e-6)


def test_what_is_too_large_is_named_and_left_out() -> None:
    watched, parts, _ = seen([{"units": 1024}, {"units": 512}])
    assert watched.probe.facts["left_out"] == ["weight"]
    assert MAX_INSIDE_CELLS < 1024 * 512
    assert "weight" not in parts
    assert parts["read"].size == 1024


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        seen([{"units": 3}], "nobody")
    assert caught.value.field == "/layer"
