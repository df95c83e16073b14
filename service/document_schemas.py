"""The bodies of documents, notes and the index, and what turns each record into its body."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from corpus.document import Mark, Note
from index.document_tables import DocumentSummary
from index.stored_document import StoredDocument
from service.schemas import Body, SpanBody, spans_body

if TYPE_CHECKING:
    from corpus.account import Account
    from corpus.figures import Figures
    from index.generation import StoreStatus


class SectionBody(Body):
    """A stretch of a document under one heading path."""

    path: list[str]
    start: int
    end: int
    kind: str


class DocumentBody(Body):
    """A document of the library, and what its reader found in it."""

    id: str
    file: str
    sha256: str
    title: str
    author: str | None
    year: int | None
    length: int
    """Code points of the body."""
    passages: int
    notes: int
    notes_unmatched: int
    marks: int
    marks_joined: int
    marks_recovered: int
    marks_unmatched: int
    encoding: str
    joined_sentences: int
    joined_words: int
    dropped_lines: int
    warnings: list[str]


class AccountBody(Body):
    """What the reader made of one file."""

    file: str
    characters: dict[str, int]
    """How many met with each fate; they add up to the file."""
    letters: dict[str, int]
    findable: float
    """The share of the letters that are kept where a search comes upon them."""
    sections: int
    notes: int
    notes_unmatched: int
    marks: int
    marks_joined: int
    marks_recovered: int
    marks_unmatched: int
    joined_sentences: int
    joined_words: int
    dropped: dict[str, int]
    """Lines that are not in the text, by the reason."""
    warnings: list[str]


class AccountsBody(Body):
    """What ``ibid account --json`` prints."""

    documents: list[AccountBody]
    total: AccountBody


class DocumentsBody(Body):
    """The documents of the library."""

    documents: list[DocumentBody]


class DocumentWithSectionsBody(DocumentBody):
    """A document, and how it is divided."""

    sections: list[SectionBody]


class TextBody(Body):
    """A stretch of a document's clean text."""

    start: int
    end: int
    text: str


class MarkBody(Body):
    """The place in the body that points to a note; the clean text has no character for it."""

    start: int
    end: int
    source_span: SpanBody
    status: str


class NoteBody(Body):
    """A document's footnote or endnote."""

    marker: str
    section: list[str]
    text: str
    start: int
    end: int
    source_spans: list[SpanBody]
    mark: MarkBody | None
    resolved: str | None
    reason: str
    """Why it has no mark, or how its number was recovered; empty where all is plain."""


class NotesBody(Body):
    """A document's notes, in order."""

    notes: list[NoteBody]


class StatusBody(Body):
    """What ``ibid status --json`` prints."""

    store: str
    generation: str
    created: str
    documents: int
    passages: int
    model: str
    model_digest: str
    precision: str
    size_bytes: int
    cache_bytes: int
    generations: list[str]


def account_body(name: str, account: Account, figures: Figures) -> AccountBody:
    """Turn a file's account and figures into one body."""
    counts = asdict(figures)
    del counts["pages"]
    return AccountBody(
        file=name,
        characters={str(fate): count for fate, count in account.characters.items()},
        letters={str(fate): count for fate, count in account.letters.items()},
        findable=account.findable,
        **counts,
    )


def document_body(summary: DocumentSummary) -> DocumentBody:
    """Turn what the index says of a document into its body."""
    return DocumentBody.model_validate(summary, from_attributes=True)


def document_with_sections_body(document: StoredDocument) -> DocumentWithSectionsBody:
    """Turn a document into its body, sections included."""
    sections = [
        SectionBody(
            path=list(section.path), start=section.start, end=section.end, kind=section.kind
        )
        for section in document.sections
    ]
    return DocumentWithSectionsBody(
        **document_body(document.summary).model_dump(), sections=sections
    )


def notes_body(document: StoredDocument) -> NotesBody:
    """Turn a document's notes into their body, each with its mark."""
    return NotesBody(notes=[_note_body(document, note) for note in document.notes])


def _note_body(document: StoredDocument, note: Note) -> NoteBody:
    return NoteBody(
        marker=note.marker,
        section=list(note.section),
        text=document.note_text(note),
        start=note.start,
        end=note.end,
        source_spans=spans_body(document.source_spans(note.start, note.end)),
        mark=None if note.mark is None else _mark_body(document.marks[note.mark]),
        resolved=note.resolved,
        reason=note.reason,
    )


def _mark_body(mark: Mark) -> MarkBody:
    return MarkBody(
        start=mark.offset, end=mark.offset, source_span=mark.source_span, status=mark.status
    )


def status_body(status: StoreStatus) -> StatusBody:
    """Turn the state of a store into its body."""
    manifest = status.manifest
    return StatusBody(
        store=str(status.path),
        generation=manifest.generation,
        created=manifest.created,
        documents=manifest.documents,
        passages=manifest.passages,
        model=manifest.model.name,
        model_digest=manifest.model.digest,
        precision=manifest.model.precision,
        size_bytes=status.size_bytes,
        cache_bytes=status.cache_bytes,
        generations=list(status.generations),
    )
