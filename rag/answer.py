"""What a question gets back: quotations with their places, or the plain word that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from corpus.document import DocumentId, PassageId, Span


class Status(StrEnum):
    """How far the library answered."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_IN_CORPUS = "not_in_corpus"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is confined to; empty means everything."""

    author: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    """Document ids or file names."""
    year_from: int | None = None
    year_to: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """Enough about a document to cite it."""

    id: DocumentId
    file: str
    sha256: str
    title: str
    author: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class Footnote:
    """An author's own note, as it hangs on a quotation."""

    marker: str
    text: str
    resolved: str | None
    source_spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage with its place and its score."""

    id: PassageId
    rank: int
    score: float
    text: str
    """Exactly ``Document.text[start:end]``, without marks."""
    document: DocumentReference
    section: tuple[str, ...]
    page: str | None
    start: int
    end: int
    source_spans: tuple[Span, ...]
    footnotes: tuple[Footnote, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A verified quotation with its place and the author's own notes."""

    number: int
    quote: str
    """``Document.text[start:end]`` with the author's marks put back as ``[^n]``."""
    document: DocumentReference
    section: tuple[str, ...]
    page: str | None
    start: int
    end: int
    source_spans: tuple[Span, ...]
    footnotes: tuple[Footnote, ...]
    kind: Literal["body", "note"]
    score: float
    reference: str = ""
    """The full reference, as a note of a book would give it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A matter on which quotations differ; each side is a list of citation numbers."""

    about: str
    sides: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class IndexReference:
    """Which index an answer came from."""

    generation: str
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole reply to one question, an abstention included."""

    status: Status
    answer: str
    confidence: float
    """Calibrated: of the answers given 0.8, about 80% are right."""
    citations: tuple[Citation, ...]
    query: str
    """The question as understood, after follow-ups were filled in."""
    index: IndexReference
    conflicts: tuple[Conflict, ...] = ()
    nearest: tuple[Citation, ...] = ()
    """On ``NOT_IN_CORPUS``: what stands nearest, offered as not an answer."""
    generator: str = "extractive"
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages found for a query, best first."""

    query: str
    passages: tuple[FoundPassage, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)
