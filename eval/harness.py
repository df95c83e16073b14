"""Asks an assistant every question of some cases and holds its replies against them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from eval.cases import Case
from eval.examination import Reply, examine
from eval.library import Library
from eval.result import FORMAT, CaseResult, Circumstances, Run, SkippedCase, fingerprint
from eval.scores import figures
from index.progress import SILENT, Progress
from rag.answer import Answer, SearchResult, Turn


class Respondent(Protocol):
    """What is asked: the assistant, or a stand-in.

    - ``ask`` and ``search`` may be called from several threads at once.
    - Both must give the same result for the same words.
    - An exception means that the case failed; silence is an answer of its own.
    """

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question."""

    def search(self, query: str, *, history: Sequence[Turn] = (), limit: int = 10) -> SearchResult:
        """Give passages, best first."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """How cases are asked."""

    passages: int = 10
    """How deep a ranking is looked at; the measures need ten."""
    workers: int = 1
    """Questions under way at once. More than one makes the seconds of each mean less."""


DEFAULT_CONFIG = RunConfig()


@dataclass(frozen=True, slots=True)
class Sorted:
    """Cases that can be asked of a library, and those that cannot."""

    askable: tuple[Case, ...]
    skipped: tuple[SkippedCase, ...]


def sort_out(cases: Iterable[Case], library: Library) -> Sorted:
    """Part the cases by whether the library holds all of their documents."""
    askable: list[Case] = []
    skipped: list[SkippedCase] = []
    for case in cases:
        missing = tuple(name for name in case.documents if library.find(name) is None)
        if missing:
            skipped.append(SkippedCase(case.key, missing))
        else:
            askable.append(case)
    return Sorted(tuple(askable), tuple(skipped))


def run_cases(
    respondent: Respondent,
    cases: Iterable[Case],
    *,
    library: Library,
    circumstances: Circumstances,
    config: RunConfig = DEFAULT_CONFIG,
    progress: Progress = SILENT,
) -> Run:
    """Ask every case and measure the replies.

    Args:
        respondent: Who is asked.
        cases: What is asked; those whose documents the library lacks are skipped and named.
        library: What replies are checked against.
        circumstances: What is kept with the result.
        config: How cases are asked.
        progress: Told of every case that is done.

    Returns:
        The results in the order of the cases. A case that failed is among them, with its error.
    """
    started = time.perf_counter()
    sorted_cases = sort_out(cases, library)
    progress.start("Asking", len(sorted_cases.askable))
    results = []
    for reply in _replies(respondent, sorted_cases.askable, config):
        results.append(examine(reply, library))
        progress.advance(1, reply.case.key)
    progress.finish()
    seconds = time.perf_counter() - started
    return sum_up(results, circumstances, seconds=seconds, skipped=sorted_cases.skipped)


def sum_up(
    results: Iterable[CaseResult],
    circumstances: Circumstances,
    *,
    seconds: float,
    skipped: tuple[SkippedCase, ...] = (),
) -> Run:
    """Put the results of cases together with the figures over all of them."""
    found = tuple(results)
    return Run(
        format=FORMAT,
        circumstances=circumstances,
        seconds=seconds,
        fingerprint=fingerprint(found),
        figures=figures(found),
        results=found,
        skipped=skipped,
    )


def _replies(respondent: Respondent, cases: Sequence[Case], config: RunConfig) -> Iterator[Reply]:
    if config.workers == 1:
        yield from (ask_case(respondent, case, config) for case in cases)
        return
    with ThreadPoolExecutor(max_workers=config.workers) as pool:
        yield from pool.map(lambda case: ask_case(respondent, case, config), cases)


def ask_case(respondent: Respondent, case: Case, config: RunConfig = DEFAULT_CONFIG) -> Reply:
    """Ask one case; whatever goes wrong is part of the reply."""
    started = time.perf_counter()
    try:
        answer = respondent.ask(case.question, history=case.history)
        seconds = time.perf_counter() - started
        found = respondent.search(case.question, history=case.history, limit=config.passages)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the other cases still count
        seconds = time.perf_counter() - started
        return Reply(case, None, (), seconds, f"{type(error).__name__}: {error}")
    return Reply(case, answer, found.passages, seconds)
