"""The types of layers: what each may be told, what it makes of the shapes it reads, what it must learn.

Plain arithmetic, no arrays: the page and the gateway ask it long before anything is compiled.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Discriminator, Tag

from neuroglow.spec.layers.base import AnyLayer as AnyLayer
from neuroglow.spec.layers.base import Parameter as Parameter
from neuroglow.spec.layers.base import ShapeError as ShapeError
from neuroglow.spec.layers.base import layer_type
from neuroglow.spec.layers.dense import Dense as Dense
from neuroglow.spec.layers.dense import SparseDense as SparseDense
from neuroglow.spec.layers.flow import Flow as Flow
from neuroglow.spec.layers.normalisation import Dropout
from neuroglow.spec.layers.repeating import AnyBodyLayer
from neuroglow.spec.layers.repeating import Repeat as Repeat
from neuroglow.spec.layers.sampling import Sampling as Sampling

_AnyLayer = (
    AnyBodyLayer
    | Annotated[SparseDense, Tag("sparse_dense")]
    | Annotated[Dropout, Tag("dropout")]
    | Annotated[Sampling, Tag("sampling")]
    | Annotated[Repeat, Tag("repeat")]
)
Layer = Annotated[_AnyLayer, Discriminator(layer_type)]
"""A layer by its `type`; without one it is dense."""
LAYER_CLASSES: tuple[type[AnyLayer], ...] = tuple(get_args(tagged)[0] for tagged in get_args(_AnyLayer))
LAYER_TYPES: tuple[str, ...] = tuple(kind.model_fields["type"].default for kind in LAYER_CLASSES)
