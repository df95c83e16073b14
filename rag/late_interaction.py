"""Compares a question and passages token by token (MaxSim), in whole passages and by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ints, Rows
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.tokens import PackedTokens, TokenIndex

_TOKENS_AT_ONCE = 2048


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
    emphasis: Floats | None = None,
) -> TokenMatch:
    """Compare a question with passages.

    Args:
        query: The question alone, encoded.
        tokens: The stored tokens.
        passages: n passages, each with its row and its sentences.
        ignore: Stretches of the question whose tokens have no weight.
        emphasis: (d,): what the encoder has learnt of the weights of a question's tokens.

    Returns:
        The best cosine of every token of the question in every passage and sentence. Tokens of
        headings count for the passage and for none of its sentences.

    Source:
        Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized
        Late Interaction over BERT", SIGIR 2020, section 3.3; the weight by inverse document
        frequency is ours.
    """
    projected = _unit(tokens.project(query.tokens[0]))
    weights = tokens.idf[query.token_ids[0]] * _counted(query.offsets[0], ignore)
    if emphasis is not None:
        weights = weights * np.exp(query.tokens[0] @ emphasis)
    weights = (weights / max(float(weights.sum()), 1e-9)).astype(np.float32)
    packed = tokens.packed([passage.row for passage in passages])
    counts = tokens.counts([passage.row for passage in passages])
    similarities = _cosines(projected, packed)
    first = np.concatenate([[0], np.cumsum([len(p.sentences) for p in passages])]).astype(np.int32)
    segment = _segments(passages, packed.offsets[:, 0], counts, first)
    owner = np.repeat(np.arange(len(passages)), counts)
    best, sentences = _maxima(similarities, owner, segment, len(passages), int(first[-1]))
    return TokenMatch(
        weights=weights,
        passages=best,
        sentences=sentences,
        present=_present(query.token_ids[0], packed.ids, owner, len(passages)),
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


def _cosines(query: Floats, packed: PackedTokens) -> Floats:
    """Compare (q, d) vectors of unit length with t stored tokens: (q, t) float32.

    Tokens are unpacked some thousand at a time: all of them at once would not stay in the
    processor's cache on the way from one step to the next.
    """
    cosines = np.empty((len(query), len(packed.codes)), dtype=np.float32)
    unpacked = np.empty((_TOKENS_AT_ONCE, packed.codes.shape[1]), dtype=np.float32)
    for low in range(0, len(packed.codes), _TOKENS_AT_ONCE):
        codes = packed.codes[low : low + _TOKENS_AT_ONCE]
        block = unpacked[: len(codes)]
        block[:] = codes
        np.matmul(query, block.T, out=cosines[:, low : low + len(codes)])
    cosines *= packed.scales
    return cosines


def _present(query_ids: Ints, ids: Ints, owner: Rows, count: int) -> Floats:
    """Give 1 where a token of the question stands in a passage, else 0: (q, n) float32."""
    present = np.zeros((len(query_ids), count), dtype=np.float32)
    shared = np.flatnonzero(np.isin(ids, query_ids))
    for i, token in enumerate(query_ids):
        present[i, owner[shared[ids[shared] == token]]] = 1
    return present


def _segments(passages: Sequence[StoredPassage], offsets: Ints, counts: Rows, first: Ints) -> Rows:
    """Give the sentence that each token stands in, counted over all passages; -1 for headings."""
    lengths = np.array([passage.end - passage.start for passage in passages], dtype=np.int64)
    # Passages are laid one behind the other, so that one search finds the sentence of any token.
    laid = np.concatenate([[0], np.cumsum(lengths + 1)])[:-1]
    starts = np.array([s.start for p in passages for s in p.sentences], dtype=np.int64)
    shift = laid - np.array([passage.start for passage in passages], dtype=np.int64)
    starts += np.repeat(shift, np.diff(first))
    places = offsets + np.repeat(laid, counts)
    within = np.searchsorted(starts, places, side="right") - 1
    opening = np.repeat(first[:-1], counts)
    return np.where(offsets >= 0, np.maximum(within, opening), -1)


def _maxima(
    similarities: Floats, owner: Rows, segment: Rows, passages: int, sentences: int
) -> tuple[Floats, Floats]:
    """Give the maxima of (q, t) similarities in each passage and in each sentence.

    Args:
        similarities: For t tokens, passage after passage.
        owner: (t,) ascending: the passage of each token.
        segment: (t,): its sentence, or -1; those of a sentence stand side by side.
        passages: How many there are.
        sentences: How many there are.

    Returns:
        (q, passages) and (q, sentences) float32; 0 for what has no token.
    """
    by_passage = np.zeros((len(similarities), passages), dtype=np.float32)
    by_sentence = np.zeros((len(similarities), sentences), dtype=np.float32)
    if not len(owner):
        return by_passage, by_sentence
    starts = np.flatnonzero((np.diff(segment, prepend=-2) != 0) | (np.diff(owner, prepend=-1) != 0))
    maxima = np.maximum.reduceat(similarities, starts, axis=1)
    run_segment, run_owner = segment[starts], owner[starts]
    within = run_segment >= 0
    by_sentence[:, run_segment[within]] = maxima[:, within]
    first_runs = np.flatnonzero(np.diff(run_owner, prepend=-1))
    by_passage[:, run_owner[first_runs]] = np.maximum.reduceat(maxima, first_runs, axis=1)
    return by_passage, by_sentence


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
