"""An answer as text that stands alone, and its citations as the clients that show them expect.

Offsets of annotations are code points in the text, end-exclusive, and mark the number in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.answer import Answer, Citation, Footnote, Status
from rag.reference import short_title
from service.control_characters import clean
from service.schemas import view_url
from service.terminal import section_path

LONGEST_BEGINNING = 300
"""Characters shown of a passage that is no answer."""

_NUMBER = re.compile(r"\[(\d{1,3})\]")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text that is sent at once, and the citations whose numbers end it."""

    text: str
    citation: Citation | None = None
    annotations: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendering:
    """An answer, ready for any client of the chat."""

    pieces: tuple[Piece, ...]
    citations: tuple[Citation, ...]
    base: str
    """What links begin with."""

    @property
    def content(self) -> str:
        """Give the whole text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def annotations(self) -> list[Json]:
        """Give the annotations of the whole text."""
        return [annotation for piece in self.pieces for annotation in piece.annotations]

    @property
    def urls(self) -> list[str]:
        """Give the links in the order of their numbers."""
        return [link(citation, self.base) for citation in self.citations]

    @property
    def search_results(self) -> list[Json]:
        """Give title, link and date in the order of the numbers."""
        return [
            {
                "title": place(citation),
                "url": link(citation, self.base),
                "date": None if citation.document.year is None else str(citation.document.year),
            }
            for citation in self.citations
        ]

    @property
    def sources(self) -> list[Json]:
        """Give the citations as Open WebUI shows them, in the order of the numbers."""
        return [source(citation, self.base) for citation in self.citations]


def render(answer: Answer, *, base: str, references: bool) -> Rendering:
    """Write an answer for a chat.

    Args:
        answer: What the assistant said.
        base: What links begin with, such as ``http://127.0.0.1:8000``.
        references: Whether the text ends with where the quotations stand.
    """
    pieces = list(_cut(answer, base))
    if references and (ending := _ending(answer, base)):
        pieces.append(Piece(f"\n\n{ending}"))
    return Rendering(tuple(pieces), answer.citations, base)


def _cut(answer: Answer, base: str) -> list[Piece]:
    """Cut the answer behind each citation's number, so that none is ever torn in two."""
    by_number = {citation.number: citation for citation in answer.citations}
    pieces: list[Piece] = []
    begin = 0
    for match in _NUMBER.finditer(answer.answer):
        citation = by_number.get(int(match[1]))
        if citation is None:
            continue
        annotation = {
            "type": "url_citation",
            "url_citation": {
                "start_index": match.start(),
                "end_index": match.end(),
                "title": place(citation),
                "url": link(citation, base),
            },
        }
        text = answer.answer[begin : match.end()]
        pieces.append(Piece(text, citation, (annotation,)))
        begin = match.end()
    rest = answer.answer[begin:]
    return [*pieces, Piece(rest)] if rest else pieces


def _ending(answer: Answer, base: str) -> str:
    """Write where the quotations stand, each on a line of its own."""
    if answer.status is Status.NOT_IN_CORPUS:
        return _nearest(answer.nearest, base)
    lines = [
        f"The sources differ on {conflict.about}: "
        + " against ".join(" ".join(f"[{n}]" for n in side) for side in conflict.sides)
        + "."
        for conflict in answer.conflicts
    ]
    for citation in answer.citations:
        lines.append(f"[{citation.number}] {_quoted(answer, citation)}{_linked(citation, base)}")
        # A note that is itself the quotation has been read already.
        lines += [_note(note) for note in citation.footnotes if note.text != citation.quote]
    return "\n\n".join(lines)


def _quoted(answer: Answer, citation: Citation) -> str:
    """Give the quotation, where the answer does not hold it word for word already."""
    return "" if citation.quote in answer.answer else f"“{citation.quote}” — "


def _nearest(nearest: Sequence[Citation], base: str) -> str:
    if not nearest:
        return ""
    lines = [f"- {_linked(citation, base)}: “{beginning(citation.quote)}”" for citation in nearest]
    return "\n".join(["Nearest passages, which do not answer it:\n", *lines])


def beginning(quote: str) -> str:
    """Give as much of a passage that is no answer as is shown."""
    text = " ".join(quote.split())
    return text if len(text) <= LONGEST_BEGINNING else f"{text[:LONGEST_BEGINNING]} …"


def _note(note: Footnote) -> str:
    resolved = f" (that is: {note.resolved})" if note.resolved else ""
    return f"[^{note.marker}] {note.text}{resolved}"


def _linked(citation: Citation, base: str) -> str:
    return f"{place(citation)} ([open]({link(citation, base)}))"


def place(citation: Citation) -> str:
    """Write where a quotation stands: author, short title, year, section, page, notes."""
    document = citation.document
    text = f"{document.author}, " if document.author else ""
    text += short_title(document.title)
    if document.year is not None:
        text += f" ({document.year})"
    if citation.section:
        text += f", {section_path(citation.section)}"
    if citation.page is not None:
        text += f", p. {citation.page}"
    if citation.kind == "note":
        text += ", in a note"
    return clean(text)


def link(citation: Citation, base: str) -> str:
    """Give the whole link to the page that shows a quotation."""
    return base + view_url(citation.document.id, citation.start, citation.end)


def source(citation: Citation, base: str) -> Json:
    """Write a citation as Open WebUI shows it.

    Open WebUI merges sources by ``metadata.source`` and makes one of every annotation too, with
    its link as the name to merge by. The link stands here as well, so that a number in brackets
    goes on meaning the citation with that number.
    """
    name, url = place(citation), link(citation, base)
    notes = "".join(f"\n\n{_note(note)}" for note in citation.footnotes)
    metadata: Json = {"source": url, "name": name, "source_url": url}
    return {
        "source": {"id": f"c{citation.number}", "name": name, "url": url},
        "document": [citation.quote + notes],
        "metadata": [metadata],
        "distances": [citation.score],
    }
