"""Apply an RFC 6902 patch to an experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import jsonpatch
import jsonpointer

from neuroglow.errors import InvalidPatchError
from neuroglow.spec.experiment import Experiment, parse_experiment

Complete = Callable[[Any], Any]
"""Writes into an experiment's document what only the server knows: the facts of uploaded columns."""
MAX_COPIED = 10_000
"""Values that the copies of one patch may make, far more than the largest experiment has: copies of copies double."""


def patched(
    experiment: Experiment,
    patch: list[dict[str, Any]],
    *,
    used_names: Iterable[str] = (),
    complete: Complete = lambda document: document,
) -> Experiment:
    """The experiment after the patch, validated, with new layers named (never a name in `used_names`).

    `complete` is applied before anything is validated.
    Raises `InvalidPatchError` if an operation does not apply and `InvalidInputError` if the result is not an
    experiment; `field` then points into the patched experiment.
    """
    try:
        document = _apply(patch, experiment.to_document())
    except RecursionError:
        raise InvalidPatchError("The patch nests values too deeply", field="/patch") from None
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError, IndexError) as error:
        raise InvalidPatchError(f"The patch does not apply: {str(error)[:200]}", field="/patch") from None
    return parse_experiment(complete(document), used_names=used_names)


def _apply(patch: list[dict[str, Any]], document: Any) -> Any:
    copied = 0
    for operation in patch:
        if operation.get("op") == "copy" and isinstance(operation.get("from"), str):
            copied += _count(jsonpointer.resolve_pointer(document, operation["from"]))
            if copied > MAX_COPIED:
                raise InvalidPatchError(f"The patch copies more than {MAX_COPIED} values", field="/patch")
        document = jsonpatch.JsonPatch([operation]).apply(document, in_place=True)
    return document


def _count(value: Any) -> int:
    """How many values this one is made of. Copies of copies may nest deeper than Python recurses."""
    count, waiting = 0, [value]
    while waiting and count <= MAX_COPIED:
        inner = waiting.pop()
        count += 1
        if isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)
    return count
