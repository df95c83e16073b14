"""Compares a question and passages token by token (MaxSim), in whole passages and by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ints, Rows
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.tokens import TokenIndex


@dataclass(frozen=True, slots=True)
class TokenMatch:
    """How well every token of a question is met in each passage and in each of its sentences."""

    weights: Floats
    """(q,) float32: the weight of each of the question's tokens; sums to 1."""
    passages: Floats
    """(q, n) float32: the best cosine of each token in each of n passages."""
    sentences: Floats
    """(q, s) float32: the same in each sentence, passage after passage."""
    present: Floats
    """(q, n) float32: 1 where the token itself stands in the passage, else 0."""
    places: Ints
    """(q, 2): where each token starts and ends in the question."""
    first_sentence: Ints
    """(n + 1,): where each passage's sentences begin among the s."""

    def passage_scores(self) -> Floats:
        """Give MaxSim for each passage: (n,) float32, the weighted mean of the best cosines."""
        scores: Floats = self.weights @ self.passages
        return scores

    def sentence_scores(self) -> Floats:
        """Give MaxSim for each sentence: (s,) float32."""
        scores: Floats = self.weights @ self.sentences
        return scores

    def best_sentences(self) -> Floats:
        """Give the best sentence's MaxSim in each passage: (n,) float32."""
        best: Floats = np.maximum.reduceat(self.sentence_scores(), self.first_sentence[:-1])
        return best

    def tokens_within(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Give the question's tokens that stand within some stretches of it."""
        return [
            i
            for i, (start, end) in enumerate(self.places)
            if any(low <= start and end <= high for low, high in spans)
        ]

    def of(self, passage: int) -> Floats:
        """Give one passage's sentences: (q, its sentences) float32."""
        return self.sentences[:, self.first_sentence[passage] : self.first_sentence[passage + 1]]


def match_tokens(
    query: Encoded,
    tokens: TokenIndex,
    passages: Sequence[StoredPassage],
    *,
    ignore: Sequence[tuple[int, int]] = (),
) -> TokenMatch:
    """Compare a question with passages.

    Args:
        query: The question alone, encoded.
        tokens: The stored tokens.
        passages: n passages, each with its row and its sentences.
        ignore: Stretches of the question whose tokens have no weight.

    Returns:
        The best cosine of every token of the question in every passage and sentence. Tokens of
        headings count for the passage and for none of its sentences.

    Source:
        Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized
        Late Interaction over BERT", SIGIR 2020, section 3.3; the weight by inverse document
        frequency is ours.
    """
    projected = _unit(tokens.project(query.tokens[0]))
    idf = tokens.idf[query.token_ids[0]] * _counted(query.offsets[0], ignore)
    weights = (idf / max(float(idf.sum()), 1e-9)).astype(np.float32)
    packed = tokens.packed([passage.row for passage in passages])
    counts = tokens.counts([passage.row for passage in passages])
    similarities: Floats = (projected @ packed.codes.T.astype(np.float32)) * packed.scales
    first = np.concatenate([[0], np.cumsum([len(p.sentences) for p in passages])]).astype(np.int32)
    segment = _segments(passages, packed.offsets[:, 0], counts, first)
    return TokenMatch(
        weights=weights,
        passages=_max_by_passage(similarities, counts),
        sentences=_max_by_segment(similarities, segment, int(first[-1])),
        present=_max_by_passage(_same(query.token_ids[0], packed.ids), counts),
        places=query.offsets[0],
        first_sentence=first,
    )


def _counted(places: Ints, ignore: Sequence[tuple[int, int]]) -> Floats:
    """Give 0 for ignored tokens and 1 for all others; 1 for all if none is left."""
    counted = np.array(
        [not any(low <= start and end <= high for low, high in ignore) for start, end in places],
        dtype=np.float32,
    )
    return counted if counted.any() else np.ones_like(counted)


def _same(query_ids: Ints, ids: Ints) -> Floats:
    same: Floats = (query_ids[:, None] == ids[None, :]).astype(np.float32)
    return same


def _segments(passages: Sequence[StoredPassage], offsets: Ints, counts: Rows, first: Ints) -> Rows:
    """Give the sentence that each token stands in, counted over all passages; -1 for headings."""
    segment = np.full(len(offsets), -1, dtype=np.int64)
    low = 0
    for i, (passage, count) in enumerate(zip(passages, counts, strict=True)):
        places = offsets[low : low + count]
        starts = np.array([span.start - passage.start for span in passage.sentences])
        within = np.searchsorted(starts, places, side="right") - 1 + first[i]
        segment[low : low + count] = np.where(places >= 0, np.maximum(within, first[i]), -1)
        low += int(count)
    return segment


def _max_by_passage(similarities: Floats, counts: Rows) -> Floats:
    best = np.zeros((len(similarities), len(counts)), dtype=np.float32)
    filled = np.flatnonzero(counts)
    if len(filled):
        starts = np.concatenate([[0], np.cumsum(counts[filled])[:-1]])
        best[:, filled] = np.maximum.reduceat(similarities, starts, axis=1)
    return best


def _max_by_segment(similarities: Floats, segment: Rows, count: int) -> Floats:
    best = np.zeros((len(similarities), count), dtype=np.float32)
    inside = np.flatnonzero(segment >= 0)
    if len(inside):
        found, starts = np.unique(segment[inside], return_index=True)
        best[:, found] = np.maximum.reduceat(similarities[:, inside], starts, axis=1)
    return best


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
