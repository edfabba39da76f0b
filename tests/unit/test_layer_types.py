"""What every type of layer answers: against plain loops, against Equinox's layer with the same numbers put in."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuroglow.nets.shape import LayerShape
from neuroglow.spec.layers import LAYER_TYPES
from neuroglow.spec.layers.wiring import Node
from unit.layer_cases import CASES, made, numbers_for, reads_for, shape_of
from unit.net_twin import answer
from unit.numpy_twin import ACTIVATIONS, Array

KEY = jax.random.key(0)


def by_hand(shape: LayerShape, numbers: dict[str, Array], reads: list[Array]) -> Array:
    sources = tuple(f"s{number}" for number in range(len(reads)))
    return answer(Node("layer", shape.layer, sources, shape.reads, shape.output), numbers, reads)


def test_every_type_is_among_the_cases() -> None:
    assert {document["type"] for document, _ in CASES.values()} == set(LAYER_TYPES)


@pytest.mark.parametrize("case", CASES)
def test_a_layer_answers_what_its_formula_says(case: str) -> None:
    shape = shape_of(case)
    numbers, reads = numbers_for(shape), reads_for(shape)
    a = made(shape, numbers, reads)["a"]
    assert a.shape == shape.output.shape
    assert a.dtype == np.float32
    np.testing.assert_allclose(a, by_hand(shape, numbers, reads), rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("case", ["conv2d same", "dense on steps", "conv1d on a signal", "concat of pictures"])
def test_what_a_layer_reads_may_come_flat(case: str) -> None:
    shape = shape_of(case)
    numbers, reads = numbers_for(shape), reads_for(shape)
    flat = made(shape, numbers, [read.ravel() for read in reads])["a"]
    assert np.array_equal(flat, made(shape, numbers, reads)["a"])


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith(("conv", "transposed"))])
def test_convolutions_of_other_devices_answer_the_same(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """There they are XLA's own, which a CPU has too."""
    shape = shape_of(case)
    numbers, reads = numbers_for(shape), reads_for(shape)
    here = made(shape, numbers, reads)["a"]
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    np.testing.assert_allclose(made(shape, numbers, reads)["a"], here, rtol=2e-4, atol=2e-5)


def test_a_token_that_is_no_row_of_the_table_is_taken_to_the_nearest() -> None:
    shape = shape_of("embedding of numbers")
    numbers = numbers_for(shape)
    rows = np.asarray(made(shape, numbers, [np.array([-9.0, 0.4, 0.6, 1.9, 2.4, 1e30])])["a"])
    np.testing.assert_array_equal(rows, numbers["weight"][[0, 0, 1, 2, 2, 2]].astype(np.float32))


# --- against Equinox --------------------------------------------------------------------------------------------------


def _with(layer: Any, **arrays: Array) -> Any:
    """An Equinox layer with these numbers in its members."""
    names = list(arrays)
    values = [jnp.asarray(arrays[name], jnp.float32) for name in names]
    assert [getattr(layer, name).shape for name in names] == [value.shape for value in values]
    return eqx.tree_at(lambda tree: [getattr(tree, name) for name in names], layer, values)


def _linear(weight: Array, bias: Array) -> Any:
    return _with(eqx.nn.Linear(weight.shape[1], weight.shape[0], key=KEY), weight=weight, bias=bias)


def _convolved(layer: Any, numbers: dict[str, Array], x: Any, weight: Array | None = None) -> Any:
    bias = numbers["bias"].reshape(-1, *(1,) * (x.ndim - 1))
    return _with(layer, weight=numbers["weight"] if weight is None else weight, bias=bias)(x)


def _conv2d(channels: int, kernel: Any, **settings: Any) -> Callable[[Any, Any], Any]:
    return lambda numbers, x: _convolved(eqx.nn.Conv2d(4, channels, kernel, key=KEY, **settings), numbers, x)


def _conv1d(channels: int, kernel: int, **settings: Any) -> Callable[[Any, Any], Any]:
    return lambda numbers, x: _convolved(eqx.nn.Conv1d(4, channels, kernel, key=KEY, **settings), numbers, x)


def _transposed(channels: int, kernel: Any, stride: Any, padding: Any) -> Callable[[Any, Any], Any]:
    def answer(numbers: Any, x: Any) -> Any:
        layer = eqx.nn.ConvTranspose2d(4, channels, kernel, stride, padding=padding, key=KEY)
        # Equinox slides the kernel as it is over numbers set apart; putting it down is sliding it turned.
        return _convolved(layer, numbers, x, numbers["weight"][:, :, ::-1, ::-1])

    return answer


def _heads(heads: int, *, causal: bool) -> Callable[[Any, Any], Any]:
    def answer(numbers: Any, x: Any) -> Any:
        biases = {f"use_{part}_bias": True for part in ("query", "key", "value", "output")}
        layer = eqx.nn.MultiheadAttention(heads, x.shape[1], key=KEY, **biases)
        for ours, theirs in (("query", "query"), ("key", "key"), ("value", "value"), ("out", "output")):
            projection = _linear(numbers[f"{ours}_weight"], numbers[f"{ours}_bias"])
            layer = eqx.tree_at(attrgetter(f"{theirs}_proj"), layer, projection)
        return layer(x, x, x, mask=jnp.tril(jnp.ones((len(x), len(x)), bool)) if causal else None)

    return answer


def _cell(make: Any, *, pairs: bool = False, every: bool = False) -> Callable[[Any, Any], Any]:
    def answer(numbers: Any, x: Any) -> Any:
        names = {"weight_ih": "weight", "weight_hh": "state_weight", "bias": "bias", "bias_n": "state_bias"}
        known = {theirs: numbers[ours] for theirs, ours in names.items() if ours in numbers}
        cell, state = _with(make(4, 3, key=KEY), **known), jnp.zeros(3)
        carried = (state, state) if pairs else state
        states = []
        for step in x:
            carried = cell(step, carried)
            states.append(carried[0] if pairs else carried)
        return jnp.stack(states) if every else states[-1]

    return answer


def _norm(layer: Callable[[int], Any], *, steps: bool = False) -> Callable[[Any, Any], Any]:
    def answer(numbers: Any, x: Any) -> Any:
        with jax.numpy_rank_promotion("allow"):
            known = _with(layer(numbers["gain"].shape), weight=numbers["gain"], bias=numbers["bias"])
            return jax.vmap(known)(x) if steps else known(x)

    return answer


def _groups(numbers: Any, x: Any) -> Any:
    with jax.numpy_rank_promotion("allow"):
        layer = eqx.nn.GroupNorm(2, len(numbers["gain"]))
        return _with(layer, weight=numbers["gain"], bias=numbers["bias"])(x)


def _embedded(numbers: Any, x: Any) -> Any:
    return jax.vmap(_with(eqx.nn.Embedding(7, 3, key=KEY), weight=numbers["weight"]))(x.astype(jnp.int32))


def _plain(layer: Any) -> Callable[[Any, Any], Any]:
    return lambda numbers, x: layer(x)


EQUINOX: dict[str, Callable[[Any, Any], Any]] = {
    "dense": lambda numbers, x: _linear(numbers["weight"], numbers["bias"])(x),
    "dense on steps": lambda numbers, x: jax.vmap(_linear(numbers["weight"], numbers["bias"]))(x),
    "conv2d valid": _conv2d(3, 3),
    "conv2d same": _conv2d(3, 3, padding="SAME"),
    "conv2d even, same, strided": _conv2d(2, (4, 2), stride=(2, 3), padding="SAME"),
    "conv2d padded by two": _conv2d(2, 3, stride=2, padding=2),
    "conv2d dilated": _conv2d(2, 3, dilation=(2, 1), padding="SAME"),
    "conv2d in groups": _conv2d(6, 3, groups=2),
    "conv2d by channel": _conv2d(4, (1, 3), groups=4),
    "conv1d on steps": lambda numbers, x: _conv1d(3, 3, padding="SAME")(numbers, x.T).T,
    "conv1d on a signal": _conv1d(4, 4, stride=2, padding=1, groups=2),
    "conv1d dilated": _conv1d(2, 3, dilation=3),
    "transposed same": _transposed(3, 3, 2, ((0, 1), (0, 1))),
    "transposed valid": _transposed(2, (2, 4), (3, 1), 0),
    "transposed padded": _transposed(2, 4, 2, 1),
    "max pool": _plain(eqx.nn.MaxPool2d(2, 2)),
    "max pool padded": _plain(eqx.nn.MaxPool2d((3, 2), (3, 2), padding=1)),
    "avg pool": _plain(eqx.nn.AvgPool2d((3, 2), (3, 2))),
    "global pool of a picture": _plain(lambda x: eqx.nn.AdaptiveAvgPool2d(1)(x)[:, 0, 0]),
    **{f"layer_norm on a {kind}": _norm(eqx.nn.LayerNorm) for kind in ("vector", "picture", "signal")},
    "layer_norm on a sequence": _norm(eqx.nn.LayerNorm, steps=True),
    **{f"group_norm on a {kind}": _groups for kind in ("vector", "picture", "signal")},
    "group_norm on a sequence": lambda numbers, x: _groups(numbers, x.T).T,
    "embedding": _embedded,
    "attention": _heads(2, causal=False),
    "causal attention of a signal": _heads(3, causal=True),
    "gru, last": _cell(eqx.nn.GRUCell),
    "gru, all": _cell(eqx.nn.GRUCell, every=True),
    "lstm, last": _cell(eqx.nn.LSTMCell, pairs=True),
    "lstm, all": _cell(eqx.nn.LSTMCell, pairs=True, every=True),
}


@pytest.mark.parametrize("case", EQUINOX)
def test_a_layer_answers_what_equinox_answers_with_the_same_numbers(case: str) -> None:
    shape = shape_of(case)
    numbers, reads = numbers_for(shape), reads_for(shape)
    theirs = EQUINOX[case](numbers, jnp.asarray(reads[0], jnp.float32))
    # Equinox leaves the activation to the caller.
    expected = ACTIVATIONS[shape.activation][0](np.asarray(theirs, np.float64))
    np.testing.assert_allclose(made(shape, numbers, reads)["a"], expected, rtol=2e-4, atol=2e-5)
