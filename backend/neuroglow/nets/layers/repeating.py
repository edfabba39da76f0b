"""A repeated block: compiled once where it is repeated often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.nets.layers.base import Arrays, Call, Forward, Mode
from neuroglow.nets.shape import STACK_FROM, LayerShape
from neuroglow.spec.layers.repeating import Repeat
from neuroglow.spec.layers.wiring import INPUT, Node


def repeated(call: Call, forward: Forward) -> Arrays:
    """`a` of the last turn, and `LAYER.NAME` with a leading axis for the turns: all that they make where the whole is
    wanted, else what normalisation over the batch saw while training."""
    layer, x = cast("Repeat", call.shape.layer), call.x
    nodes = layer.body(call.shape.reads[0])

    def turn(x: Array, parameters: Arrays) -> tuple[Array, Arrays]:
        return _turn(nodes, Call(call.shape, parameters, (x,), call.mode), forward)

    if layer.times * len(nodes) >= STACK_FROM:
        x, made = jax.lax.scan(turn, x, call.parameters)
        return {**made, "a": x}
    turns: list[Arrays] = []
    for number in range(layer.times):
        x, made = turn(x, {name: array[number] for name, array in call.parameters.items()})
        turns.append(made)
    return {**{name: jnp.stack([made[name] for made in turns]) for name in turns[0]}, "a": x}


def _turn(nodes: Sequence[Node], call: Call, forward: Forward) -> tuple[Array, Arrays]:
    outputs: Arrays = {INPUT: call.x}
    made: Arrays = {}
    for node in nodes:
        own = {name: call.parameters[f"{node.name}.{name}"] for name in node.parameters}
        reads = tuple(outputs[source] for source in node.sources)
        inside = forward(Call(LayerShape(node.layer, node.reads), own, reads, call.mode))
        outputs[node.name] = inside["a"]
        made |= {f"{node.name}.{name}": inside[name] for name in _kept(node, inside, call.mode)}
    return outputs[nodes[-1].name], made


def _kept(node: Node, inside: Arrays, mode: Mode) -> list[str]:
    if mode.is_whole:
        return list(inside)
    return ["mean", "variance"] if mode.is_training and node.layer.type == "batch_norm" else []
