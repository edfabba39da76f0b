"""Data that people bring: which columns of an uploaded data set are learned from, and how each is prepared.

The raw columns stay on the server; what is said here is a recipe, so every choice can be taken back. `sheet` holds the
facts of the chosen columns. The server writes it, so that everything else that must be known of the data (rows, inputs,
classes) is a pure function of the experiment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.sheet import ColumnSheet, ColumnType, DataSheet, SheetTask
from neuroglow.spec.source import Source, TrainFraction

ColumnName = Annotated[str, Field(min_length=1, max_length=limits.MAX_NAME_LENGTH)]
Missing = Literal["mean", "median", "most_frequent", "zero", "drop", "category"]
Encode = Literal["number", "category", "ordinal", "date_parts", "pixels"]
Scale = Literal["standard", "minmax", "robust", "none"]

DATE_PARTS = ("year", "month", "day", "weekday", "hour")
COLOURS = ("red", "green", "blue")
ENCODINGS: Mapping[ColumnType, tuple[Encode, ...]] = {
    "number": ("number", "category"),
    "category": ("category", "ordinal"),
    "boolean": ("category", "ordinal"),
    "text": ("category", "ordinal"),
    "date": ("date_parts", "number"),
    "image": ("pixels",),
}
"""What may be made of a column of each type, the usual first."""


class Preparation(Spec):
    """From a raw column to inputs. All figures are taken on the training rows only.

    `missing`: what stands in for a cell without a value: a figure of the column, 0, an input of its own (`category`,
    where categories are encoded), or nothing, then the row is left out (`drop`). `encode`: `number` as it is,
    `category` one input per value, `ordinal` the place in the alphabet, `date_parts` year, month, day, weekday, hour.
    `scale`: (x − mean) / deviation, to 0..1, (x − median) / interquartile range, or as it is. `categories`: how many
    values get an input of their own, the most frequent first; the rest share one.
    """

    missing: Missing
    encode: Encode
    scale: Scale
    categories: Annotated[int, Field(ge=1, le=limits.MAX_CATEGORIES)] = 20


class SheetColumn(Spec):
    """Facts of a chosen column. `categories`: as far as they are told apart here, most frequent first."""

    name: ColumnName
    type: ColumnType
    categories: Annotated[tuple[str, ...], Field(max_length=limits.MAX_CATEGORIES)] = ()
    more: bool = False
    """Whether there are values beyond these."""
    image_shape: tuple[int, int, int] | None = None


class Sheet(Spec):
    """`rows`: those that are left when rows without a target, and those to be dropped, are left out."""

    title: str
    rows: Annotated[int, Field(ge=2)]
    columns: Annotated[tuple[SheetColumn, ...], Field(max_length=limits.MAX_INPUTS + 1)]

    def column(self, name: str) -> SheetColumn | None:
        return next((column for column in self.columns if column.name == name), None)


class UploadedData(Source):
    """Chosen columns of an uploaded data set (`POST /api/datasets`). Without a target the goal is to reconstruct.

    Without `inputs` the server chooses: the target it suggests, unless one is given, and all other usable columns.
    """

    source: Literal["upload"] = "upload"
    dataset: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22,64}$")]
    target: ColumnName | None = None
    inputs: Annotated[tuple[ColumnName, ...], Field(max_length=limits.MAX_INPUTS)] = ()
    task: SheetTask | None = None
    train_fraction: TrainFraction = 0.8
    max_rows: Annotated[int, Field(ge=2)] | None = None
    """Of the rows that are left at most so many are used, drawn with the seed."""
    preparation: Annotated[dict[ColumnName, Preparation], Field(default_factory=dict)]
    sheet: Sheet | None = None

    def __hash__(self) -> int:
        return hash((self.dataset, self.target, self.inputs, self.seed, self.train_fraction, self.max_rows))

    @property
    def known(self) -> Sheet:
        """The sheet of a data spec that went through the server."""
        assert self.sheet is not None, "checked data has its sheet"
        return self.sheet

    @property
    def rows(self) -> int:
        """Rows before the split."""
        return self.known.rows if self.max_rows is None else min(self.known.rows, self.max_rows)


# --- what the server writes out ---------------------------------------------------------------------------------------


def completed(document: dict[str, Any], about: DataSheet, missing_rows: Callable[[list[int]], int]) -> dict[str, Any]:
    """The data spec with everything that the data sheet decides written out.

    Columns that there are not stay as they are: the check that follows points at them. `missing_rows` counts the rows
    in which one of the columns at these places has no value.
    """
    data = dict(document)
    inputs = data.get("inputs")
    if not inputs and "target" not in data:
        data |= {"target": about.target}
    target = about.column(data["target"]) if isinstance(data.get("target"), str) else None
    if not inputs:
        inputs = [name for name in _usable(about) if target is None or name != target.name]
        data["inputs"] = inputs
    if data.get("target") is None:
        data["goal"] = "reconstruct"
    elif target is not None and not _can_be(target, data.get("task")):
        data["task"] = usual_task(target)
    named = [column for name in _texts(inputs) if (column := about.column(name)) is not None]
    given = data.get("preparation")
    given = given if isinstance(given, dict) else {}
    recipes = {column.name: _usual(column) | _members(given.get(column.name)) for column in named}
    strangers = {name: recipe for name, recipe in given.items() if about.column(name) is None}
    data["preparation"] = strangers | recipes
    places = {column.name: place for place, column in enumerate(about.columns)}
    dropped = [column.name for column in named if recipes[column.name]["missing"] == "drop"]
    emptied = missing_rows([places[name] for name in (*dropped, *([target.name] if target else []))])
    chosen = [*([_facts(target, limits.MAX_CATEGORIES)] if target else [])]
    chosen += [_facts(column, _shown(recipes[column.name])) for column in named if column is not target]
    data["sheet"] = {"title": about.title, "rows": about.rows - emptied, "columns": chosen}
    return data


def _usable(about: DataSheet) -> list[str]:
    images = [column.name for column in about.columns if column.type == "image"]
    return images[:1] or [
        column.name for column in about.columns if column.type != "text" and (column.distinct or 0) > 1
    ]


def _can_be(target: ColumnSheet, task: Any) -> bool:
    """Whether the target fits the task that is asked for; what is no task is left to the check that follows."""
    if task == "regression":
        return target.type == "number"
    return task is not None and (task != "classification" or len(target.categories) == target.distinct)


def _texts(values: Any) -> list[str]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str))) if isinstance(values, list) else []


def _members(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _usual(column: ColumnSheet) -> dict[str, Any]:
    """The preparation a column gets unless something else is said."""
    encode = ENCODINGS[column.type][0]
    if encode == "category":
        missing: Missing = "category" if column.missing else "most_frequent"
        return {"missing": missing, "encode": encode, "scale": "none", "categories": 20}
    return {"missing": "mean", "encode": encode, "scale": "standard", "categories": 20}


def _shown(recipe: dict[str, Any]) -> int:
    count = recipe.get("categories")
    if recipe.get("encode") == "ordinal":
        return limits.MAX_CATEGORIES
    if recipe.get("encode") != "category" or not isinstance(count, int):
        return 0
    return min(max(1, count), limits.MAX_CATEGORIES)


def _facts(column: ColumnSheet, categories: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": column.name, "type": column.type}
    if column.type == "image":
        return facts | {"image_shape": list(column.image_shape or ())}
    kept = column.categories[:categories]
    return facts | {"categories": list(kept), "more": bool(categories) and (column.distinct or 0) > len(kept)}


def usual_task(column: ColumnSheet) -> SheetTask:
    """Words are classes, and so are whole numbers with few different values."""
    if column.type != "number":
        return "classification"
    different = column.distinct or 0
    whole = len(column.categories) == different and all(value.lstrip("-").isdigit() for value in column.categories)
    return "classification" if whole and 2 <= different <= limits.FEW_NUMBERS else "regression"


# --- what follows from it ---------------------------------------------------------------------------------------------


def class_names(data: UploadedData) -> tuple[str, ...]:
    """The target's values in their natural order, the numbers of the classes; empty for other tasks."""
    column = data.known.column(data.target) if data.target is not None else None
    if column is None or data.task != "classification":
        return ()
    return natural_order(column.categories, numbers=column.type == "number")


def natural_order(values: tuple[str, ...], *, numbers: bool) -> tuple[str, ...]:
    return tuple(sorted(values, key=float)) if numbers else tuple(sorted(values))


def raw_columns(data: UploadedData) -> tuple[str, ...]:
    """The raw columns: one per table column, one per pixel of an image."""
    shape = image_shape(data)
    return pixel_names(shape) if shape is not None else data.inputs


def image_shape(data: UploadedData) -> tuple[int, int, int] | None:
    first = data.known.column(data.inputs[0]) if data.inputs else None
    return first.image_shape if first is not None else None


def pixel_names(shape: tuple[int, int, int]) -> tuple[str, ...]:
    """Of (height, width, channels), channels first: a whole picture in red, then in green, then in blue."""
    height, width, channels = shape
    colours = [f",{colour}" for colour in COLOURS] if channels == len(COLOURS) else [""]
    return tuple(
        f"pixel {row},{column}{colour}" for colour in colours for row in range(height) for column in range(width)
    )


def prepared_inputs(data: UploadedData) -> tuple[str, ...]:
    """Names of the network's inputs that the chosen columns become."""
    if image_shape(data) is not None:
        return raw_columns(data)
    names = [name for column in data.inputs for name in column_inputs(data, column)]
    return tuple(dict.fromkeys(names)) if len(set(names)) == len(names) else _numbered(names)


def column_inputs(data: UploadedData, name: str) -> tuple[str, ...]:
    """What one column becomes."""
    column, recipe = data.known.column(name), data.preparation[name]
    assert column is not None, "every input is in the sheet"
    if recipe.encode == "date_parts":
        return tuple(f"{name} {part}" for part in DATE_PARTS)
    if recipe.encode != "category":
        return (name,)
    extra = (["other"] if column.more else []) + (["missing"] if recipe.missing == "category" else [])
    return tuple(f"{name}={value}" for value in (*column.categories, *extra))


def _numbered(names: list[str]) -> tuple[str, ...]:
    """A column named `a=b` and the value b of the column `a` would be one name."""
    seen: set[str] = set()
    for place, wanted in enumerate(names):
        name, number = wanted, 1
        while name in seen:
            number += 1
            name = f"{wanted} ({number})"
        seen.add(name)
        names[place] = name
    return tuple(names)
