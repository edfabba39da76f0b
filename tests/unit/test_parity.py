"""Every control and value of TensorFlow Playground has its place here, and `docs/parity.md` says which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonpointer
import pytest

from neuroglow.spec.playground import read_playground
from unit.parity import CONTROLS, Control, page

DOCUMENT = Path(__file__).parents[2] / "docs" / "parity.md"
STATE_KEYS = {
    "activation", "regularization", "batchSize", "dataset", "regDataset", "learningRate", "regularizationRate", "noise",
    "networkShape", "seed", "showTestData", "discretize", "percTrainData", "x", "y", "xTimesY", "xSquared", "ySquared",
    "cosX", "sinX", "cosY", "sinY", "collectStats", "tutorial", "problem", "initZero", "hideText",
}  # fmt: skip
"""`State.PROPS` of the page's `state.ts`."""

VALUES = [(control, value) for control in CONTROLS if control.meaning for value in control.values]


def link(control: Control, value: str) -> str:
    """The address of the page's default experiment with this control set to this value."""
    # A feature that is switched off needs another one to be left, and a regression set shows only in a regression.
    company = "&xSquared=true" if control.key in ("x", "y") else ""
    company += "&problem=regression" if control.key == "regDataset" else ""
    return f"https://playground.tensorflow.org/#{control.key}={value}{company}"


def test_the_page_of_the_docs_is_the_one_written_from_the_table() -> None:
    if DOCUMENT.read_text() != page():
        DOCUMENT.write_text(page())
        pytest.fail("docs/parity.md was out of date and is written anew; look at it and commit it")


def test_every_key_of_the_page_has_a_row() -> None:
    keys = [control.key for control in CONTROLS if control.key is not None]
    assert set(keys) == STATE_KEYS
    assert len(keys) == len(STATE_KEYS) == 27


@pytest.mark.parametrize(
    ("control", "value"), VALUES, ids=[f"{control.key}={value}" for control, value in VALUES]
)
def test_every_value_becomes_what_the_table_says(control: Control, value: str) -> None:
    assert control.meaning is not None
    document = read_playground(link(control, value)).experiment.to_document()
    for pointer, expected in control.meaning(value).items():
        assert stands_for(jsonpointer.resolve_pointer(document, pointer, None), expected), pointer


def stands_for(found: Any, expected: Any) -> bool:
    """A member and whether it is to be listed; a number of list items; or the value itself."""
    if isinstance(expected, tuple):
        member, is_listed = expected
        names = [entry if isinstance(entry, str) else entry["expression"] for entry in found or ()]
        return (member in names) is is_listed
    if isinstance(expected, int) and not isinstance(found, int):
        return len(found or ()) == expected
    return bool(found == expected)
