"""Recurrent layers: x (steps, features), the state (units,) from zeros. `state` is (steps, units), as every gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.nets.layers.base import Arrays, Call, clamped
from neuroglow.spec.layers.recurrent import Rnn

_Carry = tuple[Array, ...]
_Cell = Callable[[_Carry, Array], tuple[_Carry, Arrays]]


def rnn(call: Call) -> Arrays:
    """h ← tanh(W x + U h + b)"""

    def cell(carry: _Carry, read: Array) -> tuple[_Carry, Arrays]:
        z = read + call.parameters["state_weight"] @ carry[0]
        state = jnp.tanh(z)
        return (state,), {"z": z, "state": state}

    return _run(call, cell, 1)


def gru(call: Call) -> Arrays:
    """`reset` and `update` are σ(W x + U h + b), `candidate` = tanh(W x + b + reset · (U h + b′)),
    h ← candidate + update · (h − candidate)"""

    def cell(carry: _Carry, read: Array) -> tuple[_Carry, Arrays]:
        (state,) = carry
        reset_in, update_in, new_in = jnp.split(read, 3)
        reset_of, update_of, new_of = jnp.split(call.parameters["state_weight"] @ state, 3)
        reset, update = jax.nn.sigmoid(reset_in + reset_of), jax.nn.sigmoid(update_in + update_of)
        candidate = jnp.tanh(new_in + reset * (new_of + call.parameters["state_bias"]))
        state = candidate + update * (state - candidate)
        return (state,), {"reset": reset, "update": update, "candidate": candidate, "state": state}

    return _run(call, cell, 1)


def lstm(call: Call) -> Arrays:
    """`input`, `forget` and `output` are σ(W x + U h + b), `candidate` is tanh of it,
    `memory` ← forget · memory + input · candidate, h ← output · tanh(memory)"""

    def cell(carry: _Carry, read: Array) -> tuple[_Carry, Arrays]:
        state, memory = carry
        for_input, for_forget, for_candidate, for_output = jnp.split(read + call.parameters["state_weight"] @ state, 4)
        gates = {
            "input": jax.nn.sigmoid(for_input),
            "forget": jax.nn.sigmoid(for_forget),
            "candidate": jnp.tanh(for_candidate),
            "output": jax.nn.sigmoid(for_output),
        }
        memory = gates["forget"] * memory + gates["input"] * gates["candidate"]
        state = gates["output"] * jnp.tanh(memory)
        return (state, memory), {**gates, "memory": memory, "state": state}

    return _run(call, cell, 2)


def _run(call: Call, cell: _Cell, states: int) -> Arrays:
    """Step after step; what reads the input is done for all steps at once. A held unit is held within the steps too:
    the others read its value from the second one on."""
    layer, x = cast("Rnn", call.shape.layer), call.x

    def step(carry: _Carry, read: Array) -> tuple[_Carry, Arrays]:
        (state, *others), made = cell(carry, read)
        state = clamped(call.clamp, 0, state)
        return (state, *others), {**made, "state": state}

    start = (jnp.zeros(layer.units, x.dtype),) * states
    _, made = jax.lax.scan(step, start, x @ call.parameters["weight"].T + call.parameters["bias"][None])
    return {**made, "a": made["state"] if layer.return_sequences else made["state"][-1]}
