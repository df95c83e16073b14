"""Units that a question asks a number in."""

import pytest

from rag.units import has_number_in, units_asked


@pytest.mark.parametrize(
    ("question", "text", "holds"),
    [
        ("How many grams of bread?", "a ration of 400 grams a day", True),
        ("How many grams of bread?", "400 citizens had cards", False),
        ("What rate of interest was paid?", "bearing interest at seven per cent", True),
        ("What rate of interest was paid?", "a loan of 30 million", False),
        ("What share of farms?", "about two-fifths of all farms", True),
        ("How many days did they have?", "within ten short days", True),
    ],
)
def test_a_number_answers_only_in_the_unit_that_is_asked(
    question: str, text: str, holds: bool
) -> None:
    assert has_number_in([text], units_asked(question)) is holds


def test_most_questions_name_no_unit() -> None:
    assert units_asked("How many people lived there?") == ()
