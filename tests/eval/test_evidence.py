from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import DocumentId, Span
from eval.cases import EvidenceSpan
from eval.measures.evidence import groups_found, groups_quoted, overlap
from rag.answer import DocumentReference

DOCUMENT = DocumentReference(DocumentId("0123"), "shelf/d.txt", "", "D", None, None)
pairs = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: (min(p), max(p)))


def spans(*pairs):
    return [Span(*pair) for pair in pairs]


@given(span=pairs, pieces=st.lists(pairs, max_size=6))
def test_overlap_counts_each_character_once(span, pieces):
    covered = set(range(*span)) & {i for piece in pieces for i in range(*piece)}

    assert overlap(span, pieces) == len(covered)


@pytest.mark.parametrize(
    ("pieces", "is_found"),
    [
        ([(0, 15)], True),
        ([(0, 14)], False),
        ([(10, 12), (17, 20)], True),
        ([(10, 12), (10, 12), (11, 13)], False),
        ([], False),
    ],
    ids=["half", "less than half", "two pieces", "the same piece twice", "nothing"],
)
def test_a_span_is_found_when_half_of_it_is_covered(pieces, is_found):
    evidence = [[EvidenceSpan("d.txt", 10, 20)]]

    assert bool(groups_found(evidence, {DOCUMENT: spans(*pieces)})) is is_found


def test_any_alternative_finds_its_group():
    evidence = [
        [EvidenceSpan("other.txt", 0, 10), EvidenceSpan("d.txt", 50, 60)],
        [EvidenceSpan("other.txt", 0, 10)],
        [EvidenceSpan("0123", 50, 60)],
    ]

    assert groups_found(evidence, {DOCUMENT: spans((50, 60))}) == {0, 2}


def test_a_short_quotation_inside_the_evidence_serves_it_though_it_does_not_find_it():
    evidence = [[EvidenceSpan("d.txt", 0, 100)]]
    quoted = {DOCUMENT: spans((10, 30))}

    assert groups_found(evidence, quoted) == frozenset()
    assert groups_quoted(evidence, quoted) == {0}
    assert groups_quoted(evidence, {DOCUMENT: spans((90, 111))}) == frozenset()
