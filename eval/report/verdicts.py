"""Sorts cases by how they ended, in the words that both reports use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from eval.result import CaseResult
from eval.scores import is_right


class Verdict(StrEnum):
    """How a case ended."""

    RIGHT = "right"
    RIGHTLY_SILENT = "rightly silent"
    WRONG = "wrong answer"
    NEEDLESSLY_SILENT = "silent though the library answers"
    SHOULD_BE_SILENT = "answered though the library does not"
    ERROR = "failed with an error"


FAILURES = (
    Verdict.ERROR,
    Verdict.SHOULD_BE_SILENT,
    Verdict.WRONG,
    Verdict.NEEDLESSLY_SILENT,
)


def verdict(result: CaseResult) -> Verdict:
    """Say how a case ended."""
    if result.error:
        return Verdict.ERROR
    if not result.case.answerable:
        return Verdict.RIGHTLY_SILENT if result.is_silent else Verdict.SHOULD_BE_SILENT
    if result.is_silent:
        return Verdict.NEEDLESSLY_SILENT
    return Verdict.RIGHT if is_right(result) else Verdict.WRONG


def with_verdict(results: Iterable[CaseResult], wanted: Verdict) -> list[CaseResult]:
    """Give the cases that ended one way, in their order."""
    return [result for result in results if verdict(result) is wanted]


def by_group(
    results: Sequence[CaseResult], name_of: Callable[[CaseResult], str]
) -> dict[str, list[CaseResult]]:
    """Group cases by kind or style, in order of name."""
    groups: dict[str, list[CaseResult]] = {}
    for result in results:
        groups.setdefault(name_of(result), []).append(result)
    return dict(sorted(groups.items()))


GROUPINGS: tuple[tuple[str, Callable[[CaseResult], str]], ...] = (
    ("kind", lambda result: result.case.kind),
    ("style", lambda result: result.case.style),
)
