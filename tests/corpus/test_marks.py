"""Marks and notes as two sequences that rise together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.marks import Candidate, Pair, align

NUMBERS = st.integers(1, 130).map(str)


def mark(number: str, form: str = "html", *, attached: bool = True) -> Candidate:
    return Candidate(0, 0, 0, form, number, attached)


@pytest.mark.parametrize(
    ("printed", "true"),
    [("227", "27"), ("18", "13"), ("6", "16"), ("87", "37")],
    ids=["quotation mark read as a digit", "one digit", "a digit lost", "the first digit"],
)
def test_a_misread_number_is_joined_by_its_place(printed: str, true: str) -> None:
    before, after = str(int(true) - 1), str(int(true) + 1)

    pairs = align([mark(before), mark(printed), mark(after)], [before, true, after])

    assert pairs == [Pair(0, 0), Pair(1, 1), Pair(2, 2)]


def test_plain_digits_far_from_any_note_are_no_mark() -> None:
    pairs = align([mark("1"), mark("340", "plain"), mark("2")], ["1", "2"])

    assert pairs == [Pair(0, 0), Pair(2, 1)]


@given(st.lists(st.one_of(NUMBERS, st.none()), max_size=30), st.lists(NUMBERS, max_size=30))
@settings(max_examples=150, deadline=None)
def test_every_note_and_every_certain_mark_is_given_once_and_in_order(notes, numbers) -> None:
    pairs = align([mark(number) for number in numbers], notes)

    assert [p.note for p in pairs if p.note is not None] == list(range(len(notes)))
    assert [p.candidate for p in pairs if p.candidate is not None] == list(range(len(numbers)))


def test_a_book_longer_than_what_is_kept_in_memory_is_aligned_throughout() -> None:
    chance = np.random.default_rng(0)
    numbers = [str(n) for length in chance.integers(5, 60, 60) for n in range(1, length)]
    lost = set(chance.choice(len(numbers), 40, replace=False).tolist())
    marks = [mark(number) for i, number in enumerate(numbers) if i not in lost]

    joined = {p.note for p in align(marks, list(numbers)) if p.candidate is not None}

    assert len(numbers) > 1_500
    # A mark lost between two of the same number may be taken for the other; never by more.
    assert len(joined) == len(marks)
    assert all(
        number == numbers[p.note]
        for p in align(marks, list(numbers))
        if p.candidate is not None and p.note is not None
        for number in [marks[p.candidate].number]
    )
