"""The document store: every document as it was read, with its passages, in one SQLite file.

The file is opened read-only and never changes. Texts are read in stretches, so that a slice of a
long book does not load the whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from corpus.document import (
    Block,
    Document,
    DocumentId,
    Kind,
    Mark,
    Note,
    PageStart,
    PassageId,
    ReadingReport,
    Section,
    Span,
    page_at,
)
from corpus.source_map import SourceMap
from index.arrays import Rows
from index.document_tables import (
    PASSAGE_COLUMNS,
    STRETCH_CHARS,
    SUMMARY_COLUMNS,
    DocumentSummary,
    StoredPassage,
    block_from,
    dropped_from,
    mark_from,
    note_from,
    page_from,
    passage_from,
    report_from,
    section_from,
    source_map_from,
    summary_from,
)
from index.document_writer import Origin, read_only_uri
from index.errors import AmbiguousDocument, DamagedStore, UnknownDocument

DOCUMENTS_FILE = "documents.sqlite"

# SQLite takes at most 32,766 values in one statement.
_ROWS_AT_ONCE = 10_000

# A passage takes about two kilobytes.
_PASSAGES_REMEMBERED = 16_384

# Open documents keep their notes and marks in memory, but no text.
_DOCUMENTS_REMEMBERED = 256

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class NoteRows:
    """Where a note can be found: by itself, and by the passage that carries its mark."""

    own: int | None
    """The row of the passage that is the note."""
    host: int | None
    """The row of the passage of the body that the note hangs on; None where its mark was lost."""


class DocumentStore:
    """The documents and passages of a generation; may be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Open what a ``DocumentWriter`` has written.

        Raises:
            DamagedStore: If the file is missing or is no such store.
        """
        self._path = path
        self._lock = Lock()
        if not path.is_file():
            raise DamagedStore(path, "no such file", "a document store")
        self._connection = sqlite3.connect(read_only_uri(path), uri=True, check_same_thread=False)
        self._passages: dict[int, StoredPassage] = {}
        self._remembered = lru_cache(_DOCUMENTS_REMEMBERED)(self._open_document)
        try:
            self._length = int(self.fetch("SELECT count(*) FROM passages")[0][0])
        except DamagedStore:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __len__(self) -> int:
        """Count the passages."""
        return self._length

    def fetch(self, query: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
        """Run a query on the store's tables.

        Raises:
            DamagedStore: If the file cannot be understood.
        """
        try:
            with self._lock, closing(self._connection.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.ProgrammingError:
            # Such as a store that was closed: nothing is wrong with the file.
            raise
        except sqlite3.DatabaseError as error:
            raise DamagedStore(self._path, str(error), "a document store") from error

    def passages(self, rows: Sequence[int] | Rows) -> list[StoredPassage]:
        """Give the passages of some rows, in the order asked.

        Raises:
            IndexError: If there is no such row.
        """
        wanted = [int(row) for row in rows]
        found = {row: p for row in wanted if (p := self._passages.get(row)) is not None}
        unknown = [row for row in wanted if row not in found]
        for low in range(0, len(unknown), _ROWS_AT_ONCE):
            some = unknown[low : low + _ROWS_AT_ONCE]
            places = ", ".join("?" * len(some))
            found.update((p.row, p) for p in self._find_passages(f"p.row IN ({places})", some))
        if missing := [row for row in unknown if row not in found]:
            raise IndexError(f"found row {missing[0]}, expected one from 0 to {len(self) - 1}")
        self._remember([found[row] for row in unknown])
        return [found[row] for row in wanted]

    def _remember(self, passages: Sequence[StoredPassage]) -> None:
        """Keep passages for the next question; the same ones come up again and again."""
        if len(self._passages) + len(passages) > _PASSAGES_REMEMBERED:
            # A new dictionary and not the old one emptied: another thread may be reading it.
            self._passages = {}
        self._passages.update((p.row, p) for p in passages[:_PASSAGES_REMEMBERED])

    def passage(self, name: PassageId) -> StoredPassage | None:
        """Give the passage with an id, if there is one."""
        return next(iter(self._find_passages("p.id = ?", [name])), None)

    def _find_passages(self, condition: str, values: Sequence[str | int]) -> list[StoredPassage]:
        query = (
            f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN documents d ON d.position = p.document "
            f"WHERE {condition}"
        )
        return [passage_from(row) for row in self.fetch(query, values)]

    def embedded(self, rows: Sequence[int]) -> list[str]:
        """Give the texts that stand for some passages in vectors, headings included."""
        query = "SELECT embedded FROM passages WHERE row = ?"
        return [str(self.fetch(query, (row,))[0][0]) for row in rows]

    def rows_of(self, document: DocumentId) -> range:
        """Give the rows of a document's passages, in the order of its text.

        Raises:
            UnknownDocument: If no document has this id.
        """
        found = self.fetch("SELECT first_row, passages FROM documents WHERE id = ?", (document,))
        if not found:
            raise UnknownDocument(document, self._files())
        first, count = found[0]
        return range(first, first + count)

    def document(self, document: DocumentId) -> StoredDocument:
        """Open a document by its id.

        Raises:
            UnknownDocument: If no document has this id.
        """
        return self._remembered(document)

    def _open_document(self, document: DocumentId) -> StoredDocument:
        found = self.fetch("SELECT position FROM documents WHERE id = ?", (document,))
        if not found:
            raise UnknownDocument(document, self._files())
        return StoredDocument(self, int(found[0][0]))

    def find(self, reference: str) -> DocumentSummary:
        """Find a document by its id or its file name, with or without the ending.

        Raises:
            UnknownDocument: If there is none.
            AmbiguousDocument: If several files have this name.
        """
        summaries = self.catalogue()
        tests: list[Callable[[DocumentSummary], bool]] = [
            lambda s: reference == s.id,
            lambda s: reference == s.file,
            lambda s: reference == Path(s.file).stem,
        ]
        for test in tests:
            found = [summary for summary in summaries if test(summary)]
            if len(found) > 1:
                raise AmbiguousDocument(reference, [summary.id for summary in found])
            if found:
                return found[0]
        raise UnknownDocument(reference, [summary.file for summary in summaries])

    def catalogue(self) -> list[DocumentSummary]:
        """Give a summary of every document, in the order of their rows."""
        rows = self.fetch(f"SELECT {SUMMARY_COLUMNS} FROM documents ORDER BY position")
        return [summary_from(row) for row in rows]

    def abbreviations(self) -> list[tuple[str, str]]:
        """Give the short and long forms of every document's table of abbreviations."""
        rows = self.fetch("SELECT facts FROM documents ORDER BY position")
        tables = (json.loads(facts)["abbreviations"] for (facts,) in rows)
        return [(short, long) for table in tables for short, long in table]

    def origins(self) -> dict[DocumentId, Origin]:
        """Tell where each document came from."""
        rows = self.fetch("SELECT id, path, reading FROM documents ORDER BY position")
        return {DocumentId(name): Origin(path, reading) for name, path, reading in rows}

    def _files(self) -> list[str]:
        return [file for (file,) in self.fetch("SELECT file FROM documents ORDER BY position")]


class StoredDocument:
    """A document as it was read, each part of it loaded when it is asked for.

    It has the attributes of ``corpus.document.Document``. ``text`` and ``source`` are read anew
    at each use; ``text_slice`` and ``source_slice`` read only what they give.
    """

    def __init__(self, store: DocumentStore, position: int) -> None:
        """Look at the document that stands at a position of the store."""
        self._store = store
        self._position = position
        query = (
            f"SELECT {SUMMARY_COLUMNS}, length, first_row, facts FROM documents WHERE position = ?"
        )
        *summary, length, first, facts = store.fetch(query, (position,))[0]
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
        found = self._store.fetch(f"{query} ORDER BY start", values)
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
        for row, kind, notes in self._store.fetch(query, (self.rows.start, self.rows.stop - 1)):
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
        return tuple(make(row) for row in self._store.fetch(query, (self._position,)))

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
        return self._store.fetch(query, (self._position, self._position, start, end))

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
