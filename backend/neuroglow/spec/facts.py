"""What is known of a data set before it is drawn or read, as plain data."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Task = Literal["classification", "regression", "reconstruction"]
Kind = Literal["plane", "table", "image", "sequence", "tokens"]


class DataSetFacts(BaseModel):
    """`classes` are names in label order (empty without classes); `columns` the raw input columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["synthetic", "bundled", "drawn", "upload", "pictures", "sequences", "text"]
    name: str
    title: str
    sentence: str
    task: Task
    kind: Kind
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...]
    target: str
    rows: int | None = None
    """Rows that are there; None where the experiment chooses `samples`."""
    image_shape: tuple[int, int] | None = None
    """Height and width."""
    input_shape: tuple[int, ...] | None = None
    """What the columns of a row are in their order: (channels, height, width) of a picture, (steps, features) of a
    sequence, (steps,) of tokens; None where they stand side by side."""
    vocabulary: int | None = None
    """How many different tokens there are; None where inputs are quantities. Tokens are called as the classes are."""
    positions: int | None = None
    """Answers per row, one for each step; None where a row has one answer."""
    takes_classes: bool = False
