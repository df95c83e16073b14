"""Looks up notes that a question asks for by number: 'What does footnote 67 say?'."""

from __future__ import annotations

import re

from index.documents import DocumentStore
from rag.citation import Quotation
from rag.hanging import with_notes
from rag.question import Query

_NUMBERED = re.compile(
    r"\b(?:foot|end)?-?notes?\s+(?:no\.?\s*|number\s+)?(\d{1,4})\b", re.IGNORECASE
)
# Where notes are numbered by chapter, a bare number may mean one in each.
_MOST = 3
# A note that is asked for by its number is given whole, however long.
_MOST_WORDS = 10_000


def look_up_notes(query: Query, documents: DocumentStore) -> list[Quotation]:
    """Find the notes whose numbers a question gives.

    Args:
        query: The question.
        documents: The library's documents.

    Returns:
        Each note, followed by the sentence that carries its mark; nothing where the question gives
        no number, or where so many notes have it that it says too little.
    """
    numbers = _NUMBERED.findall(query.text)
    if not numbers:
        return []
    named = query.named_documents or {entry.id for entry in documents.catalogue()}
    opened = [documents.document(name) for name in sorted(named)]
    found = [
        (document, note) for document in opened for note in document.notes if note.marker in numbers
    ]
    if len(found) > _MOST:
        return []
    return [
        quotation
        for document, note in found
        for quotation in with_notes(
            document, Quotation(document.id, note.start, note.end, 1.0), _MOST_WORDS
        )
    ]
