from __future__ import annotations

import pytest

from eval.measures.facts import first_words, share_stated


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("5.2 million", "It killed 5.2\n million people."),
        ("R\u00e9gime", "the R\u00c9GIME fell"),
        ("'peasant'", "the \u2018peasant\u2019 question"),
        ('the "right"', "the \u201cright\u201d"),
        ("1926-27", "in 1926\u201327"),
        ("killed people", "it killed[^18] people"),
        ("war communism", "*War* **Communism**"),
    ],
    ids=["white space", "case", "single quotes", "double quotes", "dash", "mark", "emphasis"],
)
def test_a_fact_is_found_whatever_signs_it_is_printed_with(fact, text):
    assert share_stated([[fact]], text, words=150) == 1.0


def test_any_wording_states_a_fact_and_every_fact_counts():
    facts = [["Davies", "R. W. Davies"], ["Carr"], ["Nove"]]

    assert share_stated(facts, "Carr thanked R. W. Davies.", words=150) == pytest.approx(2 / 3)


@pytest.mark.parametrize(("words", "expected"), [(3, 0.0), (4, 1.0)])
def test_words_past_the_limit_do_not_count(words, expected):
    assert share_stated([["four"]], "one two three four", words=words) == expected


def test_a_fact_that_the_limit_cuts_in_two_is_not_stated():
    assert share_stated([["three four"]], "one two three four", words=3) == 0.0


def test_a_mark_by_itself_is_no_word():
    assert first_words("one [^1] two *three*", 2) == "one two"
