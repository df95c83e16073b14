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
from rag.weights import LogisticModel


@dataclass(frozen=True, slots=True)
class Collection:
    """A library that is asked, and where everything stands in it."""

    assistant: Assistant
    places: Places


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what a library gave for it."""

    example: Example
    collection: Collection
    query: Query
    ranking: Ranking

    def reordered(self, model: LogisticModel) -> Asked:
        """Give the same candidates in the order of another model."""
        index = self.collection.assistant.index
        return replace(self, ranking=reordered(index, self.query, self.ranking, model))


def collection_of(example: Example, collections: Iterable[Collection]) -> Collection | None:
    """Give the first library that holds the documents an example is about."""
    return next((one for one in collections if one.places.has(example)), None)


def ask_all(
    collections: Sequence[Collection],
    examples: Iterable[Example],
    *,
    confine: Callable[[Collection, Example], Rows | None] = lambda _collection, _example: None,
    done: Callable[[], None] = lambda: None,
) -> list[Asked]:
    """Rank passages for every question.

    Args:
        collections: The libraries; a question that none of them can be asked is left out.
        examples: The questions.
        confine: The rows each question's search is confined to.
        done: Called after each question.
    """
    asked: list[Asked] = []
    for example in examples:
        collection = collection_of(example, collections)
        if collection is not None:
            asked += _ask(collection, example, confine(collection, example))
        done()
    return asked


def _ask(collection: Collection, example: Example, rows: Rows | None) -> Iterator[Asked]:
    assistant = collection.assistant
    query = assistant.understand(example.question, example.history)
    encoded = assistant.index.encoder.encode([query.searched])
    ranking = rank(assistant.index, query, encoded, assistant.models.ranking, rows=rows)
    if ranking is not None:
        yield Asked(example, collection, query, ranking)


@contextmanager
def deciding_by(models: Models, collections: Sequence[Collection]) -> Iterator[None]:
    """Have the assistants decide by other models for a while."""
    before = [one.assistant.models for one in collections]
    try:
        for one in collections:
            one.assistant.models = models
        yield
    finally:
        for one, own in zip(collections, before, strict=True):
            one.assistant.models = own
