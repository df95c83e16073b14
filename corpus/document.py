"""What a file becomes once it has been read: clean text, sections, notes, marks, and the way back.

This module holds the data types only. How they are found is left to the readers, and how a
document is cut into passages to ``corpus.passages``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, NewType

from corpus.source_map import SourceMap

DocumentId = NewType("DocumentId", str)
"""First sixteen hexadecimal digits of the SHA-256 of the file's bytes."""

PassageId = NewType("PassageId", str)
"""Made from the document and the place, so a rebuilt index cites the same passages."""


class Span(NamedTuple):
    """A half-open range of Unicode code points, counted from 0."""

    start: int
    end: int


class Kind(StrEnum):
    """What a stretch of text is, as far as a reader can tell."""

    BODY = "body"
    HEADING = "heading"
    NOTE = "note"
    CAPTION = "caption"
    FRONT = "front"
    """Title page, imprint, table of contents: about the book, not of it."""
    BIBLIOGRAPHY = "bibliography"
    INDEX = "index"
    TABLE = "table"
    ABBREVIATIONS = "abbreviations"
    DAMAGED = "damaged"
    """Letters stand here, but hardly words: searched last, and never preferred to a clean copy."""


class MarkStatus(StrEnum):
    """How a mark came to its note."""

    CLEAN = "clean"
    RECOVERED = "recovered"
    """The number was damaged; the order of marks and notes told which one it is."""
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or note of the clean text; blocks cover it without a gap."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the text under one heading path, such as part, chapter, sub-heading."""

    path: tuple[str, ...]
    start: int
    end: int
    kind: Kind = Kind.BODY


@dataclass(frozen=True, slots=True)
class PageStart:
    """The place in the clean text from which a printed page label holds, or none does."""

    start: int
    label: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the body that points to a note.

    The mark itself is not part of the clean text: ``offset`` is the place between two characters
    where it stood.
    """

    marker: str
    """The number as it should read, such as ``27`` where the scan has a misread ``227``."""
    offset: int
    source_span: Span
    status: MarkStatus
    note: int | None
    """Position of the note in ``Document.notes``."""
    reason: str = ""
    """Why the mark has no note, or how its number was recovered."""


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote. Its text stands in ``Document.text`` behind the body."""

    marker: str
    start: int
    end: int
    section: tuple[str, ...]
    """The section of the body that the note belongs to."""
    mark: int | None
    """Position of the mark in ``Document.marks``."""
    resolved: str | None = None
    """The work that ``Ibid.`` or a short title stands for."""
    reason: str = ""
    """Why the note has no mark, or how its number was recovered."""


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """A line of the file that is not in the clean text, and why."""

    source_span: Span
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What the reader did, and what it did not understand."""

    encoding: str
    joined_sentences: int = 0
    joined_words: int = 0
    dropped: tuple[DroppedLine, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as the reader understood it.

    ``text`` is the body in reading order, ``text[:body_end]``, and behind it what was lifted out
    of the running text: captions and notes, one block each. Inside a paragraph there is no line
    break; one stands between any two blocks.
    """

    id: DocumentId
    file: str
    sha256: str
    title: str
    author: str | None
    year: int | None
    source: str
    """The file, decoded."""
    text: str
    body_end: int
    source_map: SourceMap = field(repr=False)
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    marks: tuple[Mark, ...] = ()
    pages: tuple[PageStart, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    """Short form and long form, as the book's own table gives them."""
    report: ReadingReport = ReadingReport(encoding="utf-8")

    def source_spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Trace ``text[start:end]`` back to the file.

        Returns:
            Ascending, disjoint ranges of ``source``; their slices, put together, are the text up
            to the folding of white space.
        """
        return tuple(Span(*span) for span in self.source_map.spans(start, end))

    def note_text(self, note: Note) -> str:
        """Give the text of one of the document's notes."""
        return self.text[note.start : note.end]


@dataclass(frozen=True, slots=True)
class Passage:
    """What retrieval finds: whole sentences of one section, with the notes that hang on them."""

    id: PassageId
    document: DocumentId
    start: int
    end: int
    kind: Kind
    section: tuple[str, ...]
    page: str | None
    text: str
    """Exactly ``Document.text[start:end]``."""
    sentences: tuple[Span, ...]
    """Sentences in order, as ranges of ``Document.text``; they cover all but white space."""
    notes: tuple[int, ...] = ()
    """Positions in ``Document.notes`` of the notes whose marks stand in the passage; for a passage
    that is a note, the note itself."""


def page_at(pages: Sequence[PageStart], offset: int) -> str | None:
    """Give the printed page label that holds at a place of the clean text, where one is known."""
    i = bisect_right(pages, offset, key=lambda page: page.start)
    return pages[i - 1].label if i else None
