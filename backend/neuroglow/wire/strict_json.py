"""JSON as strict as the contract asks: no NaN, no infinity, no duplicate keys, no lone surrogates, bounded nesting."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from neuroglow.errors import MalformedJsonError
from neuroglow.spec.limits import Limits

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
"""An unterminated string reaches to the end: to look for one anew at each of its characters would take minutes."""


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJsonError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise MalformedJsonError("A number is beyond the range of a double")
    return value


def _integer(text: str) -> int:
    if len(text) > 20:
        raise MalformedJsonError("An integer has more than 20 digits")
    return int(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJsonError("An object has the same key twice")
    return members


_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer, object_pairs_hook=_distinct
)


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in _BRACKETS.findall(text):
        if token in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in "]}":
            depth -= 1
    return deepest


def loads(text: str | bytes, *, max_depth: int = Limits().json_depth) -> Any:
    """Decode one JSON document, or raise `MalformedJsonError` that says what is wrong."""
    try:
        document = text.decode() if isinstance(text, bytes) else text
        # Depth is counted before decoding: the decoder recurses.
        if _depth(document) > max_depth:
            raise MalformedJsonError(f"The document is nested deeper than {max_depth} levels")
        value = _DECODER.decode(document)
        # "\ud800" decodes to a string that no socket or file can carry.
        if "\\u" in document:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        raise MalformedJsonError("The text is not valid Unicode") from None
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"Not JSON: {error.msg} at character {error.pos}") from None
    return value
