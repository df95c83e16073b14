"""Makes citations, and lets none leave that the file does not bear out."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import DocumentId, Mark, Note, Span
from index.document_tables import StoredPassage
from index.stored_document import StoredDocument
from rag.answer import Citation, DocumentReference, Footnote, FoundPassage
from rag.reference import full_reference

logger = logging.getLogger(__name__)

_SPACE = re.compile(r"\s+")
_EMPHASIS = re.compile(r"[*_]")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of a document's text that is to be quoted."""

    document: DocumentId
    start: int
    end: int
    score: float
    """Log odds that it answers; higher is better."""
    core: Span | None = None
    """The sentence of it that answers, where one was chosen."""


def is_verbatim(text: str, slices: Sequence[str]) -> bool:
    """Whether slices of a file, put together, are a text letter for letter.

    White space is folded, and emphasis signs are left out, on both sides; nothing else is.

    Args:
        text: The quotation, without the author's marks.
        slices: What stands in the file at the quotation's source spans, in order.
    """
    return _folded(text) == _folded("".join(slices))


def _folded(text: str) -> str:
    return _SPACE.sub(" ", _EMPHASIS.sub("", text)).strip()


def cite(document: StoredDocument, quotation: Quotation, *, number: int) -> Citation | None:
    """Make a citation of a stretch of a document, checked against the file.

    Returns:
        The citation; None, with an error in the log, where the stored text is not what the stored
        file says.
    """
    start, end = quotation.start, quotation.end
    text = document.text_slice(start, end)
    spans = document.source_spans(start, end)
    if not text or not is_verbatim(text, [document.source_slice(*span) for span in spans]):
        logger.error(
            "a quotation of %s at %d-%d is not what the file says; it is left out",
            document.file,
            start,
            end,
        )
        return None
    marks = _marks_within(document, start, end)
    own = next((n for n in document.notes if n.start <= start < n.end), None)
    notes = [own] if own else [document.notes[m.note] for m in marks if m.note is not None]
    section = section_at(document, start) if own is None else own.section
    page = document.page_at(start) if own is None else None
    return Citation(
        number=number,
        quote=with_marks(text, start, marks),
        document=reference(document),
        section=section,
        page=page,
        start=start,
        end=end,
        source_spans=spans,
        footnotes=tuple(footnote(document, note) for note in notes),
        kind="body" if own is None else "note",
        score=round(quotation.score, 4),
        reference=full_reference(
            reference(document), page, section, [own.marker] if own is not None else []
        ),
    )


def with_marks(text: str, start: int, marks: Sequence[Mark]) -> str:
    """Put the author's marks back into a stretch of clean text, as ``[^18]``.

    Args:
        text: The stretch.
        start: Where it begins in the document's text.
        marks: The marks that stand in it, in order.
    """
    parts = []
    low = 0
    for mark in marks:
        high = mark.offset - start
        parts += [text[low:high], f"[^{mark.marker}]"]
        low = high
    return "".join([*parts, text[low:]])


def _marks_within(document: StoredDocument, start: int, end: int) -> list[Mark]:
    return [mark for mark in document.marks if start < mark.offset <= end]


def reference(document: StoredDocument) -> DocumentReference:
    """Give what is needed to cite a document."""
    return DocumentReference(
        id=document.id,
        file=document.file,
        sha256=document.sha256,
        title=document.title,
        author=document.author,
        year=document.year,
    )


def footnote(document: StoredDocument, note: Note) -> Footnote:
    """Give one of a document's notes as it hangs on a quotation."""
    return Footnote(
        marker=note.marker,
        text=document.note_text(note),
        resolved=note.resolved,
        source_spans=document.source_spans(note.start, note.end),
    )


def section_at(document: StoredDocument, offset: int) -> tuple[str, ...]:
    """Give the heading path that a place of the text stands under."""
    return next(
        (s.path for s in document.sections if s.start <= offset < max(s.end, s.start + 1)), ()
    )


def found_passage(
    document: StoredDocument, passage: StoredPassage, *, rank: int, score: float
) -> FoundPassage:
    """Give a passage with its place and its notes, as a search returns it."""
    return FoundPassage(
        id=passage.id,
        rank=rank,
        score=round(score, 4),
        text=passage.text,
        document=reference(document),
        section=passage.section,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        source_spans=document.source_spans(passage.start, passage.end),
        footnotes=tuple(footnote(document, document.notes[i]) for i in passage.notes),
        kind=str(passage.kind),
    )
