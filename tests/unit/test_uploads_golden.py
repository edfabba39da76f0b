"""What choices of uploaded columns become, as the page was told."""

from __future__ import annotations

import json

import pytest

from golden.make_uploads import PATH, cases
from neuroglow.spec.datasets import file_stem
from neuroglow.spec.facts import DataSetFacts

STEMS = json.loads(PATH.with_name("file_stems.json").read_text())


def test_the_page_is_told_what_the_server_makes_of_uploaded_columns() -> None:
    assert json.loads(PATH.read_text()) == json.loads(json.dumps(cases()))


@pytest.mark.parametrize(("title", "stem"), STEMS.items())
def test_files_are_called_what_the_page_was_told(title: str, stem: str) -> None:
    about = DataSetFacts(
        source="upload", name="x", title=title, sentence="", task="regression", kind="table", columns=(), target="y"
    )
    assert file_stem(about) == stem
