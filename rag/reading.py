"""Has the reader look at the passages that an answer may come from, and scores sentences anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.arrays import Floats
from index.reader import OnnxReader
from rag.answering import Sentence
from rag.question import Query, Wanted
from rag.ranking import Ranking
from rag.weights import LogisticModel

READING_FEATURES = ("odds", "reading", "reading_lead", "reading_for_note", "unread")
"""What a sentence is described by once the reader has looked at some, in the order of columns."""


def read_likeliest(
    sentences: Sequence[Sentence],
    query: Query,
    ranking: Ranking,
    reader: OnnxReader,
    passages: int,
) -> list[Sentence]:
    """Have the passages read whose best sentences are the likeliest to answer.

    Args:
        sentences: The sentences of the best passages, with their log odds.
        query: The question.
        ranking: Its passages.
        reader: Looks at them.
        passages: How many of them.

    Returns:
        The same sentences in the same order, those that were read with their readings.
    """
    best: dict[int, float] = {}
    for sentence in sentences:
        best[sentence.passage] = max(sentence.odds, best.get(sentence.passage, -np.inf))
    chosen = sorted(best, key=lambda place: -best[place])[:passages]
    read = {
        (place, span): float(odds)
        for place in chosen
        for span, odds in zip(
            ranking.passages[place].sentences,
            reader.read(query.searched, ranking.passages[place]),
            strict=True,
        )
    }
    return [replace(one, reading=read.get((one.passage, one.span))) for one in sentences]


def reading_features(query: Query, sentences: Sequence[Sentence]) -> Floats:
    """Describe sentences of which some have been read.

    Returns:
        (s, f) float32, columns as ``READING_FEATURES`` names them.
    """
    (best,) = best_readings(sentences, 1)
    asks_note = query.wanted is Wanted.NOTE
    rows = [
        [
            one.odds,
            one.reading or 0.0,
            0.0 if one.reading is None else one.reading - best,
            float(asks_note) * (one.reading or 0.0),
            float(one.reading is None),
        ]
        for one in sentences
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(READING_FEATURES))


def score_by_reading(
    query: Query, sentences: Sequence[Sentence], model: LogisticModel
) -> list[Sentence]:
    """Give the sentences the log odds that follow from their readings and from those they had."""
    odds = model.scores(reading_features(query, sentences))
    return [replace(one, odds=float(o)) for one, o in zip(sentences, odds, strict=True)]


def best_readings(sentences: Sequence[Sentence], count: int) -> list[float]:
    """Give the highest log odds that the reader gave, best first; a single 0 if it read nothing."""
    readings = [one.reading for one in sentences if one.reading is not None]
    return sorted(readings, reverse=True)[:count] or [0.0]
