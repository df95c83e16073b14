"""Find a document of the library, and a stretch of it."""

from __future__ import annotations

from corpus.document import Span
from index.stored_document import StoredDocument
from service.errors import BadSpan
from service.library import OpenAssistant


def find(assistant: OpenAssistant, reference: str) -> StoredDocument:
    """Open a document by its id or file name."""
    documents = assistant.index.documents
    return documents.document(documents.find(reference).id)


def span_within(length: int, start: int, end: int | None) -> Span:
    """Cut a stretch to what there is.

    Raises:
        BadSpan: If it ends before it begins.
    """
    if end is not None and end < start:
        raise BadSpan(start, end)
    return Span(min(start, length), length if end is None else min(end, length))
