"""Fits every model in turn and writes it with its figures: what ``ibid eval fit`` does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.cases import Case
from eval.fitting.examples import Example, Places, from_cases
from eval.fitting.fit import (
    Asked,
    Fit,
    ask_all,
    fit_answerable,
    fit_ranking,
    fit_right,
    fit_sentences,
)
from eval.fitting.models import write_model
from eval.measures.facts import share_stated
from eval.scores import ANSWER_WORDS
from rag.assistant import Assistant

MODELS = ("ranking", "sentences", "answerable", "right")
"""What is fitted, in the order in which each builds on the one before."""

# Twice as many questions say little more about whether there is an answer, and take twice as long.
_CONFIDENCE_QUESTIONS = 600

# So many of the answerable questions may be met with silence.
DECLINED = 0.1


@dataclass(frozen=True, slots=True)
class Material:
    """What is fitted to."""

    questions: Sequence[Example]
    """Written questions with the paragraphs that answer them."""
    cases: Sequence[Case]
    """Cases with exact evidence and facts."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of it, model by model."""

    fits: dict[str, Fit]
    questions: int
    cases: int


def fit_all(
    assistant: Assistant,
    material: Material,
    *,
    only: Collection[str] = MODELS,
    start: Callable[[str, int], None] = lambda _stage, _total: None,
    done: Callable[[], None] = lambda: None,
) -> Fitted:
    """Fit ranking, sentences, abstention and confidence, each on top of the one before.

    Args:
        assistant: Over the library that the material is about; its models are replaced as they
            are fitted.
        material: Questions and cases; those about documents that the library lacks are left out.
        only: The models to fit, of ``MODELS``; the others stay as they are.
        start: Told what comes next and how many questions it takes.
        done: Called after each question.
    """
    places = Places(assistant.index.documents)
    exact = {id(e): (e, c) for e, c in _exact(material.cases, places)}
    examples = [e for e in material.questions if places.has(e)]
    examples += [example for example, _ in exact.values()]
    fits: dict[str, Fit] = {}
    if "ranking" in only:
        start("ranking", len(examples))
        asked = ask_all(assistant, examples, done=done)
        fits["ranking"] = fit_ranking(asked, places)
        assistant.models = replace(assistant.models, ranking=fits["ranking"].model)

    start("sentences", len(exact))
    asked_exact = ask_all(assistant, [example for example, _ in exact.values()], done=done)
    if "sentences" in only:
        fits["sentences"] = fit_sentences(asked_exact, places, assistant.config)
        assistant.models = replace(assistant.models, sentences=fits["sentences"].model)
    if "answerable" in only:
        fits["answerable"] = _fit_answerable(assistant, examples, asked_exact, places, start, done)
    if "right" in only:
        cases = [exact[id(one.example)][1] for one in asked_exact]
        fits["right"] = _fit_right(assistant, cases, asked_exact)
    return Fitted(fits, len(examples) - len(exact), len(exact))


def _exact(cases: Sequence[Case], places: Places) -> Iterator[tuple[Example, Case]]:
    for example, case in zip(from_cases(cases), cases, strict=True):
        if places.has(example):
            yield example, case


def _fit_answerable(
    assistant: Assistant,
    examples: Sequence[Example],
    asked_exact: Sequence[Asked],
    places: Places,
    start: Callable[[str, int], None],
    done: Callable[[], None],
) -> Fit:
    answered = [e for e in examples if e.groups and not e.exact]
    some = answered[:: max(1, len(answered) // _CONFIDENCE_QUESTIONS)]
    exact = [one.example for one in asked_exact if one.example.groups]
    start("abstention", 2 * len(some) + len(exact))
    whole = [*ask_all(assistant, some, done=done), *asked_exact]
    without = ask_all(assistant, [*some, *exact], confine=places.rows_without, done=done)
    return fit_answerable(
        whole, without, assistant.models.sentences, assistant.config, declined=DECLINED
    )


def _fit_right(assistant: Assistant, cases: Sequence[Case], asked: Sequence[Asked]) -> Fit:
    """Judge the answers to the cases by their facts, silence set aside."""
    never_silent = replace(assistant.models.answerable, bias=1e6)
    assistant.models = replace(assistant.models, answerable=never_silent)
    replies = [assistant.ask(case.question, history=case.history).answer for case in cases]
    right = [
        bool(case.facts) and share_stated(case.facts, reply, words=ANSWER_WORDS) == 1.0
        for case, reply in zip(cases, replies, strict=True)
    ]
    return fit_right(asked, right, assistant.models.sentences, assistant.config)


def write_all(fitted: Fitted, folder: Path) -> None:
    """Write every model into a folder, with the figures it was fitted to."""
    for name, fit in fitted.fits.items():
        figures = {
            "questions": fitted.questions,
            "cases": fitted.cases,
            "cross-validated, in five parts": fit.figures,
        }
        write_model(fit.model, folder / f"{name}.json", figures)
