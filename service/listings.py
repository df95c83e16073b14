"""Documents, their notes and the state of the index, as a person reads them in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from corpus.document import Mark, Note
from index.document_tables import DocumentSummary
from index.stored_document import StoredDocument
from rag.reference import short_title
from service.control_characters import clean
from service.reading_report import counted, remarks
from service.terminal import FAINT, MARK, NUMBER, TITLE, Paper, section_path

if TYPE_CHECKING:
    from index.build import BuildReport
    from index.encoder import AdapterRecord, ReaderRecord
    from index.generation import StoreStatus

CHARS_BEFORE_MARK = 60
"""How much of the body is shown before a mark, to tell which place is meant."""

MEGABYTE = 1_000_000


def show_documents(console: Console, summaries: Sequence[DocumentSummary]) -> None:
    """Print one paragraph for each document."""
    paper = Paper(console)
    for number, summary in enumerate(summaries):
        if number:
            paper.gap()
        paper.write(_title(summary))
        paper.write(Text(f"{clean(summary.file)} · {summary.id}", style=FAINT), indent=2)
        paper.write(Text(", ".join(_counts(summary))), indent=2)
        _write_remarks(paper, summary)


def show_notes(console: Console, document: StoredDocument) -> None:
    """Print a document's notes under the sections they belong to, each with its mark."""
    paper = Paper(console)
    paper.write(_title(document.summary))
    paper.write(Text(", ".join(_counts(document.summary))), indent=2)
    _write_remarks(paper, document.summary)
    if not document.notes:
        paper.gap()
        paper.write(Text("This document has no notes."))
    for section, notes in groupby(document.notes, key=lambda note: note.section):
        paper.gap()
        paper.write(Text(section_path(section) or "(no section)", style="bold"))
        for note in notes:
            first = Text(f"  [^{clean(note.marker)}]", style=MARK)
            paper.write(_note(document, note), first=first)
            paper.write(Text(_mark(document, note), style=FAINT), indent=first.cell_len + 1)
    lost = [mark for mark in document.marks if mark.note is None]
    if lost:
        paper.gap()
        paper.write(Text("Marks without a note", style="bold"))
    for mark in lost:
        place = Text(f"“{_before(document, mark)}”", style=FAINT)
        if mark.reason:
            place.append(f" ({clean(mark.reason)})")
        paper.write(place, first=Text(f"  [^{clean(mark.marker)}]", style=MARK))


def _write_remarks(paper: Paper, summary: DocumentSummary) -> None:
    """Say what was not understood of a document, and what was left out and why."""
    for remark in remarks(summary.figures):
        paper.write(Text(clean(remark), style=FAINT), indent=2)


def show_status(console: Console, status: StoreStatus) -> None:
    """Print what the index holds and how it was built."""
    manifest = status.manifest
    facts = {
        "store": str(status.path),
        "generation": manifest.generation,
        "created": manifest.created,
        "documents": f"{manifest.documents:,}",
        "passages": f"{manifest.passages:,}",
        "model": f"{manifest.model.name} ({manifest.model.precision})",
        "adapter": _part(manifest.model.adapter),
        "reader": _part(manifest.model.reader),
        "size": f"{status.size_bytes / MEGABYTE:,.1f} MB",
        "cache": f"{status.cache_bytes / MEGABYTE:,.1f} MB",
        "generations": ", ".join(status.generations),
    }
    paper = Paper(console)
    for name, fact in facts.items():
        paper.write(Text(clean(fact)), first=Text(name.ljust(12), style=FAINT))


def _part(part: AdapterRecord | ReaderRecord | None) -> str:
    return "none" if part is None else f"{part.name} ({part.digest[:12]})"


def build_summary(report: BuildReport) -> Text:
    """Say in a line what a build did and what the index holds now."""
    done = Counter(str(outcome.action) for outcome in report.outcomes)
    counts = ", ".join(f"{count:,} {action}" for action, count in done.items())
    changed = "nothing to do" if report.unchanged else f"done in {report.seconds:.1f} s"
    documents = counted(report.documents, "document")
    passages = counted(report.passages, "passage")
    return Text(f"{counts}; {changed}: {documents}, {passages} in generation {report.generation}")


def _title(summary: DocumentSummary) -> Text:
    text = Text(style=NUMBER)
    if summary.author:
        text.append(f"{clean(summary.author)}, ")
    text.append(clean(short_title(summary.title)), style=TITLE)
    if summary.year is not None:
        text.append(f" ({summary.year})")
    return text


def _counts(summary: DocumentSummary) -> Iterator[str]:
    yield f"{summary.length:,} characters"
    yield counted(summary.passages, "passage")
    if summary.sections:
        yield counted(summary.sections, "section")
    if summary.joined_sentences:
        yield f"{counted(summary.joined_sentences, 'sentence')} mended"
    if not summary.notes:
        yield "no notes"
        return
    yield counted(summary.notes, "note")
    yield f"{summary.marks_joined:,} of {counted(summary.marks, 'mark')} joined"
    if summary.marks_recovered:
        yield f"{summary.marks_recovered:,} of them recovered"


def _note(document: StoredDocument, note: Note) -> Text:
    text = Text(clean(document.note_text(note)))
    if note.resolved:
        text.append(f" (that is: {clean(note.resolved)})", style=FAINT)
    return text


def _mark(document: StoredDocument, note: Note) -> str:
    """Say where a note's mark stands, or that it has none."""
    why = f" ({clean(note.reason)})" if note.reason else ""
    if note.mark is None:
        return f"no mark in the text{why}"
    mark = document.marks[note.mark]
    page = document.page_at(mark.offset)
    where = f", p. {clean(page)}" if page is not None else ""
    return f"at “{_before(document, mark)}”{where}{why}"


def _before(document: StoredDocument, mark: Mark) -> str:
    """Give the last words before a mark, within its paragraph."""
    start = max(0, mark.offset - CHARS_BEFORE_MARK)
    words = document.text_slice(start, mark.offset).split("\n")[-1]
    whole = len(words) < mark.offset - start or start == 0
    return clean(words if whole else "… " + words.partition(" ")[2])
