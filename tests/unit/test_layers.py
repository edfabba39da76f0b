"""Every type of layer: its shapes, parameters and multiplications are those of Equinox's layer, or of plain JAX."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.spec.layers import LAYER_TYPES, AnyLayer, Flow, ShapeError
from neuroglow.spec.layers.windows import edges, places, transposed_edges
from unit.graphs import MERGES, flows, layer_of, readers
from unit.layer_oracles import ORACLES, array, as_read, multiplications, oracle_of, told_by_oracle


@pytest.mark.parametrize("kind", ORACLES)
def test_shapes_and_parameters_are_those_of_the_oracle(kind: str) -> None:
    @settings(max_examples=20, deadline=None)
    @given(readers(kind))
    def holds(example: tuple[AnyLayer, Flow]) -> None:
        layer, flow = example
        made = layer.output(flow)
        expected, learns = told_by_oracle(layer, flow)
        assert made.shape == expected
        learned = [parameter for parameter in layer.parameters(flow).values() if parameter.is_learned]
        assert sum(parameter.size for parameter in learned) == learns
        assert layer.operations(flow) >= 0
        assert layer.kept(flow) > 0

    holds()


def test_every_type_has_an_oracle() -> None:
    assert {*ORACLES, *MERGES} == set(LAYER_TYPES)


quantities = st.sampled_from(["vector", "picture", "sequence", "signal"]).flatmap(flows)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(MERGES)), flow=quantities, more=st.data())
def test_merges_make_the_shapes_of_sums_products_and_concatenations(kind: str, flow: Flow, more: st.DataObject) -> None:
    axis, count = flow.unit_axis, more.draw(st.integers(2, 4))
    reads = [flow] * count
    if kind == "concat":
        sizes = more.draw(st.lists(st.integers(1, 5), min_size=count, max_size=count))
        reads = [Flow((*flow.shape[:axis], size, *flow.shape[axis + 1 :]), flow.kind) for size in sizes]
    call = {"add": lambda *x: sum(x[1:], x[0]), "multiply": lambda *x: math.prod(x[1:], start=x[0])}.get(
        kind, lambda *x: jnp.concatenate(x, axis)
    )
    layer = layer_of({"type": kind, "inputs": ["x"] * count})
    assert layer.output(*reads) == Flow(jax.eval_shape(call, *map(array, reads)).shape, flow.kind)
    assert layer.parameters(*reads) == {}


@pytest.mark.parametrize("kind", ["dense", "conv1d", "conv2d", "attention", "transformer_block", "gru", "lstm", "rnn"])
def test_operations_are_the_multiplications_that_the_oracle_does(kind: str) -> None:
    @settings(max_examples=10, deadline=None)
    @given(readers(kind))
    def holds(example: tuple[AnyLayer, Flow]) -> None:
        layer, flow = example
        expected = multiplications(jax.make_jaxpr(oracle_of(layer, flow)[1])(array(flow)).jaxpr)
        if kind in ("gru", "lstm", "rnn"):
            # One more for every number of a gate.
            expected += flow.shape[0] * layer.parameters(as_read(layer, flow))["bias"].size
        assert layer.operations(flow) == expected

    holds()


@given(kind=st.data(), density=st.floats(0.01, 1.0))
def test_a_sparse_layer_multiplies_by_its_density(kind: st.DataObject, density: float) -> None:
    flow = kind.draw(flows("vector"))
    sparse = layer_of({"type": "sparse_dense", "units": 10, "density": density})
    assert sparse.operations(flow) == round(10 * flow.size * density)
    assert sparse.parameters(flow)["mask"].shape == sparse.parameters(flow)["weight"].shape


sides, strides = st.integers(1, 40), st.integers(1, 6)
paddings = st.sampled_from(["same", "valid"]) | st.integers(0, 8)


@given(size=sides, window=st.integers(1, 12), stride=strides, padding=paddings)
def test_windows_stand_where_whole_ones_fit_between_the_edges(
    size: int, window: int, stride: int, padding: str | int
) -> None:
    before, after = edges(size, window, stride, padding)
    found = sum(start + window <= size + after for start in range(-before, size + after, stride))
    if found:
        assert places(size, window, stride, padding) == found
    else:
        assert places(size, window, stride, padding) < 1
    if isinstance(padding, str):
        assert [(before, after)] == jax.lax.padtype_to_pads((size,), (window,), (stride,), padding.upper())


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 9), kernel=st.integers(1, 6), stride=st.integers(1, 4), padding=paddings)
def test_a_transposed_convolution_puts_copies_of_its_kernel_side_by_side(
    size: int, kernel: int, stride: int, padding: str | int
) -> None:
    full = np.zeros((size - 1) * stride + kernel)
    for place in range(size):
        full[place * stride : place * stride + kernel] += 1
    before, after = transposed_edges(kernel, stride, padding)
    if isinstance(padding, int):
        assert before == after == padding
    elif padding == "valid":
        assert before == after == 0
    else:
        expected = jax.lax.conv_transpose(
            jnp.ones((1, size, 1)), jnp.ones((kernel, 1, 1)), (stride,), "SAME", dimension_numbers=("NHC", "HIO", "NHC")
        )
        padded = np.pad(full, (max(-before, 0), max(-after, 0)))
        assert padded[max(before, 0) : padded.size - max(after, 0)].tolist() == np.ravel(expected).tolist()


def test_paddings_over_half_a_window_are_refused_and_the_repair_holds() -> None:
    for kind in ("max_pool2d", "avg_pool2d"):
        with pytest.raises(ShapeError) as refusal:
            layer_of({"type": kind, "window": 3, "padding": 2}).output(Flow((1, 8, 8), "picture"))
        assert refusal.value.set == {"padding": 1}
