"""Describes the evidence for an answer: whether to give one, and how likely it is to be right."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from corpus.folding import fold
from index.arrays import Floats
from rag.answering import Sentence
from rag.features import PASSAGE_FEATURES
from rag.question import Query, Wanted
from rag.ranking import Ranking
from rag.reading import best_readings
from rag.units import has_number_in, units_asked

CONFIDENCE_FEATURES = (
    "best_passage",
    "best_sentence",
    "sentence_margin",
    "cosine",
    "names",
    "years",
    "all_named_found",
    "named_gap",
    "unknown_words",
    "unknown_years",
    "asks_note_in_vain",
    "asks_unit_in_vain",
    "asks_name_in_vain",
    "window",
    "window_rare_mean",
    "window_rare_worst",
    "window_worst",
    "window_gap",
    "focus",
    "focus_near",
    "reading",
    "reading_best",
    "reading_three",
)
"""What the evidence for a question is described by, in the order of the columns.

All of them speak of the evidence. How a question is put (its length, whether it names an author,
whether it asks why) tells answered from unanswered cases too, but only of the people who wrote
those cases: with such features plain questions were declined that the library answers.

A window is the best sentence with the one before and after it; ``focus`` is how well the words
are met there that say what kind of thing is asked for. What the reader says is 0 where there is
none; the weights for that case do without it.
"""

_MARGIN_RANK = 5
_UNIT_RANK = 5
_RARE = 0.75
_NAME = re.compile(r"(?<=[a-z,;'’(] )[A-Z][\w'’-]{2,}")
# What is said of the focus of a question that has none: the mean of those that have one.
_NO_FOCUS = 0.7


def confidence_features(query: Query, ranking: Ranking, sentences: Sequence[Sentence]) -> Floats:
    """Describe the evidence that was found.

    Args:
        query: The question.
        ranking: Its passages, best first.
        sentences: The sentences of the best of them, with their log odds.

    Returns:
        (1, f) float32, columns as ``CONFIDENCE_FEATURES`` names them.
    """
    values = {
        **_passage_evidence(query, ranking),
        **_sentence_evidence(query, ranking, sentences),
        "unknown_words": len(query.unknown) / max(1, len(query.words)),
        "unknown_years": float(any(str(year) in query.unknown for year in query.years)),
    }
    return np.array([[values[name] for name in CONFIDENCE_FEATURES]], dtype=np.float32)


def _passage_evidence(query: Query, ranking: Ranking) -> dict[str, float]:
    column = {name: i for i, name in enumerate(PASSAGE_FEATURES)}

    def best(name: str) -> float:
        return float(ranking.features[:3, column[name]].max())

    found = {passage.document for passage in ranking.passages[:10]}
    units = units_asked(query.text)
    texts = [passage.text for passage in ranking.passages[:_UNIT_RANK]]
    return {
        "best_passage": float(ranking.scores[0]),
        "cosine": best("cosine"),
        "names": best("names") if query.names else 1.0,
        "years": best("years") if query.years else 1.0,
        "all_named_found": float(all(found.intersection(group) for group in query.named)),
        "named_gap": _named_gap(query, ranking),
        "asks_unit_in_vain": float(bool(units) and not has_number_in(texts, units)),
    }


def _named_gap(query: Query, ranking: Ranking) -> float:
    """Give how much better others speak of the matter than the one author who is named."""
    if len(query.named) != 1:
        return 0.0
    scores = ranking.match.passage_scores()[ranking.places]
    own = np.array([passage.document in query.named_documents for passage in ranking.passages])
    return float(scores[~own].max(initial=0) - scores[own].max(initial=0))


def _sentence_evidence(
    query: Query, ranking: Ranking, sentences: Sequence[Sentence]
) -> dict[str, float]:
    ordered = sorted(sentences, key=lambda sentence: -sentence.odds)
    margin = ordered[min(_MARGIN_RANK, len(ordered) - 1)]
    match = ranking.match
    rare = match.weights >= np.quantile(match.weights, _RARE)
    window = _window(ranking, ordered[0])
    near = np.max([_window(ranking, sentence) for sentence in ordered[:3]], axis=0)
    focus = match.tokens_within(query.focus)
    noted = any(ranking.passages[sentence.passage].notes for sentence in ordered[:3])
    return {
        "best_sentence": ordered[0].odds,
        "sentence_margin": ordered[0].odds - margin.odds,
        "asks_note_in_vain": float(query.wanted is Wanted.NOTE and not noted),
        "asks_name_in_vain": float(
            _asks_name(query) and not _has_new_name(query, ranking, ordered)
        ),
        "window": float(match.weights @ window),
        "window_rare_mean": float(window[rare].mean()),
        "window_rare_worst": float(window[rare].min()),
        "window_worst": float((match.weights * (1 - window)).max()),
        "window_gap": float(match.weights @ (match.passages.max(axis=1) - window)),
        "focus": float(window[focus].min()) if focus else _NO_FOCUS,
        "focus_near": float(near[focus].max()) if focus else _NO_FOCUS,
        "reading": ordered[0].reading or 0.0,
        "reading_best": best_readings(sentences, 1)[0],
        "reading_three": float(np.mean(best_readings(sentences, 3))),
    }


def _asks_name(query: Query) -> bool:
    return query.wanted is Wanted.PERSON or "name of" in query.text.lower()


def _has_new_name(query: Query, ranking: Ranking, ordered: Sequence[Sentence]) -> bool:
    """Whether the best sentences name someone or something that the question does not."""
    asked = fold(query.text)
    for sentence in ordered[:2]:
        passage = ranking.passages[sentence.passage]
        start, end = sentence.span
        names = _NAME.findall(passage.text[start - passage.start : end - passage.start])
        if any(fold(name) not in asked for name in names):
            return True
    return False


def _window(ranking: Ranking, sentence: Sentence) -> Floats:
    """Give how well each token of the question is met in a sentence and its neighbours: (q,)."""
    passage = ranking.passages[sentence.passage]
    i = passage.sentences.index(sentence.span)
    similarities = ranking.match.of(int(ranking.places[sentence.passage]))
    window: Floats = similarities[:, max(0, i - 1) : i + 2].max(axis=1)
    return window
