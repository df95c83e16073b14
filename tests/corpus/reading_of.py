"""Reads a text as the reader would read a file of that content."""

import hashlib
import re

from corpus.catalog import Entry
from corpus.decoding import Decoded
from corpus.document import Document, Kind
from corpus.reading import read_text

FILLER = (
    "The harvest of that year was poor in the south and middling in the north, and the "
    "commissariat, which had counted on neither, sent its men to both with the same orders."
)
"""A body sentence, long enough to stand as a paragraph of its own."""


FILLERS = (
    FILLER,
    "Nobody in the provincial committee could say how many carts had been sent, or by whose leave, "
    "and the clerk who might have known had been moved to another town in the spring.",
    "A second circular, longer than the first, explained that the first had been misunderstood and "
    "that whoever had acted on it would answer for what he had done.",
    "The mills stood idle from Candlemas to Easter for want of wood, although the forest began "
    "within sight of their chimneys and belonged by law to everyone.",
)
"""Body sentences without three words in common."""


def read(text: str, file: str = "book.txt") -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    entry = Entry("A Book", "A. Writer", 1990)
    return read_text(Decoded(text, "utf-8"), file=file, sha256=digest, entry=entry)


def body(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind is Kind.BODY]


def headings(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind is Kind.HEADING]


def notes(document: Document) -> dict[str, str]:
    return {note.marker: document.note_text(note) for note in document.notes}


def marked(document: Document) -> list[tuple[str, str]]:
    """Give each mark with the word before it."""
    return [
        (re.findall(r"\S+", document.text[: mark.offset])[-1], mark.marker)
        for mark in document.marks
    ]


def traced(document: Document, start: int, end: int) -> str:
    """Give what the file holds at the source spans of a stretch, white space folded."""
    slices = "".join(document.source[low:high] for low, high in document.source_spans(start, end))
    return re.sub(r"\s+", " ", slices).strip()
