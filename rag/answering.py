"""Describes sentences by numbers that speak for their answering, and scores them by those."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Kind, Span
from corpus.folding import fold
from index.arrays import Floats
from index.document_tables import StoredPassage
from rag.features import holds_date, holds_number
from rag.question import Query, Wanted
from rag.ranking import Ranking
from rag.weights import LogisticModel

SENTENCE_FEATURES = (
    "passage_score",
    "passage_rank",
    "maxsim",
    "maxsim_lead",
    "maxsim_before",
    "maxsim_after",
    "weakest_token",
    "new_tokens",
    "number_wanted",
    "date_wanted",
    "name_wanted",
    "cause_wanted",
    "years",
    "names",
    "leans_back",
    "opens_passage",
    "note",
    "note_asked",
    "marked_note_asked",
    "length",
)
"""What a sentence is described by, in the order of the columns."""

LEANS_BACK = re.compile(
    r"(?:he|she|it|they|this|these|those|that|such|his|her|its|their|but|yet|however|thus|hence"
    r"|here|there|then|so|the latter|the former|both|neither)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|since|owing to|due to|in order to|therefore|for this reason|so that|caused"
    r"|result(?:ed|ing)? (?:of|from|in)|led to|fear(?:ed|ing)?|hoped|thanks to)\b",
    re.IGNORECASE,
)
_INNER_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]{2,}")


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """How much is quoted."""

    passages: int = 8
    """How many of the best passages are looked into."""
    passages_read: int = 4
    """How many of these the reader looks at, where there is one; each takes it some 15 ms."""
    quotations: int = 3
    words: int = 150
    """The most words that all quotations may have together, with their places."""
    place_words: int = 7
    """What is set aside of them for each quotation, to say where it stands."""
    neighbour_odds: float = -6.0
    """A sentence next to a chosen one is taken along if its log odds reach this."""
    further_odds: float = -0.5
    """A second or third quotation needs log odds no lower than the first one's plus this."""
    coverage_odds: float = 10.0
    """What meeting the whole rest of the question would add to the log odds of a further one."""
    conflict_odds: float = -1.0
    """Another document is heard unasked if its log odds are no lower than the first one's plus
    this."""
    longest_quotation: int = 4
    """The most sentences of one quotation, before two that all but touch become one."""
    longest_noted: int = 1
    """The most sentences of one quotation where it is the note that is asked for."""
    side_odds: float = -2.0
    """A side of a comparison is heard if the log odds of its having an answer reach this."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a ranked passage."""

    span: Span
    passage: int
    """Place of its passage in the ranking."""
    odds: float
    """Log odds that it answers."""
    reading: float | None = None
    """The same by the reader alone; None for a sentence that it did not look at."""


def sentence_features(query: Query, ranking: Ranking, passages: int) -> Floats:
    """Describe the sentences of the best passages.

    Args:
        query: The question.
        ranking: Its passages, best first.
        passages: How many of them to look into.

    Returns:
        (s, f) float32, sentence after sentence, columns as ``SENTENCE_FEATURES`` names them.
    """
    rows = [
        row
        for rank, passage in enumerate(ranking.passages[:passages])
        for row in _describe(query, ranking, rank, passage)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(SENTENCE_FEATURES))


def _describe(
    query: Query, ranking: Ranking, rank: int, passage: StoredPassage
) -> Iterator[list[float]]:
    similarity = ranking.match.of(int(ranking.places[rank]))
    weights = ranking.match.weights
    scores = weights @ similarity
    weighty = weights >= np.median(weights)
    asks_note = query.wanted is Wanted.NOTE
    for i, span in enumerate(passage.sentences):
        text = passage.text[span.start - passage.start : span.end - passage.start]
        others = np.delete(similarity, i, axis=1).max(axis=1, initial=0)
        folded = fold(text)
        is_note = passage.kind is Kind.NOTE
        yield [
            float(ranking.scores[rank]),
            1 / (1 + rank),
            float(scores[i]),
            float(scores[i] - scores.max()),
            float(scores[i - 1]) if i else 0.0,
            float(scores[i + 1]) if i + 1 < len(scores) else 0.0,
            float(similarity[weighty, i].min(initial=0)),
            float(weights @ np.maximum(similarity[:, i] - others, 0)),
            float(query.wanted is Wanted.NUMBER and holds_number(text)),
            float(query.wanted is Wanted.DATE and holds_date(text)),
            float(query.wanted in (Wanted.PERSON, Wanted.PLACE) and bool(_INNER_NAME.search(text))),
            float(query.wanted is Wanted.CAUSE and bool(_CAUSE.search(text))),
            _share([str(year) for year in query.years], folded),
            _share(query.names, folded),
            float(bool(LEANS_BACK.match(text))),
            float(i == 0),
            float(is_note and not asks_note),
            float(is_note and asks_note),
            float(not is_note and asks_note and bool(passage.notes)),
            float(np.log(max(len(text), 1) / 150)),
        ]


def _share(words: Sequence[str], text: str) -> float:
    return sum(word in text for word in words) / len(words) if words else 0.0


def score_sentences(
    query: Query, ranking: Ranking, model: LogisticModel, config: AnswerConfig
) -> list[Sentence]:
    """Give every sentence of the best passages with its log odds, in the order of the passages."""
    odds = model.scores(sentence_features(query, ranking, config.passages))
    places = [
        (span, rank)
        for rank, passage in enumerate(ranking.passages[: config.passages])
        for span in passage.sentences
    ]
    return [Sentence(span, rank, float(o)) for (span, rank), o in zip(places, odds, strict=True)]
