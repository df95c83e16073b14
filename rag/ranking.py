"""Puts candidates in order: features, weighed by a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import DocumentId, Kind
from index.arrays import Floats, Rows
from index.document_tables import StoredPassage
from index.encoder import Encoded
from index.generation import Index
from rag.features import passage_features
from rag.late_interaction import TokenMatch, match_tokens
from rag.note_links import best_first, end_of_chain, hanging_notes, host_of
from rag.parts import ALL_PARTS, Parts
from rag.question import Query, Wanted
from rag.retrieval import retrieve
from rag.weights import LogisticModel

# So many of the first passages bring what belongs to them, and so many notes each of them.
_LEADERS = 2
_NOTES_EACH = 2

# How deep a passage may stand that is brought up for one of several questions, behind how many
# others, and by how much of MaxSim it must be better than they. Of two unrelated questions asked as
# one, R@5 is .038 higher with .06 (95% interval .000 to .069) and .056 with .03; with .04 questions
# suffer that have two parts and one subject.
_FIRST, _NEAR = 3, 20
_FAR_BETTER = 0.06


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
    parts: Parts = ALL_PARTS,
) -> Ranking | None:
    """Find and order the passages that may answer a question.

    Args:
        index: The open index.
        query: The question as understood.
        encoded: Its vectors.
        model: The fitted weights.
        rows: Confine the search to these rows.
        parts: What takes part.

    Returns:
        All candidates, best first; None where nothing was found at all. For a question that
        compares authors, the best of each come in turn.
    """
    candidates = retrieve(index, query, encoded, rows=rows, parts=parts)
    if not len(candidates):
        return None
    passages = candidates.passages
    match = match_tokens(
        encoded,
        index.tokens,
        passages,
        ignore=query.naming,
        emphasis=index.encoder.emphasis,
    )
    features = passage_features(query, candidates, passages, match)
    unordered = Ranking(
        passages=tuple(passages),
        scores=np.zeros(len(passages), dtype=np.float32),
        features=features,
        match=match,
        places=np.arange(len(passages)),
    )
    return reordered(index, query, unordered, model, parts=parts)


def reordered(
    index: Index,
    query: Query,
    ranking: Ranking,
    model: LogisticModel,
    *,
    parts: Parts = ALL_PARTS,
) -> Ranking:
    """Put the same candidates in the order that a model gives them."""
    scores = model.scores(ranking.features)
    order = np.argsort(-scores, kind="stable")
    if query.compares and parts.named:
        order = _in_turn(order, ranking.passages, query.named)
    if parts.questions_apart:
        order = _fair_to_questions(order, query, ranking.match, ranking.places)
    if parts.companions:
        order = _beside_their_notes(order, index, query, ranking)
    return Ranking(
        passages=tuple(ranking.passages[i] for i in order),
        scores=scores[order],
        features=ranking.features[order],
        match=ranking.match,
        places=ranking.places[order],
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


def _beside_their_notes(
    order: Rows,
    index: Index,
    query: Query,
    ranking: Ranking,
) -> Rows:
    """Put a note and the passage that carries its mark one after the other.

    A reader needs both: the note says where a claim is from, the passage what the claim is. Of the
    first passages a note brings its passage, and where a question asks for notes, a passage brings
    those that speak to its best sentences, and an ``Ibid`` the note that it points to.
    """
    passages, match = ranking.passages, ranking.match
    place = {passage.row: i for i, passage in enumerate(passages)}
    beside: dict[int, None] = {}
    for i in map(int, order[:_LEADERS]):
        beside.setdefault(i)
        if passages[i].kind is Kind.NOTE:
            rows = [host_of(index.documents, passages[i])]
        elif query.wanted is Wanted.NOTE:
            similarity = match.of(int(ranking.places[i]))
            rows = _notes_of(index, passages[i], match.weights @ similarity, passages)
        else:
            rows = []
        beside.update({place[row]: None for row in rows if row in place})
    rest = [int(i) for i in order if int(i) not in beside]
    return np.array([*beside, *rest], dtype=np.int64)


def _notes_of(
    index: Index,
    passage: StoredPassage,
    sentence_scores: Floats,
    passages: Sequence[StoredPassage],
) -> list[int | None]:
    notes = {p.row: p for p in passages if p.kind is Kind.NOTE}
    hanging = best_first(hanging_notes(index.documents, passage), sentence_scores)
    rows: list[int | None] = []
    for row in [note.row for note in hanging[:_NOTES_EACH] if note.row in notes]:
        rows += [row, end_of_chain(index.documents, notes[row], notes)]
    return rows


def _fair_to_questions(order: Rows, query: Query, match: TokenMatch, places: Rows) -> Rows:
    """See to it that each of several questions has its best passage among the first.

    A passage that meets one of them far better than the first passages do is brought up behind
    them. Where all are answered in one place, nothing is.
    """
    ranked = [int(i) for i in order]
    first, near = ranked[:_FIRST], ranked[_FIRST:_NEAR]
    brought = []
    for question in query.questions if near else ():
        tokens = match.tokens_within([question])
        scores = (match.weights[tokens] @ match.passages[tokens])[places]
        best = max(near, key=lambda i: float(scores[i]))
        ahead = float(scores[best]) - max(float(scores[i]) for i in first)
        if ahead > _FAR_BETTER * float(match.weights[tokens].sum()):
            brought.append(best)
    return np.array(list(dict.fromkeys([*first, *brought, *ranked])), dtype=np.int64)
