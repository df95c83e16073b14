from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from eval.measures.chance import Score, bootstrap, bootstrap_of, pooled, randomisation_test

values = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=25)


def scores(numbers):
    return [Score(number) for number in numbers]


def test_pooled_weighs_cases_by_what_they_bring():
    assert pooled([Score(1, 1), Score(1, 3)]) == 0.5
    assert pooled([]) is None
    assert pooled([Score(0, 0)]) is None


def test_the_interval_is_close_to_that_of_scipy():
    numbers = [1.0] * 60 + [0.0] * 40
    theirs = stats.bootstrap(
        (numbers,), lambda x, axis: x.mean(axis=axis), method="percentile", rng=1
    ).confidence_interval

    interval = bootstrap(scores(numbers))

    assert interval.low == pytest.approx(theirs.low, abs=0.02)
    assert interval.high == pytest.approx(theirs.high, abs=0.02)


@settings(max_examples=20)
@given(values, st.randoms())
def test_the_interval_does_not_depend_on_the_order_of_cases(numbers, random):
    shuffled = random.sample(numbers, len(numbers))

    assert bootstrap(scores(shuffled)) == bootstrap(scores(numbers))


@settings(max_examples=20)
@given(values)
def test_both_ways_of_drawing_agree(numbers):
    plain = bootstrap(scores(numbers))
    general = bootstrap_of(sorted(numbers), lambda drawn: sum(drawn) / len(drawn))

    assert general.low == pytest.approx(plain.low)
    assert general.high == pytest.approx(plain.high)


def test_a_figure_without_spread_has_an_interval_without_width():
    interval = bootstrap(scores([1.0] * 9))

    assert (interval.low, interval.high) == (1.0, 1.0)


def test_the_randomisation_test_agrees_with_trying_every_toss():
    before = [0.0, 0.0, 1.0, 0.0, 0.5, 0.0, 1.0, 0.0]
    now = [1.0, 1.0, 1.0, 0.5, 0.0, 1.0, 1.0, 1.0]
    gaps = [n - b for b, n in zip(before, now, strict=True)]
    tosses = [
        sum(s * g for s, g in zip(signs, gaps, strict=True)) for signs in product((1, -1), repeat=8)
    ]
    exact = sum(abs(total) >= abs(sum(gaps)) for total in tosses) / len(tosses)

    p = randomisation_test(scores(before), scores(now))

    assert p == pytest.approx(exact, abs=0.01)


def test_a_run_does_not_differ_from_itself():
    same = scores([0.0, 1.0, 0.5])

    assert randomisation_test(same, same) == 1.0


def test_a_great_difference_over_many_cases_is_more_than_chance():
    assert randomisation_test(scores([0.0] * 40), scores([1.0] * 40)) < 0.001


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=15), st.randoms())
def test_the_order_of_pairs_and_of_runs_does_not_matter(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    before, now = (scores(map(float, side)) for side in zip(*pairs, strict=True))
    before_shuffled, now_shuffled = (
        scores(map(float, side)) for side in zip(*shuffled, strict=True)
    )
    p = randomisation_test(before, now)

    assert randomisation_test(before_shuffled, now_shuffled) == p
    assert randomisation_test(now, before) == pytest.approx(p, abs=0.03)
    assert 0 < p <= 1


def test_without_cases_there_is_no_probability():
    assert randomisation_test([], []) is None
