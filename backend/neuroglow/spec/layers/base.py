"""What every layer is: a name for life, what it reads, and the arithmetic of its shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.layers.flow import Flow, Shape
from neuroglow.spec.training import Regularization

Activation = Literal["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "silu", "elu", "softplus", "sine", "linear"]
Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal", "zeros", "playground"
]
ACTIVATIONS: tuple[str, ...] = get_args(Activation)
INITIALIZERS: tuple[str, ...] = get_args(Initializer)

LayerName = Annotated[str, Field(pattern=limits.NAME_PATTERN, max_length=limits.MAX_NAME_LENGTH)]
Units = Annotated[int, Field(ge=1, le=limits.MAX_UNITS)]

ProblemCode = Literal["invalid_graph", "shape_mismatch", "network_too_large"]

Role = Literal["weight", "bias", "gain", "mean", "variance", "mask"]
"""`weight`: drawn at the start, and what regularisation acts on. `bias`: starts at 0. `gain`: starts at 1. `mean` and
`variance`: follow the batches, are not learned, start at 0 and 1. `mask`: 0 or 1, is not learned."""
LEARNED = frozenset({"weight", "bias", "gain"})


@dataclass(frozen=True)
class Parameter:
    """One array of a layer, f32. `fan_in` and `fan_out` scale its first draw where it is a weight."""

    shape: Shape
    role: Role
    fan_in: int = 1
    fan_out: int = 1

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_learned(self) -> bool:
        return self.role in LEARNED


class ShapeError(Exception):
    """A layer cannot read what flows into it.

    `member` is the field of the layer that is to blame, if one is. A repair is offered as other values for members
    (`set`), or as a layer to be put before its input number `reads` (`insert`); `say` puts it into words. `inside` is
    the number of the layer of a repeated block that the layer is to be put before.
    """

    def __init__(
        self,
        message: str,
        *,
        member: str | None = None,
        set: dict[str, Any] | None = None,  # noqa: A002  as the repair calls it
        insert: dict[str, Any] | None = None,
        say: str = "",
        reads: int = 0,
        inside: int | None = None,
        code: ProblemCode = "shape_mismatch",
    ) -> None:
        super().__init__(message)
        self.message, self.member, self.code = message, member, code
        self.set, self.insert, self.say, self.reads, self.inside = set, insert, say, reads, inside


class AnyLayer(Spec):
    """`name` is filled in by the server when absent. `inputs` names the layers it reads, or `x`; absent means the layer
    before."""

    type: str
    name: LayerName | None = None
    inputs: Annotated[tuple[LayerName, ...], Field(min_length=1, max_length=limits.MAX_MERGED)] | None = None

    READS: ClassVar[tuple[int, int]] = (1, 1)
    """How many layers it reads, least and most."""
    READS_TOKENS: ClassVar[bool] = False
    """Whether it knows what to do with names of things; to all others only quantities may flow."""
    LIVE: ClassVar[frozenset[str]] = frozenset()
    """Members that no program depends on: they change traced numbers, or only the first draw."""
    OF_UNITS: ClassVar[dict[str, int]] = {}
    """Parameters of which every unit has its own share, by the axis along which the units lie; gates lie one after the
    other."""

    def output(self, *inputs: Flow) -> Flow:
        """What it makes of what it reads; raises `ShapeError`."""
        raise NotImplementedError

    def parameters(self, *inputs: Flow) -> dict[str, Parameter]:
        """Its arrays by name, in order; call it with what `output` takes."""
        return {}

    def operations(self, *inputs: Flow) -> int:
        """Multiplications with an addition for one example, forwards; a comparison or a division counts as one."""
        return self.output(*inputs).size

    def kept(self, *inputs: Flow) -> int:
        """Numbers of one example that are kept for the way back."""
        return 2 * self.output(*inputs).size

    @property
    def static(self) -> Self:
        """Itself without a name and with the defaults for all that no program depends on: equal layers are equal."""
        fields = type(self).model_fields
        return self.model_copy(update={name: fields[name].default for name in ("name", "inputs", *self.LIVE)})


class LearningLayer(AnyLayer):
    """A layer with weights."""

    initializer: Initializer = "glorot_uniform"
    regularization: Regularization | None = None
    """Of this layer's weights; null is the one of `training`."""
    frozen: bool = False
    """Keeps what it has learned while the others train."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"initializer", "regularization", "frozen"})
    OF_UNITS: ClassVar[dict[str, int]] = {"weight": 0, "bias": 0}


def per_step(flow: Flow) -> Flow:
    """What a layer on features reads: sequences step by step, all else as one vector."""
    return flow if flow.kind == "sequence" else flow.flat


def layer_type(document: Any) -> Any:
    """Which type of layer a document is of; without a `type` it is dense."""
    return document.get("type", "dense") if isinstance(document, dict) else getattr(document, "type", None)
