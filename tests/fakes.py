"""Plain stand-ins for the parts that need a model or a store: deterministic and in memory.

``make_document`` writes a document from paragraphs with ``[^n]`` marks; ``FakeAssistant`` finds and
quotes by shared words alone; ``FakeStore`` hands out assistants as a store on disk would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from corpus.document import (
    Block,
    Document,
    DocumentId,
    Kind,
    Mark,
    MarkStatus,
    Note,
    PageStart,
    Section,
    Span,
)
from corpus.passages import split, text_to_embed
from corpus.source_map import SourceMap
from index.document_tables import StoredPassage
from index.document_writer import DocumentWriter, Origin
from index.documents import DocumentStore
from index.errors import NoStore
from index.stored_document import StoredDocument
from rag.answer import (
    Answer,
    Citation,
    DocumentReference,
    Filters,
    Footnote,
    FoundPassage,
    IndexReference,
    SearchResult,
    Status,
    Turn,
)
from rag.errors import EmptyQuestion, QuestionTooLong
from rag.interpreter import LONGEST_QUESTION

GOOD = 0.5
"""Share of a question's words that a passage must have to be quoted."""

_MARK = re.compile(r"\[\^(\w+)\]")
_WORD = re.compile(r"\w{4,}")


def make_document(
    paragraphs: Sequence[str],
    *,
    notes: Mapping[str, str] | None = None,
    file: str = "lamps.txt",
    title: str = "Lamps and Oil: How a Town Was Lit",
    author: str | None = "E. Instance",
    year: int | None = 1931,
    page: str | None = "12",
) -> Document:
    """Write a document in memory.

    Args:
        paragraphs: The body; ``[^n]`` is a mark, a paragraph that begins with ``#`` a heading.
        notes: The text of each note by its marker; a mark without one stays unmatched.
        file: The name of the file that it pretends to come from.
        title: As a catalogue gives it.
        author: As a catalogue gives it.
        year: As a catalogue gives it.
        page: The printed label of its only page.
    """
    notes = notes or {}
    pen = _Pen()
    for paragraph in paragraphs:
        pen.write(paragraph, Kind.HEADING if paragraph.startswith("#") else Kind.BODY)
    body_end, body_marks = len(pen.text), tuple(pen.marks)
    for marker, text in notes.items():
        pen.write(f"[^{marker}]{text}", Kind.NOTE)
    digest = sha256(pen.source.encode()).hexdigest()
    sections = _sections(pen, body_end)
    return Document(
        id=DocumentId(digest[:16]),
        file=file,
        sha256=digest,
        title=title,
        author=author,
        year=year,
        source=pen.source,
        text=pen.text,
        body_end=body_end,
        source_map=SourceMap(pen.runs, source=pen.source),
        blocks=tuple(pen.blocks),
        sections=sections,
        notes=_notes(pen, body_marks, sections),
        marks=tuple(_joined(mark, list(notes)) for mark in body_marks),
        pages=(PageStart(0, page),),
    )


class _Pen:
    """Writes the clean text and the source side by side."""

    def __init__(self) -> None:
        self.text = ""
        self.source = ""
        self.runs: list[tuple[int, int, int]] = []
        self.blocks: list[Block] = []
        self.marks: list[Mark] = []

    def write(self, paragraph: str, kind: Kind) -> None:
        body, end = paragraph, 0
        if self.text:
            self._copy("\n")
        start = len(self.text)
        if kind is Kind.HEADING:
            self.source += "# "
            body = body.lstrip("# ")
        for match in _MARK.finditer(body):
            self._copy(body[end : match.start()])
            here = len(self.source)
            span = Span(here, here + len(match.group()))
            self.source += match.group()
            self.marks.append(Mark(match[1], len(self.text), span, MarkStatus.UNMATCHED, None))
            end = match.end()
        self._copy(body[end:])
        self.blocks.append(Block(start, len(self.text), kind))

    def _copy(self, stretch: str) -> None:
        if stretch:
            self.runs.append((len(self.text), len(self.source), len(stretch)))
            self.text += stretch
            self.source += stretch


def _sections(pen: _Pen, body_end: int) -> tuple[Section, ...]:
    heads = [block for block in pen.blocks if block.kind is Kind.HEADING]
    ends = [*(block.start - 1 for block in heads[1:]), body_end]
    sections = [
        Section((pen.text[block.start : block.end],), block.start, end)
        for block, end in zip(heads, ends[: len(heads)], strict=True)
    ]
    first = heads[0].start - 1 if heads else body_end
    return (Section((), 0, first), *sections) if first > 0 else tuple(sections)


def _notes(pen: _Pen, marks: Sequence[Mark], sections: Sequence[Section]) -> tuple[Note, ...]:
    notes = []
    for block, own in zip(
        (block for block in pen.blocks if block.kind is Kind.NOTE),
        pen.marks[len(marks) :],
        strict=True,
    ):
        mark = next((i for i, mark in enumerate(marks) if mark.marker == own.marker), None)
        place = marks[mark].offset if mark is not None else 0
        notes.append(
            Note(
                marker=own.marker,
                start=block.start,
                end=block.end,
                section=_section_at(sections, place),
                mark=mark,
                reason="" if mark is not None else "no mark in the body has this number",
            )
        )
    return tuple(notes)


def _joined(mark: Mark, markers: Sequence[str]) -> Mark:
    if mark.marker not in markers:
        return replace(mark, reason="no note has this number")
    return replace(mark, status=MarkStatus.CLEAN, note=markers.index(mark.marker))


def _section_at(sections: Sequence[Section], offset: int) -> tuple[str, ...]:
    return next((s.path for s in sections if s.start <= offset <= s.end), ())


def store_documents(path: Path, documents: Sequence[Document]) -> DocumentStore:
    """Write documents to a real document store, and open it."""
    with DocumentWriter(path) as writer:
        for document in documents:
            passages = split(document)
            embedded = [text_to_embed(document, passage) for passage in passages]
            writer.add(document, passages, embedded, Origin(document.file, "by hand"))
    return DocumentStore(path)


class FakeIndex:
    """An index that holds documents and cannot be searched."""

    def __init__(self, documents: DocumentStore) -> None:
        self.documents = documents


class FakeAssistant:
    """Finds passages by the words they share with a question, and quotes one sentence of each.

    The same question always gets the same answer. A question that shares no word of four letters
    with any passage is declined.
    """

    def __init__(self, documents: DocumentStore, generation: str = "g1") -> None:
        self.index = FakeIndex(documents)
        self.generation = generation
        self.is_open = True
        self.fault: Exception | None = None
        """What the next questions raise, as a damaged index would."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_open = False

    def search(self, query, *, history=(), filters=None, limit=10) -> SearchResult:
        query = self._understood(query, history)
        found = []
        for passage in self._passages(filters or Filters()):
            shared = len(_words(query) & _words(passage.text))
            if shared:
                found.append((-shared, passage.row, passage))
        return SearchResult(
            query=query,
            passages=tuple(
                self._found(passage, rank=rank, score=-negative / len(_words(query)))
                for rank, (negative, _, passage) in enumerate(sorted(found)[:limit], start=1)
            ),
            timings_ms={"retrieve": 0.125, "total": 0.25},
        )

    def ask(self, question, *, history=(), filters=None, limit=3, hear=None) -> Answer:
        if hear is not None:
            hear(self.search(question, history=history, filters=filters))
        result = self.search(question, history=history, filters=filters, limit=limit)
        cited = tuple(self._cited(passage, result.query) for passage in result.passages)
        good = tuple(citation for citation in cited if citation.score >= GOOD)
        said = "\n".join(f"“{citation.quote}” [{citation.number}]" for citation in good)
        return Answer(
            status=Status.ANSWERED if good else Status.NOT_IN_CORPUS,
            answer=said or "The library does not answer this question.",
            confidence=max((citation.score for citation in cited), default=0.0),
            citations=good,
            nearest=() if good else cited[:1],
            query=result.query,
            index=IndexReference(
                self.generation,
                documents=len(self.index.documents.catalogue()),
                passages=len(self.index.documents),
            ),
            timings_ms=result.timings_ms,
        )

    def _understood(self, question: str, history: Sequence[Turn]) -> str:
        if not self.is_open:
            raise AssertionError("the assistant was used after it was closed")
        if self.fault is not None:
            raise self.fault
        if len(question) > LONGEST_QUESTION:
            raise QuestionTooLong(len(question), LONGEST_QUESTION)
        if not question.strip():
            raise EmptyQuestion
        return " ".join([*(turn.content for turn in history if turn.role == "user"), question])

    def _passages(self, filters: Filters) -> list[StoredPassage]:
        store = self.index.documents
        wanted = [
            summary
            for summary in store.catalogue()
            if (not filters.author or summary.author in filters.author)
            and (not filters.document or {summary.id, summary.file} & {*filters.document})
            and (filters.year_from is None or (summary.year or 0) >= filters.year_from)
            and (filters.year_to is None or (summary.year or 9999) <= filters.year_to)
        ]
        rows = [row for summary in wanted for row in store.rows_of(summary.id)]
        return [passage for passage in store.passages(rows) if passage.kind is not Kind.NOTE]

    def _found(self, passage: StoredPassage, *, rank: int, score: float) -> FoundPassage:
        document = self.index.documents.document(passage.document)
        return FoundPassage(
            id=passage.id,
            rank=rank,
            score=score,
            text=passage.text,
            document=_reference(document),
            section=passage.section,
            page=passage.page,
            start=passage.start,
            end=passage.end,
            source_spans=document.source_spans(passage.start, passage.end),
            footnotes=tuple(_footnote(document, document.notes[n]) for n in passage.notes),
            kind=str(passage.kind),
        )

    def _cited(self, passage: FoundPassage, query: str) -> Citation:
        document = self.index.documents.document(passage.document.id)
        stored = self.index.documents.passage(passage.id)
        wanted = _words(query)
        best = max(stored.sentences, key=lambda s: len(wanted & _words(document.text_slice(*s))))
        marks = [mark for mark in document.marks if best.start < mark.offset <= best.end]
        quote, place = "", best.start
        for mark in marks:
            quote += document.text_slice(place, mark.offset) + f"[^{mark.marker}]"
            place = mark.offset
        return Citation(
            number=passage.rank,
            quote=quote + document.text_slice(place, best.end),
            document=passage.document,
            section=passage.section,
            page=passage.page,
            start=best.start,
            end=best.end,
            source_spans=document.source_spans(best.start, best.end),
            footnotes=tuple(
                _footnote(document, document.notes[mark.note])
                for mark in marks
                if mark.note is not None
            ),
            kind="body",
            score=passage.score,
        )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _reference(document: StoredDocument) -> DocumentReference:
    return DocumentReference(
        id=document.id,
        file=document.file,
        sha256=document.sha256,
        title=document.title,
        author=document.author,
        year=document.year,
    )


def _footnote(document: StoredDocument, note: Note) -> Footnote:
    spans = document.source_spans(note.start, note.end)
    return Footnote(note.marker, document.note_text(note), note.resolved, spans)


class FakeStore:
    """Hands out one assistant after another, as a store does whose generations are replaced."""

    def __init__(self, *assistants: FakeAssistant) -> None:
        self._assistants = {assistant.generation: assistant for assistant in assistants}
        self.generation = assistants[0].generation if assistants else None
        self.fault: Exception | None = None
        """What opening raises, as a damaged store would."""

    def add(self, assistant: FakeAssistant) -> None:
        """Make a new generation the current one."""
        self._assistants[assistant.generation] = assistant
        self.generation = assistant.generation

    def current(self) -> str | None:
        return self.generation

    def open(self) -> FakeAssistant:
        if self.fault is not None:
            raise self.fault
        if self.generation is None:
            raise NoStore(Path("var/ibid"), "nothing")
        return self._assistants[self.generation]
