from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.calibration import (
    Judged,
    area_under_risk_coverage,
    expected_calibration_error,
    reliability,
    risk_coverage,
)

answers = st.lists(
    st.builds(Judged, st.floats(0, 1, allow_nan=False).map(lambda c: round(c, 3)), st.booleans()),
    min_size=1,
    max_size=30,
)


def test_calibration_error_is_the_one_computed_by_hand():
    """Two bins: .95 against 1/2, and .15 against 0, each holding half of the answers."""
    given_answers = [
        Judged(0.95, True),
        Judged(0.95, False),
        Judged(0.1, False),
        Judged(0.12, False),
    ]

    error = expected_calibration_error(given_answers, bins=5)

    assert error == pytest.approx(0.5 * 0.45 + 0.5 * 0.11)


@given(answers)
def test_calibration_error_agrees_with_numpy(given_answers):
    confidence = np.array([a.confidence for a in given_answers])
    right = np.array([a.right for a in given_answers], dtype=float)
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs((right - confidence)[bins == b].sum()) for b in range(10)]

    assert expected_calibration_error(given_answers) == pytest.approx(sum(gaps) / len(right))


def test_full_confidence_falls_into_the_last_bin():
    (only,) = reliability([Judged(1.0, True), Judged(0.95, True)])

    assert (only.count, only.accuracy) == (2, 1.0)


def test_the_risk_coverage_curve_is_the_one_computed_by_hand():
    given_answers = [Judged(0.5, False), Judged(0.9, True), Judged(0.7, True)]

    points = risk_coverage(given_answers, questions=4)

    assert [(p.coverage, p.risk) for p in points] == [(0.25, 0.0), (0.5, 0.0), (0.75, 1 / 3)]
    assert area_under_risk_coverage(given_answers) == pytest.approx(1 / 9)


def test_answers_of_one_confidence_are_given_or_held_back_together():
    given_answers = [Judged(0.5, False), Judged(0.5, True)]

    (point,) = risk_coverage(given_answers, questions=2)

    assert (point.coverage, point.risk) == (1.0, 0.5)


@given(answers)
def test_the_area_is_the_mean_risk_over_the_sorted_answers(given_answers):
    ordered = sorted(given_answers, key=lambda a: -a.confidence)
    risks = []
    for a in ordered:
        level = [b for b in ordered if b.confidence >= a.confidence]
        risks.append(sum(not b.right for b in level) / len(level))

    assert area_under_risk_coverage(given_answers) == pytest.approx(np.mean(risks))


@given(answers, st.randoms())
def test_the_order_of_answers_does_not_matter(given_answers, random):
    shuffled = random.sample(given_answers, len(given_answers))

    assert expected_calibration_error(shuffled) == pytest.approx(
        expected_calibration_error(given_answers)
    )
    assert area_under_risk_coverage(shuffled) == area_under_risk_coverage(given_answers)


def test_without_answers_there_is_nothing_to_say():
    assert expected_calibration_error([]) is None
    assert area_under_risk_coverage([]) is None
    assert risk_coverage([], questions=3) == ()
