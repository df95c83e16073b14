"""Fits every model in turn and writes it with its figures: what ``ibid eval fit`` does.

The questions are asked once. What a model of passages changes is the order of what was found, so
that fitting again, to all questions but some, takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.cases import Case
from eval.fitting.asking import Asked, KnownLibrary, ask_all, deciding_by, library_of
from eval.fitting.examples import Example, from_case
from eval.fitting.fit import (
    Fit,
    fit_answerable,
    fit_ranking,
    fit_reading,
    fit_right,
    fit_sentences,
)
from eval.fitting.models import write_model
from eval.measures.facts import share_stated
from eval.scores import ANSWER_WORDS
from rag.models import Models

MODELS = ("ranking", "sentences", "reading", "answerable", "right")
"""What is fitted, in the order in which each builds on the one before."""

# Twice as many questions say little more about whether there is an answer, and take twice as long.
_CONFIDENCE_QUESTIONS = 600

# So many of the answerable questions may be met with silence.
DECLINED = 0.08


@dataclass(frozen=True, slots=True)
class Material:
    """What is fitted to."""

    questions: Sequence[Example]
    """Written questions with the paragraphs that answer them."""
    cases: Sequence[Case]
    """Cases with exact evidence and facts."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The questions that could be asked, with what was found for them."""

    libraries: Sequence[KnownLibrary]
    asked: Sequence[Asked]
    """Written questions and cases."""
    without: Sequence[Asked]
    """Some of them over the library without the passages that answer them."""

    @property
    def cases(self) -> list[Case]:
        """List the cases among the questions."""
        return [one.example.case for one in self.asked if one.example.case is not None]

    def but(self, cases: Collection[str]) -> Gathered:
        """Leave out some cases, by their keys."""
        return replace(
            self,
            asked=[one for one in self.asked if _key(one) not in cases],
            without=[one for one in self.without if _key(one) not in cases],
        )


def _key(asked: Asked) -> str | None:
    return None if asked.example.case is None else asked.example.case.key


def gather(
    libraries: Sequence[KnownLibrary],
    material: Material,
    *,
    only: Collection[str] = MODELS,
    start: Callable[[str, int], None] = lambda _stage, _total: None,
    done: Callable[[], None] = lambda: None,
) -> Gathered:
    """Ask all questions, each of the first library that holds what it is about.

    Args:
        libraries: What is asked.
        material: Questions and cases; those about documents that no library holds are left out.
        only: The models to fit; questions that tell nothing of these are left out.
        start: Told what comes next and how many questions it takes.
        done: Called after each question.
    """
    exact = [from_case(case) for case in material.cases]
    written = [e for e in material.questions if _tells(e, libraries, only)]
    start("whole libraries", len(written) + len(exact))
    asked = ask_all(libraries, [*written, *exact], done=done)
    answered = [example for example in written if example.groups]
    some = answered[:: max(1, len(answered) // _CONFIDENCE_QUESTIONS)]
    robbed = [*some, *(example for example in exact if example.groups)]
    start("libraries without the answer", len(robbed))
    without = ask_all(
        libraries, robbed, confine=lambda library, e: library.places.rows_without(e), done=done
    )
    return Gathered(libraries, asked, without)


def _tells(example: Example, libraries: Sequence[KnownLibrary], only: Collection[str]) -> bool:
    """Whether some library can be asked a question, and something be learnt from it."""
    library = library_of(example, libraries)
    if library is None:
        return False
    by_words = not {"ranking", "sentences"}.isdisjoint(only)
    return by_words or not library.reads or library.is_new_to_reader(example)


def fit_all(gathered: Gathered, *, only: Collection[str] = MODELS) -> dict[str, Fit]:
    """Fit all models, each on top of the ones before.

    Args:
        gathered: The questions with what was found for them.
        only: The models to fit, of ``MODELS``; the others stay as the assistants have them. What
            the reader says is left out where there is none.
    """
    assistant = gathered.libraries[0].assistant
    models, reads = assistant.models, gathered.libraries[0].reads
    fits: dict[str, Fit] = {}

    def fitted(name: str, fit: Fit) -> Models:
        fits[name] = fit
        return models.decided_by({name: fit.model}, reads=reads)

    if "ranking" in only:
        models = fitted("ranking", fit_ranking(gathered.asked))
    asked = [one.reordered(models.ranking) for one in gathered.asked]
    if "sentences" in only:
        models = fitted("sentences", fit_sentences(asked, assistant.config))
    asked = _tells_of_reading(asked)
    exact = [one for one in asked if one.example.exact]
    if "reading" in only and reads:
        models = fitted("reading", fit_reading(asked, models))
    if "answerable" in only:
        without = [one.reordered(models.ranking) for one in _tells_of_reading(gathered.without)]
        again = {one.example.question for one in without}
        whole = [one for one in asked if _tells_of_silence(one.example, again)]
        models = fitted("answerable", fit_answerable(whole, without, models, declined=DECLINED))
    if "right" in only:
        right = _are_right(gathered.libraries, exact, models)
        models = fitted("right", fit_right(exact, right, models))
    return fits


def _tells_of_reading(asked: Sequence[Asked]) -> list[Asked]:
    """Leave out what a reader was trained on, where there is one."""
    return [
        one for one in asked if not one.library.reads or one.library.is_new_to_reader(one.example)
    ]


def _tells_of_silence(example: Example, again: Collection[str]) -> bool:
    """Whether an example is a case, unanswered, or asked of the library without its answer too."""
    return example.exact or not example.groups or example.question in again


def _are_right(
    libraries: Sequence[KnownLibrary], asked: Sequence[Asked], models: Models
) -> list[bool]:
    """Judge the answers to cases by their facts, silence set aside."""
    with deciding_by(models.never_silent(), libraries):
        return [_is_right(one) for one in asked]


def _is_right(asked: Asked) -> bool:
    case = asked.example.case
    if case is None or not case.facts:
        return False
    reply = asked.library.assistant.ask(case.question, history=case.history).answer
    return share_stated(case.facts, reply, words=ANSWER_WORDS) == 1.0


def write_all(fits: Mapping[str, Fit], gathered: Gathered, folder: Path) -> None:
    """Write every model into a folder, with the figures it was fitted to."""
    cases = len(gathered.cases)
    reads = gathered.libraries[0].reads
    for name, fit in fits.items():
        figures = {
            "questions": len(gathered.asked) - cases,
            "cases": cases,
            "cross-validated, in five parts": fit.figures,
        }
        path = folder / Models.place(name, reads=reads)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_model(fit.model, path, figures)
