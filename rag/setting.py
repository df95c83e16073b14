"""Sets an answer: the words themselves, who says them and where, the number of the citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer import Citation, Conflict
from rag.composing import Draft, in_short
from rag.question import Query
from rag.reference import short_name, short_place

SILENCE = "The library does not answer this question."

_DOUBLE = frozenset('"“”„')


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is set, with what it cites."""

    text: str
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]


def set_draft(
    query: Query, draft: Draft, cited: Sequence[Citation | None], missing: Sequence[str]
) -> Said:
    """Set an answer: one line for each quotation, then who is silent.

    Args:
        query: The question; one that compares has every author named before the quotation.
        draft: What is to be said.
        cited: The draft's quotations, each in its place; None for one that must not be shown.
        missing: The names of those who say nothing on the matter.
    """
    shown = [place for place, citation in enumerate(cited) if citation is not None]
    numbers = {place: number for number, place in enumerate(shown, start=1)}
    citations = numbered(cited)
    lines = [
        _so_also(citation) if place in draft.agreeing and shown[0] == 0 else _line(query, citation)
        for place, citation in zip(shown, citations, strict=True)
    ]
    lines += [f"Nothing was found in {name} that answers this." for name in missing]
    lines += [f"Nothing was found that answers {in_short(part)}." for part in draft.unheard]
    conflicts = [
        Conflict(in_short(query.searched), ((numbers[a],), (numbers[b],)))
        for a, b in draft.differing
        if a in numbers and b in numbers
    ]
    return Said("\n".join(lines), tuple(citations), tuple(conflicts))


def numbered(cited: Sequence[Citation | None]) -> list[Citation]:
    """Leave out what must not be shown, and number the rest from 1."""
    kept = [citation for citation in cited if citation is not None]
    return [replace(citation, number=i) for i, citation in enumerate(kept, start=1)]


def in_quotation_marks(text: str) -> str:
    """Put marks around a quotation, other ones than those that stand in it."""
    opening, closing = ("‘", "’") if _DOUBLE.intersection(text) else ("“", "”")
    cut = "… " if text[:1].islower() else ""
    return f"{opening}{cut}{text}{closing}"


def _line(query: Query, citation: Citation) -> str:
    document, markers = citation.document, _own_markers(citation)
    named = query.compares and document.author is not None
    place = short_place(document, citation.page, citation.section, markers, author=not named)
    opening = f"{short_name(document)}: " if query.compares else ""
    said = f"{opening}{in_quotation_marks(citation.quote)}"
    resolved = next((n.resolved for n in citation.footnotes if markers and n.resolved), None)
    meant = f", that is: {resolved}" if resolved else ""
    return f"{said}{meant} ({place}) [{citation.number}]"


def _so_also(citation: Citation) -> str:
    place = short_place(citation.document, citation.page, citation.section, _own_markers(citation))
    return f"So also {place} [{citation.number}]."


def _own_markers(citation: Citation) -> list[str]:
    return [note.marker for note in citation.footnotes] if citation.kind == "note" else []
