"""Slopes of every type of layer against finite differences in double precision."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from neuroglow.nets.layers import INFERENCE, ROWS_AXIS, Call, Mode, forward
from neuroglow.nets.shape import LayerShape
from unit.layer_cases import CASES, QUICK, numbers_for, reads_for, shape_of

STEP = 1e-5
Point = tuple[dict[str, Any], list[Any]]


def _drawn_like(point: Point, seed: int) -> Point:
    random = np.random.default_rng(seed)
    drawn: Point = jax.tree.map(lambda array: random.normal(size=array.shape), point)
    return drawn


def _beside(point: Point, direction: Point, step: float) -> Point:
    moved: Point = jax.tree.map(lambda array, along: array + step * along, point, direction)
    return moved


def assert_slopes_are_differences(answer: Any, point: Point) -> None:
    """`answer` maps (parameters, reads) to an array; any weighted sum of it is compared along random directions."""
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        weights = np.random.default_rng(9).normal(size=jax.eval_shape(answer, *point).shape)

        def total(parameters: Any, reads: Any) -> Array:
            return jnp.sum(jnp.asarray(weights) * answer(parameters, reads))

        program = jax.jit(jax.value_and_grad(total, argnums=(0, 1))).lower(*point).compile(compiler_options=QUICK)
        _, slopes = program(*point)
        for seed in (3, 4):
            direction = _drawn_like(point, seed)
            before, after = (float(program(*_beside(point, direction, step))[0]) for step in (-STEP, STEP))
            along = jax.tree.map(lambda slope, part: float(np.sum(np.asarray(slope) * part)), slopes, direction)
            expected = (after - before) / (2 * STEP)
            assert sum(jax.tree.leaves(along)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def split(shape: LayerShape) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what has a slope, masks)."""
    numbers = numbers_for(shape)
    masks = {name for name, parameter in shape.parameters.items() if parameter.role == "mask"}
    return {n: a for n, a in numbers.items() if n not in masks}, {n: a for n, a in numbers.items() if n in masks}


@pytest.mark.parametrize("case", CASES)
def test_slopes_by_parameter_and_by_input_are_differences(case: str) -> None:
    shape = shape_of(case)
    moving, masks = split(shape)

    def answer(parameters: dict[str, Array], reads: list[Array]) -> Array:
        fixed = {name: jnp.asarray(mask) for name, mask in masks.items()}
        return forward(Call(shape, {**parameters, **fixed}, tuple(reads), INFERENCE))["a"]

    assert_slopes_are_differences(answer, (moving, reads_for(shape)))


@pytest.mark.parametrize("case", ["batch_norm on a picture", "batch_norm on a sequence", "repeat", "repeat as a scan"])
def test_slopes_go_through_the_batchs_own_mean_and_variance(case: str) -> None:
    shape = shape_of(case)
    present = np.array([1.0, 1.0, 0.0, 1.0])
    rows = [reads_for(shape, seed)[0] for seed in range(4)]

    def answer(parameters: dict[str, Array], reads: list[Array]) -> Array:
        def one(x: Array, count: Array) -> Array:
            return forward(Call(shape, parameters, (x,), Mode(is_training=True, counts=count)))["a"]

        return jax.vmap(one, axis_name=ROWS_AXIS)(jnp.stack(reads), jnp.asarray(present))[np.flatnonzero(present)]

    assert_slopes_are_differences(answer, (numbers_for(shape), rows))


def test_a_mask_has_no_slope_and_what_it_hides_neither() -> None:
    shape = shape_of("sparse")
    moving, masks = split(shape)
    x = reads_for(shape)[0]

    def total(parameters: dict[str, Array]) -> Array:
        return jnp.sum(forward(Call(shape, parameters, (jnp.asarray(x, jnp.float32),)))["a"])

    arrays = {name: jnp.asarray(array, jnp.float32) for name, array in (moving | masks).items()}
    slopes = jax.grad(total)(arrays)
    assert not np.asarray(slopes["mask"]).any()
    assert not np.asarray(slopes["weight"])[masks["mask"] == 0].any()
    assert np.asarray(slopes["weight"])[masks["mask"] == 1].all()
