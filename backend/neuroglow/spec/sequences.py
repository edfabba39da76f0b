"""Sequences that only a memory can answer: a sine, parity, the adding problem, copying."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from neuroglow.spec import limits
from neuroglow.spec.facts import DataSetFacts, Kind, Task
from neuroglow.spec.source import Source, TrainFraction

SequenceName = Literal["sine", "parity", "adding", "copying"]
SEQUENCES: tuple[SequenceName, ...] = get_args(SequenceName)

SYMBOLS = tuple("abcdefgh")
BLANK, GO = "·", "▸"
TOKENS = (BLANK, *SYMBOLS, GO)
"""Of copying, in the order of their numbers."""
COPIED_SHARE = 5
"""One step in so many is to be remembered."""


class SequencesData(Source):
    """`length` is the number of steps that are read.

    - `sine`: noisy values of a sine of random frequency and phase -> its next value, without noise
    - `parity`: bits -> whether the number of ones is even or odd
    - `adding`: (value, marker) per step, two of them marked -> the sum of both values (Hochreiter & Schmidhuber 1997)
    - `copying`: symbols, blanks, a sign to go, blanks -> at each step a token: blanks, and after the sign the symbols

    `noise` is the deviation of Gaussian noise on the values that are read; tokens have none.
    """

    source: Literal["sequences"] = "sequences"
    name: SequenceName = "sine"
    length: Annotated[int, Field(ge=limits.MIN_STEPS, le=limits.MAX_STEPS)] = 20
    samples: Annotated[int, Field(ge=limits.MIN_SAMPLES, le=limits.MAX_SAMPLES)] = 2_000
    noise: Annotated[float, Field(ge=0.0, le=limits.MAX_NOISE)] = 0.0
    train_fraction: TrainFraction = 0.8

    @model_validator(mode="after")
    def _tokens_have_no_noise(self) -> Self:
        if self.noise and self.name == "copying":
            raise ValueError("'copying' reads tokens, which have no noise; leave `noise` at 0")
        return self


def copied(length: int) -> int:
    """Symbols that copying asks for in so many steps."""
    return max(1, length // COPIED_SHARE)


def sequence_facts(data: SequencesData) -> DataSetFacts:
    return _facts(data.name, data.length)


_SAID: dict[SequenceName, tuple[str, str, str, Task]] = {
    "sine": ("Sine", "The next value of a wave of unknown frequency", "next value", "regression"),
    "parity": ("Parity", "Is the number of ones even or odd? Every bit counts", "parity", "classification"),
    "adding": ("Adding", "The sum of two marked values among many", "sum", "regression"),
    "copying": ("Copying", "Remember symbols through a silence, then repeat them", "symbol", "classification"),
}


@lru_cache(maxsize=64)
def _facts(name: SequenceName, length: int) -> DataSetFacts:
    title, sentence, target, task = _SAID[name]
    features, is_tokens = ("value", "marker") if name == "adding" else ("step",), name == "copying"
    kind: Kind = "tokens" if is_tokens else "sequence"
    return DataSetFacts(
        source="sequences",
        name=name,
        title=title,
        sentence=sentence,
        task=task,
        kind=kind,
        classes=TOKENS if is_tokens else ("even", "odd") if name == "parity" else (),
        columns=tuple(f"{feature} {step + 1}" for step in range(length) for feature in features),
        target=target,
        input_shape=(length,) if is_tokens else (length, len(features)),
        vocabulary=len(TOKENS) if is_tokens else None,
        positions=length if is_tokens else None,
    )
