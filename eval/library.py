"""The texts that answers are checked against: the files themselves, or what the index kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from corpus.document import DocumentId, Note, Span
from eval.measures.locators import Located
from rag.answer import DocumentReference

_PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})
"""Files whose text is their bytes; what was converted first is checked in the index."""


class ShelvedDocument(Located, Protocol):
    """A document as the index keeps it."""

    @property
    def notes(self) -> Sequence[Note]:
        """The author's notes."""

    def source_slice(self, start: int, end: int) -> str:
        """Give a stretch of the file, decoded, by code points."""


class Entry(Protocol):
    """One line of the index's list of documents."""

    @property
    def id(self) -> DocumentId:
        """What the document is asked for by."""

    @property
    def file(self) -> str:
        """The name of its file."""

    @property
    def sha256(self) -> str:
        """Digest of the file's bytes."""

    @property
    def encoding(self) -> str:
        """What the file's bytes were decoded with."""


class Origin(Protocol):
    """Where a document was read from."""

    @property
    def path(self) -> str:
        """The file, when it was indexed."""


class Shelf(Protocol):
    """The index's documents."""

    def catalogue(self) -> Sequence[Entry]:
        """List the documents."""

    def origins(self) -> Mapping[DocumentId, Origin]:
        """Tell where each document was read from."""

    def document(self, document: DocumentId, /) -> ShelvedDocument:
        """Open one of them."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A whole source file, decoded."""

    text: str

    def source_slice(self, start: int, end: int) -> str:
        """Give a stretch of the file by code points."""
        return self.text[start:end]


class Library:
    """The indexed documents, each read from its own file where the file can be found."""

    def __init__(self, shelf: Shelf, *, folders: Iterable[Path] = ()) -> None:
        """Take the index's documents and the folders in which their files may stand.

        Args:
            shelf: The documents of an open index.
            folders: Files and folders to look in besides the places they were read from. A file
                counts only when its digest is the one the index names.
        """
        self._shelf = shelf
        self._entries = {entry.id: entry for entry in shelf.catalogue()}
        self._origins = shelf.origins()
        self._documents: dict[DocumentId, ShelvedDocument] = {}
        self._sources: dict[DocumentId, SourceText | ShelvedDocument] = {}
        self._files = _files_by_name(folders)

    def find(self, name: str) -> DocumentId | None:
        """Give the document that a case names by file name or id."""
        for entry in self._entries.values():
            if name in (entry.file, PurePath(entry.file).name, entry.id):
                return entry.id
        return None

    def document(self, document: DocumentId) -> ShelvedDocument:
        """Open a document as the index keeps it."""
        if document not in self._documents:
            self._documents[document] = self._shelf.document(document)
        return self._documents[document]

    def slices(self, document: DocumentId, spans: Sequence[Span]) -> list[str]:
        """Give stretches of a document's file, from its bytes where they can be had."""
        if document not in self._sources:
            self._sources[document] = self._from_file(document) or self.document(document)
        source = self._sources[document]
        return [source.source_slice(start, end) for start, end in spans]

    def quoted_slices(self, document: DocumentReference, spans: Sequence[Span]) -> list[str]:
        """Give what a citation's spans name; nothing where the library lacks the document."""
        return self.slices(document.id, spans) if document.id in self._entries else []

    def files_found(self) -> int:
        """Count the documents that are read from their own file."""
        for document in self._entries:
            self.slices(document, [])
        return sum(isinstance(source, SourceText) for source in self._sources.values())

    def _from_file(self, document: DocumentId) -> SourceText | None:
        entry = self._entries[document]
        read_from = Path(self._origins[document].path)
        for path in (read_from, *self._files.get(read_from.name, ())):
            if path.suffix.lower() in _PLAIN and path.is_file():
                raw = path.read_bytes()
                if hashlib.sha256(raw).hexdigest() == entry.sha256:
                    return SourceText(raw.decode(entry.encoding))
        return None


def _files_by_name(folders: Iterable[Path]) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for folder in folders:
        here = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        for path in here:
            if path.is_file():
                files.setdefault(path.name, []).append(path)
    return files
