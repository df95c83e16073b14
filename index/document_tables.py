"""The tables of the document store, and how records become rows and rows become records."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from corpus.document import (
    Block,
    Document,
    DocumentId,
    DroppedLine,
    Kind,
    Mark,
    MarkStatus,
    Note,
    PageStart,
    Passage,
    PassageId,
    ReadingReport,
    Section,
    Span,
)
from corpus.figures import Figures, figures_of
from corpus.source_map import SourceMap

Cell = str | int | None | bytes
Row = tuple[Cell, ...]

# Texts are kept in stretches of this many code points, so that a slice of a long one is cheap.
STRETCH_CHARS = 65_536

COLUMNS: Mapping[str, str] = {
    "stretches": "document INTEGER, kind TEXT, start INTEGER, content TEXT",
    "runs": "document INTEGER, text_start INTEGER, source_start INTEGER, length INTEGER, "
    "blank_before INTEGER",
    "blocks": "document INTEGER, position INTEGER, start INTEGER, stop INTEGER, kind TEXT",
    "sections": "document INTEGER, position INTEGER, path TEXT, start INTEGER, stop INTEGER, "
    "kind TEXT",
    "pages": "document INTEGER, position INTEGER, start INTEGER, label TEXT",
    "marks": "document INTEGER, position INTEGER, marker TEXT, place INTEGER, "
    "source_start INTEGER, source_stop INTEGER, status TEXT, note INTEGER, reason TEXT",
    "notes": "document INTEGER, position INTEGER, marker TEXT, start INTEGER, stop INTEGER, "
    "section TEXT, mark INTEGER, resolved TEXT, reason TEXT",
    "dropped": "document INTEGER, position INTEGER, source_start INTEGER, source_stop INTEGER, "
    "content TEXT, reason TEXT",
}
"""The tables that hold a document's parts. The first column tells which document's they are, the
second or third the order."""

SCHEMA = "\n".join(
    [
        "CREATE TABLE documents (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        " file TEXT NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, author TEXT,"
        " year INTEGER, body_end INTEGER NOT NULL, length INTEGER NOT NULL,"
        " first_row INTEGER NOT NULL, passages INTEGER NOT NULL, path TEXT NOT NULL,"
        " reading TEXT NOT NULL, facts TEXT NOT NULL);",
        "CREATE TABLE passages (row INTEGER PRIMARY KEY, document INTEGER NOT NULL,"
        " id TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, kind TEXT NOT NULL,"
        " section TEXT NOT NULL, page TEXT, content TEXT NOT NULL, sentences BLOB NOT NULL,"
        " notes TEXT NOT NULL, embedded TEXT NOT NULL);",
        *(f"CREATE TABLE {table} ({columns});" for table, columns in COLUMNS.items()),
    ]
)

INDEXES = "\n".join(
    [
        "CREATE INDEX passages_by_id ON passages (id);",
        "CREATE INDEX stretches_by_place ON stretches (document, kind, start);",
        "CREATE INDEX runs_by_place ON runs (document, text_start);",
        *(
            f"CREATE INDEX {table}_by_place ON {table} (document, position);"
            for table in COLUMNS
            if table not in {"stretches", "runs"}
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class StoredPassage(Passage):
    """A passage with its row, the number it has in every part of the index."""

    row: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What a list of documents says of one, and what its reader reported."""

    id: DocumentId
    file: str
    sha256: str
    title: str
    author: str | None
    year: int | None
    length: int
    """Where the body ends in ``Document.text``."""
    passages: int
    sections: int
    pages: int
    notes: int
    notes_unmatched: int
    """Notes that no mark points to."""
    marks: int
    marks_joined: int
    """Marks with a note, recovered ones included."""
    marks_recovered: int
    marks_unmatched: int
    encoding: str
    joined_sentences: int
    joined_words: int
    dropped_lines: int
    warnings: tuple[str, ...]
    dropped_reasons: Mapping[str, int] = field(default_factory=dict)
    """How many lines are not in the text, by the reason; an older index does not tell."""

    @property
    def figures(self) -> Figures:
        """Give the counts of the reading report by themselves."""
        untold = self.dropped_lines - sum(self.dropped_reasons.values())
        dropped = {**self.dropped_reasons, **({"line": untold} if untold else {})}
        return Figures(
            sections=self.sections,
            pages=self.pages,
            notes=self.notes,
            notes_unmatched=self.notes_unmatched,
            marks=self.marks,
            marks_joined=self.marks_joined,
            marks_recovered=self.marks_recovered,
            marks_unmatched=self.marks_unmatched,
            joined_sentences=self.joined_sentences,
            joined_words=self.joined_words,
            dropped=dropped,
            warnings=self.warnings,
        )


def document_facts(document: Document) -> str:
    """Write as JSON what is counted and reported of a document."""
    counted = asdict(figures_of(document))
    dropped = counted.pop("dropped")
    return json.dumps(
        {
            **counted,
            "encoding": document.report.encoding,
            "dropped_lines": sum(dropped.values()),
            "dropped_reasons": dropped,
            "abbreviations": document.abbreviations,
        }
    )


def part_rows(document: Document) -> Iterator[tuple[str, Iterator[Row]]]:
    """Give a document's parts as rows of each table of ``COLUMNS``, without the first column."""
    stretches = chain(_stretches("text", document.text), _stretches("source", document.source))
    yield "stretches", stretches
    yield "runs", _runs(document.source_map)
    yield "blocks", ((i, b.start, b.end, b.kind) for i, b in enumerate(document.blocks))
    yield (
        "sections",
        ((i, to_json(s.path), s.start, s.end, s.kind) for i, s in enumerate(document.sections)),
    )
    yield "pages", ((i, p.start, p.label) for i, p in enumerate(document.pages))
    yield (
        "marks",
        (
            (i, m.marker, m.offset, *m.source_span, m.status, m.note, m.reason)
            for i, m in enumerate(document.marks)
        ),
    )
    yield (
        "notes",
        (
            (i, n.marker, n.start, n.end, to_json(n.section), n.mark, n.resolved, n.reason)
            for i, n in enumerate(document.notes)
        ),
    )
    yield (
        "dropped",
        ((i, *d.source_span, d.text, d.reason) for i, d in enumerate(document.report.dropped)),
    )


def passage_row(passage: Passage, embedded: str) -> Row:
    """Give a passage as a row, without its first two columns."""
    sentences = array("q", chain.from_iterable(passage.sentences)).tobytes()
    return (
        passage.id,
        passage.start,
        passage.end,
        passage.kind,
        to_json(passage.section),
        passage.page,
        passage.text,
        sentences,
        to_json(passage.notes),
        embedded,
    )


PASSAGE_COLUMNS = (
    "p.row, d.id, p.id, p.start, p.stop, p.kind, p.section, p.page, p.content, p.sentences, p.notes"
)
SUMMARY_COLUMNS = "id, file, sha256, title, author, year, body_end, passages, facts"


def to_json(items: Sequence[str] | Sequence[int]) -> str:
    """Write a list as JSON."""
    return json.dumps(list(items), ensure_ascii=False)


def passage_from(row: Sequence[Any]) -> StoredPassage:
    """Make a passage of a row of ``PASSAGE_COLUMNS``."""
    number, document, name, start, end, kind, section, page, text, sentences, notes = row
    places = array("q", sentences)
    return StoredPassage(
        row=number,
        id=PassageId(name),
        document=DocumentId(document),
        start=start,
        end=end,
        kind=Kind(kind),
        section=tuple(json.loads(section)),
        page=page,
        text=text,
        sentences=tuple(map(Span, places[::2], places[1::2])),
        notes=tuple(json.loads(notes)),
    )


def summary_from(row: Sequence[Any]) -> DocumentSummary:
    """Make a summary of a row of ``SUMMARY_COLUMNS``."""
    name, file, sha256, title, author, year, body_end, passages, facts = row
    counted = json.loads(facts)
    del counted["abbreviations"]
    return DocumentSummary(
        id=DocumentId(name),
        file=file,
        sha256=sha256,
        title=title,
        author=author,
        year=year,
        length=body_end,
        passages=passages,
        warnings=tuple(counted.pop("warnings")),
        **counted,
    )


def block_from(row: Sequence[Any]) -> Block:
    """Make a block of its row, without the first two columns."""
    start, end, kind = row
    return Block(start, end, Kind(kind))


def section_from(row: Sequence[Any]) -> Section:
    """Make a section of its row, without the first two columns."""
    path, start, end, kind = row
    return Section(tuple(json.loads(path)), start, end, Kind(kind))


def page_from(row: Sequence[Any]) -> PageStart:
    """Make a page's start of its row, without the first two columns."""
    start, label = row
    return PageStart(start, label)


def mark_from(row: Sequence[Any]) -> Mark:
    """Make a mark of its row, without the first two columns."""
    marker, offset, start, end, status, note, reason = row
    return Mark(marker, offset, Span(start, end), MarkStatus(status), note, reason)


def note_from(row: Sequence[Any]) -> Note:
    """Make a note of its row, without the first two columns."""
    marker, start, end, section, mark, resolved, reason = row
    return Note(marker, start, end, tuple(json.loads(section)), mark, resolved, reason)


def dropped_from(row: Sequence[Any]) -> DroppedLine:
    """Make a dropped line of its row, without the first two columns."""
    start, end, text, reason = row
    return DroppedLine(Span(start, end), text, reason)


def report_from(facts: Mapping[str, Any], dropped: Sequence[DroppedLine]) -> ReadingReport:
    """Make a reading report of a document's facts and the lines it lost."""
    return ReadingReport(
        encoding=facts["encoding"],
        joined_sentences=facts["joined_sentences"],
        joined_words=facts["joined_words"],
        dropped=tuple(dropped),
        warnings=tuple(facts["warnings"]),
    )


def source_map_from(runs: Sequence[tuple[int, int, int, int]]) -> SourceMap:
    """Make a source map of rows ``(text_start, source_start, length, blank_before)``."""
    columns = zip(*runs, strict=True)
    return SourceMap.from_bytes(b"".join(array("q", column).tobytes() for column in columns))


def _stretches(kind: str, text: str) -> Iterator[Row]:
    for start in range(0, len(text), STRETCH_CHARS):
        yield kind, start, text[start : start + STRETCH_CHARS]


def _runs(source_map: SourceMap) -> Iterator[Row]:
    numbers = array("q", source_map.to_bytes())
    count = len(source_map)
    columns = (numbers[low : low + count] for low in range(0, len(numbers), count or 1))
    return zip(*columns, strict=True)
