"""Where two accounts differ, agree, or cannot be told apart."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from index.arrays import Floats
from rag.conflicts import (
    Account,
    Verdict,
    compare_figures,
    compare_judgements,
    on_one_matter,
    sides_that_differ,
)
from rag.question import Query, understand

COUNT = understand("How many people starved in the winter?", [])
DAY = understand("When did the mill burn down?", [])


def account(text: str) -> Account:
    return Account(text, text)


def bag_of_words(texts: Sequence[str]) -> Floats:
    """Encode texts so that those which share words are near each other."""
    split = [re.findall(r"\w+", text.lower()) for text in texts]
    words = sorted(set().union(*split))
    rows = np.array([[word in own for word in words] for own in split], dtype=np.float32)
    unit: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


@pytest.mark.parametrize(
    ("query", "first", "second", "verdict"),
    [
        (COUNT, "Some 900 people starved.", "It killed 4,000 people.", Verdict.DIFFER),
        (COUNT, "Some 900 people starved.", "It killed 910 persons.", Verdict.AGREE),
        (COUNT, "900 people starved.", "It killed 910 persons.", Verdict.DIFFER),
        (COUNT, "900 people starved.", "It cost 4,000 roubles.", Verdict.UNKNOWN),
        (COUNT, "900 people starved.", "Many starved.", Verdict.UNKNOWN),
        (DAY, "On 3 May it burned.", "It burned on the third of May 1921.", Verdict.AGREE),
        (DAY, "On 3 May it burned.", "It burned in June.", Verdict.DIFFER),
        (DAY, "It burned in 1921.", "By 1922 it was ash.", Verdict.DIFFER),
        (DAY, "It burned.", "By 1922 it was ash.", Verdict.UNKNOWN),
    ],
)
def test_figures_and_dates_are_held_against_each_other(
    query: Query, first: str, second: str, verdict: Verdict
) -> None:
    assert compare_figures(query, account(first), account(second)) is verdict


def test_the_date_named_last_before_a_sentence_is_its_date() -> None:
    first = Account("It burned to the ground.", "On 3 May a fire began. It burned to the ground.")

    assert compare_figures(DAY, first, account("It burned in June.")) is Verdict.DIFFER


def test_unasked_no_figure_is_held_against_one_of_who_knows_what() -> None:
    accounts = account("Nine thousand were broken."), account("There were 200 delegates.")

    assert compare_figures(COUNT, *accounts, asked_for=False) is Verdict.UNKNOWN


def test_unasked_two_dates_are_no_conflict() -> None:
    accounts = account("It burned in May."), account("It burned in June.")

    assert compare_figures(DAY, *accounts, asked_for=False) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("question", "first", "second", "verdict"),
    [
        ("They give different reasons.", "Bread.", "Salt.", Verdict.DIFFER),
        ("Did he go?", "He did not go.", "He went at once.", Verdict.DIFFER),
        ("Did he go?", "He went.", "He went at once.", Verdict.UNKNOWN),
        ("Why did he go?", "He did not say.", "He was called.", Verdict.UNKNOWN),
        ("Was it hail or flood?", "It was hail.", "It was flood.", Verdict.DIFFER),
        ("Was it hail or flood?", "It was hail.", "It was hail again.", Verdict.UNKNOWN),
    ],
)
def test_judgements_are_held_against_each_other(
    question: str, first: str, second: str, verdict: Verdict
) -> None:
    query = understand(question, [])
    found = compare_judgements(query, question, account(first), account(second), bag_of_words)

    assert found is verdict


def test_texts_without_a_word_in_common_are_not_on_one_matter() -> None:
    assert on_one_matter(account("carts of rye"), account("carts of rye again"), bag_of_words)
    assert not on_one_matter(account("carts of rye"), account("a painted ceiling"), bag_of_words)


def test_of_three_accounts_those_that_differ_are_paired() -> None:
    accounts = [account("900 people."), account("900 people."), account("70 people.")]

    pairs = sides_that_differ(accounts, lambda a, b: compare_figures(COUNT, a, b))

    assert pairs == [(0, 2), (1, 2)]
