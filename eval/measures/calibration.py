"""Whether stated confidence is worth believing.

Only replies that answer are looked at: the confidence of a silence says nothing about its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 10
"""As in Guo and others 2017 and most who followed; wide enough for some hundred answers."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: how sure it was, and whether it was right."""

    confidence: float
    """From 0 to 1."""
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of similar confidence."""

    count: int
    confidence: float
    """Their mean confidence."""
    accuracy: float
    """The share of them that is right."""


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """What happens when only the surest answers are given."""

    coverage: float
    """Share of all questions that are answered."""
    risk: float
    """Share of those answers that are wrong."""
    threshold: float
    """The least confidence among them."""


def reliability(answers: Sequence[Judged], *, bins: int = BINS) -> tuple[Bin, ...]:
    """Group answers into bins of equal width by confidence; empty bins are left out.

    Source:
        Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning",
        ICML 2005 (reliability diagrams).
    """
    grouped: dict[int, list[Judged]] = {}
    for answer in answers:
        grouped.setdefault(min(int(answer.confidence * bins), bins - 1), []).append(answer)
    return tuple(
        Bin(
            len(members),
            sum(m.confidence for m in members) / len(members),
            sum(m.right for m in members) / len(members),
        )
        for _, members in sorted(grouped.items())
    )


def expected_calibration_error(answers: Sequence[Judged], *, bins: int = BINS) -> float | None:
    """Give the mean distance between confidence and accuracy; lower is better.

    Source:
        Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
        binning", AAAI 2015; Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural
        networks", ICML 2017, equation 3.
    """
    if not answers:
        return None
    found = reliability(answers, bins=bins)
    return sum(b.count * abs(b.accuracy - b.confidence) for b in found) / len(answers)


def risk_coverage(answers: Sequence[Judged], *, questions: int) -> tuple[CoveragePoint, ...]:
    """Give the share of wrong answers when only the surest are given, from few to all.

    Answers of the same confidence are given or held back together, so there is one point for
    each confidence.

    Args:
        answers: Those that were given.
        questions: How many questions were asked, answered or not.

    Source:
        El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR
        2010; Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS
        2017.
    """
    points = []
    given = wrong = 0
    surest = sorted(answers, key=lambda answer: -answer.confidence)
    for confidence, members in groupby(surest, key=lambda answer: answer.confidence):
        for member in members:
            given += 1
            wrong += not member.right
        points.append(CoveragePoint(given / questions, wrong / given, confidence))
    return tuple(points)


def area_under_risk_coverage(answers: Sequence[Judged]) -> float | None:
    """Give the mean risk over all thresholds, each weighed by the answers it adds.

    Lower is better: 0 when every answer is right, small when the wrong ones are the least sure.

    Source:
        Geifman, Uziel and El-Yaniv, "Bias-reduced uncertainty estimation for deep neural
        classifiers", ICLR 2019 (AURC as the mean selective risk over the sorted answers).
    """
    if not answers:
        return None
    area = before = 0.0
    for point in risk_coverage(answers, questions=len(answers)):
        area += point.risk * (point.coverage - before)
        before = point.coverage
    return area
