from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.document import Span
from eval.measures.locators import contradicts, locator_faults

WORDS = "In autumn the mill burned."


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, ()),
        ({"start": 1}, ("range", "spans")),
        ({"quote": "In autumn the mill"}, ("range",)),
        ({"source_spans": (Span(0, 5),)}, ("spans",)),
        ({"section": ("Part two",)}, ("section",)),
        ({"page": "8"}, ("page",)),
        ({"page": None}, ()),
    ],
    ids=["exact", "start", "quote", "spans", "section", "page", "no page given"],
)
def test_each_part_of_a_locator_is_held_against_the_document(book, library, change, faults):
    citation = replace(book.citation(WORDS), **change)

    assert locator_faults(citation, library.document(book.document.id)) == faults


def test_another_file_of_the_same_name_is_a_fault(book, library):
    citation = book.citation(WORDS)
    other = replace(citation, document=replace(citation.document, sha256="0"))

    assert locator_faults(other, library.document(book.document.id)) == ("file",)


def test_a_writer_who_named_section_and_page_is_believed(book):
    citation = book.citation(WORDS)
    right = replace(book.span(WORDS), section="The spring", page="7")
    wrong = replace(right, section="The fire", page="9")
    elsewhere = replace(book.span("Agafya Lund"), page="9")

    assert contradicts(right, citation) == ()
    assert contradicts(wrong, citation) == ("section", "page")
    assert contradicts(elsewhere, citation) == ()
