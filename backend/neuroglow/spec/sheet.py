"""The data sheet: what is known of an uploaded data set without opening its columns."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

ColumnType = Literal["number", "category", "boolean", "date", "text", "image"]
SheetTask = Literal["classification", "regression"]


class SheetPart(BaseModel):
    """Written by the server only; what cannot be said of a column is null."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Histogram(SheetPart):
    """Equal steps from `low` to `high`."""

    low: float
    high: float
    counts: tuple[int, ...]


class ColumnSheet(SheetPart):
    """One column. Dates are counted in days since 1970; `earliest` and `latest` say them in words.

    `categories` are the values, most frequent first and at most 100, `counts` how often each occurs, `others` how many
    cells hold a further one. Numbers have them too as long as there are few different ones: they may be classes.
    """

    name: str
    type: ColumnType
    missing: int = 0
    distinct: int | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None
    earliest: str | None = None
    latest: str | None = None
    histogram: Histogram | None = None
    categories: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    others: int = 0
    image_shape: tuple[int, int, int] | None = None
    """Height, width, channels."""


class DataSheet(SheetPart):
    """`task`, `target` and `inputs` are suggestions; `notes` say what was done to the file to read it."""

    id: str
    title: str
    """The name of the file it came from, for people."""
    format: str
    rows: int
    stored_bytes: int
    columns: tuple[ColumnSheet, ...]
    preview: tuple[tuple[str | None, ...], ...]
    """The first rows as they were written; null is a missing cell."""
    task: SheetTask | None
    """Null where no column can be predicted: the network then answers with its own inputs."""
    target: str | None
    inputs: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnSheet | None:
        return next((column for column in self.columns if column.name == name), None)
