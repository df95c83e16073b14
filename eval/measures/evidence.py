"""When a stretch of a file counts as having found a question's evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpus.document import Span
from eval.cases import EvidenceSpan, is_named
from rag.answer import DocumentReference

Places = Mapping[DocumentReference, Sequence[Span]]
"""Ranges of source files, by file."""


def overlap(span: tuple[int, int], pieces: Iterable[tuple[int, int]]) -> int:
    """Count the characters of a span that stand in the pieces; what is in two counts once."""
    start, end = span
    covered, reached = 0, start
    for low, high in sorted(pieces):
        low, high = max(low, reached), min(high, end)
        if low < high:
            covered += high - low
            reached = high
    return covered


def is_found(span: EvidenceSpan, places: Places) -> bool:
    """Tell whether at least half of a span's characters stand in these places."""
    return any(
        2 * overlap((span.start, span.end), pieces) >= span.end - span.start
        for document, pieces in places.items()
        if is_named(document, span.document)
    )


def groups_found(evidence: Sequence[Sequence[EvidenceSpan]], places: Places) -> frozenset[int]:
    """Give the evidence groups of which at least one span is found, by position."""
    return frozenset(
        i for i, group in enumerate(evidence) if any(is_found(span, places) for span in group)
    )


def groups_quoted(evidence: Sequence[Sequence[EvidenceSpan]], places: Places) -> frozenset[int]:
    """Give the groups that a quotation serves: it finds a span, or half of it stands in one.

    The second half of the rule is for quotations shorter than the evidence: one sentence of the
    two that were marked is no wrong citation, though it covers less than half of them.
    """
    within = frozenset(
        i for i, group in enumerate(evidence) if any(_stands_within(span, places) for span in group)
    )
    return groups_found(evidence, places) | within


def _stands_within(span: EvidenceSpan, places: Places) -> bool:
    return any(
        0 < length <= 2 * overlap((span.start, span.end), pieces)
        for document, pieces in places.items()
        if is_named(document, span.document)
        for length in [sum(end - start for start, end in pieces)]
    )
