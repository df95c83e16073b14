"""Whether the author's own notes come along with the quotations."""

from __future__ import annotations

from collections.abc import Sequence

from eval.cases import ExpectedNote, is_named
from eval.measures.facts import fold_for_facts
from rag.answer import Citation


def is_note_attached(expected: ExpectedNote, citations: Sequence[Citation]) -> bool:
    """Tell whether a citation brings the expected note, with its number and its strings."""
    return any(
        marker == expected.number and _holds(text, expected.contains)
        for citation in citations
        if is_named(citation.document, expected.document)
        for marker, text in _notes_of(citation)
    )


def share_attached(expected: Sequence[ExpectedNote], citations: Sequence[Citation]) -> float:
    """Give the share of the expected notes that the citations bring; at least one is expected."""
    return sum(is_note_attached(note, citations) for note in expected) / len(expected)


def _notes_of(citation: Citation) -> list[tuple[str, str]]:
    return [(note.marker, note.text) for note in citation.footnotes]


def _holds(text: str, strings: Sequence[str]) -> bool:
    folded = fold_for_facts(text)
    return all(fold_for_facts(string) in folded for string in strings)
