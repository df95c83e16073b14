from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.verbatim import is_verbatim


@pytest.mark.parametrize(
    ("quote", "slices"),
    [
        ("It killed people.", ["It killed people."]),
        ("It killed people[^18], even", ["It killed people", ", even"]),
        ("It killed people.", ["It  killed\n people."]),
        ("the organization of it", ["the organiza-\ntion of it"]),
        ("the organization of it", ["the organiza", "tion of it"]),
        ("the great famine", ["the *great* **famine**"]),
        ("a page cut in two", ["a page cut \n", "in two"]),
    ],
    ids=["as it is", "mark", "white space", "hyphen in", "hyphen out", "emphasis", "page"],
)
def test_a_quotation_that_stands_in_the_file_is_verbatim(quote, slices):
    assert is_verbatim(quote, slices)


@pytest.mark.parametrize(
    ("quote", "slices"),
    [
        ("It killed people.", ["It killed people"]),
        ("It killed people", ["t killed people"]),
        ("it killed people", ["It killed people"]),
        ("don't", ["don\u2019t"]),
        ("pre-war", ["pre - war"]),
        ("one two", ["one", "two"]),
        ("one two", ["one two "]),
        ("one two", ["\none two"]),
        ("", [""]),
        ("[^1]", [""]),
        ("words", []),
    ],
    ids=[
        "one short",
        "one early",
        "case",
        "quote sign",
        "inner space",
        "nothing between slices",
        "a blank too late",
        "a blank too early",
        "empty",
        "only a mark",
        "no source",
    ],
)
def test_a_quotation_that_differs_in_one_sign_is_not(quote, slices):
    assert not is_verbatim(quote, slices)


@given(
    text=st.text(alphabet="abc .", min_size=3).filter(lambda t: t.strip()),
    cuts=st.lists(st.integers(0, 40), max_size=4),
)
def test_it_does_not_matter_where_the_slices_are_cut(text, cuts):
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    slices = [text[low:high] for low, high in pairwise(edges)]

    assert is_verbatim(text, slices)
