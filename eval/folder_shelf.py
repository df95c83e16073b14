"""A shelf of files that were read on the spot, for checking cases where there is no index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document, DocumentId, Note, PageStart, Section, Span
from corpus.reading import find_files, read_file


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that was just read, with the way to its file."""

    document: Document
    path: str

    @property
    def id(self) -> DocumentId:
        """What it is asked for by."""
        return self.document.id

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.document.file

    @property
    def sha256(self) -> str:
        """Digest of the file's bytes."""
        return self.document.sha256

    @property
    def encoding(self) -> str:
        """What the bytes were decoded with."""
        return self.document.report.encoding

    @property
    def sections(self) -> Sequence[Section]:
        """Headings and the stretches they hold for."""
        return self.document.sections

    @property
    def pages(self) -> Sequence[PageStart]:
        """Where printed pages start."""
        return self.document.pages

    @property
    def notes(self) -> Sequence[Note]:
        """The author's notes."""
        return self.document.notes

    def text_slice(self, start: int, end: int) -> str:
        """Give a stretch of the clean text."""
        return self.document.text[start:end]

    def source_slice(self, start: int, end: int) -> str:
        """Give a stretch of the file."""
        return self.document.source[start:end]

    def source_spans(self, start: int, end: int) -> Sequence[Span]:
        """Trace a range of the clean text back to the file."""
        return self.document.source_spans(start, end)


class FolderShelf:
    """The readable files of some folders."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Read every file.

        Raises:
            CorpusError: If there is none, or one cannot be read.
        """
        read = [ReadDocument(read_file(path), str(path)) for path in find_files(list(folders))]
        self._documents = {document.id: document for document in read}

    def catalogue(self) -> Sequence[ReadDocument]:
        """List the documents."""
        return list(self._documents.values())

    def origins(self) -> Mapping[DocumentId, ReadDocument]:
        """Tell where each document was read from."""
        return self._documents

    def document(self, document: DocumentId, /) -> ReadDocument:
        """Open one of them."""
        return self._documents[document]
