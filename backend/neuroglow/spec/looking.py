"""Where one looks in the data: at one sample, or at a plane through all of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neuroglow.spec.base import Spec
from neuroglow.spec.limits import MAX_INPUTS, MAX_SAMPLE_VALUE
from neuroglow.spec.source import InputName

Split = Literal["train", "test"]
Row = Annotated[int, Field(ge=0, le=2**31 - 1)]
SampleValue = Annotated[float, Field(ge=-MAX_SAMPLE_VALUE, le=MAX_SAMPLE_VALUE)]


class SampleAt(Spec):
    """A row of the session's own data."""

    split: Split = "test"
    index: Row = 0


class SampleValues(Spec):
    """Raw input columns (before features and standardisation), one number per column of the data set; noise columns may
    follow, and are 0 where they do not."""

    values: Annotated[tuple[SampleValue, ...], Field(min_length=1, max_length=MAX_INPUTS)]


Sample = SampleAt | SampleValues


class ColumnAxes(Spec):
    """Two columns span the plane; `others` says where it holds the rest: at their training mean or median, or where a
    sample has them."""

    type: Literal["columns"]
    columns: tuple[InputName, InputName]
    others: Literal["mean", "median"] | Sample = "mean"


class ComponentAxes(Spec):
    """The plane through the mean of the training inputs along their first two principal components."""

    type: Literal["components"]


Axes = Annotated[ColumnAxes | ComponentAxes, Field(discriminator="type")]
