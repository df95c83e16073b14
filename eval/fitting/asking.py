"""Asks the questions that weights are fitted to, each of the library that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from eval.fitting.examples import Example, Places
from index.arrays import Rows
from rag.assistant import Assistant
from rag.models import Models
from rag.question import Query
from rag.ranking import Ranking, rank, reordered
from rag.scoring import Scorer
from rag.weights import LogisticModel


@dataclass(frozen=True, slots=True)
class KnownLibrary:
    """A library that is asked, and where everything stands in it."""

    assistant: Assistant
    places: Places

    @property
    def reads(self) -> bool:
        """Whether its index has a reader that is to have its say."""
        return self.assistant.scorer.reads

    def is_new_to_reader(self, example: Example) -> bool:
        """Whether the reader was not trained on a question; it was on none of the cases.

        What it says of documents that it was trained on is better than of any others.
        """
        record = self.assistant.index.encoder.record.reader
        trained_on = () if record is None else record.trained_on
        return example.exact or example.off_subject or set(trained_on).isdisjoint(example.documents)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what a library gave for it."""

    example: Example
    library: KnownLibrary
    query: Query
    ranking: Ranking

    def scorer(self, models: Models) -> Scorer:
        """Give what would score sentences if the assistant decided by other models."""
        return replace(self.library.assistant.scorer, models=models)

    def reordered(self, model: LogisticModel) -> Asked:
        """Give the same candidates in the order of another model."""
        index = self.library.assistant.index
        return replace(self, ranking=reordered(index, self.query, self.ranking, model))


def library_of(example: Example, libraries: Iterable[KnownLibrary]) -> KnownLibrary | None:
    """Give the first library that holds the documents an example is about."""
    return next((one for one in libraries if one.places.has(example)), None)


def ask_all(
    libraries: Sequence[KnownLibrary],
    examples: Iterable[Example],
    *,
    confine: Callable[[KnownLibrary, Example], Rows | None] = lambda _library, _example: None,
    done: Callable[[], None] = lambda: None,
) -> list[Asked]:
    """Rank passages for every question.

    Args:
        libraries: The libraries; a question that none of them can be asked is left out.
        examples: The questions.
        confine: The rows each question's search is confined to.
        done: Called after each question.
    """
    asked: list[Asked] = []
    for example in examples:
        library = library_of(example, libraries)
        if library is not None:
            asked += _ask(library, example, confine(library, example))
        done()
    return asked


def _ask(library: KnownLibrary, example: Example, rows: Rows | None) -> Iterator[Asked]:
    assistant = library.assistant
    query = assistant.understand(example.question, example.history)
    encoded = assistant.index.encoder.encode([query.searched])
    ranking = rank(assistant.index, query, encoded, assistant.models.ranking, rows=rows)
    if ranking is not None:
        yield Asked(example, library, query, ranking)


@contextmanager
def deciding_by(models: Models, libraries: Sequence[KnownLibrary]) -> Iterator[None]:
    """Have the assistants decide by other models for a while."""
    before = [one.assistant.models for one in libraries]
    try:
        for one in libraries:
            one.assistant.models = models
        yield
    finally:
        for one, own in zip(libraries, before, strict=True):
            one.assistant.models = own
