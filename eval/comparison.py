"""What changed between two runs, case by case, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.errors import NothingToCompare
from eval.measures.chance import pooled, randomisation_test
from eval.result import CaseResult, Run
from eval.scores import CASE_MEASURES, MEASURES, Measure

TOLERANCES: Mapping[str, float] = {"trust": 0.03, "r@5": 0.02, "facts@150": 0.02}
"""How far a measure may fall before a build breaks: the width of two or three cases in a hundred,
which another processor's rounding may cost; a real fault costs more."""

WATCHED = ("trust", "facts@150", "r@5", "citation_recall", "notes", "verbatim")
"""Measures of which every case that changed is named."""

CHANCE = 0.05
"""A difference less likely than this is called more than chance."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in two runs, over the cases they share."""

    measure: str
    before: float
    now: float
    cases: int
    p: float | None
    """Probability of as large a difference by chance; ``None`` for times."""

    @property
    def change(self) -> float:
        """How much was gained; negative where something was lost, whichever way is better."""
        gain = self.now - self.before
        return gain if MEASURES[self.measure].better == "higher" else -gain

    @property
    def is_more_than_chance(self) -> bool:
        """Whether the difference is too large to be an accident of these cases."""
        return self.p is not None and self.p < CHANCE


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One case whose figure in a watched measure is not what it was."""

    id: str
    question: str
    measure: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, side by side."""

    differences: tuple[Difference, ...]
    better: tuple[CaseChange, ...]
    worse: tuple[CaseChange, ...]
    only_now: tuple[str, ...]
    only_before: tuple[str, ...]
    reworded: tuple[str, ...]
    """Cases that were changed since, and so are not compared."""


@dataclass(frozen=True, slots=True)
class _Pair:
    before: CaseResult
    now: CaseResult


def compare(now: Run, before: Run) -> Comparison:
    """Hold a run against an earlier one, over the cases that are the same in both.

    Raises:
        NothingToCompare: If there is none.
    """
    old = {result.case.key: result for result in before.results}
    new = {result.case.key: result for result in now.results}
    shared = sorted(old.keys() & new.keys())
    pairs = [_Pair(old[i], new[i]) for i in shared if old[i].case == new[i].case]
    if not pairs:
        raise NothingToCompare(len(new), len(old))
    found = [_difference(measure, pairs) for measure in CASE_MEASURES]
    changes = [change for name in WATCHED for change in _changes(name, pairs)]
    return Comparison(
        differences=tuple(difference for difference in found if difference is not None),
        better=tuple(change for change in changes if change.now > change.before),
        worse=tuple(change for change in changes if change.now < change.before),
        only_now=tuple(sorted(new.keys() - old.keys())),
        only_before=tuple(sorted(old.keys() - new.keys())),
        reworded=tuple(i for i in shared if old[i].case != new[i].case),
    )


def _difference(measure: Measure, pairs: Sequence[_Pair]) -> Difference | None:
    name = measure.name
    both = [p for p in pairs if name in p.before.scores and name in p.now.scores]
    before = [pair.before.scores[name] for pair in both]
    now = [pair.now.scores[name] for pair in both]
    value_before, value_now = pooled(before), pooled(now)
    if value_before is None or value_now is None:
        return None
    p = None if measure.is_timed else randomisation_test(before, now)
    return Difference(name, value_before, value_now, len(both), p)


def _changes(measure: str, pairs: Sequence[_Pair]) -> list[CaseChange]:
    found = []
    for pair in pairs:
        before, now = pair.before.value(measure), pair.now.value(measure)
        if before is not None and now is not None and abs(now - before) > _ROUNDING:
            case = pair.now.case
            found.append(CaseChange(case.key, case.question, measure, before, now))
    return found


def broken_promises(
    now: Run, comparison: Comparison, *, tolerances: Mapping[str, float] = TOLERANCES
) -> tuple[str, ...]:
    """Say what breaks a build: a main measure fell too far, or a quotation is not in its file.

    Args:
        now: The run that is judged.
        comparison: The same run against its baseline.
        tolerances: How far each measure may fall.

    Returns:
        One sentence for each broken promise; none when the run may pass.
    """
    falls = {difference.measure: difference for difference in comparison.differences}
    broken = [
        f"{MEASURES[name].title} fell from {falls[name].before:.3f} to {falls[name].now:.3f}, "
        f"expected a fall of at most {tolerance:.3f}"
        for name, tolerance in tolerances.items()
        if name in falls and falls[name].change < -tolerance - _ROUNDING
    ]
    broken += [
        f"{MEASURES[name].title}: found no case that measures it, expected some"
        for name in tolerances
        if name not in falls
    ]
    if comparison.only_before:
        ids = ", ".join(comparison.only_before)
        broken.append(f"found no result for {ids}, expected every case of the baseline")
    verbatim = next((f.value for f in now.figures if f.measure == "verbatim"), None)
    if verbatim != 1.0:
        found = "no quotation at all" if verbatim is None else f"{verbatim:.4f}"
        broken.append(f"verbatim rate: found {found}, expected exactly 1")
    return tuple(broken)
