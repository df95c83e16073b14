"""Counts what the reader found in a document, and what it did not understand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.document import Document, MarkStatus


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a reading report."""

    sections: int
    """Heading paths, notes under them not counted anew."""
    pages: int
    """Places from which a printed page label holds, or none is known."""
    notes: int
    notes_unmatched: int
    """Notes that no mark points to."""
    marks: int
    marks_joined: int
    """Marks with a note, recovered ones included."""
    marks_recovered: int
    marks_unmatched: int
    joined_sentences: int
    joined_words: int
    """Those of the joined sentences that were cut inside a word."""
    dropped: Mapping[str, int]
    """How many lines are not in the text, by the reason."""
    warnings: tuple[str, ...] = ()
    """What else was not understood, in words."""


def figures_of(document: Document) -> Figures:
    """Count what the reader found in a document."""
    report, marks = document.report, document.marks
    return Figures(
        sections=len({section.path for section in document.sections if section.path}),
        pages=len(document.pages),
        notes=len(document.notes),
        notes_unmatched=sum(note.mark is None for note in document.notes),
        marks=len(marks),
        marks_joined=sum(mark.note is not None for mark in marks),
        marks_recovered=sum(mark.status is MarkStatus.RECOVERED for mark in marks),
        marks_unmatched=sum(mark.note is None for mark in marks),
        joined_sentences=report.joined_sentences,
        joined_words=report.joined_words,
        dropped=dict(Counter(line.reason for line in report.dropped)),
        warnings=report.warnings,
    )


def add_figures(several: Iterable[Figures]) -> Figures:
    """Add up the figures of several documents."""
    rows = list(several)
    dropped: Counter[str] = Counter()
    for row in rows:
        dropped.update(row.dropped)
    return Figures(
        sections=sum(row.sections for row in rows),
        pages=sum(row.pages for row in rows),
        notes=sum(row.notes for row in rows),
        notes_unmatched=sum(row.notes_unmatched for row in rows),
        marks=sum(row.marks for row in rows),
        marks_joined=sum(row.marks_joined for row in rows),
        marks_recovered=sum(row.marks_recovered for row in rows),
        marks_unmatched=sum(row.marks_unmatched for row in rows),
        joined_sentences=sum(row.joined_sentences for row in rows),
        joined_words=sum(row.joined_words for row in rows),
        dropped=dict(dropped),
        warnings=tuple(warning for row in rows for warning in row.warnings),
    )
