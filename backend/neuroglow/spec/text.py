"""A text, character by character: each step's answer is the next character."""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from neuroglow.errors import InvalidInputError
from neuroglow.spec import limits
from neuroglow.spec.facts import DataSetFacts
from neuroglow.spec.source import Source, TrainFraction

OTHER = "other"
"""The token of every character that is too rare to have its own."""
MIN_CHARACTERS = 3
"""Different ones; of fewer there is nothing to be learned."""


def _small_enough(text: str | None) -> str | None:
    if text is not None and len(text.encode()) > limits.MAX_TEXT_BYTES:
        raise ValueError(f"The text is longer than {limits.MAX_TEXT_BYTES:,} bytes; paste a part of it")
    return text


class TextData(Source):
    """Windows of `length` characters, one every `stride` characters; the beginning of the text trains, its end tests.

    Without a `text` it is a few of Shakespeare's sonnets.
    """

    source: Literal["text"] = "text"
    name: Literal["text"] = "text"
    text: Annotated[str | None, Field(max_length=limits.MAX_TEXT_BYTES), AfterValidator(_small_enough)] = None
    length: Annotated[int, Field(ge=limits.MIN_STEPS, le=limits.MAX_STEPS)] = 32
    stride: Annotated[int, Field(ge=1, le=limits.MAX_STEPS)] = 8
    train_fraction: TrainFraction = 0.9


@cache
def sample_text() -> str:
    """Sonnets of William Shakespeare, 1609, in modern spelling."""
    return Path(__file__).with_name("sonnets.txt").read_text("utf-8")


def text_of(data: TextData) -> str:
    return sample_text() if data.text is None else data.text


@lru_cache(maxsize=32)
def vocabulary_of(text: str) -> tuple[str, ...]:
    """The tokens in the order of their numbers: the most frequent characters by code point, then `OTHER` where there
    are more."""
    counts = Counter(text)
    frequent = sorted(counts, key=lambda character: (-counts[character], character))[: limits.MAX_CHARACTERS]
    return (*sorted(frequent), OTHER) if len(counts) > len(frequent) else tuple(sorted(frequent))


def windows(data: TextData) -> tuple[range, range]:
    """Where the windows of training and test begin in the text. A window and what follows it stay on its side."""
    characters, needed = len(text_of(data)), data.length + 1
    border = min(characters - needed, max(needed, round(characters * data.train_fraction)))
    return range(0, border - data.length, data.stride), range(border, characters - data.length, data.stride)


@lru_cache(maxsize=16)
def text_facts(data: TextData) -> DataSetFacts:
    tokens, rows = vocabulary_of(text_of(data)), sum(map(len, windows(data)))
    return DataSetFacts(
        source="text",
        name="text",
        title="Text",
        sentence="Shakespeare's sonnets, character by character" if data.text is None else "A text of one's own",
        task="classification",
        kind="tokens",
        classes=tokens,
        columns=_columns(data.length),
        target="next character",
        rows=rows,
        input_shape=(data.length,),
        vocabulary=len(tokens),
        positions=data.length,
    )


@lru_cache(maxsize=16)
def _columns(length: int) -> tuple[str, ...]:
    return tuple(f"character {step + 1}" for step in range(length))


def check_text(data: TextData, at: str) -> None:
    """Raise `InvalidInputError` for a text without room for a window on either side, or without variety."""
    text, needed = text_of(data), 2 * (data.length + 1)
    if len(text) < needed:
        raise InvalidInputError(
            f"The text has {len(text)} characters; windows of {data.length} need at least {needed}", field=f"{at}/text"
        )
    if len(set(text)) < MIN_CHARACTERS:
        raise InvalidInputError(f"The text needs at least {MIN_CHARACTERS} different characters", field=f"{at}/text")
