from __future__ import annotations

import pytest

from corpus.document import Span
from eval.highlights import highlights


@pytest.fixture
def shown(book):
    """Give the highlighted words of a stretch of the book."""

    def show(text, words, evidence):
        spans = book.document.source_spans(*book.range(words))
        slices = [book.document.source[start:end] for start, end in spans]
        wanted = book.span(evidence)
        ranges = highlights(
            text, slices=slices, spans=spans, evidence=[Span(wanted.start, wanted.end)]
        )
        return [text[start:end] for start, end in ranges]

    return show


@pytest.mark.parametrize(
    "evidence",
    ["miller, Agafya", "kept the ledger", "The river froze", "the organization of carters"],
    ids=["plain", "line break", "emphasis", "split word"],
)
def test_the_evidence_is_highlighted_letter_for_letter(book, shown, evidence):
    passage = book.document.text[: book.document.body_end]

    assert shown(passage, passage, evidence) == [evidence]


def test_a_mark_in_the_middle_does_not_break_the_highlight(shown):
    words = "the spring of 1922. Its miller"

    quoted = shown("the spring of 1922.[^1] Its miller", words, "of 1922. Its")

    assert quoted == ["of 1922.[^1] Its"]


def test_evidence_elsewhere_highlights_nothing(shown):
    assert shown("In autumn the mill", "In autumn the mill", "Agafya Lund") == []
