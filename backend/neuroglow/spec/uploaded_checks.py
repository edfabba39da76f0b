"""Whether the columns that are chosen, and what is to be made of them, fit the data set that was uploaded."""

from __future__ import annotations

from neuroglow.errors import InvalidInputError, UnknownDataSetError
from neuroglow.spec.uploaded import ENCODINGS, Preparation, SheetColumn, UploadedData, class_names

_AVERAGES = ("mean", "median")


def check_uploaded(data: UploadedData, at: str) -> None:
    """Raises `InvalidInputError` with a pointer below `at`."""
    if data.sheet is None:
        raise UnknownDataSetError(
            "The facts of this data set are missing; open the experiment on the server that has it, or upload the file "
            "there first",
            field=f"{at}/dataset",
        )
    _check_inputs(data, at)
    _check_target(data, at)
    for name in data.preparation:
        if name not in data.inputs:
            raise InvalidInputError(f"'{name}' is prepared but is no input", field=f"{at}/preparation/{_step(name)}")


def _check_inputs(data: UploadedData, at: str) -> None:
    columns: list[SheetColumn] = []
    for place, name in enumerate(data.inputs):
        field = f"{at}/inputs/{place}"
        column = data.known.column(name)
        if column is None:
            raise InvalidInputError(f"There is no column named '{name}'", field=field)
        if name == data.target:
            raise InvalidInputError(f"'{name}' is the target; it cannot be an input too", field=field)
        if name in data.inputs[:place]:
            raise InvalidInputError(f"'{name}' is listed twice", field=field)
        recipe = data.preparation.get(name)
        if recipe is None:
            raise InvalidInputError(f"It is not said how '{name}' is prepared", field=f"{at}/preparation/{_step(name)}")
        _check_recipe(column, recipe, f"{at}/preparation/{_step(name)}")
        columns.append(column)
    if not columns:
        raise InvalidInputError("Choose at least one input", field=f"{at}/inputs")
    if any(column.type == "image" for column in columns) and len(columns) > 1:
        raise InvalidInputError("A column of images is an input by itself; leave the others out", field=f"{at}/inputs")


def _check_recipe(column: SheetColumn, recipe: Preparation, field: str) -> None:
    if recipe.encode not in ENCODINGS[column.type]:
        possible = " or ".join(ENCODINGS[column.type])
        raise InvalidInputError(f"A column of type {column.type} is encoded as {possible}", field=f"{field}/encode")
    if recipe.encode in ("category", "ordinal") and not column.categories:
        raise InvalidInputError("It has too many different values for categories", field=f"{field}/encode")
    if recipe.missing == "category" and recipe.encode != "category":
        raise InvalidInputError(
            "Missing cells are a category of their own only where categories are encoded", field=f"{field}/missing"
        )
    if recipe.missing in _AVERAGES and recipe.encode in ("category", "ordinal"):
        raise InvalidInputError(
            "Words have no mean; take the most frequent one, drop the rows, or let missing cells be a category",
            field=f"{field}/missing",
        )
    if recipe.encode == "category" and recipe.scale != "none":
        raise InvalidInputError("Categories are 0 or 1 already; their scale is none", field=f"{field}/scale")


def _check_target(data: UploadedData, at: str) -> None:
    if data.target is None:
        if data.goal != "reconstruct":
            raise InvalidInputError("Without a target the goal is to reconstruct", field=f"{at}/goal")
        return
    column = data.known.column(data.target)
    if column is None:
        raise InvalidInputError(f"There is no column named '{data.target}'", field=f"{at}/target")
    if column.type in ("image", "date"):
        raise InvalidInputError(f"A column of type {column.type} cannot be predicted", field=f"{at}/target")
    if data.task is None:
        raise InvalidInputError("Say whether classes or numbers are to be predicted", field=f"{at}/task")
    if data.task == "regression" and column.type != "number":
        raise InvalidInputError("Only numbers can be predicted as numbers; choose classification", field=f"{at}/task")
    if data.task == "classification":
        if column.more or not column.categories:
            raise InvalidInputError(
                f"'{data.target}' has more different values than there can be classes (100); choose another target, or "
                "predict it as a number if it is one",
                field=f"{at}/target",
            )
        if len(class_names(data)) < 2:
            raise InvalidInputError(f"All rows have the same '{data.target}'; choose another", field=f"{at}/target")


def _step(name: str) -> str:
    """As a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
