"""Describes candidates by numbers that speak for or against them; how they weigh is fitted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from corpus.document import Kind
from corpus.folding import fold
from index.arrays import Floats
from index.document_tables import StoredPassage
from rag.late_interaction import TokenMatch
from rag.question import Query, Wanted
from rag.retrieval import Candidates

PASSAGE_FEATURES = (
    "cosine",
    "cosine_rank",
    "neighbours",
    "bm25_text",
    "bm25_text_best",
    "bm25_rank",
    "bm25_section",
    "bm25_notes",
    "maxsim",
    "maxsim_best",
    "maxsim_sentence",
    "weakest_term",
    "coverage",
    "coverage_rare",
    "names",
    "years",
    "named",
    "not_named",
    "number_wanted",
    "date_wanted",
    "note_asked",
    "note_unasked",
    "notes_asked",
    "caption",
    "apparatus",
    "damaged",
    "length",
)
"""What a passage is described by, in the order of the columns."""

_APPARATUS = frozenset({Kind.FRONT, Kind.BIBLIOGRAPHY, Kind.INDEX, Kind.ABBREVIATIONS})
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven"
    r"|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?"
    r"|millions?|half|third|quarter|dozens?)\b"
)
_DATE = re.compile(
    r"\b1[0-9]\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b",
    re.IGNORECASE,
)
_RRF_K = 60

# The same passages come up again and again; a folded one takes about a kilobyte.
_FOLDED_REMEMBERED = 16_384


@lru_cache(_FOLDED_REMEMBERED)
def _folded(text: str) -> str:
    return fold(text)


def holds_number(text: str) -> bool:
    """Whether a number stands in a text, in digits or in words."""
    return bool(_NUMBER.search(text.lower()))


def holds_date(text: str) -> bool:
    """Whether a year or a month stands in a text."""
    return bool(_DATE.search(text))


def passage_features(
    query: Query,
    candidates: Candidates,
    passages: Sequence[StoredPassage],
    match: TokenMatch,
) -> Floats:
    """Describe candidates.

    Args:
        query: The question.
        candidates: n candidates.
        passages: The same as passages, in the same order.
        match: Their tokens compared with the question's.

    Returns:
        (n, f) float32, columns in the order of ``PASSAGE_FEATURES``.
    """
    text = candidates.bm25["text"]
    maxsim = match.passage_scores()
    columns = {
        "cosine": candidates.cosine,
        "cosine_rank": _reciprocal_ranks(candidates.cosine),
        "neighbours": _neighbour_cosine(candidates),
        "bm25_text": text,
        "bm25_text_best": text / max(float(text.max(initial=0)), 1e-6),
        "bm25_rank": _reciprocal_ranks(text),
        "bm25_section": candidates.bm25["section"],
        "bm25_notes": candidates.bm25["notes"],
        "maxsim": maxsim,
        "maxsim_best": maxsim - float(maxsim.max(initial=0)),
        "maxsim_sentence": match.best_sentences(),
        "weakest_term": _weakest_term(match),
        "coverage": match.weights @ match.present,
        "coverage_rare": _rare_coverage(match),
        "names": _share_present(query.names, passages),
        "years": _share_present([str(year) for year in query.years], passages),
        **_asked_for(query, passages),
        "length": np.log([len(p.text) / 700 for p in passages]),
    }
    return np.column_stack([columns[name] for name in PASSAGE_FEATURES]).astype(np.float32)


def _reciprocal_ranks(scores: Floats) -> Floats:
    ranks = np.empty(len(scores), dtype=np.float32)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, _RRF_K / (_RRF_K + ranks), 0).astype(np.float32)


def _neighbour_cosine(candidates: Candidates) -> Floats:
    """Give the mean cosine of the passages before and after: a page on the subject lends weight."""
    known = dict(zip(candidates.rows.tolist(), candidates.cosine.tolist(), strict=True))
    floor = float(candidates.cosine.min(initial=0))
    return np.array(
        [(known.get(row - 1, floor) + known.get(row + 1, floor)) / 2 for row in known],
        dtype=np.float32,
    )


def _rare_coverage(match: TokenMatch) -> Floats:
    """Give the share of the question's rarer tokens that stand in each passage: (n,) float32."""
    rare = match.weights >= np.quantile(match.weights, 0.6)
    shares: Floats = match.present[rare].mean(axis=0)
    return shares


def _weakest_term(match: TokenMatch) -> Floats:
    """Give how well the worst met of the question's weighty tokens is met."""
    weighty = match.weights >= np.median(match.weights)
    weakest: Floats = match.passages[weighty].min(axis=0)
    return weakest


def _share_present(words: Sequence[str], passages: Sequence[StoredPassage]) -> Floats:
    if not words:
        return np.zeros(len(passages), dtype=np.float32)
    folded = [_folded(passage.text) for passage in passages]
    return np.array(
        [sum(word in text for word in words) / len(words) for text in folded], dtype=np.float32
    )


def _flags(passages: Sequence[StoredPassage], holds: Callable[[StoredPassage], bool]) -> Floats:
    return np.array([holds(passage) for passage in passages], dtype=np.float32)


def _asked_for(query: Query, passages: Sequence[StoredPassage]) -> dict[str, Floats]:
    """Describe what passages are, where it matters for what the question wants."""
    named = query.named_documents
    is_note = _flags(passages, lambda p: p.kind is Kind.NOTE)
    asks_note = float(query.wanted is Wanted.NOTE)
    return {
        "named": _flags(passages, lambda p: bool(named) and p.document in named),
        "not_named": _flags(passages, lambda p: bool(named) and p.document not in named),
        "number_wanted": _flags(
            passages, lambda p: query.wanted is Wanted.NUMBER and holds_number(p.text)
        ),
        "date_wanted": _flags(
            passages, lambda p: query.wanted is Wanted.DATE and holds_date(p.text)
        ),
        "note_asked": is_note * asks_note,
        "note_unasked": is_note * (1 - asks_note),
        "notes_asked": _flags(passages, lambda p: bool(p.notes) and p.kind is Kind.BODY)
        * asks_note,
        "caption": _flags(passages, lambda p: p.kind is Kind.CAPTION),
        "apparatus": _flags(passages, lambda p: p.kind in _APPARATUS),
        "damaged": _flags(passages, lambda p: p.kind is Kind.DAMAGED),
    }
