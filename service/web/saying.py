"""What the first page shows of an answer: its lines, and where its quotations stand.

Plain data only; how it looks is left to the template.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Answer, Citation, Footnote
from service.chat.rendering import beginning, place
from service.schemas import view_url


@dataclass(frozen=True, slots=True)
class ShownCitation:
    """Where a quotation stands."""

    number: int | None
    """None where it is no part of the answer."""
    place: str
    link: str
    """To the page that shows it, from where this one is."""
    quote: str
    """Empty where the answer holds it already."""
    notes: tuple[Footnote, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """A question and what was answered."""

    question: str
    lines: tuple[str, ...]
    citations: tuple[ShownCitation, ...]
    nearest: tuple[ShownCitation, ...]
    percent: int


def shown(question: str, answer: Answer) -> Saying:
    """Choose what is shown of an answer."""
    return Saying(
        question=question,
        lines=tuple(line for line in answer.answer.splitlines() if line.strip()),
        citations=tuple(_cited(citation, answer.answer) for citation in answer.citations),
        nearest=tuple(_near(citation) for citation in answer.nearest),
        percent=round(100 * answer.confidence),
    )


def _cited(citation: Citation, said: str) -> ShownCitation:
    # A note that is itself the quotation has been read already.
    notes = tuple(note for note in citation.footnotes if note.text != citation.quote)
    quote = "" if citation.quote in said else citation.quote
    return ShownCitation(citation.number, place(citation), _link(citation), quote, notes)


def _near(citation: Citation) -> ShownCitation:
    return ShownCitation(None, place(citation), _link(citation), beginning(citation.quote), ())


def _link(citation: Citation) -> str:
    # Relative, so that it also holds where a proxy serves the pages under a path.
    url = view_url(citation.document.id, citation.start, citation.end).lstrip("/")
    return f"{url}#quotation"
