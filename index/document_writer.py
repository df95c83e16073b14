"""Writes the document store of a new generation into one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.document import Document, DocumentId, Passage
from index.document_tables import (
    COLUMNS,
    INDEXES,
    SCHEMA,
    Row,
    document_facts,
    part_rows,
    passage_row,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stored document came from, and by which rules it was read and cut."""

    path: str
    """The file, as an absolute path when it was indexed."""
    reading: str
    """Version of the reader and settings of the passages: another value means reading again."""


class DocumentWriter:
    """Collects documents with their passages; the first passage added becomes row 0.

    Leaving it as a context finishes the file, or leaves it unfinished after an exception.
    """

    def __init__(self, path: Path, *, previous: Path | None = None) -> None:
        """Start a file that does not exist yet.

        Args:
            path: The file to write.
            previous: A finished file, from which documents may be taken over.
        """
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}", uri=True)
        self._connection.isolation_level = None
        # The file is checked, synced and switched to as a whole: a journal would only cost time.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA)
        if previous is not None:
            # SQLite attaches nothing once a transaction is open.
            self._connection.execute("ATTACH ? AS previous", (read_only_uri(previous),))
        self._connection.execute("BEGIN")
        self._documents = 0
        self._rows = 0

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file unless something went wrong, and close it."""
        try:
            if kind is None:
                self._connection.execute("COMMIT")
                self._connection.executescript(INDEXES)
        finally:
            self._connection.close()

    @property
    def documents(self) -> int:
        """Count the documents so far."""
        return self._documents

    @property
    def rows(self) -> int:
        """Count the passages so far."""
        return self._rows

    def add(
        self,
        document: Document,
        passages: Sequence[Passage],
        embedded: Sequence[str],
        origin: Origin,
    ) -> None:
        """Add a document.

        Args:
            document: As it was read.
            passages: Its passages, in order.
            embedded: For each passage, the text that stands for it in vectors.
            origin: Where it came from.
        """
        number, first = self._documents, self._rows
        described = enumerate(zip(passages, embedded, strict=True), start=first)
        self._insert("passages", ((row, number, *passage_row(*pair)) for row, pair in described))
        for table, parts in part_rows(document):
            self._insert(table, ((number, *part) for part in parts))
        summary = (
            number,
            document.id,
            document.file,
            document.sha256,
            document.title,
            document.author,
            document.year,
            document.body_end,
            len(document.text),
            first,
            len(passages),
            origin.path,
            origin.reading,
            document_facts(document),
        )
        self._insert("documents", [summary])
        self._documents += 1
        self._rows += len(passages)

    def copy(self, document: DocumentId) -> None:
        """Take over a document, with its passages, as it stands in the previous file."""
        number, first = self._documents, self._rows
        query = "SELECT position, first_row, passages FROM previous.documents WHERE id = ?"
        old, old_first, passages = self._connection.execute(query, (document,)).fetchone()
        self._copy("documents", {"position": number, "first_row": first}, "position", old)
        moved = f"row + {first - old_first}"
        self._copy("passages", {"row": moved, "document": number}, "document", old)
        for table in COLUMNS:
            self._copy(table, {"document": number}, "document", old)
        self._documents += 1
        self._rows += passages

    def _copy(self, table: str, changed: dict[str, int | str], key: str, value: int) -> None:
        names = [row[1] for row in self._connection.execute(f"PRAGMA main.table_info({table})")]
        values = ", ".join(str(changed.get(name, name)) for name in names)
        self._connection.execute(
            f"INSERT INTO main.{table} ({', '.join(names)}) "
            f"SELECT {values} FROM previous.{table} WHERE {key} = ? ORDER BY rowid",
            (value,),
        )

    def _insert(self, table: str, rows: Iterable[Row]) -> None:
        for row in rows:
            places = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT INTO main.{table} VALUES ({places})", row)


def read_only_uri(path: Path) -> str:
    """Name a finished file so that SQLite reads it without locks, on a read-only disk too."""
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
