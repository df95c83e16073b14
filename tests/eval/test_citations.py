from __future__ import annotations

from dataclasses import replace

import pytest

from eval.measures.citations import citation_precision, citation_recall

MILLER = "Its miller, Agafya Lund, kept the ledger by candle."
ICE = "Nobody paid her for the ice she cut."
FIRE = "In autumn the mill burned."


@pytest.fixture
def evidence(book):
    return [[book.span(MILLER)], [book.span(ICE), book.span(FIRE)]]


@pytest.mark.parametrize(
    ("quoted", "recall", "precision"),
    [
        ([MILLER, ICE], 1.0, 1.0),
        ([MILLER, FIRE], 1.0, 1.0),
        ([MILLER], 0.5, 1.0),
        ([MILLER, "The river froze early"], 0.5, 0.5),
        ([ICE, FIRE], 0.5, 1.0),
        (["The river froze early"], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
    ids=["both", "an alternative", "half", "one beside it", "same twice", "wrong", "none"],
)
def test_recall_and_precision_are_those_computed_by_hand(book, evidence, quoted, recall, precision):
    citations = [book.citation(words) for words in quoted]

    assert citation_recall(evidence, citations) == recall
    assert citation_precision(evidence, citations) == precision


def test_pieces_that_find_the_evidence_only_together_are_all_needed(book):
    """Each piece covers less than half of the span, and most of each stands outside it."""
    start = book.span(MILLER).start
    evidence = [[replace(book.span(MILLER), start=start + 20, end=start + 30)]]
    pieces = [
        replace(book.citation(MILLER), source_spans=((start, start + 23),)),
        replace(book.citation(MILLER), source_spans=((start + 27, start + 60),)),
    ]

    assert citation_recall(evidence, pieces) == 1.0
    assert citation_precision(evidence, pieces) == 1.0
    assert citation_precision(evidence, pieces[:1]) == 0.0
