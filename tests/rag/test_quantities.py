"""Figures and dates as historians write them."""

import pytest

from rag.quantities import Measure, dates_in, figures_in, measure_asked


@pytest.mark.parametrize(
    ("text", "value", "measure"),
    [
        ("203,000 new members", 203_000, Measure.PEOPLE),
        ("5.2 million people", 5_200_000, Measure.PEOPLE),
        ("ten thousand killed and wounded", 10_000, Measure.PEOPLE),
        ("twenty-five tons of flour", 25, Measure.WEIGHT),
        ("a hundred and twenty roubles", 120, Measure.MONEY),
        ("57.5 per cent of all farms", 0.575, Measure.SHARE),
        ("some 40% of it", 0.4, Measure.SHARE),
        ("fifty-five out of every hundred", 0.55, Measure.SHARE),
        ("three-quarters of the crop", 0.75, Measure.SHARE),
        ("two fifths of the mills", 0.4, Measure.SHARE),
        ("60 sacks", 60, Measure.OTHER),
    ],
)
def test_a_figure_is_read_with_what_it_counts(text: str, value: float, measure: Measure) -> None:
    found = figures_in(text)[0]

    assert (found.value, found.measure) == (pytest.approx(value), measure)


@pytest.mark.parametrize("text", ["in 1921", "on 3 May 1921", "hundreds of carts", "no carts"])
def test_years_dates_and_vague_numbers_are_no_figures(text: str) -> None:
    assert figures_in(text) == []


def test_a_figure_knows_that_it_is_hedged() -> None:
    assert [figure.is_hedged for figure in figures_in("about 60 sacks and 80 bags")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "day", "month", "year"),
    [
        ("on 23 October", 23, 10, None),
        ("in November 1927", None, 11, 1927),
        ("on the second of March", 2, 3, None),
        ("on the twenty-fifth of September 1917", 25, 9, 1917),
        ("on March 3, 1921", 3, 3, 1921),
    ],
)
def test_a_date_is_read(text: str, day: int | None, month: int, year: int | None) -> None:
    (date,) = dates_in(text)

    assert (date.day, date.month, date.year) == (day, month, year)


def test_a_verb_is_no_month() -> None:
    assert dates_in("They may march") == []


def test_a_question_says_what_it_wants_counted() -> None:
    assert measure_asked("How many people starved?") is Measure.PEOPLE
    assert measure_asked("What share of the farms was it?") is Measure.SHARE
    assert measure_asked("How much was it?") is None
