"""The table of measures: what each one asks of a case, and how cases become one figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from eval.measures.calibration import (
    Judged,
    area_under_risk_coverage,
    expected_calibration_error,
)
from eval.measures.chance import Score, bootstrap, bootstrap_of, bootstrap_percentile, pooled
from eval.measures.citations import citation_precision, citation_recall
from eval.measures.facts import share_stated
from eval.measures.notes import share_attached
from eval.measures.ranking import rank_scores, recall_at
from eval.measures.trust import trust
from eval.result import CaseResult, Figure

ANSWER_WORDS = 150
"""What an answer may take; later words do not count."""

Better = Literal["higher", "lower"]
Unit = Literal["share", "seconds", "words"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the report."""

    name: str
    title: str
    better: Better = "higher"
    unit: Unit = "share"
    is_timed: bool = False
    """Whether it differs from run to run on its own."""


@dataclass(frozen=True, slots=True)
class CaseMeasure(Measure):
    """A measure that every case has a part in, or none."""

    score: Callable[[CaseResult], Score | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class RunMeasure(Measure):
    """A measure that only many cases together have."""

    figure: Callable[[Sequence[CaseResult]], Figure | None] = lambda _: None


def _ranking(result: CaseResult) -> list[frozenset[int]]:
    return [frozenset(check.groups) for check in result.passages]


def _recall(result: CaseResult, *, k: int) -> Score | None:
    if not result.case.evidence:
        return None
    return Score(recall_at(_ranking(result), groups=len(result.case.evidence), k=k))


def _reciprocal_rank(result: CaseResult) -> Score | None:
    if not result.case.evidence:
        return None
    return Score(rank_scores(_ranking(result), groups=len(result.case.evidence)).reciprocal_rank)


def _ndcg(result: CaseResult) -> Score | None:
    if not result.case.evidence:
        return None
    return Score(rank_scores(_ranking(result), groups=len(result.case.evidence)).ndcg_at_10)


def is_right(result: CaseResult) -> bool:
    """Tell whether the answer states all the facts within its first words."""
    facts = result.case.facts
    return bool(facts) and share_stated(facts, result.text, words=ANSWER_WORDS) == 1.0


def _facts_in_answer(result: CaseResult) -> Score | None:
    return Score(float(is_right(result))) if result.case.facts else None


def _fact_share(result: CaseResult) -> Score | None:
    if not result.case.facts:
        return None
    return Score(share_stated(result.case.facts, result.text, words=ANSWER_WORDS))


def _facts_retrieved(result: CaseResult, *, words: int) -> Score | None:
    if not result.case.facts:
        return None
    text = "\n".join(check.passage.text for check in result.passages)
    return Score(float(share_stated(result.case.facts, text, words=words) == 1.0))


def _citation_recall(result: CaseResult) -> Score | None:
    if not result.case.evidence:
        return None
    return Score(citation_recall(result.case.evidence, [q.citation for q in result.quotations]))


def _citation_precision(result: CaseResult) -> Score | None:
    if not result.case.evidence:
        return None
    return Score(citation_precision(result.case.evidence, [q.citation for q in result.quotations]))


def _verbatim(result: CaseResult) -> Score | None:
    checks = [*result.quotations, *result.nearest]
    right = sum(check.is_verbatim and check.notes_verbatim for check in checks)
    return Score(right, len(checks)) if checks else None


def _locators(result: CaseResult) -> Score | None:
    checks = [*result.quotations, *result.nearest]
    return Score(sum(not c.locator_faults for c in checks), len(checks)) if checks else None


def _notes(result: CaseResult) -> Score | None:
    expected = result.case.footnotes
    if not expected:
        return None
    share = share_attached(expected, [q.citation for q in result.quotations])
    return Score(share * len(expected), len(expected))


def _declined(result: CaseResult, *, answerable: bool) -> Score | None:
    return Score(float(result.is_silent)) if result.case.answerable is answerable else None


def _trust(result: CaseResult) -> Score:
    return Score(
        trust(answerable=result.case.answerable, silent=result.is_silent, right=is_right(result))
    )


def _conflicts(result: CaseResult) -> Score | None:
    if not result.case.conflict:
        return None
    return Score(float(result.answer is not None and bool(result.answer.conflicts)))


def _words(result: CaseResult) -> Score | None:
    return Score(float(len(result.text.split()))) if result.text else None


def _failed(result: CaseResult) -> Score:
    return Score(float(bool(result.error)))


def _seconds(result: CaseResult) -> Score:
    return Score(result.seconds)


def judged(results: Sequence[CaseResult]) -> list[Judged]:
    """Give confidence and rightness of the replies that answer, surest first."""
    answers = [
        Judged(result.confidence, is_right(result))
        for result in results
        if result.status is not None and not result.is_silent
    ]
    return sorted(answers, key=lambda answer: (-answer.confidence, answer.right))


def _over_answers(
    results: Sequence[CaseResult],
    *,
    name: str,
    statistic: Callable[[Sequence[Judged]], float | None],
) -> Figure | None:
    answers = judged(results)
    value = statistic(answers)
    if value is None:
        return None
    return Figure(name, value, bootstrap_of(answers, statistic), len(answers))


def _percentile(results: Sequence[CaseResult], *, name: str, percent: int) -> Figure | None:
    seconds = [result.seconds for result in results]
    if not seconds:
        return None
    value = float(np.percentile(seconds, percent))
    return Figure(name, value, bootstrap_percentile(seconds, percent), len(seconds))


CASE_MEASURES: tuple[CaseMeasure, ...] = (
    CaseMeasure("trust", "trust", score=_trust),
    CaseMeasure("facts@150", "all facts in the answer's first 150 words", score=_facts_in_answer),
    CaseMeasure("fact_share@150", "share of the facts there", score=_fact_share),
    CaseMeasure("r@1", "R@1", score=partial(_recall, k=1)),
    CaseMeasure("r@5", "R@5", score=partial(_recall, k=5)),
    CaseMeasure("r@10", "R@10", score=partial(_recall, k=10)),
    CaseMeasure("mrr@10", "MRR@10", score=_reciprocal_rank),
    CaseMeasure("ndcg@10", "nDCG@10", score=_ndcg),
    CaseMeasure(
        "retrieved_facts@150",
        "all facts in the first 150 retrieved words",
        score=partial(_facts_retrieved, words=150),
    ),
    CaseMeasure(
        "retrieved_facts@500",
        "all facts in the first 500 retrieved words",
        score=partial(_facts_retrieved, words=500),
    ),
    CaseMeasure("citation_recall", "citation recall", score=_citation_recall),
    CaseMeasure("citation_precision", "citation precision", score=_citation_precision),
    CaseMeasure("verbatim", "verbatim quotations and notes", score=_verbatim),
    CaseMeasure("locators", "exact locators", score=_locators),
    CaseMeasure("notes", "expected notes attached", score=_notes),
    CaseMeasure("conflicts", "disagreements named", score=_conflicts),
    CaseMeasure(
        "declined_unanswerable",
        "unanswerable questions declined",
        score=partial(_declined, answerable=False),
    ),
    CaseMeasure(
        "declined_answerable",
        "answerable questions declined",
        better="lower",
        score=partial(_declined, answerable=True),
    ),
    CaseMeasure("failed", "cases that failed", better="lower", score=_failed),
    CaseMeasure("words", "words in an answer", better="lower", unit="words", score=_words),
    CaseMeasure(
        "seconds",
        "seconds to an answer, mean",
        better="lower",
        unit="seconds",
        is_timed=True,
        score=_seconds,
    ),
)

RUN_MEASURES: tuple[RunMeasure, ...] = (
    RunMeasure(
        "calibration_error",
        "expected calibration error",
        better="lower",
        figure=partial(
            _over_answers, name="calibration_error", statistic=expected_calibration_error
        ),
    ),
    RunMeasure(
        "risk_area",
        "area under the risk-coverage curve",
        better="lower",
        figure=partial(_over_answers, name="risk_area", statistic=area_under_risk_coverage),
    ),
    RunMeasure(
        "seconds_p50",
        "seconds to an answer, median",
        better="lower",
        unit="seconds",
        is_timed=True,
        figure=partial(_percentile, name="seconds_p50", percent=50),
    ),
    RunMeasure(
        "seconds_p95",
        "seconds to an answer, 95th percentile",
        better="lower",
        unit="seconds",
        is_timed=True,
        figure=partial(_percentile, name="seconds_p95", percent=95),
    ),
)

MEASURES: dict[str, Measure] = {m.name: m for m in (*CASE_MEASURES, *RUN_MEASURES)}


def score_case(result: CaseResult) -> dict[str, Score]:
    """Give the case's part in every measure that says something about it."""
    scored = ((measure.name, measure.score(result)) for measure in CASE_MEASURES)
    return {name: score for name, score in scored if score is not None}


def summarise(results: Sequence[CaseResult], measure: str) -> Figure | None:
    """Give a case measure's figure over some cases; nothing where it says nothing about them."""
    scores = [result.scores[measure] for result in results if measure in result.scores]
    value = pooled(scores)
    return None if value is None else Figure(measure, value, bootstrap(scores), len(scores))


def figures(results: Sequence[CaseResult]) -> tuple[Figure, ...]:
    """Give every measure over all cases."""
    found = [summarise(results, measure.name) for measure in CASE_MEASURES]
    found += [measure.figure(results) for measure in RUN_MEASURES]
    return tuple(figure for figure in found if figure is not None)
