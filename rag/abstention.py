"""Describes the evidence for an answer: whether to give one, and how likely it is to be right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.arrays import Floats
from rag.answering import Sentence
from rag.features import PASSAGE_FEATURES
from rag.question import Query
from rag.ranking import Ranking

CONFIDENCE_FEATURES = (
    "best_passage",
    "passage_margin",
    "best_sentence",
    "sentence_margin",
    "maxsim",
    "maxsim_sentence",
    "weakest_term",
    "coverage",
    "coverage_rare",
    "cosine",
    "bm25_text",
    "names",
    "years",
    "named",
    "all_named_found",
    "question_words",
)
"""What the evidence for a question is described by, in the order of the columns."""

_MARGIN_RANK = 5


def confidence_features(query: Query, ranking: Ranking, sentences: Sequence[Sentence]) -> Floats:
    """Describe the evidence that was found.

    Returns:
        (1, f) float32, columns as ``CONFIDENCE_FEATURES`` names them.
    """
    column = {name: i for i, name in enumerate(PASSAGE_FEATURES)}
    top = ranking.features[:3]

    def best(name: str) -> float:
        return float(top[:, column[name]].max())

    odds = sorted((sentence.odds for sentence in sentences), reverse=True)
    rank = min(_MARGIN_RANK, len(ranking) - 1)
    found = {passage.document for passage in ranking.passages[:10]}
    values = {
        "best_passage": float(ranking.scores[0]),
        "passage_margin": float(ranking.scores[0] - ranking.scores[rank]),
        "best_sentence": odds[0],
        "sentence_margin": odds[0] - odds[min(_MARGIN_RANK, len(odds) - 1)],
        **{
            name: best(name)
            for name in (
                "maxsim",
                "maxsim_sentence",
                "weakest_term",
                "coverage",
                "coverage_rare",
                "cosine",
                "bm25_text",
            )
        },
        "names": best("names") if query.names else 1.0,
        "years": best("years") if query.years else 1.0,
        "named": float(bool(query.named)),
        "all_named_found": float(all(found.intersection(group) for group in query.named)),
        "question_words": float(np.log1p(len(query.words))),
    }
    return np.array([[values[name] for name in CONFIDENCE_FEATURES]], dtype=np.float32)
