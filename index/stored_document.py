"""A document as it was read, looked at where it is stored.

Texts are read in stretches, so that a slice of a long book does not load the whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from corpus.document import (
    Block,
    Document,
    DocumentId,
    Kind,
    Mark,
    Note,
    PageStart,
    ReadingReport,
    Section,
    Span,
    page_at,
)
from corpus.source_map import SourceMap
from index.document_tables import (
    STRETCH_CHARS,
    SUMMARY_COLUMNS,
    block_from,
    dropped_from,
    mark_from,
    note_from,
    page_from,
    report_from,
    section_from,
    source_map_from,
    summary_from,
)

Fetch = Callable[[str, Sequence[str | int]], list[tuple[Any, ...]]]
"""Runs a query with its values on the tables of a document store."""

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class NoteRows:
    """Where a note can be found: by itself, and by the passage that carries its mark."""

    own: int | None
    """The row of the passage that is the note."""
    host: int | None
    """The row of the passage of the body that the note hangs on; None where its mark was lost."""


class StoredDocument:
    """A document as it was read, each part of it loaded when it is asked for.

    It has the attributes of ``corpus.document.Document``. ``text`` and ``source`` are read anew
    at each use; ``text_slice`` and ``source_slice`` read only what they give.
    """

    def __init__(self, fetch: Fetch, position: int) -> None:
        """Look at the document that stands at a position of the store.

        Args:
            fetch: Runs queries on the store's tables.
            position: Which of its documents.
        """
        self._fetch = fetch
        self._position = position
        query = (
            f"SELECT {SUMMARY_COLUMNS}, length, first_row, facts FROM documents WHERE position = ?"
        )
        *summary, length, first, facts = fetch(query, (position,))[0]
        self.summary = summary_from(summary)
        self.rows = range(first, first + self.summary.passages)
        """The rows of its passages."""
        self.text_length = int(length)
        """The length of ``text``, the notes behind the body included."""
        self._facts: dict[str, Any] = json.loads(facts)

    @property
    def id(self) -> DocumentId:
        """Give the document's id."""
        return self.summary.id

    @property
    def file(self) -> str:
        """Give the file's name."""
        return self.summary.file

    @property
    def sha256(self) -> str:
        """Give the digest of the file's bytes."""
        return self.summary.sha256

    @property
    def title(self) -> str:
        """Give the title."""
        return self.summary.title

    @property
    def author(self) -> str | None:
        """Give the author, where one is known."""
        return self.summary.author

    @property
    def year(self) -> int | None:
        """Give the year, where it is known."""
        return self.summary.year

    @property
    def body_end(self) -> int:
        """Tell where the body ends in ``text``."""
        return self.summary.length

    @property
    def text(self) -> str:
        """Read the whole clean text."""
        return self.text_slice(0, self.text_length)

    @property
    def source(self) -> str:
        """Read the whole file, decoded."""
        return self._stretch("source", 0, None)

    def text_slice(self, start: int, end: int) -> str:
        """Give ``text[start:end]``; both are at least 0."""
        return self._stretch("text", start, end)

    def source_slice(self, start: int, end: int) -> str:
        """Give ``source[start:end]``; both are at least 0."""
        return self._stretch("source", start, end)

    def _stretch(self, kind: str, start: int, end: int | None) -> str:
        query = "SELECT start, content FROM stretches WHERE document = ? AND kind = ? AND start > ?"
        values: list[str | int] = [self._position, kind, start - STRETCH_CHARS]
        if end is not None:
            query, values = f"{query} AND start < ?", [*values, end]
        found = self._fetch(f"{query} ORDER BY start", values)
        if not found:
            return ""
        first = int(found[0][0])
        whole = "".join(content for _, content in found)
        return whole[start - first : None if end is None else max(start, end) - first]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Give the blocks of the clean text, in order."""
        return self._parts("blocks", "start, stop, kind", block_from)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Give the sections, in order."""
        return self._parts("sections", "path, start, stop, kind", section_from)

    @cached_property
    def pages(self) -> tuple[PageStart, ...]:
        """Give the places from which printed page labels hold, in order."""
        return self._parts("pages", "start, label", page_from)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """Give the marks in the body, in order."""
        columns = "marker, place, source_start, source_stop, status, note, reason"
        return self._parts("marks", columns, mark_from)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Give the notes, in order."""
        columns = "marker, start, stop, section, mark, resolved, reason"
        return self._parts("notes", columns, note_from)

    @cached_property
    def note_rows(self) -> tuple[NoteRows, ...]:
        """Tell for each of the notes in which rows it and its mark stand."""
        query = "SELECT row, kind, notes FROM passages WHERE row BETWEEN ? AND ? AND notes <> '[]'"
        own: dict[int, int] = {}
        host: dict[int, int] = {}
        for row, kind, notes in self._fetch(query, (self.rows.start, self.rows.stop - 1)):
            rows = own if kind == Kind.NOTE else host
            rows.update(dict.fromkeys(json.loads(notes), row))
        return tuple(NoteRows(own.get(i), host.get(i)) for i in range(len(self.notes)))

    @property
    def abbreviations(self) -> tuple[tuple[str, str], ...]:
        """Give short forms and long forms, as the book's own table has them."""
        return tuple((short, long) for short, long in self._facts["abbreviations"])

    @cached_property
    def report(self) -> ReadingReport:
        """Tell what the reader did, and what it did not understand."""
        columns = "source_start, source_stop, content, reason"
        return report_from(self._facts, self._parts("dropped", columns, dropped_from))

    def _parts(
        self, table: str, columns: str, make: Callable[[Sequence[Any]], Record]
    ) -> tuple[Record, ...]:
        query = f"SELECT {columns} FROM {table} WHERE document = ? ORDER BY position"
        return tuple(make(row) for row in self._fetch(query, (self._position,)))

    @property
    def source_map(self) -> SourceMap:
        """Read the whole way back to the file."""
        return source_map_from(self._runs(0, self.text_length))

    def source_spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Trace ``text[start:end]`` back to the file, as ``Document.source_spans`` does."""
        source_map = source_map_from(self._runs(start, end))
        return tuple(Span(*span) for span in source_map.spans(start, end))

    def _runs(self, start: int, end: int) -> list[tuple[Any, ...]]:
        query = (
            "SELECT text_start, source_start, length, blank_before FROM runs WHERE document = ? "
            "AND text_start >= coalesce((SELECT max(text_start) FROM runs "
            "WHERE document = ? AND text_start <= ?), 0) AND text_start < ? ORDER BY text_start"
        )
        return self._fetch(query, (self._position, self._position, start, end))

    def note_text(self, note: Note) -> str:
        """Give the text of one of the document's notes."""
        return self.text_slice(note.start, note.end)

    def page_at(self, offset: int) -> str | None:
        """Give the printed page label that holds at a place of the clean text, if one is known."""
        return page_at(self.pages, offset)

    def load(self) -> Document:
        """Read the whole document into memory, as its reader gave it."""
        return Document(
            id=self.id,
            file=self.file,
            sha256=self.sha256,
            title=self.title,
            author=self.author,
            year=self.year,
            source=self.source,
            text=self.text,
            body_end=self.body_end,
            source_map=self.source_map,
            blocks=self.blocks,
            sections=self.sections,
            notes=self.notes,
            marks=self.marks,
            pages=self.pages,
            abbreviations=self.abbreviations,
            report=self.report,
        )
