"""The stand-in book keeps the laws that real documents keep."""

from __future__ import annotations

from eval.measures.locators import locator_faults
from eval.measures.verbatim import is_verbatim


def test_the_stand_in_book_traces_back_to_its_file(book, library):
    for words in ("spring of 1922. Its miller", "the organization of carters", "The river froze"):
        start, end = book.range(words)
        spans = book.document.source_spans(start, end)

        assert is_verbatim(words, library.slices(book.document.id, spans))


def test_the_stand_in_citation_has_an_exact_place(book, library):
    citation = book.citation("Nobody paid her for the ice she cut.")

    assert locator_faults(citation, library.document(book.document.id)) == ()
