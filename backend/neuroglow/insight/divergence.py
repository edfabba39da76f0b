"""Where the numbers stopped being finite: which update, which layer, forwards or backwards.

The run is replayed from its last finite snapshot with a check after every update; the first bad update is then taken
apart layer by layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from neuroglow.engine.hyper import Hyper, at_update
from neuroglow.engine.rule import Rule
from neuroglow.engine.snapshot import Snapshot, to_state
from neuroglow.engine.train import Batches, Rows, State, batch_at, chance_at, gradient, walked_update
from neuroglow.engine.walk import Walk
from neuroglow.nets.layers import ROWS_AXIS, Mode
from neuroglow.nets.model import Block, Chance, Network, tree_all_finite
from neuroglow.nets.shape import layer_names

What = Literal["weights", "activations", "gradients", "loss"]


@dataclass(frozen=True)
class Origin:
    """`update` is the first that is not finite, counted from the run's start; `layer` and `what` where it began."""

    update: int
    layer: str
    what: What


def checked_chunk(
    rule: Rule,
    batch_bucket: int,
    state: State,
    hyper: Hyper,
    rows: Rows,
    batches: Batches,
    updates: Array,
) -> tuple[State, Array, Array]:
    """Like `train_chunk`, but stops before the first update after which anything is not finite.

    Returns the last finite state, the number of good updates (i32), whether a bad one follows (bool).
    """

    def unfinished(carry: tuple[Array, State, Array]) -> Array:
        index, _, good = carry
        return (index < updates) & good

    def update(carry: tuple[Array, State, Array]) -> tuple[Array, State, Array]:
        index, state, _ = carry
        new, mean, _ = walked_update(rule, batch_bucket, state, hyper, rows, batches, index)
        good = jnp.isfinite(mean) & tree_all_finite(new.model)
        kept = jax.tree.map(lambda fresh, old: jnp.where(good, fresh, old), new, state)
        return index + good.astype(jnp.int32), kept, good

    start = (jnp.zeros((), jnp.int32), state, jnp.ones((), bool))
    done, state, good = jax.lax.while_loop(unfinished, update, start)
    return state, done, ~good


def _examine(
    rule: Rule, batch_bucket: int, state: State, hyper: Hyper, rows: Rows, batches: Batches
) -> tuple[Any, Array, Network, Network]:
    """Finite or not, per layer: activations of the forward pass, the loss, gradients, parameters after the update."""
    first = jnp.zeros((), jnp.int32)
    batch = batch_at(rows, batches, batch_bucket, first)
    chance = chance_at(rule, state.model, hyper, batches, batch, first)

    def captured_of(x: Array, counts: Array, drawn: Chance) -> tuple[tuple[Array, Array], ...]:
        return state.model.capture(x, drawn, Mode(is_training=True, counts=counts))

    captured = jax.vmap(captured_of, axis_name=ROWS_AXIS)(batch.inputs, batch.mask, chance)
    forward = tuple(
        _finite(_where_row(batch.mask, a), (1,) if block.shape.is_stack else ())
        for block, (_, a) in zip(state.model.blocks, captured, strict=True)
    )
    (mean, _), slopes = gradient(rule.objective, state.model, hyper, batch, chance)
    new, _, _ = walked_update(rule, batch_bucket, state, hyper, rows, batches, first)
    return forward, jnp.isfinite(mean), _finite_blocks(slopes), _finite_blocks(new.model)


def _where_row(mask: Array, a: Array) -> Array:
    """Padding rows may hold anything."""
    return jnp.where(mask.reshape(-1, *(1,) * (a.ndim - 1)) > 0, a, 0.0)


def _finite(a: Array, kept: tuple[int, ...]) -> Array:
    """bool over all axes but those kept."""
    return jnp.all(jnp.isfinite(a), axis=tuple(axis for axis in range(a.ndim) if axis not in kept))


def _finite_blocks(model: Network) -> Any:
    """bool () for a layer, (layers,) for a stack; a layer without parameters has nothing that is not finite."""

    def block_finite(block: Block) -> Array:
        kept = (0,) if block.shape.is_stack else ()
        leaves = [_finite(array, kept) for array in block.parameters.values()]
        return jnp.all(jnp.stack(leaves), axis=0) if leaves else jnp.ones((), bool)

    return tuple(block_finite(block) for block in model.blocks)


_replay = jax.jit(checked_chunk, static_argnums=(0, 1), donate_argnums=2)
_examined = jax.jit(_examine, static_argnums=(0, 1))


def locate(snapshot: Snapshot, walk: Walk, rule: Rule, hyper: Hyper, most: int) -> Origin | None:
    """Replay at most `most` updates from a finite snapshot; None if all of them are finite.

    Compiles its own program (the first time for a network), so call it off the dispatch thread.
    """
    static = (rule, walk.batch_bucket)
    # An edit since may have changed the number of batches in an epoch; the run went on the same way.
    state, cursor = to_state(snapshot), snapshot.cursor.rescaled(walk.per_epoch)
    remaining = most
    while remaining > 0:
        wanted = min(remaining, walk.room(cursor))
        numbers = at_update(hyper, cursor.update)
        state, done, bad = _replay(*static, state, numbers, walk.rows, walk.batches(cursor, wanted), np.int32(wanted))
        good = int(done)
        cursor, remaining = walk.advanced(cursor, good), remaining - good
        if bool(bad):
            numbers = at_update(hyper, cursor.update)
            seen = _examined(*static, state, numbers, walk.rows, walk.batches(cursor, 1))
            layer, what = _first_bad(layer_names(snapshot.experiment), seen)
            return Origin(cursor.update + 1, layer, what)
    return None


def _first_bad(names: tuple[str, ...], seen: tuple[Any, Array, Any, Any]) -> tuple[str, What]:
    """Forwards the first layer in data-flow order, backwards the last, then the first whose update overflowed."""
    forward, loss_is_finite, slopes, weights = seen

    def flat(blocks: Any) -> list[bool]:
        return [bool(value) for block in blocks for value in np.atleast_1d(np.asarray(block))]

    activations = flat(forward)
    if not all(activations):
        return names[activations.index(False)], "activations"
    if not bool(loss_is_finite):
        return names[-1], "loss"
    gradients = flat(slopes)
    if not all(gradients):
        return names[len(names) - 1 - gradients[::-1].index(False)], "gradients"
    after = flat(weights)
    return names[after.index(False)] if False in after else names[-1], "weights"
