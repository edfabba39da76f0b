"""What no single field of a data spec can know: whether its formulas, names and switches fit its columns."""

from __future__ import annotations

from typing import get_args

from neuroglow.errors import InvalidFormulaError, InvalidInputError
from neuroglow.spec.data import AnyData, DrawnData, Feature, SyntheticData, with_classes
from neuroglow.spec.datasets import input_names, noise_names, offered_inputs, own_inputs, source_facts
from neuroglow.spec.formula import FormulaError, parse_formula
from neuroglow.spec.limits import MAX_INPUTS
from neuroglow.spec.text import TextData, check_text
from neuroglow.spec.uploaded import UploadedData
from neuroglow.spec.uploaded_checks import check_uploaded


def checked_data(data: AnyData, *, at: str) -> AnyData:
    """The data with defaults that depend on others written out; raises `InvalidInputError` with a pointer below `at`.

    Every place that reads a data spec from outside goes through here.
    """
    complete = with_classes(data)
    if isinstance(complete, DrawnData):
        _check_labels(complete, at)
    elif isinstance(complete, UploadedData):
        check_uploaded(complete, at)
    elif isinstance(complete, TextData):
        check_text(complete, at)
    if source_facts(complete).vocabulary is not None:
        _check_tokens(complete, at)
    if complete.augmentation is not None and source_facts(complete).image_shape is None:
        raise InvalidInputError("Only pictures can be moved, turned and mirrored", field=f"{at}/augmentation")
    _check_formulas(complete, at)
    _check_switches(complete, at)
    inputs = len(input_names(complete))
    if inputs == 0:
        raise InvalidInputError("Everything is switched off; one input has to stay on", field=f"{at}/switched_off")
    if inputs > MAX_INPUTS:
        raise InvalidInputError(f"That is {inputs} inputs; a network takes at most {MAX_INPUTS}", field=at)
    return complete


def _check_labels(data: DrawnData, at: str) -> None:
    for number, (_, _, label) in enumerate(data.points):
        field = f"{at}/points/{number}/2"
        if data.task == "regression" and abs(label) > 1.0:
            raise InvalidInputError("A number to predict lies between -1 and 1", field=field)
        if data.task == "classification" and label not in range(data.classes):
            raise InvalidInputError(f"The classes are 0 to {data.classes - 1}", field=field)


def _check_tokens(data: AnyData, at: str) -> None:
    """Tokens are names: nothing is computed of them, added to them or taken from among them."""
    for name in ("formulas", "noise_columns", "switched_off", "label_noise"):
        if getattr(data, name):
            title = source_facts(data).title
            raise InvalidInputError(f"'{title}' is read token by token; leave `{name}` out", field=f"{at}/{name}")
    if data.goal == "reconstruct":
        raise InvalidInputError("Tokens are no quantities to rebuild; choose the goal predict", field=f"{at}/goal")


def _check_formulas(data: AnyData, at: str) -> None:
    columns = source_facts(data).columns
    on_plane = isinstance(data, SyntheticData | DrawnData)
    taken = {*columns, *own_inputs(data), *noise_names(data), *(get_args(Feature) if on_plane else ())}
    for number, formula in enumerate(data.formulas):
        field = f"{at}/formulas/{number}/expression"
        try:
            parse_formula(formula.expression, columns)
        except FormulaError as error:
            message = f"{error.message} (character {error.position + 1})"
            raise InvalidFormulaError(message, field=field, position=error.position) from None
        if formula.expression in taken:
            raise InvalidInputError(f"'{formula.expression}' is an input already", field=field)
        taken.add(formula.expression)


def _check_switches(data: AnyData, at: str) -> None:
    offered = {*offered_inputs(data), *source_facts(data).columns}
    seen: set[str] = set()
    for number, name in enumerate(data.switched_off):
        if name not in offered or name in seen:
            problem = f"'{name[:80]}' is switched off twice" if name in seen else f"No input is named '{name[:80]}'"
            raise InvalidInputError(problem, field=f"{at}/switched_off/{number}")
        seen.add(name)
