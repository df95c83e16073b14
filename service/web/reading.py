"""What a reading page shows: the paragraphs around a place, the quotation in them, and the notes.

Plain data only; how it looks is left to the templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.document import Block, Kind, Mark, Note, Span
from index.stored_document import StoredDocument

CHARS_BEFORE = 400
"""Little enough that the quotation stands on the first screen, if paragraphs are not long."""
CHARS_AFTER = 5_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph that is all of one kind, or an author's mark."""

    text: str = ""
    is_quoted: bool = False
    """Whether it stands in the quotation that is highlighted."""
    opens_quotation: bool = False
    mark: str | None = None
    """The marker, where the piece is a mark."""
    note: int | None = None
    """Position of the mark's note in the document, if it has one."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or heading of the page."""

    kind: Kind
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note beside the text."""

    position: int
    marker: str
    pieces: tuple[Piece, ...]
    resolved: str | None
    is_cited: bool
    """Whether its mark stands in the quotation, or the quotation in it."""
    has_mark: bool
    """Whether its mark stands in the text that is shown."""


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """All that one page shows."""

    section: tuple[str, ...]
    page: str | None
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[ShownNote, ...]
    earlier: int | None
    """A place in the text to turn back to; None at the beginning."""
    later: int | None

    @property
    def has_quotation(self) -> bool:
        """Whether the quotation is among what is shown."""
        shown: list[Paragraph | ShownNote] = [*self.paragraphs, *self.notes]
        return any(piece.opens_quotation for part in shown for piece in part.pieces)


def lay_out(document: StoredDocument, quotation: Span | None, at: int | None) -> ReadingPage:
    """Choose what a page shows.

    Args:
        document: The document to read in.
        quotation: What to highlight; None for nothing.
        at: The place in the text to open it at; by default that of the quotation, or of the mark
            of the note that holds the quotation.
    """
    place = at if at is not None else _place_of(document, quotation)
    blocks = _blocks_around(document, place)
    window = Span(blocks[0].start, blocks[-1].end) if blocks else Span(0, 0)
    marks = sorted(
        (mark for mark in document.marks if window.start <= mark.offset <= window.end),
        key=lambda mark: mark.offset,
    )
    return ReadingPage(
        section=_section_at(document, place),
        page=document.page_at(place),
        paragraphs=tuple(_paragraph(document, block, marks, quotation) for block in blocks),
        notes=tuple(_notes(document, marks, quotation)),
        earlier=max(0, window.start - CHARS_AFTER) if window.start > 0 else None,
        later=window.end if window.end < document.body_end else None,
    )


def _place_of(document: StoredDocument, quotation: Span | None) -> int:
    """Give the place in the body where a quotation is best read."""
    if quotation is None:
        return 0
    if quotation.start >= document.body_end:
        note = next((n for n in document.notes if n.start <= quotation.start <= n.end), None)
        if note is not None and note.mark is not None:
            return document.marks[note.mark].offset
    return quotation.start


def _blocks_around(document: StoredDocument, place: int) -> Sequence[Block]:
    if place >= document.body_end:
        # Behind the body stand captions and notes, which have no neighbours to be read with.
        return [block for block in document.blocks if block.start <= place <= block.end]
    low, high = place - CHARS_BEFORE, place + CHARS_AFTER
    return [
        block
        for block in document.blocks
        if block.end > low and block.start < min(high, document.body_end)
    ]


def _section_at(document: StoredDocument, place: int) -> tuple[str, ...]:
    holding = (s.path for s in document.sections if s.start <= place <= s.end)
    return next(holding, ())


def _paragraph(
    document: StoredDocument, block: Block, marks: Sequence[Mark], quotation: Span | None
) -> Paragraph:
    pieces: list[Piece] = []
    start = block.start
    for mark in marks:
        if not block.start <= mark.offset <= block.end:
            continue
        pieces += _stretches(document, Span(start, mark.offset), quotation)
        pieces.append(_mark(document, mark, quotation))
        start = mark.offset
    pieces += _stretches(document, Span(start, block.end), quotation)
    return Paragraph(block.kind, tuple(pieces))


def _mark(document: StoredDocument, mark: Mark, quotation: Span | None) -> Piece:
    """Give a mark; it is quoted where the quotation goes around it, or is of its note."""
    note = None if mark.note is None else document.notes[mark.note]
    around = quotation is not None and quotation.start < mark.offset < quotation.end
    is_quoted = around or (note is not None and _overlap(note, quotation))
    return Piece(is_quoted=is_quoted, mark=mark.marker, note=mark.note)


def _stretches(document: StoredDocument, span: Span, quotation: Span | None) -> Iterator[Piece]:
    """Cut a stretch where the quotation begins and ends."""
    text = document.text_slice(*span)
    inside = Span(span.end, span.end) if quotation is None else quotation
    edges = sorted({*span, *(edge for edge in inside if span.start < edge < span.end)})
    for low, high in pairwise(edges):
        piece = text[low - span.start : high - span.start]
        is_quoted = inside.start <= low and high <= inside.end
        yield Piece(piece, is_quoted=is_quoted, opens_quotation=is_quoted and low == inside.start)


def _notes(
    document: StoredDocument, marks: Sequence[Mark], quotation: Span | None
) -> Iterator[ShownNote]:
    """Give the notes of the marks that are shown, and a note that is quoted but has no mark."""
    shown = [mark.note for mark in marks if mark.note is not None]
    for position, note in enumerate(document.notes):
        if position in shown or _overlap(note, quotation):
            yield ShownNote(
                position=position,
                marker=note.marker,
                pieces=tuple(_stretches(document, Span(note.start, note.end), quotation)),
                resolved=note.resolved,
                is_cited=_overlap(note, quotation) or _hangs_on(document, note, quotation),
                has_mark=position in shown,
            )


def _overlap(note: Note, quotation: Span | None) -> bool:
    return quotation is not None and note.start < quotation.end and quotation.start < note.end


def _hangs_on(document: StoredDocument, note: Note, quotation: Span | None) -> bool:
    if quotation is None or note.mark is None:
        return False
    return quotation.start < document.marks[note.mark].offset <= quotation.end
