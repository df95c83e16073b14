"""Rankings of a few sentences each, with odds given by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from corpus.document import DocumentId, Kind, PassageId, Span
from index.document_tables import StoredPassage
from rag.answering import Sentence
from rag.citation import Quotation
from rag.late_interaction import TokenMatch
from rag.ranking import Ranking

# Passages do not begin where their documents do.
START = 1000

_SENTENCE = re.compile(r"\w[^.:]*[.:]")


def stored_passage(text: str, row: int, *, document: str, kind: Kind = Kind.BODY) -> StoredPassage:
    """Make a passage; a full stop or a colon ends a sentence."""
    return StoredPassage(
        row=row,
        id=PassageId(str(row)),
        document=DocumentId(document),
        start=START,
        end=START + len(text),
        kind=kind,
        section=(),
        page=None,
        text=text,
        sentences=tuple(
            Span(START + found.start(), START + found.end()) for found in _SENTENCE.finditer(text)
        ),
    )


def ranked(passages: Sequence[StoredPassage]) -> Ranking:
    """Rank passages in the order given, for a question that none of their words meets."""
    first = np.cumsum([0, *(len(passage.sentences) for passage in passages)]).astype(np.int32)
    count = len(passages)
    return Ranking(
        passages=tuple(passages),
        scores=np.zeros(count, dtype=np.float32),
        features=np.zeros((count, 0), dtype=np.float32),
        match=TokenMatch(
            weights=np.ones(1, dtype=np.float32),
            passages=np.zeros((1, count), dtype=np.float32),
            sentences=np.zeros((1, int(first[-1])), dtype=np.float32),
            present=np.zeros((1, count), dtype=np.float32),
            places=np.zeros((1, 2), dtype=np.int32),
            first_sentence=first,
        ),
        places=np.arange(count),
    )


def scored(ranking: Ranking, odds: Sequence[float]) -> list[Sentence]:
    """Give the sentences of a ranking their odds, one after the other."""
    places = [(span, i) for i, one in enumerate(ranking.passages) for span in one.sentences]
    return [Sentence(span, i, o) for (span, i), o in zip(places, odds, strict=True)]


def words_of(quotation: Quotation, ranking: Ranking) -> str:
    """Give what is quoted; each document of the ranking has one passage."""
    (passage,) = (one for one in ranking.passages if one.document == quotation.document)
    return passage.text[quotation.start - passage.start : quotation.end - passage.start]
