"""Formulas that people type: text to an allow-listed expression tree. Nothing here is ever run as Python.

    sum     := product (("+" | "-") product)*
    product := signed (("*" | "/") signed)*
    signed  := ("-" | "+") signed | power
    power   := value (("^" | "**") signed)?          2^-1 is a half, -x^2 is −(x²), 2^3^2 is 2⁹
    value   := number | constant | column | "[" any column "]" | function "(" sum ("," sum)* ")" | "(" sum ")"

The page has a twin of this parser (`frontend/src/lib/state/formula.ts`); both read `tests/golden/formulas.json`.
`data.formula` computes what a tree stands for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_DEPTH = 32
"""Of nesting. It also keeps every recursion over a tree shallow."""
MOST_VALUES = 8
"""Arguments of `min` and `max`."""
NAMED_IN_ERRORS = 8
"""Columns that an error lists."""

FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "abs", "sign"), (1, 1)),
    **dict.fromkeys(("floor", "ceil", "relu", "sigmoid", "gauss"), (1, 1)),
    **dict.fromkeys(("min", "max"), (2, MOST_VALUES)),
}
"""Fewest and most values each takes. `log` is the natural one, gauss(x) = exp(−x²)."""
CONSTANTS = {"pi": math.pi, "e": math.e}


class FormulaError(ValueError):
    """A sentence, and the character of the text (from 0) at which something is wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Column:
    name: str


@dataclass(frozen=True)
class Minus:
    operand: Node


@dataclass(frozen=True)
class Operation:
    """`operator` is one of + - * / ^"""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


Node = Number | Column | Minus | Operation | Call


def parse_formula(text: str, columns: Sequence[str]) -> Node:
    """The tree of a formula over these columns, or `FormulaError`."""
    return _Parser(text, columns).parse()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?P<bracket>[^\]]*)\]|(?P<sign>\*\*|[-+*/^(),−×·]))"
)
_SAME = {"**": "^", "−": "-", "×": "*", "·": "*"}


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = len(text.rstrip())
    place = 0
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            if text[start] == "[":
                raise FormulaError("This bracket is not closed", start)
            raise FormulaError(f"'{text[start]}' has no meaning here; write column names in [brackets]", start)
        kind = str(found.lastgroup)
        word = found[kind]
        start = found.start(kind) - (kind == "bracket")
        tokens.append(_Token(kind, _SAME.get(word, word) if kind == "sign" else word, start))
        place = found.end()
    return [*tokens, _Token("end", "", end)]


class _Parser:
    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self._tokens = _tokens(text)
        self._columns = columns
        self._place = 0

    def parse(self) -> Node:
        if self._now.kind == "end":
            raise FormulaError("Type a formula, such as sin(x1) * x2", 0)
        tree = self._sum(0)
        if self._now.kind != "end":
            raise self._unexpected()
        return tree

    @property
    def _now(self) -> _Token:
        return self._tokens[self._place]

    def _next(self) -> _Token:
        token = self._now
        self._place += 1
        return token

    def _is_sign(self, *signs: str) -> bool:
        return self._now.kind == "sign" and self._now.text in signs

    def _sum(self, depth: int) -> Node:
        left = self._product(depth)
        while self._is_sign("+", "-"):
            left = Operation(self._next().text, left, self._product(depth))
        return left

    def _product(self, depth: int) -> Node:
        left = self._signed(depth)
        while self._is_sign("*", "/"):
            left = Operation(self._next().text, left, self._signed(depth))
        return left

    def _signed(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError(f"The formula is nested deeper than {MAX_DEPTH} levels", self._now.position)
        if self._is_sign("-"):
            self._next()
            return Minus(self._signed(depth + 1))
        if self._is_sign("+"):
            self._next()
            return self._signed(depth + 1)
        base = self._value(depth)
        if self._is_sign("^"):
            self._next()
            return Operation("^", base, self._signed(depth + 1))
        return base

    def _value(self, depth: int) -> Node:
        token = self._now
        if token.kind == "number":
            return self._number()
        if token.kind == "bracket":
            self._next()
            return self._column(token)
        if token.kind == "name":
            self._next()
            return self._named(token, depth)
        if self._is_sign("("):
            return self._group(depth)[0]
        raise FormulaError("A value is missing here", token.position)

    def _number(self) -> Node:
        token = self._next()
        value = float(token.text)
        if not math.isfinite(value):
            raise FormulaError("This number is too large", token.position)
        return Number(value)

    def _named(self, token: _Token, depth: int) -> Node:
        if token.text in FUNCTIONS:
            return self._call(token, depth)
        if self._is_sign("("):
            raise FormulaError(f"There is no function '{token.text}'; there are {', '.join(FUNCTIONS)}", token.position)
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text])
        return self._column(token)

    def _column(self, token: _Token) -> Node:
        if token.text in self._columns:
            return Column(token.text)
        more = len(self._columns) - NAMED_IN_ERRORS
        known = ", ".join(self._columns[:NAMED_IN_ERRORS]) + (f" and {more} more" if more > 0 else "")
        raise FormulaError(f"There is no column '{token.text}'; there are {known}", token.position)

    def _call(self, token: _Token, depth: int) -> Node:
        if not self._is_sign("("):
            raise FormulaError(f"'{token.text}' is a function: write {token.text}( )", token.position)
        arguments = self._group(depth, many=True)
        fewest, most = FUNCTIONS[token.text]
        if not fewest <= len(arguments) <= most:
            takes = "1 value" if most == 1 else f"{fewest} to {most} values"
            raise FormulaError(f"'{token.text}' takes {takes}, here it has {len(arguments)}", token.position)
        return Call(token.text, arguments)

    def _group(self, depth: int, *, many: bool = False) -> tuple[Node, ...]:
        """What stands between two parentheses; with `many` several values divided by commas."""
        opened = self._next()
        values = [self._sum(depth + 1)]
        while many and self._is_sign(","):
            self._next()
            values.append(self._sum(depth + 1))
        if self._now.kind == "end":
            raise FormulaError("This parenthesis is not closed", opened.position)
        if not self._is_sign(")"):
            raise self._unexpected()
        self._next()
        return tuple(values)

    def _unexpected(self) -> FormulaError:
        if self._is_sign(")"):
            return FormulaError("This parenthesis was never opened", self._now.position)
        if self._is_sign(","):
            return FormulaError("A comma belongs between the values of a function", self._now.position)
        return FormulaError("An operator such as + or * is missing here", self._now.position)
