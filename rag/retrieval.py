"""Gathers candidates for a question: by words and by vectors, over all and in what it names.

A note and the passage that carries its mark come together: whichever is found brings the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Rows
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.generation import Index
from rag.note_links import hosts_of, notes_hanging_on
from rag.parts import ALL_PARTS, Parts
from rag.question import Query, Wanted

# Deep enough that the evidence of nearly every question is among the candidates, shallow enough
# that all of them can be compared token by token: with 80, 80, 40 and 30 a search takes half as
# long again, and finds no more among the first five (differences of R@5 of .000 on 164 and on 106
# cases, and of -.002 on 474 written questions).
DENSE_LIMIT = 48
LEXICAL_LIMIT = 48
NAMED_LIMIT = 24
# A note is short and says little in its own words; it is often found by the sentence it hangs on.
FIELD_LIMIT = 16

# A long form has several words, each of them found more often than the abbreviation.
COUNTERPART_WEIGHT = 0.3

FIELDS = ("text", "section", "notes")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, with what each search said of them."""

    rows: Rows
    """(n,) int64, ascending."""
    passages: tuple[StoredPassage, ...]
    """The n passages themselves."""
    cosine: Floats
    """(n,) float32: cosine of the question and the passage."""
    bm25: Mapping[str, Floats]
    """For each of ``FIELDS`` (n,) float32: BM25 score over the most the question could reach."""

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.rows)


def terms_of(index: Index, words: Sequence[str], *, weight: float = 1.0) -> dict[str, float]:
    """Give the search terms of some words, each with its weight."""
    return {term: weight for word in words for term in index.lexical.analyze(word)}


def retrieve(
    index: Index,
    query: Query,
    encoded: Encoded,
    *,
    rows: Rows | None = None,
    parts: Parts = ALL_PARTS,
) -> Candidates:
    """Gather the passages that may answer a question.

    Args:
        index: The open index.
        query: The question as understood.
        encoded: Its vectors, the question alone.
        rows: Confine the search to these rows.
        parts: What takes part.
    """
    terms = terms_of(index, query.words or tuple(query.text.split()))
    highest = _highest_score(index, terms)
    if parts.abbreviations:
        terms = terms_of(index, query.counterparts, weight=COUNTERPART_WEIGHT) | terms
    scopes = [(rows, DENSE_LIMIT, LEXICAL_LIMIT)]
    if parts.named:
        scopes += [(scope, NAMED_LIMIT, NAMED_LIMIT) for scope in _named_rows(index, query, rows)]
    found: set[int] = set()
    bm25: dict[str, dict[int, float]] = {field: {} for field in FIELDS}
    for scope, dense_limit, lexical_limit in scopes:
        if parts.vectors:
            found |= _nearest(index, encoded, dense_limit, scope)
        for field in parts.fields:
            limit = lexical_limit if field == "text" else FIELD_LIMIT
            # Scores of more rows than are kept, so that a passage found by its vector has one too.
            hits = index.lexical.search_terms(terms, 4 * limit, fields={field: 1.0}, rows=scope)
            bm25[field].update(hits)
            found.update(row for row, _ in hits[:limit])
    passages = tuple(index.documents.passages(sorted(found)))
    if parts.companions:
        passages = _with_companions(index, query, passages, rows)
    ordered = np.array([passage.row for passage in passages], dtype=np.int64)
    cosine: Floats = (index.dense.vectors(ordered) @ encoded.sentence[0]).astype(np.float32)
    return Candidates(
        rows=ordered,
        passages=passages,
        cosine=cosine,
        bm25={field: _scores(bm25[field], ordered) / highest for field in FIELDS},
    )


def _nearest(index: Index, encoded: Encoded, limit: int, rows: Rows | None) -> set[int]:
    found = index.dense.search(encoded.sentence, limit, rows=rows)
    return {int(row) for row in found.rows[0] if row >= 0}


def _scores(found: Mapping[int, float], rows: Rows) -> Floats:
    return np.array([found.get(int(row), 0.0) for row in rows], dtype=np.float32)


def _with_companions(
    index: Index, query: Query, passages: Sequence[StoredPassage], rows: Rows | None
) -> tuple[StoredPassage, ...]:
    """Give passages with what belongs to them, in the order of their rows.

    A note brings the passage that carries its mark; where a question asks for notes, a passage
    brings those that hang on it.
    """
    companions = hosts_of(index.documents, passages)
    if query.wanted is Wanted.NOTE:
        companions |= notes_hanging_on(index.documents, passages)
    companions -= {passage.row for passage in passages}
    if rows is not None:
        companions &= set(rows.tolist())
    both = [*passages, *index.documents.passages(sorted(companions))]
    return tuple(sorted(both, key=lambda passage: passage.row))


def _named_rows(index: Index, query: Query, rows: Rows | None) -> list[Rows]:
    """Give the rows of what the question names, one group for each author or title."""
    groups = []
    for documents in query.named:
        within = np.concatenate(
            [
                np.asarray(index.documents.rows_of(document), dtype=np.int64)
                for document in documents
            ]
        )
        allowed = within if rows is None else np.intersect1d(within, rows)
        if len(allowed):
            groups.append(allowed)
    return groups


def _highest_score(index: Index, terms: Mapping[str, float]) -> float:
    """Give what a passage would score that is all about the terms, to compare across questions."""
    rows = max(1, len(index.documents))
    counts = np.array([index.lexical.document_frequency(term) for term in terms], dtype=np.float64)
    idf = np.log1p((rows - counts + 0.5) / (counts + 0.5))
    # BM25 multiplies a term's weight by at most k1 + 1.
    return max(1e-6, 2.2 * float(idf.sum()))
