"""Confines a search to some documents: by author, by name, by year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.folding import fold
from index.arrays import Rows
from index.document_tables import DocumentSummary
from index.documents import DocumentStore
from rag.answer import Filters
from rag.errors import UnknownFilter


def allowed_rows(filters: Filters, documents: DocumentStore) -> Rows | None:
    """Give the rows that filters allow, ascending; None where they allow all.

    Raises:
        UnknownFilter: If a filter names what the library does not have.
    """
    if filters == Filters():
        return None
    catalogue = documents.catalogue()
    _check(filters, catalogue)
    rows = [
        np.asarray(documents.rows_of(document.id), dtype=np.int64)
        for document in catalogue
        if _passes(document, filters)
    ]
    return np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)


def _check(filters: Filters, catalogue: Sequence[DocumentSummary]) -> None:
    for author in filters.author:
        if not any(_is_by(document, author) for document in catalogue):
            known = dict.fromkeys(d.author for d in catalogue if d.author)
            raise UnknownFilter("author", author, tuple(known))
    for name in filters.document:
        if not any(_is_called(document, name) for document in catalogue):
            raise UnknownFilter("document", name, tuple(d.file for d in catalogue))


def _passes(document: DocumentSummary, filters: Filters) -> bool:
    if filters.author and not any(_is_by(document, author) for author in filters.author):
        return False
    if filters.document and not any(_is_called(document, name) for name in filters.document):
        return False
    if filters.year_from is None and filters.year_to is None:
        return True
    if document.year is None:
        return False
    first = filters.year_from if filters.year_from is not None else document.year
    last = filters.year_to if filters.year_to is not None else document.year
    return first <= document.year <= last


def _is_by(document: DocumentSummary, author: str) -> bool:
    return document.author is not None and set(fold(author).split()) <= set(
        fold(document.author).split()
    )


def _is_called(document: DocumentSummary, name: str) -> bool:
    return name in (document.id, document.file, Path(document.file).stem, document.title)
