"""Texts: characters there and back, the next character as the answer, and nothing of the test in the training."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuroglow.data import load, raw_rows
from neuroglow.data.dataset import make
from neuroglow.data.text import encoded
from neuroglow.errors import InvalidInputError
from neuroglow.spec import TextData, checked_data, parse_experiment
from neuroglow.spec.datasets import input_shape, output_shape, row_count, source_facts, split_counts
from neuroglow.spec.limits import MAX_CHARACTERS, MAX_TEXT_BYTES
from neuroglow.spec.text import OTHER, sample_text, vocabulary_of, windows


def decoded(tokens: NDArray[np.floating], vocabulary: tuple[str, ...]) -> str:
    """The characters again; `OTHER` is written as such."""
    return "".join(vocabulary[int(token)] for token in tokens)


@given(st.text(min_size=1, max_size=200))
def test_characters_come_back_from_their_tokens(text: str) -> None:
    tokens, vocabulary = encoded(text), vocabulary_of(text)
    assert decoded(tokens, vocabulary) == text
    assert vocabulary == tuple(sorted(set(text)))
    assert tokens.max() < len(vocabulary)


def test_characters_too_rare_for_a_token_share_one() -> None:
    common = "".join(map(chr, range(0x4E00, 0x4E00 + MAX_CHARACTERS)))
    text = common + "bare" + common
    vocabulary = vocabulary_of(text)
    assert vocabulary == (*common, OTHER)
    assert decoded(encoded(text), vocabulary) == common + OTHER * 4 + common


@given(
    characters=st.integers(12, 300),
    length=st.integers(4, 40),
    stride=st.integers(1, 50),
    share=st.floats(0.1, 0.9),
)
def test_training_reads_the_beginning_test_the_end_and_no_character_is_in_both(
    characters: int, length: int, stride: int, share: float
) -> None:
    data = TextData(text="x" * characters, length=length, stride=stride, train_fraction=share)
    if characters < 2 * (length + 1):
        with pytest.raises(InvalidInputError):
            checked_data(data, at="/data")
        return
    train, test = (sorted({at + step for at in part for step in range(length + 1)}) for part in windows(data))
    assert train[0] == 0
    assert train[-1] < test[0]
    assert test[-1] < characters
    assert all(at + length < characters for part in windows(data) for at in part)
    wanted = min(max(characters * share, length + 1), characters - length - 1)
    assert abs(test[0] - wanted) <= 1


def test_no_character_of_the_test_was_trained_on() -> None:
    text = "".join(map(chr, range(33, 33 + 120)))
    dataset = load(TextData(text=text, length=8, stride=1, train_fraction=0.7))
    seen = {*dataset.train.raw.ravel(), *dataset.train.labels.ravel()}
    asked = {*dataset.test.raw.ravel(), *dataset.test.labels.ravel()}
    assert seen.isdisjoint(asked)
    assert len(seen) + len(asked) == 120


def test_the_answer_at_every_step_is_the_next_character() -> None:
    data = TextData(length=24, stride=5)
    dataset = load(data)
    classes = dataset.facts.classes
    text, border = sample_text(), windows(data)[1][0]
    for split, part in ((dataset.train, text[:border]), (dataset.test, text[border:])):
        for row, answers in zip(split.raw[:50], split.labels[:50], strict=True):
            read, said = decoded(row, classes), decoded(answers, classes)
            assert read[1:] == said[:-1]
            assert read + said[-1] in part
    np.testing.assert_array_equal(dataset.train.inputs, dataset.train.raw)
    starts = [decoded(row[:6], classes) for row in dataset.train.raw[:3]]
    assert starts != [text[at : at + 6] for at in windows(data)[0][:3]], "rows are shuffled"


def test_shapes_and_counts_are_those_the_facts_announce() -> None:
    data = TextData(length=24, stride=5, train_fraction=0.8)
    dataset, about = load(data), source_facts(data)
    assert (len(dataset.train.raw), len(dataset.test.raw)) == split_counts(data)
    assert sum(split_counts(data)) == row_count(data) == about.rows
    assert input_shape(data) == (24,)
    assert output_shape(data) == (24, len(about.classes))
    assert about.vocabulary == len(about.classes) == len(set(sample_text()))


def test_the_same_seed_shuffles_alike_and_another_only_shuffles() -> None:
    first, other = load(TextData()), load(TextData(seed=1))
    assert make(TextData()).train.raw.tobytes() == first.train.raw.tobytes()
    assert first.train.raw.tobytes() != other.train.raw.tobytes()
    assert sorted(map(bytes, first.test.raw)) == sorted(map(bytes, other.test.raw))


@pytest.mark.parametrize(("text", "length"), [
    ("short", 32), ("abab" * 100, 8), ("", 4), ("a" * (MAX_TEXT_BYTES + 1), 8), ("é" * (MAX_TEXT_BYTES // 2 + 1), 8),
], ids=["short", "two characters", "none", "long", "long in bytes"])  # fmt: skip
def test_texts_that_teach_nothing_or_are_too_long_are_refused(text: str, length: int) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        parse_experiment({"data": {"source": "text", "text": text, "length": length}})
    assert refusal.value.field == "/data/text"


def test_the_longest_text_is_taken() -> None:
    text = ("abcdefg " * 25_000)[:MAX_TEXT_BYTES]
    data = checked_data(TextData(text=text, length=64, stride=64), at="/data")
    assert sum(split_counts(data)) == pytest.approx(MAX_TEXT_BYTES / 64, abs=3)


def test_characters_are_asked_about_as_they_are() -> None:
    data = TextData(length=4)
    tokens = raw_rows(data, [list("love")], at="/rows")[0]
    assert decoded(tokens, source_facts(data).classes) == "love"
    with pytest.raises(InvalidInputError) as refusal:
        raw_rows(data, [list("lov§")], at="/rows")
    assert refusal.value.field == "/rows/0/3"


def test_the_sample_is_verse_in_plain_characters() -> None:
    text = sample_text()
    assert text.isascii()
    assert len(text.split("\n\n")) == 18
    assert all(len(sonnet.strip().split("\n")) == 14 for sonnet in text.split("\n\n"))
