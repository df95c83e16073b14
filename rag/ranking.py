"""Puts candidates in order: features, weighed by a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import DocumentId
from index.arrays import Floats, Rows
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.generation import Index
from rag.features import passage_features
from rag.late_interaction import TokenMatch, match_tokens
from rag.question import Query
from rag.retrieval import retrieve
from rag.weights import LogisticModel


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first."""

    passages: tuple[StoredPassage, ...]
    scores: Floats
    """(n,) float32, log odds of holding the answer; descending but for what a comparison mixes."""
    features: Floats
    """(n, f) float32, as ``PASSAGE_FEATURES`` names them."""
    match: TokenMatch
    places: Rows
    """(n,) int64: where each passage stands in ``match``."""

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.passages)


def rank(
    index: Index,
    query: Query,
    encoded: Encoded,
    model: LogisticModel,
    *,
    rows: Rows | None = None,
) -> Ranking | None:
    """Find and order the passages that may answer a question.

    Args:
        index: The open index.
        query: The question as understood.
        encoded: Its vectors.
        model: The fitted weights.
        rows: Confine the search to these rows.

    Returns:
        All candidates, best first; None where nothing was found at all. For a question that
        compares authors, the best of each come in turn.
    """
    candidates = retrieve(index, query, encoded, rows=rows)
    if not len(candidates):
        return None
    passages = index.documents.passages(candidates.rows)
    match = match_tokens(encoded, index.tokens, passages, ignore=query.naming)
    features = passage_features(query, candidates, passages, match)
    scores = model.scores(features)
    order = np.argsort(-scores, kind="stable")
    if query.compares:
        order = _in_turn(order, passages, query.named)
    return Ranking(
        passages=tuple(passages[i] for i in order),
        scores=scores[order],
        features=features[order],
        match=match,
        places=order.astype(np.int64),
    )


def _in_turn(
    order: Rows, passages: Sequence[StoredPassage], named: Sequence[Sequence[DocumentId]]
) -> Rows:
    """Take the best passage of each named author in turn, then all others."""
    queues = [[i for i in order if passages[i].document in group] for group in named]
    taken: dict[int, None] = {}
    for depth in range(max(len(queue) for queue in queues)):
        for queue in queues:
            if depth < len(queue):
                taken.setdefault(int(queue[depth]))
    rest = [int(i) for i in order if int(i) not in taken]
    return np.array([*taken, *rest], dtype=np.int64)
