from __future__ import annotations

from dataclasses import replace

import pytest

from eval.comparison import broken_promises, compare
from eval.errors import NothingToCompare
from eval.result import Figure, without_texts


@pytest.fixture
def many(cases):
    """The three answerable cases, twenty times."""
    return [
        replace(case, id=f"{case.id}-{i}") for i in range(20) for case in cases if case.answerable
    ]


def test_a_run_against_itself_differs_in_nothing(evaluate, perfect, many):
    run = evaluate(perfect, many)

    comparison = compare(run, without_texts(run))

    assert not comparison.better
    assert not comparison.worse
    assert all(difference.change == 0 for difference in comparison.differences)
    assert broken_promises(run, comparison) == ()


def test_what_got_worse_is_named_case_by_case_and_told_from_chance(evaluate, perfect, mute, many):
    before, now = evaluate(perfect, many), evaluate(mute, many)

    comparison = compare(now, before)

    trust = next(d for d in comparison.differences if d.measure == "trust")
    assert (trust.before, trust.now, trust.change) == (1.0, 0.0, -1.0)
    assert trust.is_more_than_chance
    assert {change.id for change in comparison.worse} == {case.key for case in many}
    assert not comparison.better


def test_less_of_what_should_be_low_is_a_gain(evaluate, perfect, mute, many):
    comparison = compare(evaluate(perfect, many), evaluate(mute, many))

    declined = next(d for d in comparison.differences if d.measure == "declined_answerable")
    assert declined.change == 1.0


def test_one_case_is_not_more_than_chance(evaluate, perfect, mute, many):
    comparison = compare(evaluate(mute, many[:1]), evaluate(perfect, many[:1]))

    assert not any(difference.is_more_than_chance for difference in comparison.differences)


def test_cases_that_were_reworded_or_are_new_are_not_compared(evaluate, perfect, cases):
    reworded = replace(cases[1], facts=(("candle",),))
    before = evaluate(perfect, cases[:3])
    now = evaluate(perfect, (cases[0], reworded, cases[3]))

    comparison = compare(now, before)

    assert comparison.reworded == ("mill/miller",)
    assert comparison.only_now == ("mill/owner",)
    assert comparison.only_before == ("mill/coal",)


def test_runs_without_a_common_case_cannot_be_compared(evaluate, perfect, cases):
    with pytest.raises(NothingToCompare, match="expected at least one; compare runs over the same"):
        compare(evaluate(perfect, cases[:1]), evaluate(perfect, cases[1:]))


@pytest.mark.parametrize("measure", ["trust", "r@5", "facts@150"])
def test_a_main_measure_that_falls_too_far_breaks_the_build(evaluate, perfect, many, measure):
    run = evaluate(perfect, many)
    worse = [
        replace(r, scores={**r.scores, measure: r.scores[measure]._replace(value=0.0)})
        if i < 3
        else r
        for i, r in enumerate(run.results)
    ]
    now = replace(run, results=tuple(worse))

    (sentence,) = broken_promises(now, compare(now, run))

    assert "fell from 1.000 to 0.950" in sentence


def test_a_fall_within_the_tolerance_does_not_break_the_build(evaluate, perfect, many):
    run = evaluate(perfect, many)
    first = run.results[0]
    worse = replace(first, scores={**first.scores, "r@5": first.scores["r@5"]._replace(value=0.0)})
    now = replace(run, results=(worse, *run.results[1:]))

    assert broken_promises(now, compare(now, run)) == ()


def test_one_quotation_that_is_not_verbatim_breaks_the_build(evaluate, perfect, many):
    run = evaluate(perfect, many)
    figures = [f if f.measure != "verbatim" else replace(f, value=0.9999) for f in run.figures]
    now = replace(run, figures=tuple(figures))

    assert broken_promises(now, compare(now, run)) == (
        "verbatim rate: found 0.9999, expected exactly 1",
    )


def test_a_run_that_quotes_nothing_breaks_the_build(evaluate, perfect, mute, many):
    run, now = evaluate(perfect, many), evaluate(mute, many)

    sentences = broken_promises(now, compare(now, run))

    assert "verbatim rate: found no quotation at all, expected exactly 1" in sentences


def test_a_case_of_the_baseline_that_is_gone_breaks_the_build(evaluate, perfect, cases):
    before, now = evaluate(perfect, cases), evaluate(perfect, cases[1:])

    sentences = broken_promises(now, compare(now, before))

    assert "found no result for mill/sacks, expected every case of the baseline" in sentences


def test_figures_of_both_runs_are_those_of_the_shared_cases(evaluate, perfect, mute, cases):
    before = evaluate(perfect, cases)
    now = evaluate(mute, cases[3:])

    comparison = compare(now, before)

    trust = next(d for d in comparison.differences if d.measure == "trust")
    assert (trust.cases, trust.before, trust.now) == (1, 1.0, 1.0)
    assert Figure("trust", 1.0, None, 4).value == next(
        f.value for f in before.figures if f.measure == "trust"
    )
