"""Leads from a note to the passage that carries its mark, and from a passage to its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.document import Kind
from index.arrays import Floats
from index.document_tables import StoredPassage
from index.documents import DocumentStore

_POINTS_BACK = re.compile(r"\W*ibid", re.IGNORECASE)
# A chain of `Ibid` is followed so far back and no further.
_LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True)
class HangingNote:
    """A note of a passage of the body, and the sentences that it speaks to."""

    row: int
    """The row of the passage that is the note."""
    first: int
    last: int
    """The sentences of the passage from the mark before, which has a note of its own, to the one
    that carries this note's mark."""


def hosts_of(documents: DocumentStore, passages: Iterable[StoredPassage]) -> set[int]:
    """Give the rows of the passages that carry the marks of those passages that are notes."""
    hosts = (host_of(documents, passage) for passage in passages if passage.kind is Kind.NOTE)
    return {row for row in hosts if row is not None}


def host_of(documents: DocumentStore, note: StoredPassage) -> int | None:
    """Give the row of the passage that carries a note's mark; None where the mark was lost."""
    rows = documents.document(note.document).note_rows
    return next((rows[number].host for number in note.notes), None)


def notes_hanging_on(documents: DocumentStore, passages: Iterable[StoredPassage]) -> set[int]:
    """Give the rows of the notes whose marks stand in some passages, and of what they point to."""
    new = {
        note.row
        for passage in passages
        if passage.notes and passage.kind is not Kind.NOTE
        for note in hanging_notes(documents, passage)
    }
    rows = set(new)
    for _ in range(_LONGEST_CHAIN):
        before = (note_before(documents, note) for note in documents.passages(sorted(new)))
        new = {row for row in before if row is not None} - rows
        rows |= new
    return rows


def note_before(documents: DocumentStore, note: StoredPassage) -> int | None:
    """Give the row of the note that an ``Ibid`` points to, which may be an ``Ibid`` itself."""
    if not note.notes or note.notes[0] == 0 or not _POINTS_BACK.match(note.text):
        return None
    return documents.document(note.document).note_rows[note.notes[0] - 1].own


def hanging_notes(documents: DocumentStore, passage: StoredPassage) -> Iterator[HangingNote]:
    """Give the notes of a passage of the body, in the order of their marks."""
    document = documents.document(passage.document)
    first = 0
    for number in passage.notes:
        mark, row = document.notes[number].mark, document.note_rows[number].own
        if mark is None or row is None:
            continue
        offset = document.marks[mark].offset
        last = next((i for i, s in enumerate(passage.sentences) if offset <= s.end), first)
        yield HangingNote(row, min(first, last), last)
        first = min(last + 1, len(passage.sentences) - 1)


def best_first(notes: Iterable[HangingNote], sentence_scores: Floats) -> list[HangingNote]:
    """Order the notes of a passage by how well the best sentence is met that each speaks to.

    Args:
        notes: Of the same passage.
        sentence_scores: (s,) float32: how well each sentence of the passage is met.
    """
    return sorted(notes, key=lambda note: -float(sentence_scores[note.first : note.last + 1].max()))


def end_of_chain(
    documents: DocumentStore, note: StoredPassage, known: Mapping[int, StoredPassage]
) -> int | None:
    """Follow a chain of ``Ibid`` from a note back to the one that names the work.

    Args:
        documents: The documents.
        note: The note to begin with.
        known: Notes by their rows, among which the chain is followed.

    Returns:
        The row of the note at its end; None where the note is no ``Ibid``, or the end is not known.
    """
    found: StoredPassage | None = note
    for _ in range(_LONGEST_CHAIN):
        row = note_before(documents, found) if found is not None else None
        if row is None:
            break
        found = known.get(row)
    if found is None or found is note or _POINTS_BACK.match(found.text):
        return None
    return found.row
