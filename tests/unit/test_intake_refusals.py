"""Whatever is not data is refused with a sentence, and nothing of it stays."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from neuroglow.errors import UploadRejectedError
from unit.bad_files import BAD, bomb
from unit.uploading import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, unpacked_bytes=32 << 20)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_data_is_refused_with_a_sentence(shelf: Shelf, name: str) -> None:
    with pytest.raises(UploadRejectedError) as refusal:
        shelf.put(BAD[name])
    message = refusal.value.message
    assert message[0].isupper() or message[0] == "'"
    assert not message.endswith(".")
    assert "Error" not in message
    assert not list(shelf.store.root.iterdir())


def test_bombs_are_refused_by_what_they_would_unfold_into(shelf: Shelf) -> None:
    for content in (bomb(64), gzip.compress(bytes(64 << 20))):
        assert len(content) < 1 << 20
        with pytest.raises(UploadRejectedError, match="larger than 32 MiB"):
            shelf.put(content)


@pytest.mark.parametrize(("bound", "sentence"), [("rows", "rows"), ("columns", "columns"), ("cells", "values")])
def test_tables_beyond_the_bounds_are_refused_by_name(tmp_path: Path, bound: str, sentence: str) -> None:
    table = "a,b,c\n" + "1,2,3\n" * 50
    assert Shelf(tmp_path / "wide").put(table).rows == 50
    with pytest.raises(UploadRejectedError, match=sentence):
        Shelf(tmp_path / "narrow", **{bound: {"rows": 49, "columns": 2, "cells": 149}[bound]}).put(table)
