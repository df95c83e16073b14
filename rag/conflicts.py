"""Tells whether two quotations differ on the same figure, date or judgement, or agree on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from corpus.folding import fold_signs
from index.arrays import Floats
from rag.quantities import Date, Figure, Measure, dates_in, figures_in, measure_asked
from rag.question import Query, Wanted

Encode = Callable[[Sequence[str]], Floats]
"""Gives (n, d) float32 of unit length for n texts."""

# Two counts of one thing are the same if a hedge could stand for the difference.
_HEDGED = 0.05
_EXACT = 1e-6
# How much nearer to one of two alternatives than to the other each side has to stand.
_ALTERNATIVE = 0.03
# Cosine of two texts on one matter.
_ONE_MATTER = 0.5

_DIFFERENCE = re.compile(
    r"\b(?:different (?:accounts?|answers?|causes?|dates?|days?|explanations?|figures?|grounds?"
    r"|numbers?|opinions?|reasons?|totals?|verdicts?|views?)|differ(?:s|ed)?|disagree(?:s|d)?"
    r"|contradict(?:s|ed)?|at odds)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|nobody|no one|none|merely|failed to|refused to)\b|n't\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:^|[,.;:]\s+|\b(?:about|of|on|to|with)\s+)"
    r"(?:how|what|when|where|which|who|whom|whose|why)\b",
    re.IGNORECASE,
)
_OR = re.compile(r",?\s+or\s+")
_YEAR = re.compile(r"(?<![\d.,])1[5-9]\d\d(?![\d,])")


class Verdict(StrEnum):
    """How two quotations stand to each other."""

    DIFFER = "differ"
    AGREE = "agree"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Account:
    """What one document says on the matter."""

    core: str
    """The sentence that answers."""
    text: str
    """All that is quoted of it."""


def compare_figures(
    query: Query, first: Account, second: Account, *, asked_for: bool = True
) -> Verdict:
    """Tell whether two accounts give the same figure or date.

    Args:
        query: A question for a number or a date; for any other nothing can be told.
        first: One account.
        second: The other.
        asked_for: Whether the question asks for both accounts. Where it does not, a figure is
            only held against one that is said to count the same, and dates are never said to
            differ: two events of one story have two dates.
    """
    if query.wanted is Wanted.DATE or _asks_day(query):
        found = _compare_dates(first, second)
        return found if asked_for or found is Verdict.AGREE else Verdict.UNKNOWN
    if query.wanted is not Wanted.NUMBER and not _asks_amount(query):
        return Verdict.UNKNOWN
    asked = measure_asked(query.text)
    mine, theirs = (_answering(account, asked) for account in (first, second))
    if not mine or not theirs or not _comparable(mine, theirs, strictly=not asked_for):
        return Verdict.UNKNOWN
    same = any(_same_value(a, b) for a in mine for b in theirs)
    return Verdict.AGREE if same else Verdict.DIFFER


def compare_judgements(
    query: Query, matter: str, first: Account, second: Account, encode: Encode
) -> Verdict:
    """Tell whether two authors who were asked to be compared judge differently.

    They do where the question says so. Where it asks whether something is so, they do when one
    denies and the other does not, or when each stands nearer to another of two alternatives that
    the question puts.
    """
    if _DIFFERENCE.search(query.text):
        return Verdict.DIFFER
    if _OPEN.search(matter):
        return Verdict.UNKNOWN
    denied = [_NEGATION.search(account.core) is not None for account in (first, second)]
    if denied[0] != denied[1] or _part_over_alternatives(matter, first, second, encode):
        return Verdict.DIFFER
    return Verdict.UNKNOWN


def _part_over_alternatives(matter: str, first: Account, second: Account, encode: Encode) -> bool:
    parts = [part.split() for part in _OR.split(matter)]
    if len(parts) != 2 or not all(parts):
        return False
    # 'Was he the first of them or the last': what the second stands against is about as long.
    before, after = parts
    alternatives = [" ".join(before[-len(after) :]), " ".join(after)]
    vectors = encode([*alternatives, first.core, second.core])
    leaning = vectors[2:] @ (vectors[0] - vectors[1])
    return bool(leaning.max() > _ALTERNATIVE and leaning.min() < -_ALTERNATIVE)


def _asks_day(query: Query) -> bool:
    return re.search(r"\b(?:date|day|month|year)s?\b", query.text, re.IGNORECASE) is not None


def _asks_amount(query: Query) -> bool:
    asks = r"\b(?:casualties|losses|share|proportion|totals?|tolls?|rate)\b"
    return re.search(asks, query.text, re.IGNORECASE) is not None


def _answering(account: Account, asked: Measure | None) -> list[Figure]:
    """Give the figures that may be the answer: of what is asked, else of what nobody names."""
    found = figures_in(account.core) or figures_in(account.text)
    if asked is None:
        return found
    return [f for f in found if f.measure is asked] or [
        f for f in found if f.measure is Measure.OTHER
    ]


def _comparable(mine: Sequence[Figure], theirs: Sequence[Figure], *, strictly: bool) -> bool:
    kinds = [{figure.measure for figure in side} for side in (mine, theirs)]
    if strictly:
        return bool(kinds[0] & kinds[1] - {Measure.OTHER})
    return bool(kinds[0] & kinds[1]) or any(Measure.OTHER in kind for kind in kinds)


def _same_value(first: Figure, second: Figure) -> bool:
    if Measure.OTHER not in (first.measure, second.measure) and first.measure != second.measure:
        return False
    room = _HEDGED if first.is_hedged or second.is_hedged else _EXACT
    return abs(first.value - second.value) <= room * max(first.value, second.value)


def _compare_dates(first: Account, second: Account) -> Verdict:
    mine, theirs = _dates_of(first), _dates_of(second)
    if mine and theirs:
        same = any(_compatible(a, b) for a in mine for b in theirs)
        return Verdict.AGREE if same else Verdict.DIFFER
    years = [set(_YEAR.findall(fold_signs(account.core))) for account in (first, second)]
    if not years[0] or not years[1]:
        return Verdict.UNKNOWN
    return Verdict.AGREE if years[0] & years[1] else Verdict.DIFFER


def _dates_of(account: Account) -> list[Date]:
    """Give the dates of the sentence that answers, else the one that was named last before it."""
    before, found, _ = account.text.partition(account.core)
    return dates_in(account.core) or (dates_in(before)[-1:] if found else [])


def _compatible(first: Date, second: Date) -> bool:
    parts = ((first.year, second.year), (first.month, second.month), (first.day, second.day))
    return all(a == b for a, b in parts if a is not None and b is not None)


def on_one_matter(first: Account, second: Account, encode: Encode) -> bool:
    """Whether two accounts that nobody asked to compare are of the same thing."""
    vectors = encode([first.text, second.text])
    return float(vectors[0] @ vectors[1]) >= _ONE_MATTER


def sides_that_differ(
    accounts: Sequence[Account], verdict: Callable[[Account, Account], Verdict]
) -> list[tuple[int, int]]:
    """Give the pairs of accounts that differ, by their places."""
    return [
        (i, j)
        for (i, a), (j, b) in combinations(enumerate(accounts), 2)
        if verdict(a, b) is Verdict.DIFFER
    ]
