"""What an explanation costs, and how many passes through the network fit into one call of its program.

Explanations take hundreds of passes. A program makes some of them side by side and is called as often as it takes, all
calls enqueued at once: memory stays bounded, and one program serves any number of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Subject
from neuroglow.spec.limits import Limits

MOST_PER_CALL = 256
BACKWARD = 3
"""Passes that one pass with its gradient counts as."""


def require_affordable(subject: Subject, passes: int, *, field: str) -> None:
    """Raise `InvalidInputError` when so many forward passes are more than one answer may take."""
    operations = passes * sum(layer.layer.operations(*layer.reads) for layer in subject.shape.layers)
    most = Limits().probe_operations
    if operations > most:
        raise InvalidInputError(
            f"That takes {operations / 1e9:,.1f} billion multiplications an answer, the limit is {most / 1e9:,.0f} "
            f"billion; ask for {most / operations:.1%} of it",
            field=field,
        )


def per_call(subject: Subject, passes: int, rows: int = 1) -> int:
    """A power of two: how many of `passes`, each over so many rows, are made side by side."""
    fitting = min(MOST_PER_CALL, max(1, subject.shape.rows_at_once // rows))
    return int(min(1 << (fitting.bit_length() - 1), 1 << max(0, passes - 1).bit_length()))


def chunks(values: NDArray[np.generic], size: int) -> Iterator[NDArray[np.generic]]:
    """Parts of `size` along the first axis; the last one is filled up with its own last."""
    for start in range(0, len(values), size):
        part = values[start : start + size]
        yield part if len(part) == size else np.concatenate([part, part[-1:].repeat(size - len(part), axis=0)])
