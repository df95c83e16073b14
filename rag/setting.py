"""Sets an answer: who says it, the words themselves, the number of the citation."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Citation, DocumentReference
from rag.question import Query, surname

SILENCE = "The library does not answer this question."


def set_answer(query: Query, citations: Sequence[Citation]) -> str:
    """Set the answer to a question: one line for each citation."""
    names_needed = query.compares or len({c.document.author for c in citations}) > 1
    return "\n".join(_line(citation, named=names_needed) for citation in citations)


def short_name(document: DocumentReference) -> str:
    """Give what a document is called in passing: its author's last name, else its title."""
    return surname(document.author) if document.author else document.title


def _line(citation: Citation, *, named: bool) -> str:
    speaker = short_name(citation.document) if named or citation.kind == "note" else ""
    if citation.kind == "note":
        markers = ", ".join(note.marker for note in citation.footnotes)
        speaker = f"{speaker}, note {markers}"
    opening = f"{speaker}: " if speaker else ""
    return f"{opening}“{citation.quote}” [{citation.number}]"
