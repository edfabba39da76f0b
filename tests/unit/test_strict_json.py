"""JSON is strict: what other parsers let through is answered by one typed error."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglow.errors import MalformedJsonError
from neuroglow.spec.limits import Limits
from neuroglow.wire.strict_json import loads

DEPTH = Limits().json_depth
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize("text", [
    "", " ", "{", "}", "[1,]", "{'a':1}", "{a:1}", "nul", "tru", "+1", "01", "1.", ".5", "0x10", "1e", '"\n"', '"a',
    "NaN", "Infinity", "-Infinity", '{"a":NaN}', "[Infinity]", "1e999", "-1e999", '{"lr":1e400}',
    "1" + "0" * 400 + ".0",
    "1" * 21, "9" * 100_000, '{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '"\\ud800"', '{"\\udfff":1}', '["\\ud800\\ud800"]',
    "\ufeff{}", "[" * (DEPTH + 1) + "]" * (DEPTH + 1), "[" * 100_000, '{"a":' * 100_000, "[]]", "1 2", "/*a*/1", "[1}",
])  # fmt: skip
def test_refused_with_a_sentence(text: str) -> None:
    for sent in (text, text.encode()):
        with pytest.raises(MalformedJsonError) as refusal:
            loads(sent)
        assert refusal.value.message
        assert len(refusal.value.message) < 200


@pytest.mark.parametrize("data", [b"\xff", b'"\xc3\x28"', b'"\xed\xa0\x80"', b"\x00", b'{"a":"\xf0\x28\x8c\x28"}'])
def test_bytes_that_are_no_unicode_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedJsonError):
        loads(data)


@settings(max_examples=200)
@given(value=PLAIN)
def test_what_is_json_is_read_as_it_is(value: Any) -> None:
    assert loads(json.dumps(value)) == value
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value


@settings(max_examples=300)
@given(text=st.text(st.sampled_from('{}[]",:\\u019.eE-+ntfNI \n\ud800'), max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        loads(text)
    except MalformedJsonError:
        return


def test_nesting_up_to_the_limit_is_read_and_brackets_in_strings_do_not_count() -> None:
    assert loads("[" * DEPTH + "]" * DEPTH)
    deep = "[{" * 1000
    assert loads(json.dumps({"a": deep, 'quote " and \\ slash': deep}))["a"] == deep


@pytest.mark.parametrize("text", ['"' + '\\"' * 120_000, '"' * 240_001, "[" + '"\\' * 100_000, '"' + "\\" * 240_001])
def test_no_text_of_legal_size_takes_long(text: str) -> None:
    """A pattern that backtracks would hold up everyone's messages for minutes."""
    started = time.process_time()
    with pytest.raises(MalformedJsonError):
        loads(text)
    assert time.process_time() - started < 1.0


def test_pairs_of_surrogates_are_a_character() -> None:
    assert loads('"\\ud83d\\ude00"') == "😀"
