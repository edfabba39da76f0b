"""Formulas: the golden file both parsers read, random trees against Python's own arithmetic, and refusals."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.data.formula import MAX_VALUE, FormulaColumns
from neuroglow.errors import InvalidFormulaError, InvalidInputError
from neuroglow.spec import parse_experiment
from neuroglow.spec.formula import FUNCTIONS, FormulaError, parse_formula

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "formulas.json").read_text(encoding="utf-8"))
Row = tuple[float, float]
Twin = tuple[str, Callable[[Row], float]]
"""A formula as text, and what it is worth by Python's arithmetic."""


def worth(text: str, columns: tuple[str, ...], rows: Any) -> list[float]:
    values: list[float] = FormulaColumns((parse_formula(text, columns),), columns)(np.array(rows))[:, 0].tolist()
    return values


@pytest.mark.parametrize("text", GOLDEN["values"])
def test_a_formula_is_worth_what_the_golden_file_says(text: str) -> None:
    rows = np.array(GOLDEN["rows"])
    columns = tuple(GOLDEN["columns"])
    values = FormulaColumns((parse_formula(text, columns),), columns)(rows)[:, 0]
    np.testing.assert_allclose(values, GOLDEN["values"][text], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", GOLDEN["errors"])
def test_what_is_no_formula_is_refused_where_it_goes_wrong(text: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        parse_formula(text, GOLDEN["columns"])
    assert {"position": refusal.value.position, "message": refusal.value.message} == GOLDEN["errors"][text]


def _divided(above: float, below: float) -> float:
    if below == 0.0:
        if above == 0.0 or math.isnan(above):
            return math.nan
        return math.copysign(math.inf, above) * math.copysign(1.0, below)
    return above / below


ONE: dict[str, Callable[[float], float]] = {
    "sin": math.sin, "cos": math.cos, "atan": math.atan, "tanh": math.tanh, "abs": abs, "floor": math.floor,
    "relu": lambda v: max(v, 0.0), "gauss": lambda v: math.exp(-v * v), "ceil": math.ceil,
    "sign": lambda v: float((v > 0) - (v < 0)),
}  # fmt: skip
NUMBERS = st.floats(-100, 100, allow_subnormal=False).map(lambda value: round(value, 3))


def _leaves() -> st.SearchStrategy[Twin]:
    columns = st.sampled_from([0, 1]).map(lambda place: (f"x{place + 1}", lambda row, place=place: row[place]))
    numbers = NUMBERS.filter(lambda value: value >= 0).map(lambda value: (repr(value), lambda row: value))
    return st.one_of(columns, numbers)


def _grown(inner: st.SearchStrategy[Twin]) -> st.SearchStrategy[Twin]:
    def joined(sign: str, left: Twin, right: Twin) -> Twin:
        (a, of_a), (b, of_b) = left, right
        made: dict[str, Callable[[Row], float]] = {
            "+": lambda row: of_a(row) + of_b(row),
            "-": lambda row: of_a(row) - of_b(row),
            "*": lambda row: of_a(row) * of_b(row),
            "/": lambda row: _divided(of_a(row), of_b(row)),
        }
        return f"({a}) {sign} ({b})", made[sign]

    def called(name: str, argument: Twin) -> Twin:
        def value(row: Row) -> float:
            given = argument[1](row)
            return ONE[name](given) if math.isfinite(given) else math.nan

        return f"{name}({argument[0]})", value

    def larger(left: Twin, right: Twin) -> Twin:
        def value(row: Row) -> float:
            one, other = left[1](row), right[1](row)
            return math.nan if math.isnan(one) or math.isnan(other) else max(one, other)

        return f"max({left[0]}, {right[0]})", value

    return st.one_of(
        st.builds(joined, st.sampled_from("+-*/"), inner, inner),
        st.builds(called, st.sampled_from(list(ONE)), inner),
        st.builds(larger, inner, inner),
        inner.map(lambda twin: (f"-({twin[0]})", lambda row: -twin[1](row))),
    )


@settings(max_examples=100)
@given(twin=st.recursive(_leaves(), _grown, max_leaves=12), rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1))
def test_any_tree_is_worth_what_pythons_arithmetic_says(twin: Twin, rows: list[Row]) -> None:
    text, value = twin
    expected = [value(row) for row in rows]
    for got, wanted in zip(worth(text, ("x1", "x2"), rows), expected, strict=True):
        assert math.isfinite(got)
        # Where Python's functions refuse what NumPy turns into an infinity, only finiteness is promised.
        if math.isfinite(wanted) and abs(wanted) < MAX_VALUE:
            assert got == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@settings(max_examples=150)
@given(text=st.text(alphabet="x12[]()+-*/^., sinemaxpi_−\n\0ö", max_size=60) | st.text(max_size=200))
def test_any_text_is_a_formula_or_an_error_with_a_place_in_it(text: str) -> None:
    refused = refusal_of(text)
    assert refused is None or (0 <= refused.position <= len(text) and refused.message)


def refusal_of(text: str) -> FormulaError | None:
    try:
        parse_formula(text, ("x1", "x2"))
    except FormulaError as error:
        return error
    return None


def test_every_function_has_arithmetic_behind_it() -> None:
    for name, (fewest, _) in FUNCTIONS.items():
        (value,) = worth(f"{name}({', '.join(['0.5'] * fewest)})", ("x1",), [[0.0]])
        assert math.isfinite(value)


def with_formulas(*texts: str, **data: Any) -> dict[str, Any]:
    return {"data": {"source": "synthetic", "formulas": [{"expression": text} for text in texts], **data}}


def test_a_bad_formula_in_an_experiment_is_pointed_at_with_its_place() -> None:
    with pytest.raises(InvalidFormulaError) as refusal:
        parse_experiment(with_formulas("x1 + x2", "x1 + x9"))
    assert refusal.value.field == "/data/formulas/1/expression"
    assert refusal.value.facts == {"position": 5}
    assert refusal.value.message == "There is no column 'x9'; there are x1, x2 (character 6)"


@pytest.mark.parametrize(("texts", "field"), [
    (["x1*x1", "x1*x1"], "/data/formulas/1/expression"), (["sin(x1)"], "/data/formulas/0/expression"),
    (["x1"] * 17, "/data/formulas"), (["1" * 201], "/data/formulas/0/expression"),
    ([""], "/data/formulas/0/expression"),
])  # fmt: skip
def test_formulas_are_distinct_no_feature_and_within_their_limits(texts: list[str], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment(with_formulas(*texts))
    assert refusal.value.field == field


def test_spaces_around_a_formula_do_not_belong_to_its_name() -> None:
    assert parse_experiment(with_formulas("  x1 / 2 ")).data.formulas[0].expression == "x1 / 2"
