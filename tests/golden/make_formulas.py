"""Write `formulas.json`: what formulas are worth by Python's own arithmetic, and what is wrong with some that are none.

Both test suites read it: `tests/unit/test_formula.py` and `frontend/src/lib/state/formula.test.ts`. Run this only when
the language of formulas changes on purpose.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

COLUMNS = ("x1", "x2", "petal length (cm)", "e", "sin")
ROWS = (
    (0.0, 0.0, 1.5, 2.0, -1.0),
    (1.0, -2.0, 0.25, 3.0, 0.5),
    (-5.5, 3.25, 6.0, -0.75, 4.0),
    (2.0, 0.5, -1.0, 0.125, 2.0),
)

VALUES: dict[str, Callable[[float, float, float, float, float], float]] = {
    "x1": lambda x1, x2, p, e, s: x1,
    "  x1 +\tx2 ": lambda x1, x2, p, e, s: x1 + x2,
    "1 - 2 - 3": lambda x1, x2, p, e, s: -4.0,
    "8 / 4 / 2": lambda x1, x2, p, e, s: 1.0,
    "2 + 3 * x1": lambda x1, x2, p, e, s: 2 + 3 * x1,
    "(2 + 3) * x1": lambda x1, x2, p, e, s: 5 * x1,
    "-x1^2": lambda x1, x2, p, e, s: -(x1 * x1),
    "(-x1)^2": lambda x1, x2, p, e, s: x1 * x1,
    "2^3^2": lambda x1, x2, p, e, s: 512.0,
    "2^-1": lambda x1, x2, p, e, s: 0.5,
    "x2**3": lambda x1, x2, p, e, s: x2 * x2 * x2,
    "--x1": lambda x1, x2, p, e, s: x1,
    "+x1 - -x2": lambda x1, x2, p, e, s: x1 + x2,
    "x1 − x2 × 2 · 3": lambda x1, x2, p, e, s: x1 - x2 * 6,
    ".5e1 + 1.": lambda x1, x2, p, e, s: 6.0,
    "1e-3 * 2E2": lambda x1, x2, p, e, s: 1e-3 * 2e2,
    "pi * e": lambda x1, x2, p, e, s: math.pi * math.e,
    "[e] + [sin]": lambda x1, x2, p, e, s: e + s,
    "[petal length (cm)] * 2": lambda x1, x2, p, e, s: p * 2,
    "x1*sin(x2)": lambda x1, x2, p, e, s: x1 * math.sin(x2),
    "sqrt(x1^2 + x2^2)": lambda x1, x2, p, e, s: math.hypot(x1, x2),
    "cos(x1) + tan(x2) + atan(x1)": lambda x1, x2, p, e, s: math.cos(x1) + math.tan(x2) + math.atan(x1),
    "sinh(x2) - cosh(x1) / tanh(1)": lambda x1, x2, p, e, s: math.sinh(x2) - math.cosh(x1) / math.tanh(1),
    "exp(-x1) + log(abs(x2) + 1)": lambda x1, x2, p, e, s: math.exp(-x1) + math.log(abs(x2) + 1),
    "sign(x2) * floor(x1 / 2)": lambda x1, x2, p, e, s: (x2 > 0) * math.floor(x1 / 2) - (x2 < 0) * math.floor(x1 / 2),
    "ceil([petal length (cm)])": lambda x1, x2, p, e, s: math.ceil(p),
    "relu(x1) - gauss(x2)": lambda x1, x2, p, e, s: max(x1, 0) - math.exp(-x2 * x2),
    "sigmoid(x1)": lambda x1, x2, p, e, s: 1 / (1 + math.exp(-x1)),
    "min(x1, x2, 1) + max(x2, -1)": lambda x1, x2, p, e, s: min(x1, x2, 1) + max(x2, -1),
    # What is no number counts as 0, what is too large is cut off.
    "sqrt(-1 - x1^2)": lambda x1, x2, p, e, s: 0.0,
    "0 / 0": lambda x1, x2, p, e, s: 0.0,
    "log(0)": lambda x1, x2, p, e, s: -1e6,
    "1 / (x1 - x1)": lambda x1, x2, p, e, s: 1e6,
    "-exp(9999)": lambda x1, x2, p, e, s: -1e6,
    "(0 - 8)^(1/3)": lambda x1, x2, p, e, s: 0.0,
}

ERRORS = {
    "": (0, "Type a formula, such as sin(x1) * x2"),
    "   ": (0, "Type a formula, such as sin(x1) * x2"),
    "x1 +": (4, "A value is missing here"),
    "x1 + * 2": (5, "A value is missing here"),
    "2x1": (1, "An operator such as + or * is missing here"),
    "x1 x2": (3, "An operator such as + or * is missing here"),
    "(x1": (0, "This parenthesis is not closed"),
    "2 * (x1 + (x2)": (4, "This parenthesis is not closed"),
    "x1)": (2, "This parenthesis was never opened"),
    "x1, x2": (2, "A comma belongs between the values of a function"),
    "(x1, x2)": (3, "A comma belongs between the values of a function"),
    "sin": (0, "'sin' is a function: write sin( )"),
    "sin()": (4, "A value is missing here"),
    "sin(x1, x2)": (0, "'sin' takes 1 value, here it has 2"),
    "2 + min(x1)": (4, "'min' takes 2 to 8 values, here it has 1"),
    "x3": (0, "There is no column 'x3'; there are x1, x2, petal length (cm), e, sin"),
    "x1 + [x 9]": (5, "There is no column 'x 9'; there are x1, x2, petal length (cm), e, sin"),
    "[x1": (0, "This bracket is not closed"),
    "x1 + $": (5, "'$' has no meaning here; write column names in [brackets]"),
    "größe": (2, "'ö' has no meaning here; write column names in [brackets]"),
    "1e999": (0, "This number is too large"),
    "x1.__class__": (2, "'.' has no meaning here; write column names in [brackets]"),
    "-" * 40 + "x1": (33, "The formula is nested deeper than 32 levels"),
    "(" * 40 + "x1": (33, "The formula is nested deeper than 32 levels"),
    "lambda": (0, "There is no column 'lambda'; there are x1, x2, petal length (cm), e, sin"),
}


def main() -> None:
    document = {
        "columns": COLUMNS,
        "rows": ROWS,
        "values": {text: [float(value(*row)) for row in ROWS] for text, value in VALUES.items()},
        "errors": {text: {"position": position, "message": message} for text, (position, message) in ERRORS.items()},
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (Path(__file__).parent / "formulas.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
