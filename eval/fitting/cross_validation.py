"""Measures answers with models that were fitted to all cases but those that are asked."""

from __future__ import annotations

from collections.abc import Callable, Collection

from eval.examination import examine
from eval.fitting.asking import deciding_by
from eval.fitting.fit_all import MODELS, Gathered, fit_all
from eval.fitting.models import folds
from eval.harness import ask_case
from eval.library import Library
from eval.result import CaseResult

PARTS = 5


def cross_validate(
    gathered: Gathered,
    *,
    only: Collection[str] = MODELS,
    parts: int = PARTS,
    done: Callable[[], None] = lambda: None,
) -> list[CaseResult]:
    """Ask every case of an assistant whose models have not seen it.

    The cases are dealt out into parts. For each part every model is fitted to the written
    questions and the other parts, thresholds and all, and the part's cases are asked whole: what
    is measured is what a reader gets for new questions of the same kind.

    Args:
        gathered: The questions with what was found for them.
        only: The models to fit; the others stay as they are for all parts.
        parts: How many parts.
        done: Called after each case.

    Returns:
        The results, in the order of the cases.
    """
    cases = [one for one in gathered.asked if one.example.exact]
    books = {id(one): Library(one.assistant.index.documents) for one in gathered.libraries}
    before = gathered.libraries[0].assistant.models
    results: dict[int, CaseResult] = {}
    for part in folds(len(cases), parts=parts):
        left_out = {case.key for i in part if (case := cases[i].example.case) is not None}
        fits = fit_all(gathered.but(left_out), only=only)
        fitted = {name: fit.model for name, fit in fits.items()}
        models = before.decided_by(fitted, reads=gathered.libraries[0].reads)
        with deciding_by(models, gathered.libraries):
            for i in part:
                case, library = cases[i].example.case, cases[i].library
                if case is not None:
                    reply = ask_case(library.assistant, case)
                    results[int(i)] = examine(reply, books[id(library)])
                done()
    return [results[i] for i in sorted(results)]
