"""The model: an Equinox module of blocks, written for one example; `jax.vmap` makes the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from neuroglow.nets import layers
from neuroglow.nets.layers import INFERENCE, Arrays, Call, Clamp, Mode
from neuroglow.nets.shape import Block as BlockShape
from neuroglow.nets.shape import NetShape, rows_together
from neuroglow.spec.layers.repeating import Repeat

Chance = tuple[Array | None, ...]
"""Per block what was drawn for it while training (`layers.Call.chance`): f32, shaped like its answer, for a stack with
a leading axis for the layers. Empty or None: nothing."""
Statistics = tuple[Arrays, ...]
"""Per block what normalisation over the batch saw, by the names of the parameters that follow it."""
Clamps = tuple[Clamp | None, ...]
"""Per block the units that are held; empty where none are in the whole network, None for the output."""


_OfLayer = tuple[Arrays, Array | None, Clamp | None]
"""One layer of a stack: its parameters, what was drawn for it, its held units."""


class Block(eqx.Module):
    """One layer, or equal ones one after the other, run as a scan: compile time does not grow with their number.

    **Attributes:** `parameters` f32 by name, in the shapes of the layer's spec; for a stack with a leading axis for the
    layers.
    """

    parameters: Arrays
    shape: BlockShape = eqx.field(static=True)

    def run(
        self, reads: tuple[Array, ...], chance: Array | None = None, mode: Mode = INFERENCE, clamp: Clamp | None = None
    ) -> Arrays:
        """All that one layer makes. Not for stacks."""
        return layers.forward(Call(self.shape.layer, self.parameters, reads, mode, chance, clamp))

    def run_all(
        self, x: Array, chance: Array | None = None, mode: Mode = INFERENCE, clamp: Clamp | None = None
    ) -> Arrays:
        """What `run` makes for every layer of a stack, with a leading axis for the layers."""

        def layer(x: Array, at: _OfLayer) -> tuple[Array, Arrays]:
            made = layers.forward(Call(self.shape.layer, at[0], (x,), mode, *at[1:]))
            return made["a"], made

        made: Arrays
        _, made = jax.lax.scan(layer, x, (self.parameters, chance, clamp))
        return made

    def last(
        self, x: Array, chance: Array | None = None, mode: Mode = INFERENCE, clamp: Clamp | None = None
    ) -> Array:
        """The last layer's `a` of a stack, keeping nothing of the layers between."""

        def layer(x: Array, at: _OfLayer) -> tuple[Array, None]:
            return layers.forward(Call(self.shape.layer, at[0], (x,), mode, *at[1:]))["a"], None

        return jax.lax.scan(layer, x, (self.parameters, chance, clamp))[0]


class Network(eqx.Module):
    """Blocks in data-flow order; the last one is the output and linear."""

    blocks: tuple[Block, ...]
    clamps: Clamps = ()

    @property
    def bare(self) -> Network:
        """What is learned and kept: the parameters alone. Gradients and moments have its structure."""
        return Network(self.blocks)

    def clamped_like(self, other: Network) -> Network:
        """These parameters with the other's held units."""
        return Network(self.blocks, other.clamps)

    def clamp(self, number: int) -> Clamp | None:
        """The held units of a block."""
        return self.clamps[number] if self.clamps else None

    def __call__(self, x: Array, chance: Chance = ()) -> Array:
        """x (inputs,) -> logits or predicted targets z (outputs,), or (steps, outputs)."""
        return self._answers(x, chance, INFERENCE, lambda number: False)[0][-1]

    def of_rows(self, rows: Array) -> Array:
        """rows (rows, inputs) -> z of each, no more of them at once than there is room for."""
        z: Array = over_rows(self, rows, self)
        return z

    def trained(self, x: Array, counts: Array, chance: Chance = ()) -> tuple[Array, Array | None, Statistics]:
        """`__call__` as it is while training, what layers add to the loss (), None where none does, and what
        normalisation saw. Inside a vmap over `layers.ROWS_AXIS`; `counts` () is 1 where x is a row, 0 where it pads the
        batch."""
        answers, aside = self._answers(x, chance, Mode(is_training=True, counts=counts), lambda number: False)
        penalties = [made["penalty"] for made in aside if "penalty" in made]
        statistics = tuple(
            {name: made[name] for name in running(block.shape)}
            for made, block in zip(aside, self.blocks, strict=True)
        )
        return answers[-1], sum(penalties[1:], penalties[0]) if penalties else None, statistics

    def outputs(self, x: Array, wanted: Callable[[int], bool] = lambda number: True) -> tuple[Array | None, ...]:
        """x (inputs,) -> the answer of every block: of the layer's shape, for a stack with a leading axis.

        None where the block's number is not `wanted`: a stack that keeps none takes half the time.
        """
        answers, _ = self._answers(x, (), INFERENCE, wanted)
        return tuple(a if wanted(number) else None for number, a in enumerate(answers))

    def onward(self, x: Array, given: Mapping[int, Array]) -> Array:
        """`__call__` where these blocks answer what is `given`, in their layers' shapes, whatever they read; held units
        stay what they are. Of a stack it is what its last layer answers, held units and all."""
        return self._answers(x, (), INFERENCE, lambda number: False, given=given)[0][-1]

    def capture(self, x: Array, chance: Chance = (), mode: Mode = INFERENCE) -> tuple[tuple[Array, Array], ...]:
        """x (inputs,) -> (z, a) of every block, z what the activation is applied to, a where there is none. As in
        `trained`, inside a vmap, where the mode is that of training."""
        captured: list[tuple[Array, Array]] = []
        for number, block in enumerate(self.blocks):
            drawn = chance[number] if chance else None
            reads = self._reads(block, x, [_last(self.blocks[n], a) for n, (_, a) in enumerate(captured)])
            at = (drawn, mode, self.clamp(number))
            made = block.run_all(reads[0], *at) if block.shape.is_stack else block.run(reads, *at)
            z = made["z"] if "z" in made and made["z"].shape == made["a"].shape else made["a"]
            captured.append((z, made["a"]))
        return tuple(captured)

    def inside(self, x: Array, number: int) -> Arrays:
        """x (inputs,) -> all that block `number` makes, and what it reads: `read`, and `read_1`, ... where it reads
        several; for a stack with a leading axis."""
        answers, _ = self._answers(x, (), INFERENCE, lambda _: False, until=number)
        block = self.blocks[number]
        reads = self._reads(block, x, answers)
        if block.shape.is_stack:
            made = block.run_all(reads[0], clamp=self.clamp(number))
            return {"read": jnp.concatenate([reads[0].reshape(1, *made["a"].shape[1:]), made["a"][:-1]]), **made}
        made = block.run(reads, mode=replace(INFERENCE, is_whole=True), clamp=self.clamp(number))
        return {f"read_{place}" if place else "read": read for place, read in enumerate(reads)} | made

    def _answers(
        self,
        x: Array,
        chance: Chance,
        mode: Mode,
        wanted: Callable[[int], bool],
        until: int | None = None,
        given: Mapping[int, Array] | None = None,
    ) -> tuple[list[Array], list[Arrays]]:
        """Per block its answer, the last layer's of a stack or, where wanted, all layers', or what is given; and what
        else it made."""
        last: list[Array] = []
        answers: list[Array] = []
        aside: list[Arrays] = []
        for number, block in enumerate(self.blocks[:until]):
            at = (chance[number] if chance else None, mode, self.clamp(number))
            reads = self._reads(block, x, last)
            made: Arrays = {}
            if given is not None and number in given:
                clamp = None if block.shape.is_stack else self.clamp(number)
                a = layers.clamped(clamp, block.shape.layer.output.unit_axis, given[number])
            elif not block.shape.is_stack:
                made = block.run(reads, *at)
                a = made["a"]
            elif wanted(number):
                a = block.run_all(reads[0], *at)["a"]
            else:
                a = block.last(reads[0], *at)
            is_whole_stack = block.shape.is_stack and wanted(number)
            answers.append(a)
            last.append(a[-1] if is_whole_stack else a)
            aside.append(made)
        return answers, aside

    @staticmethod
    def _reads(block: Block, x: Array, answers: list[Array]) -> tuple[Array, ...]:
        """What a block reads, in the shapes that it expects."""
        flat = (x if source < 0 else answers[source] for source in block.shape.sources)
        return tuple(read.reshape(flow.shape) for read, flow in zip(flat, block.shape.layer.reads, strict=True))


def over_rows(model: Network, rows: Any, answer: Callable[[Any], Any]) -> Any:
    """What `answer` gives for every row, as `jax.vmap(answer)(rows)`, in as many parts as the network's width asks."""
    at_once = rows_together([block.shape for block in model.blocks])
    if jax.tree.leaves(rows)[0].shape[0] <= at_once:
        return jax.vmap(answer)(rows)
    return jax.lax.map(answer, rows, batch_size=at_once)


def running(shape: BlockShape) -> dict[str, float]:
    """The parameters of a block that follow the batches, with the share of the old that they keep."""
    layer = shape.layer.layer
    momenta = {inside.name: getattr(inside, "momentum", 0.0) for inside in getattr(layer, "layers", ())}
    return {
        name: momenta[name.rsplit(".", 1)[0]] if isinstance(layer, Repeat) else getattr(layer, "momentum", 0.0)
        for name, parameter in shape.layer.parameters.items()
        if parameter.role in ("mean", "variance")
    }


def with_statistics(model: Network, statistics: Statistics) -> Network:
    """The running means and variances moved towards what the batch showed."""

    def moved(block: Block, seen: Arrays) -> Block:
        momenta = running(block.shape)
        new = {
            name: momenta[name] * block.parameters[name] + (1.0 - momenta[name]) * seen[name].reshape(array.shape)
            for name, array in block.parameters.items()
            if name in momenta
        }
        return Block({**block.parameters, **new}, block.shape) if new else block

    blocks = tuple(moved(block, seen) for block, seen in zip(model.blocks, statistics, strict=True))
    return Network(blocks, model.clamps)


def _last(block: Block, a: Array) -> Array:
    return a[-1] if block.shape.is_stack else a


def abstract_model(shape: NetShape) -> Network:
    """Shapes and dtypes of a network."""
    bare = abstract_parameters(shape)
    if not shape.is_clamped:
        return bare

    def units(block: BlockShape) -> Clamp:
        each: Any = jax.ShapeDtypeStruct((*((block.count,) if block.is_stack else ()), block.layer.units), jnp.float32)
        return Clamp(each, each)

    return Network(bare.blocks, (*(units(block) for block in shape.blocks[:-1]), None))


def abstract_parameters(shape: NetShape, dtype: Any = jnp.float32) -> Network:
    """Shapes and one dtype for every parameter of a network."""

    def of(block: BlockShape) -> Block:
        ahead = (block.count,) if block.is_stack else ()
        parameters: dict[str, Any] = {
            name: jax.ShapeDtypeStruct((*ahead, *parameter.shape), dtype)
            for name, parameter in block.layer.parameters.items()
        }
        return Block(parameters, block)

    return Network(tuple(of(block) for block in shape.blocks))


def is_weight(model: Network) -> Network:
    """The bare tree with True at weights and False elsewhere: what regularisation and decay act on."""

    def mark(block: Block) -> Block:
        roles = block.shape.layer.parameters
        marked: dict[str, Any] = {name: roles[name].role == "weight" for name in block.parameters}
        return Block(marked, block.shape)

    return Network(tuple(mark(block) for block in model.blocks))


def tree_all_finite(tree: object) -> Array:
    """One boolean: every number in the tree is finite."""
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))
