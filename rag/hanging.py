"""Follows marks to their notes, and notes to the sentences that they hang on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corpus.document import Mark, Note
from corpus.sentences import split_sentences
from index.stored_document import StoredDocument
from rag.citation import Quotation

_AROUND_MARK_CHARS = 600
# One note at the end of some sentences often stands for all of them.
_FARTHEST_MARK_CHARS = 900


def marks_for(document: StoredDocument, start: int, end: int) -> list[Mark]:
    """Find the marks whose notes speak for a stretch of text.

    They are the marks within it. Where there is none, it is the next one: that of the quotation
    which the stretch introduces, or the one at the end of its paragraph, where an author notes
    the source of several sentences together.
    """
    within = [mark for mark in document.marks if start < mark.offset <= end]
    if any(mark.note is not None for mark in within):
        return within
    reach = _reach(document, start, end)
    following = (m for m in document.marks if end < m.offset <= reach and m.note is not None)
    first = next(following, None)
    return [first] if first is not None else within


def _reach(document: StoredDocument, start: int, end: int) -> int:
    """Tell how far behind a stretch its mark may stand.

    That is to the end of the paragraph. Where a line with a colon introduces a displayed quotation,
    which may have several paragraphs, its first mark closes it however many there are.
    """
    limit = min(document.body_end, end + _FARTHEST_MARK_CHARS)
    line, _, _ = document.text_slice(end, limit).partition("\n")
    lines = (document.text_slice(start, end) + line).split("\n")
    displayed = any(one.rstrip().endswith(":") for one in lines)
    return limit if displayed else end + len(line)


def sentence_of(document: StoredDocument, note: Note) -> tuple[int, int] | None:
    """Find the sentence that carries a note's mark; None where the note has no mark."""
    if note.mark is None:
        return None
    offset = document.marks[note.mark].offset
    low = max(0, offset - _AROUND_MARK_CHARS)
    text = document.text_slice(low, min(document.body_end, offset + _AROUND_MARK_CHARS))
    for start, end in split_sentences(text, low):
        if start < offset <= end and (start > low or not low):
            return start, end
    return None


def note_at(document: StoredDocument, place: int) -> Note | None:
    """Give the note whose text stands at a place; None where that is no note's."""
    return next((note for note in document.notes if note.start <= place < note.end), None)


def with_notes(document: StoredDocument, quotation: Quotation, words: int) -> Iterator[Quotation]:
    """Give a quotation with what belongs to it where a source is asked for.

    Args:
        document: Where the quotation stands.
        quotation: From the body or from a note.
        words: The most words that may be quoted.

    Yields:
        The notes first, for they are what is asked for; then the sentence that they hang on.
    """
    own = note_at(document, quotation.start)
    if own is not None:
        whole = Quotation(document.id, own.start, own.end, quotation.score)
        shown = whole if _count(document, whole) <= words else quotation
        yield shown
        place = sentence_of(document, own)
        if place is not None:
            sentence = Quotation(document.id, *place, quotation.score)
            if _count(document, shown) + _count(document, sentence) <= words:
                yield sentence
        return
    left = words - _count(document, quotation)
    for mark in marks_for(document, quotation.start, quotation.end):
        if mark.note is None:
            continue
        note = document.notes[mark.note]
        found = Quotation(document.id, note.start, note.end, quotation.score)
        if _count(document, found) <= left:
            left -= _count(document, found)
            yield found
            quotation = _up_to_mark(document, quotation, note, left)
    yield quotation


def _up_to_mark(
    document: StoredDocument, quotation: Quotation, note: Note, words: int
) -> Quotation:
    """Let a quotation go on to the sentence with the mark, where the note stands for both."""
    place = sentence_of(document, note)
    if place is None or place[1] <= quotation.end:
        return quotation
    longer = replace(quotation, end=place[1])
    return longer if _count(document, longer) - _count(document, quotation) <= words else quotation


def _count(document: StoredDocument, quotation: Quotation) -> int:
    return len(document.text_slice(quotation.start, quotation.end).split())
