"""Write `uploads.json`: what some choices of uploaded columns become, as the server reads them.

`tests/unit/test_uploads_golden.py` compares it with the server, `frontend/src/lib/state/uploaded.test.ts` with the
page, which draws a network before the server has answered. Run this when the meaning of `spec/uploaded.py` changes on
purpose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from neuroglow.spec.base import parse
from neuroglow.spec.datasets import facts, offered_inputs
from neuroglow.spec.memory import row_floats
from neuroglow.spec.sheet import ColumnSheet, ColumnType, DataSheet
from neuroglow.spec.uploaded import UploadedData, completed

PATH = Path(__file__).with_name("uploads.json")
ID = "abcdefghijklmnopqrstuvwx"


def _words(name: str, kind: ColumnType, values: str, missing: int = 0, distinct: int | None = None) -> ColumnSheet:
    categories = tuple(values.split())
    counts = tuple(range(len(categories), 0, -1))
    return ColumnSheet(
        name=name,
        type=kind,
        missing=missing,
        distinct=distinct or len(categories),
        categories=categories,
        counts=counts,
    )


COLUMNS = (
    ColumnSheet(name="age", type="number", missing=3, distinct=80, low=0.0, high=9.0, mean=4.0, std=1.0),
    _words("legs", "number", "10 4 -2 2"),
    _words("colour", "category", "red blue Äpfel green", missing=2),
    _words("colour=red", "boolean", "no yes"),
    ColumnSheet(name="born", type="date", distinct=70, low=0.0, high=9.0, earliest="1970-01-01", latest="1970-01-10"),
    _words("note", "text", "same other", distinct=60),
    _words("species", "category", "dog 𝛼 cat ｚ"),
)
TABLE = DataSheet(
    id=ID, title="pets.csv", format="csv", rows=100, stored_bytes=1, columns=COLUMNS, preview=(), task="classification",
    target="species", inputs=("age", "colour"),
)  # fmt: skip
IMAGES = TABLE.model_copy(
    update={
        "title": "apples.zip",
        "columns": (
            ColumnSheet(name="image", type="image", image_shape=(2, 3, 3), low=0.0, high=255.0),
            _words("class", "category", "ripe green"),
        ),
    }
)


def _recipe(encode: str, missing: str = "most_frequent", scale: str = "none", categories: int = 20) -> dict[str, Any]:
    return {"encode": encode, "missing": missing, "scale": scale, "categories": categories}


CASES: tuple[tuple[DataSheet, dict[str, Any]], ...] = (
    (TABLE, {"target": "species", "inputs": ["age", "colour", "colour=red", "born"]}),
    (TABLE, {"target": "legs", "inputs": ["age"]}),
    (TABLE, {"target": "legs", "task": "regression", "inputs": ["note"], "preparation": {"note": _recipe("ordinal")}}),
    (TABLE, {"target": None, "inputs": ["born", "age"], "preparation": {"born": _recipe("number", "mean", "minmax")}}),
    (
        TABLE,
        {"target": "species", "inputs": ["colour", "legs"], "preparation": {
            "colour": _recipe("category", "category", categories=2), "legs": _recipe("category", categories=3),
        }},
    ),
    (IMAGES, {"target": "class", "inputs": ["image"]}),
    (TABLE, {"target": "species", "inputs": ["age", "born"], "noise_columns": 2, "switched_off": ["age"]}),
)  # fmt: skip


def cases() -> list[dict[str, Any]]:
    return [_case(about, document) for about, document in CASES]


def _case(about: DataSheet, choice: dict[str, Any]) -> dict[str, Any]:
    document = {"source": "upload", "dataset": ID, **choice}
    data = parse(UploadedData, completed(document, about, lambda places: 0), at="/data")
    known = facts(data)
    return {
        "about": about.model_dump(mode="json"),
        "data": data.to_document(),
        "classes": list(known.classes),
        "columns": list(known.columns),
        "inputs": list(offered_inputs(data)),
        "row_floats": row_floats(data),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(cases(), ensure_ascii=False, indent=1) + "\n")
