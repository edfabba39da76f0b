"""Windows of a text as numbers of tokens, and the characters that follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.points import Array, Points
from neuroglow.spec.text import OTHER, TextData, text_of, vocabulary_of, windows


def text(data: TextData) -> Points:
    """`raw` and `targets` (windows, length): the training windows first, then those of the test, as in the text."""
    tokens = encoded(text_of(data))
    begins = np.concatenate([np.array(each, np.intp) for each in windows(data)])
    read = np.lib.stride_tricks.sliding_window_view(tokens, data.length + 1)[begins]
    return Points(read[:, :-1].astype(np.float32), read[:, 1:].astype(np.float64))


def encoded(written: str) -> Array:
    """(characters,) whole numbers: places in the text's vocabulary."""
    vocabulary = vocabulary_of(written)
    known = [token for token in vocabulary if token != OTHER]
    codes, characters = _code_points("".join(known)), _code_points(written)
    place = np.minimum(np.searchsorted(codes, characters), len(codes) - 1)
    return np.where(codes[place] == characters, place, len(known)).astype(np.float64)


def _code_points(written: str) -> NDArray[np.uint32]:
    return np.frombuffer(written.encode("utf-32-le"), np.uint32)
