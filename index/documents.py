"""The document store: every document as it was read, with its passages, in one SQLite file.

The file is opened read-only and never changes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.document import DocumentId, PassageId
from index.arrays import Rows
from index.document_tables import (
    PASSAGE_COLUMNS,
    SUMMARY_COLUMNS,
    DocumentSummary,
    StoredPassage,
    passage_from,
    summary_from,
)
from index.document_writer import Origin, read_only_uri
from index.errors import AmbiguousDocument, DamagedStore, UnknownDocument
from index.stored_document import StoredDocument

DOCUMENTS_FILE = "documents.sqlite"

# SQLite takes at most 32,766 values in one statement.
_ROWS_AT_ONCE = 10_000

# A passage takes about two kilobytes.
_PASSAGES_REMEMBERED = 16_384

# Open documents keep their notes and marks in memory, but no text.
_DOCUMENTS_REMEMBERED = 256


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
        return StoredDocument(self.fetch, int(found[0][0]))

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
