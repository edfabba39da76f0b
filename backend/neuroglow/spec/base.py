"""The base of every model a client can send: frozen, strict, closed, finite."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from neuroglow.errors import InvalidInputError, MalformedJsonError
from neuroglow.spec.limits import MAX_OFFENCES


class Spec(BaseModel):
    """Strict JSON in, canonical JSON out: no `"0.1"` for a number, no `true` for an integer, no NaN, no extras."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    def to_document(self) -> dict[str, Any]:
        """The plain JSON document, every default written out; what is absent by meaning (null) is left out."""
        return self.model_dump(mode="json", exclude_none=True)


T = TypeVar("T")


def parse(kind: type[T] | TypeAdapter[T], document: Any, *, at: str = "") -> T:
    """Validate a decoded JSON document, or raise an `InvalidInputError` that points at the first offending field.

    `at` is the JSON pointer of the document inside what the client sent.
    """
    try:
        return _validated(kind, document, at)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise InvalidInputError(
            _sentence(first["msg"], len(error.errors())), field=at + pointer(document, first["loc"])
        ) from None


def all_offences(kind: type[T] | TypeAdapter[T], document: Any) -> list[InvalidInputError]:
    """An error for each field that is not what it should be, the first `MAX_OFFENCES`; empty where `parse` reads it."""
    try:
        _validated(kind, document, "")
    except ValidationError as error:
        # Every branch of a union has its own complaint; the first is enough.
        found: dict[str, str] = {}
        for offence in error.errors(include_url=False, include_context=False):
            found.setdefault(pointer(document, offence["loc"]), _sentence(offence["msg"], 1))
            if len(found) == MAX_OFFENCES:
                break
        return [InvalidInputError(message, field=field) for field, message in found.items()]
    except InvalidInputError as error:
        return [error]
    return []


def _validated(kind: type[T] | TypeAdapter[T], document: Any, at: str) -> T:
    adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    # Under strict, Python-mode validation refuses lists for tuples and strings for enums: JSON mode is meant.
    return adapter.validate_json(_encode(document, at))


def _encode(document: Any, at: str) -> bytes:
    try:
        return json.dumps(document, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        # Not a number, more digits than Python prints, or a patch that nested values into each other.
        raise MalformedJsonError(f"The document is not JSON: {str(error)[:100]}", field=at) from None


def _sentence(message: str, count: int) -> str:
    text = message.removeprefix("Value error, ")
    return text if count == 1 else f"{text} (and {count - 1} more)"


def pointer(document: Any, location: Sequence[int | str]) -> str:
    """A JSON pointer for a pydantic error location.

    Pydantic names the branch of a tagged union inside the location (`data.synthetic.noise`); such a step is not in the
    document and is left out. The last step is kept even when the document lacks it: that is a missing field.
    """
    steps: list[str] = []
    here: Any = document
    for index, step in enumerate(location):
        is_last = index == len(location) - 1
        if isinstance(here, Mapping) and step in here:
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        elif not is_last or not _may_lack(here, step):
            continue
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def _may_lack(here: Any, step: int | str) -> bool:
    """Whether the step can be a member that is missing, and not the name of a branch."""
    if isinstance(here, Mapping):
        return step not in here.values()
    return isinstance(here, list) and isinstance(step, int)
