"""Facts of data whose shape is chosen in the experiment, as the page was told."""

from __future__ import annotations

import json

from golden.make_data_sets import PATH, cases


def test_the_page_is_told_what_the_server_knows_of_data_sets() -> None:
    assert json.loads(PATH.read_text()) == json.loads(json.dumps(cases()))
