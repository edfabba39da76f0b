"""What the documentation lists is what there is: errors, settings, limits, messages, close codes, routes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from neuroglow.errors import NeuroglowError, StartupError, all_error_types
from neuroglow.settings import Settings, read_settings
from neuroglow.spec import Limits
from neuroglow.spec.layers import LAYER_CLASSES
from neuroglow.spec.layers.base import LearningLayer
from neuroglow.spec.limits import FIXED
from neuroglow.wire.messages import CloseCode
from neuroglow.wire.subscriptions import STREAMS

DOCS = Path(__file__).parents[2] / "docs"


def rows(page: str, *, columns: int) -> list[list[str]]:
    """Cells of every table row with at least so many columns."""
    lines = [line for line in (DOCS / page).read_text().splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if len(row) >= columns]


def test_every_error_is_documented_with_its_status() -> None:
    documented = {row[0].strip("`"): row[1] for row in rows("errors.md", columns=4)}
    kinds = {kind.code: kind for kind in all_error_types() if kind is not NeuroglowError}
    assert documented == {code: "none" if code == "startup" else str(kind.status) for code, kind in kinds.items()}


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {row[0].strip("`"): row[2].strip("`") for row in rows("settings.md", columns=4)}
    settings = {name: field for name, field in Settings.model_fields.items() if name != "limits"}
    assert list(documented) == [f"NEUROGLOW_{name.upper()}" for name in settings]
    for name, field in settings.items():
        if field.default_factory is None and field.default is not None:
            written = field.default if isinstance(field.default, str) else json.dumps(field.default)
            assert documented[f"NEUROGLOW_{name.upper()}"] == written


def test_every_limit_is_documented_with_its_default() -> None:
    documented = {row[0].strip("`"): row[1] for row in rows("settings.md", columns=3) if len(row) == 3}
    expected = {f"NEUROGLOW_LIMITS__{name.upper()}": f"{value:.10g}" for name, value in Limits()}
    assert documented == expected


def test_a_server_does_not_start_with_another_schema_and_the_page_says_which_limits_those_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = [row for row in rows("settings.md", columns=3) if len(row) == 3]
    marked = {row[0].strip("`") for row in limits if row[2].endswith("; *fixed*")}
    assert marked == {f"NEUROGLOW_LIMITS__{name.upper()}" for name in FIXED}
    for name in marked:
        with monkeypatch.context() as environment:
            environment.setenv(name, "7")
            with pytest.raises(StartupError, match="cannot be set"):
                read_settings({})
    monkeypatch.setenv("NEUROGLOW_LIMITS__SESSIONS", "7")
    assert read_settings({}).limits.sessions == 7


def test_the_page_of_layers_lists_every_type_and_the_fields_of_each() -> None:
    documented = {name: row[2] for row in rows("layers.md", columns=4) for name in re.findall(r"`(\w+)`", row[0])}
    kinds = {kind.model_fields["type"].default: kind for kind in LAYER_CLASSES}
    assert set(documented) >= set(kinds)
    told_once = {*LearningLayer.model_fields, "padding", "units", "channels", "stride", "activation"}
    for name, kind in kinds.items():
        own = set(kind.model_fields) - told_once
        same = {"conv2d": "conv1d", "sparse_dense": "dense", "gru": "rnn", "lstm": "rnn"}.get(name, name)
        assert {field for field in own if f"`{field}`" not in documented[name] + documented[same]} == set()


def test_every_stream_and_close_code_is_in_the_wire_page() -> None:
    page = (DOCS / "wire.md").read_text()
    for stream in STREAMS:
        assert f"`{stream}`" in page
    for code in vars(CloseCode).values():
        if isinstance(code, int):
            assert str(code) in page
