"""What choices of uploaded columns become, as the page was told."""

from __future__ import annotations

import json

from golden.make_uploads import PATH, cases


def test_the_page_is_told_what_the_server_makes_of_uploaded_columns() -> None:
    assert json.loads(PATH.read_text()) == json.loads(json.dumps(cases()))
