"""What is drawn when a network writes on: windows and lots against plain counting."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from neuroglow.errors import AtCapacityError, InvalidInputError
from neuroglow.gateway.desk import Desk
from neuroglow.gateway.generate import drawn, first_window, probabilities
from neuroglow.spec import limits
from neuroglow.spec.text import OTHER, TextData, vocabulary_of

TEXT = "the cat sat on the mat. " * 20
LETTERS = vocabulary_of(TEXT)


def read(prompt: str, length: int = 8) -> str:
    return "".join(LETTERS[token] for token in first_window(TextData(text=TEXT, length=length), prompt))


@pytest.mark.parametrize(
    ("prompt", "window"),
    [("", "the cat "), ("mat", "cat mat"), ("on the mat", " the mat"), ("sat on t", "sat on t")],
)
def test_it_reads_the_end_of_the_prompt_behind_the_beginning_of_the_text(prompt: str, window: str) -> None:
    assert read(prompt).endswith(window)
    assert len(read(prompt)) == 8


def test_a_character_that_was_never_read_is_refused_unless_there_is_a_token_for_it() -> None:
    with pytest.raises(InvalidInputError, match="no 'X'") as refusal:
        read("caXt")
    assert refusal.value.field == "/prompt"
    many = "".join(chr(0x4E00 + place) for place in range(limits.MAX_CHARACTERS + 5)) * 2
    tokens = first_window(TextData(text=many, length=4), "X")
    assert vocabulary_of(many)[tokens[-1]] == OTHER


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_the_temperature_makes_them_likely(temperature: float) -> None:
    chances, rounds = [0.5, 0.3, 0.15, 0.05], 20_000
    lots = random.Random(7)
    counted = Counter(drawn(chances, "abcd", temperature, lots) for _ in range(rounds))
    weights = [chance ** (1 / temperature) for chance in chances]
    for place, weight in enumerate(weights):
        expected = rounds * weight / sum(weights)
        # Six standard deviations of a count.
        assert abs(counted[place] - expected) < 6 * expected**0.5


def test_at_no_temperature_the_likeliest_is_taken_and_never_what_is_no_character() -> None:
    lots = random.Random(0)
    assert {drawn([0.2, 0.5, 0.3], "abc", 0.0, lots) for _ in range(20)} == {1}
    assert {drawn([0.1, 0.9], ["a", OTHER], temperature, lots) for temperature in (0.0, 1.0)} == {0}


def test_lots_are_repeated_by_their_seed() -> None:
    def write(seed: int) -> list[int]:
        lots = random.Random(seed)
        return [drawn([0.25] * 4, "abcd", 1.0, lots) for _ in range(50)]

    assert write(3) == write(3) != write(4)


def test_scores_count_by_their_share() -> None:
    assert probabilities({"scores": [-1.0, 0.0, 2.0]}) == [0.0, 0.25, 0.75]
    assert probabilities({"scores": [1.0, 1.0]}) == [0.5, 0.5]
    assert probabilities({"probabilities": [0.1, 0.9]}) == [0.1, 0.9]


async def _crowd(waiting: int, comers: int) -> tuple[int, int]:
    """How many wrote, and how many wrote at once at most."""
    desk, done, seated, most = Desk(waiting), 0, 0, 0

    async def come() -> None:
        nonlocal done, seated, most
        async with desk.seat():
            seated += 1
            most = max(most, seated)
            await asyncio.sleep(0)
            seated -= 1
        done += 1

    told = await asyncio.gather(*(come() for _ in range(comers)), return_exceptions=True)
    assert sum(isinstance(one, AtCapacityError) for one in told) == comers - done
    await come()
    return done - 1, most


def test_one_text_is_written_at_a_time_and_few_wait() -> None:
    assert asyncio.run(_crowd(waiting=3, comers=10)) == (4, 1)
