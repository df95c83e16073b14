"""Mends where a quotation begins and ends, so that it can be read by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Span
from corpus.sentences import split_sentences
from index.stored_document import StoredDocument
from rag.answering import LEANS_BACK
from rag.citation import Quotation

_NEAR_CHARS = 1500
_MOST_BEFORE = 2
# Joins a sentence to one that is not quoted; what is left must open like a sentence.
_JOINT = re.compile(
    r"(?:But|And|Or|Yet|Still|So|Then|Also|Thus|Hence|However|Therefore|Moreover|Furthermore"
    r"|Nevertheless|Nonetheless|Indeed|In addition|Besides|Accordingly|Consequently"
    r"|On the other hand|For example|For instance),?\s+(?=[A-Z0-9\"'‘“])"
)


def mend(document: StoredDocument, quotation: Quotation, words: int) -> Quotation:
    """Give a quotation what it cannot be read without, and cut what leads nowhere.

    An opening pronoun is given the sentence before it, where that is of the same paragraph; a
    line that introduces a quotation is given the quotation; an opening 'But' is cut.

    Args:
        document: Where it stands.
        quotation: Whole sentences of the body.
        words: How many words may be added.
    """
    if quotation.start >= document.body_end:
        return quotation
    start, end = quotation.start, quotation.end
    start = _with_antecedent(document, start, end, words)
    words -= _count(document, start, quotation.start)
    end = _with_what_is_introduced(document, start, end, words)
    joint = _JOINT.match(document.text_slice(start, end))
    return Quotation(
        quotation.document, start + (joint.end() if joint else 0), end, quotation.score
    )


def _with_antecedent(document: StoredDocument, start: int, end: int, words: int) -> int:
    low = max(0, start - _NEAR_CHARS)
    paragraph = document.text_slice(low, start).rpartition("\n")
    first = start - len(paragraph[2])
    if first == low and low > 0 and not paragraph[1]:
        return start
    before = split_sentences(paragraph[2], first)
    kept = start
    for span in reversed(before[-_MOST_BEFORE:]):
        opening = document.text_slice(kept, min(end, kept + 40))
        leans = LEANS_BACK.match(opening) and not _JOINT.match(opening)
        if not leans or _count(document, span.start, start) > words:
            break
        kept = span.start
    return kept


def _with_what_is_introduced(document: StoredDocument, start: int, end: int, words: int) -> int:
    if not document.text_slice(max(start, end - 2), end).rstrip().endswith(":"):
        return end
    reach = min(document.body_end, end + _NEAR_CHARS)
    kept = end
    for span in _paragraph(document.text_slice(end, reach), end):
        if _count(document, end, span.end) > words or span.end == reach != document.body_end:
            break
        kept = span.end
    return kept


def _paragraph(text: str, start: int) -> Sequence[Span]:
    """Give the sentences of the first paragraph that is not empty."""
    sentences = split_sentences(text, start)
    if not sentences:
        return ()
    opening = sentences[0].start - start
    line_end = text.find("\n", opening)
    limit = start + (len(text) if line_end < 0 else line_end)
    return [span for span in sentences if span.end <= limit]


def _count(document: StoredDocument, start: int, end: int) -> int:
    return len(document.text_slice(start, end).split())
