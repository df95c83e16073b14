"""How far a figure could be off by chance, and whether two runs differ by more than that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

SEED = 1917
RESAMPLES = 2000
SHUFFLES = 10_000
_LEVEL = 0.95

T = TypeVar("T")


class Score(NamedTuple):
    """One case's part in a measure, which is the sum of ``value`` over the sum of ``weight``."""

    value: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true figure 95 times in 100."""

    low: float
    high: float


def pooled(scores: Sequence[Score]) -> float | None:
    """Give the sum of the values over the sum of the weights, or nothing where that is zero."""
    weight = sum(score.weight for score in scores)
    return sum(score.value for score in scores) / weight if weight else None


def bootstrap(scores: Sequence[Score], *, seed: int = SEED) -> Interval | None:
    """Give the 95% interval of a pooled measure by drawing cases again with replacement.

    The draws do not depend on the order of the cases, only on which there are.

    Source:
        Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13 (percentile
        interval).
    """
    if not scores:
        return None
    table = np.array(sorted(scores), dtype=np.float64)
    drawn = _draws(len(table), seed)
    sums = table[drawn].sum(axis=1)
    return _percentiles(sums[:, 0] / np.where(sums[:, 1] == 0, 1, sums[:, 1]))


def bootstrap_of(
    items: Sequence[T], statistic: Callable[[Sequence[T]], float | None], *, seed: int = SEED
) -> Interval | None:
    """Give the 95% interval of any figure over items, drawn as in ``bootstrap``.

    Args:
        items: In an order that does not depend on how the cases were ordered.
        statistic: The figure; draws for which it has no value are left out.
        seed: What the draws start from.
    """
    if not items:
        return None
    values = [statistic([items[i] for i in row]) for row in _draws(len(items), seed).tolist()]
    known = [value for value in values if value is not None]
    return _percentiles(np.array(known)) if known else None


def bootstrap_percentile(
    values: Sequence[float], percent: float, *, seed: int = SEED
) -> Interval | None:
    """Give the 95% interval of a percentile of some values, drawn as in ``bootstrap``."""
    if not values:
        return None
    drawn = np.array(sorted(values))[_draws(len(values), seed)]
    return _percentiles(np.percentile(drawn, percent, axis=1))


def _draws(n: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, n, size=(RESAMPLES, n))


def _percentiles(values: NDArray[np.floating[Any]]) -> Interval:
    tail = 100 * (1 - _LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return Interval(float(low), float(high))


def randomisation_test(
    before: Sequence[Score], now: Sequence[Score], *, seed: int = SEED
) -> float | None:
    """Give the probability that two runs differ this much when the label is the only difference.

    Two-sided, paired: for each case it is tossed up which result belongs to which run.

    Args:
        before: One score a case.
        now: The other run's, for the same cases in the same order.
        seed: What the tosses start from.

    Returns:
        A probability, never below ``1 / (SHUFFLES + 1)``; nothing where there is no score.

    Source:
        Smucker, Allan and Carterette, "A comparison of statistical significance tests for
        information retrieval evaluation", CIKM 2007; Noreen, "Computer-intensive methods for
        testing hypotheses", 1989 (the 1 that is added above and below).
    """
    pairs = np.array(sorted(zip(before, now, strict=True)), dtype=np.float64)
    if not len(pairs):
        return None
    seen = abs(_difference(pairs[:, 0].sum(axis=0), pairs[:, 1].sum(axis=0)))
    tosses = np.random.default_rng(seed).integers(0, 2, size=(SHUFFLES, len(pairs)))
    left = tosses @ pairs[:, 1] + (1 - tosses) @ pairs[:, 0]
    right = pairs.sum(axis=(0, 1)) - left
    # A whisker below what was seen, so that rounding does not make an equal draw a smaller one.
    as_far = np.abs(_difference(left, right)) >= seen - 1e-12
    return float((as_far.sum() + 1) / (SHUFFLES + 1))


def _difference(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the difference of two ratios, each held as a sum of values and a sum of weights."""
    ratios = [side[..., 0] / np.where(side[..., 1] == 0, 1, side[..., 1]) for side in (right, left)]
    return np.asarray(ratios[0] - ratios[1])
