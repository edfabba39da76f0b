"""A block of layers, repeated."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag

from neuroglow.spec import limits
from neuroglow.spec.layers.base import AnyLayer, Parameter, ShapeError, layer_type
from neuroglow.spec.layers.convolution import Conv1d, Conv2d, ConvTranspose2d
from neuroglow.spec.layers.dense import Dense
from neuroglow.spec.layers.flow import Flow
from neuroglow.spec.layers.merging import Add, Concat, Multiply
from neuroglow.spec.layers.normalisation import BatchNorm, GroupNorm, LayerNorm
from neuroglow.spec.layers.pooling import AvgPool2d, GlobalAvgPool, MaxPool2d
from neuroglow.spec.layers.recurrent import Gru, Lstm, Rnn
from neuroglow.spec.layers.sequence import Attention, Embedding, PositionalEncoding, TransformerBlock
from neuroglow.spec.layers.shaping import Flatten, Reshape, Upsample
from neuroglow.spec.layers.wiring import INPUT, Node, Problem, sources_of, walk
from neuroglow.spec.training import Regularization

AnyBodyLayer = (
    Annotated[Dense, Tag("dense")]
    | Annotated[Conv1d, Tag("conv1d")]
    | Annotated[Conv2d, Tag("conv2d")]
    | Annotated[ConvTranspose2d, Tag("conv_transpose2d")]
    | Annotated[MaxPool2d, Tag("max_pool2d")]
    | Annotated[AvgPool2d, Tag("avg_pool2d")]
    | Annotated[GlobalAvgPool, Tag("global_avg_pool")]
    | Annotated[Flatten, Tag("flatten")]
    | Annotated[Reshape, Tag("reshape")]
    | Annotated[Upsample, Tag("upsample")]
    | Annotated[BatchNorm, Tag("batch_norm")]
    | Annotated[LayerNorm, Tag("layer_norm")]
    | Annotated[GroupNorm, Tag("group_norm")]
    | Annotated[Embedding, Tag("embedding")]
    | Annotated[PositionalEncoding, Tag("positional_encoding")]
    | Annotated[Attention, Tag("attention")]
    | Annotated[TransformerBlock, Tag("transformer_block")]
    | Annotated[Gru, Tag("gru")]
    | Annotated[Lstm, Tag("lstm")]
    | Annotated[Rnn, Tag("rnn")]
    | Annotated[Add, Tag("add")]
    | Annotated[Concat, Tag("concat")]
    | Annotated[Multiply, Tag("multiply")]
)
BodyLayer = Annotated[AnyBodyLayer, Discriminator(layer_type)]
"""What may stand inside a repeated block."""
_OF_THE_WHOLE = ("regularization", "frozen", "dropout")


class Repeat(AnyLayer):
    """Its `layers`, `times` times one after the other, each time with weights of its own. Inside, `x` is what the block
    reads, and its last layer is what it makes: of the same shape, so that it can be read again."""

    type: Literal["repeat"] = "repeat"
    layers: Annotated[tuple[BodyLayer, ...], Field(min_length=1, max_length=limits.MAX_BODY)]
    times: Annotated[int, Field(ge=1, le=limits.MAX_REPEATS)] = 2
    regularization: Regularization | None = None
    """Of the weights inside; null is the one of `training`."""
    frozen: bool = False
    """Keeps what it has learned while the others train."""

    READS_TOKENS: ClassVar[bool] = True

    def body(self, flow: Flow) -> tuple[Node, ...]:
        """The nodes of one turn; raises `ShapeError` at the layer inside that is to blame."""
        return _body(self, flow)

    def walked(self, flow: Flow) -> tuple[Node, ...]:
        """`body`, worked out."""
        for index, layer in enumerate(self.layers):
            for member in _OF_THE_WHOLE:
                if getattr(layer, member, None):
                    neutral = type(layer).model_fields[member].default
                    raise ShapeError(
                        f"Inside a repeated block there is no {member}",
                        member=f"layers/{index}/{member}",
                        set={f"layers/{index}/{member}": neutral},
                        say=f"Leave {member} out",
                    )
        nodes, problems = walk(self.layers, flow)
        if problems:
            raise self._inside(problems[0])
        made = nodes[-1].output
        if flow.kind == "signal" and made == Flow(flow.shape, "sequence"):
            # What reads sequences reads a signal as one; from the second turn on all of the block does.
            return self.body(made)
        return tuple(nodes)

    def _inside(self, problem: Problem) -> ShapeError:
        """What is wrong inside, as the block says it."""
        at, repair = f"layers/{problem.index}", problem.repair
        if repair is None:
            return ShapeError(problem.message, member=f"{at}{problem.field}", code=problem.code)
        before = (self.layers[problem.index - 1].name or "") if problem.index else INPUT
        # What the block reads is for all turns alike: a layer that changes it stands before the block.
        reads_what_the_block_reads = sources_of(self.layers[problem.index], before)[repair.reads] == INPUT
        return ShapeError(
            problem.message,
            member=f"{at}{problem.field}",
            set=None if repair.set is None else {f"{at}/{member}": value for member, value in repair.set.items()},
            insert=repair.insert,
            say=repair.say,
            reads=0 if reads_what_the_block_reads else repair.reads,
            inside=None if reads_what_the_block_reads else problem.index,
            code=problem.code,
        )

    def output(self, *inputs: Flow) -> Flow:
        (flow,) = inputs
        made = self.body(flow)[-1].output
        if self.times > 1 and (made.shape != flow.shape or made.kind not in (flow.kind, "sequence")):
            raise ShapeError(
                f"It reads {flow} and makes {made}: to be repeated, both have to be the same",
                member="times",
                set={"times": 1},
                say="Run it once",
            )
        return made

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        return {
            f"{node.name}.{name}": replace(parameter, shape=(self.times, *parameter.shape))
            for node in self.body(inputs[0])
            for name, parameter in node.parameters.items()
        }

    def operations(self, *inputs: Flow) -> int:
        return self.times * sum(node.layer.operations(*node.reads) for node in self.body(inputs[0]))

    def kept(self, *inputs: Flow) -> int:
        return self.times * sum(node.layer.kept(*node.reads) for node in self.body(inputs[0]))

    @property
    def static(self) -> Self:
        layers = tuple(
            layer.static.model_copy(update={"name": layer.name, "inputs": layer.inputs}) for layer in self.layers
        )
        neutral = {"name": None, "inputs": None, "regularization": None, "frozen": False}
        return self.model_copy(update={**neutral, "layers": layers})


@lru_cache(maxsize=64)
def _body(block: Repeat, flow: Flow) -> tuple[Node, ...]:
    """Everything that is asked of a block asks for it."""
    return block.walked(flow)
