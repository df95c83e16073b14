"""Parts a comparison into its sides: the matter alone, put to each of the authors named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.document import DocumentId
from rag.question import Query
from rag.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Side:
    """One of the authors or works that a question compares."""

    documents: tuple[DocumentId, ...]
    query: Query
    """The matter, as it is put to this side alone."""
    ranking: Ranking
    """The side's own passages, best first."""


PutToSide = Callable[[str, Sequence[DocumentId]], tuple[Query, Ranking | None]]
"""Ranks the passages of some documents alone for a question."""


def sides_of(query: Query, put: PutToSide) -> list[Side]:
    """Put the matter of a comparison to each of its sides.

    Args:
        query: A question that compares.
        put: Asks one side.

    Returns:
        The sides in the order of ``query.named``; one of whom nothing was found is left out.
    """
    asked = [(documents, *put(query.searched, documents)) for documents in query.named]
    return [
        Side(documents, own, ranking) for documents, own, ranking in asked if ranking is not None
    ]
